//! The known word that was most likely meant by one that is not known.

/// Above it, people see the likeness too: `ecoh` and `echo` have 0.93.
const ALIKE: f64 = 0.8;

/// The most alike of `known`, if one is like `word` at all.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |known: &&str| strsim::jaro_winkler(word, known);
    known.filter(|known| likeness(known) > ALIKE).max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}
