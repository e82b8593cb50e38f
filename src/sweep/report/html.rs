//! The report as one HTML page that needs nothing else: no network, no other file.
//!
//! Knows nothing of how the runs were made; how it looks is in `page.html`.

use super::Report;

const PAGE: &str = include_str!("page.html");

/// The report as a page, for people with a browser.
pub fn html(report: &Report) -> String {
    PAGE.replace("__REPORT__", &embedded(report))
}

/// JSON that a script element may hold: nothing in it ends the element or begins a comment.
fn embedded(report: &Report) -> String {
    let json = serde_json::to_string(report).unwrap_or_default();
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::super::{read_json, sample};
    use super::*;

    #[test]
    fn the_page_holds_the_whole_report_and_nothing_ends_its_script() {
        let report = sample::report();
        let page = html(&report);
        let (_, data) =
            page.split_once("<script id=\"report\" type=\"application/json\">").unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        assert_eq!(read_json(data), Ok(report));
    }

    #[test]
    fn the_page_asks_for_nothing_else() {
        let page = html(&sample::report());
        for asking in ["http://", "https://", "src=", "@import", "url(", "<link"] {
            assert!(!page.contains(asking), "{asking}");
        }
    }
}
