//! A tally that follows savepoints: what was noted since a savepoint is forgotten with it.

use std::collections::HashMap;
use std::hash::Hash;

/// Sums by key, for each savepoint that noted something.
#[derive(Debug)]
pub struct Tally<K>(Vec<(i32, HashMap<K, i64>)>);

impl<K: Eq + Hash> Tally<K> {
    /// Nothing noted.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds to the sum of a key, at the nesting level of the current savepoint.
    pub fn add(&mut self, level: i32, key: K, amount: i64) {
        if self.0.last().is_none_or(|(last, _)| *last < level) {
            self.0.push((level, HashMap::new()));
        }
        if let Some((_, sums)) = self.0.last_mut() {
            *sums.entry(key).or_insert(0) += amount;
        }
    }

    /// The savepoint at this level, and those in it, never happened.
    pub fn rolled_back_to(&mut self, level: i32) {
        self.0.retain(|(noted, _)| *noted < level);
    }

    /// The savepoint at this level became part of the level around it.
    pub fn released(&mut self, level: i32) {
        while let Some((_, sums)) = self.0.pop_if(|(noted, _)| *noted >= level) {
            for (key, amount) in sums {
                self.add(level - 1, key, amount);
            }
        }
    }

    /// The sums that are not zero; the tally begins anew.
    pub fn take(&mut self) -> HashMap<K, i64> {
        self.released(1);
        let mut sums = self.0.pop().map(|(_, sums)| sums).unwrap_or_default();
        sums.retain(|_, amount| *amount != 0);
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(notes: &[(i32, &'static str, i64)]) -> Tally<&'static str> {
        let mut tally = Tally::new();
        notes.iter().for_each(|(level, key, amount)| tally.add(*level, *key, *amount));
        tally
    }

    #[test]
    fn sums_by_key_without_zeros() {
        let mut tally = noted(&[(1, "a", 2), (1, "b", 1), (2, "a", 3), (3, "b", -1)]);
        assert_eq!(tally.take(), HashMap::from([("a", 5)]));
        assert_eq!(tally.take(), HashMap::new());
    }

    #[test]
    fn a_rollback_forgets_the_savepoint_and_those_in_it() {
        let mut tally = noted(&[(1, "a", 1), (2, "a", 10), (4, "a", 100)]);
        tally.rolled_back_to(2);
        tally.add(2, "a", 5);
        assert_eq!(tally.take(), HashMap::from([("a", 6)]));
    }

    #[test]
    fn what_was_released_goes_with_the_savepoint_around_it() {
        let mut tally = noted(&[(1, "a", 1), (3, "a", 10)]);
        tally.released(3);
        tally.add(2, "a", 100);
        tally.rolled_back_to(2);
        assert_eq!(tally.take(), HashMap::from([("a", 1)]));
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Savepoint,
        RollBack,
        Release,
        Note(u8, i64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            3 => Just(Step::Savepoint),
            1 => Just(Step::RollBack),
            2 => Just(Step::Release),
            6 => (0..4u8, -3..4i64).prop_map(|(key, amount)| Step::Note(key, amount)),
        ];
        prop::collection::vec(step, 0..40)
    }

    proptest! {
        /// Against the plainest bookkeeping: the sums as they were at each savepoint.
        #[test]
        fn sums_are_those_of_what_was_not_rolled_back(steps in steps()) {
            let (mut tally, mut sums, mut before) = (Tally::new(), HashMap::new(), Vec::new());
            for step in steps {
                let level = before.len() as i32 + 1;
                match step {
                    Step::Savepoint => before.push(sums.clone()),
                    Step::Note(key, amount) => {
                        tally.add(level, key, amount);
                        *sums.entry(key).or_insert(0) += amount;
                    }
                    Step::RollBack => if let Some(then) = before.pop() {
                        tally.rolled_back_to(level);
                        sums = then;
                    },
                    Step::Release => if before.pop().is_some() {
                        tally.released(level);
                    },
                }
            }
            sums.retain(|_, amount| *amount != 0);
            prop_assert_eq!(tally.take(), sums);
            prop_assert!(tally.take().is_empty());
        }
    }
}
