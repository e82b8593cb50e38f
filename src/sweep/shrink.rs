//! Delta debugging: the fewest of many things that still make a test fail.
//!
//! Knows neither what the things are nor how the test is made.

/// Shrinks `things`, of which all together fail, to a part from which none can be taken away: without
/// any one of them, `fails` says no. The order stays. `fails` is asked with ever smaller parts, never
/// with all of them and never with none.
///
/// This is the ddmin of Zeller and Hildebrandt (2002). It asks at most some n² times, for n things of
/// which few matter some log n times.
///
/// # Errors
/// What `fails` cannot find out.
pub fn shrink<T: Clone, E>(
    things: &[T],
    mut fails: impl FnMut(&[T]) -> Result<bool, E>,
) -> Result<Vec<T>, E> {
    let mut left = things.to_vec();
    let mut parts = 2;
    while left.len() >= 2 {
        let size = left.len().div_ceil(parts);
        match smaller(&left, size, &mut fails)? {
            Some((part, true)) => {
                left = part;
                parts = 2;
            }
            Some((rest, false)) => {
                left = rest;
                parts = (parts - 1).max(2);
            }
            None if size == 1 => break,
            None => parts = (parts * 2).min(left.len()),
        }
    }
    Ok(left)
}

/// The first part of that size which fails alone, and `true`; or what is left without a part and
/// fails, and `false`.
#[allow(clippy::type_complexity, reason = "two words about one list")]
fn smaller<T: Clone, E>(
    things: &[T],
    size: usize,
    fails: &mut impl FnMut(&[T]) -> Result<bool, E>,
) -> Result<Option<(Vec<T>, bool)>, E> {
    for part in things.chunks(size) {
        if fails(part)? {
            return Ok(Some((part.to_vec(), true)));
        }
    }
    // Of two parts, each is what is left without the other.
    if things.len() <= 2 * size {
        return Ok(None);
    }
    for start in (0..things.len()).step_by(size) {
        let end = (start + size).min(things.len());
        let rest = [&things[..start], &things[end..]].concat();
        if fails(&rest)? {
            return Ok(Some((rest, false)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// What is left of `0..count` if it takes all of `needed` to fail, and how often was asked.
    fn left(count: u32, needed: &[u32]) -> (Vec<u32>, usize) {
        let things: Vec<u32> = (0..count).collect();
        let mut asked = 0;
        let left = shrink(&things, |part| {
            asked += 1;
            assert!(!part.is_empty() && part.len() < things.len());
            Ok::<_, Infallible>(needed.iter().all(|thing| part.contains(thing)))
        });
        (left.unwrap(), asked)
    }

    #[test]
    fn only_what_it_takes_is_left_in_its_order() {
        for needed in [&[0][..], &[7], &[0, 7], &[2, 3], &[1, 4, 6], &[0, 1, 2, 3, 4, 5, 6, 7]] {
            assert_eq!(left(8, needed).0, needed);
        }
        assert_eq!(left(1, &[0]), (vec![0], 0));
        assert_eq!(left(2, &[0, 1]), (vec![0, 1], 2));
    }

    #[test]
    fn one_of_many_is_found_by_halving() {
        let (found, asked) = left(1024, &[700]);
        assert_eq!(found, [700]);
        assert!(asked <= 20, "{asked}");
    }

    #[test]
    fn nothing_is_concluded_from_a_test_that_could_not_be_made() {
        assert_eq!(shrink(&[1, 2], |_| Err("no room")), Err("no room"));
    }
}
