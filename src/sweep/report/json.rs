//! The report as JSON, and back.
//!
//! Knows nothing of what stands in it.

use super::{FORM, Report};

/// The report as JSON, for programs.
pub fn json(report: &Report) -> String {
    // Strings, numbers and lists of them: nothing that JSON cannot say.
    let text = serde_json::to_string_pretty(report).unwrap_or_default();
    text + "\n"
}

/// Reads what [`json`] writes.
///
/// # Errors
/// The text is no report, or one of another form; one sentence.
pub fn read_json(text: &str) -> Result<Report, String> {
    let report: Report =
        serde_json::from_str(text).map_err(|error| format!("this is no report: {error}"))?;
    if report.form == FORM {
        return Ok(report);
    }
    Err(format!("this report has form {}; form {FORM} is read here", report.form))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_report_reads_back_as_written() {
        let report = sample::report();
        assert_eq!(read_json(&json(&report)), Ok(report));
    }

    #[test]
    fn another_form_is_refused_in_one_sentence() {
        let mut report = sample::report();
        report.form = 2;
        let refusal = "this report has form 2; form 1 is read here".to_owned();
        assert_eq!(read_json(&json(&report)), Err(refusal));
        let no_report = read_json("{}").unwrap_err();
        assert_eq!(no_report, "this is no report: missing field `form` at line 1 column 2");
    }
}
