//! The report as JUnit XML, as CI systems read it: a suite for each point, a case for each fault.
//!
//! Knows nothing of how the runs were made.

use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, BytesText, Event};

use super::{Finding, Report};

/// The report as JUnit XML. A case that is not good enough is a failure; a fault that never took
/// place is skipped.
pub fn junit(report: &Report) -> String {
    let mut suites: Vec<(&str, Vec<(&str, &Finding)>)> = Vec::new();
    for cell in &report.cells {
        match suites.last_mut().filter(|(name, _)| *name == cell.point) {
            Some((_, cases)) => cases.push((&cell.fault, &cell.finding)),
            None => suites.push((&cell.point, vec![(&cell.fault, &cell.finding)])),
        }
    }
    let numbers: Vec<String> = report.chaos.iter().map(|run| run.number.to_string()).collect();
    if !report.chaos.is_empty() {
        let cases = numbers.iter().zip(&report.chaos);
        suites.push(("chaos", cases.map(|(name, run)| (name.as_str(), &run.finding)).collect()));
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory does not fail.
    let _ = write(&mut writer, report, &suites);
    let mut text = String::from_utf8(writer.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

fn write(
    writer: &mut Writer<Vec<u8>>,
    report: &Report,
    suites: &[(&str, Vec<(&str, &Finding)>)],
) -> std::io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let tests = report.findings().count().to_string();
    let failures = report.bad().count().to_string();
    writer
        .create_element("testsuites")
        .with_attributes([("name", "quasimodem sweep"), ("tests", &tests), ("failures", &failures)])
        .write_inner_content(|writer| {
            suites.iter().try_for_each(|(name, cases)| suite(writer, name, cases))
        })?;
    Ok(())
}

fn suite(
    writer: &mut Writer<Vec<u8>>,
    name: &str,
    cases: &[(&str, &Finding)],
) -> std::io::Result<()> {
    let count = |wanted: fn(&Finding) -> bool| {
        cases.iter().filter(|(_, finding)| wanted(finding)).count().to_string()
    };
    let failures = count(|finding| !finding.accepted);
    let skipped = count(|finding| finding.accepted && !finding.reached);
    writer
        .create_element("testsuite")
        .with_attributes([
            ("name", name),
            ("tests", &cases.len().to_string()),
            ("failures", &failures),
            ("errors", "0"),
            ("skipped", &skipped),
        ])
        .write_inner_content(|writer| {
            cases.iter().try_for_each(|(fault, finding)| case(writer, name, fault, finding))
        })?;
    Ok(())
}

fn case(
    writer: &mut Writer<Vec<u8>>,
    suite: &str,
    fault: &str,
    finding: &Finding,
) -> std::io::Result<()> {
    let element =
        writer.create_element("testcase").with_attributes([("classname", suite), ("name", fault)]);
    if finding.accepted && finding.reached {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|writer| {
        if finding.accepted {
            let message = [("message", "the fault never took place")];
            writer.create_element("skipped").with_attributes(message).write_empty()?;
            return Ok(());
        }
        let message = std::iter::once(finding.verdict.meaning().to_owned());
        let message = message.chain(finding.remarks()).collect::<Vec<_>>().join("; ");
        writer
            .create_element("failure")
            .with_attributes([("type", finding.verdict.word()), ("message", &message)])
            .write_text_content(BytesText::new(&finding.repeat))?;
        if let Some(transcript) = &finding.transcript {
            writer.create_element("system-out").write_inner_content(|writer| {
                BytesCData::escaped(transcript)
                    .try_for_each(|part| writer.write_event(Event::CData(part)))
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn every_cell_is_a_case_and_a_bad_one_a_failure() {
        let mut report = sample::report();
        report.cells.truncate(2);
        report.cells[1].finding.reached = false;
        assert_eq!(
            junit(&report),
            r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="quasimodem sweep" tests="2" failures="1">
  <testsuite name="command:AT" tests="2" failures="1" errors="0" skipped="1">
    <testcase classname="command:AT" name="drop">
      <failure type="hung" message="hung">quasimodem exec --scenario &apos;a b.toml&apos; -- ./host</failure>
      <system-out><![CDATA[> AT
< \r\nOK\r\n
]]></system-out>
    </testcase>
    <testcase classname="command:AT" name="reset">
      <skipped message="the fault never took place"/>
    </testcase>
  </testsuite>
</testsuites>
"#
        );
    }
}
