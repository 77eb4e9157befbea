//! A sorted set of keys that may be asked for every row of a query: an index by hash finds a key in one or two steps.

use std::cell::OnceCell;
use std::ops::Deref;
use std::rc::Rc;

/// Up to so many are compared one after the other.
const FEW: usize = 3;

/// What sets of keys are made of.
pub trait Key: Ord + Clone {
    /// A number with different high bits for different keys.
    fn spread(&self) -> u64;

    /// Sorts keys.
    fn sort(keys: &mut [Self]) {
        keys.sort_unstable();
    }
}

/// An odd number without a pattern: 2^64 divided by the golden ratio.
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

impl Key for uuid::Uuid {
    fn spread(&self) -> u64 {
        let (high, low) = self.as_u64_pair();
        (high.rotate_left(32) ^ low).wrapping_mul(MIX)
    }

    /// As numbers, which have the same order as the bytes and are compared in a step.
    fn sort(keys: &mut [Self]) {
        keys.sort_unstable_by_key(Self::as_u128);
    }
}

impl Key for i64 {
    fn spread(&self) -> u64 {
        self.cast_unsigned().wrapping_mul(MIX)
    }
}

/// Sorted keys without repetitions. They may be very many: a clone is the same set.
#[derive(Clone, Debug)]
pub struct Keys<K>(Rc<Set<K>>);

/// The index is made when a key is first looked for.
#[derive(Debug)]
struct Set<K> {
    sorted: Vec<K>,
    /// Places in `sorted` counted from 1, 0 for none, at least twice as many as keys: a power of two.
    index: OnceCell<Box<[u32]>>,
}

impl<K: Key> Keys<K> {
    /// The keys in any order, with or without repetitions.
    pub fn new(keys: impl IntoIterator<Item = K>) -> Self {
        let mut sorted: Vec<K> = keys.into_iter().collect();
        K::sort(&mut sorted);
        sorted.dedup();
        sorted.shrink_to_fit();
        Self(Rc::new(Set { sorted, index: OnceCell::new() }))
    }

    /// Is it one of them?
    pub fn has(&self, key: &K) -> bool {
        self.0.has(key)
    }
}

impl<K: Key> Set<K> {
    fn has(&self, key: &K) -> bool {
        if self.sorted.len() <= FEW { self.sorted.contains(key) } else { self.find(key) }
    }

    fn find(&self, key: &K) -> bool {
        let index = self.index.get_or_init(|| index(&self.sorted));
        let mut at = first_place(key, index.len());
        loop {
            match index[at] {
                0 => return false,
                place if self.sorted[place as usize - 1] == *key => return true,
                _ => at = (at + 1) & (index.len() - 1),
            }
        }
    }
}

fn first_place<K: Key>(key: &K, places: usize) -> usize {
    (key.spread() >> (64 - places.trailing_zeros())) as usize
}

fn index<K: Key>(sorted: &[K]) -> Box<[u32]> {
    let mut index = vec![0u32; (sorted.len() * 2).next_power_of_two()].into_boxed_slice();
    for (place, key) in (1..).zip(sorted) {
        let mut at = first_place(key, index.len());
        while index[at] != 0 {
            at = (at + 1) & (index.len() - 1);
        }
        index[at] = place;
    }
    index
}

impl<K> Deref for Keys<K> {
    type Target = [K];

    fn deref(&self) -> &[K] {
        &self.0.sorted
    }
}

impl<K: PartialEq> PartialEq for Keys<K> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0.sorted == other.0.sorted
    }
}

impl<K: Eq> Eq for Keys<K> {}

#[cfg(test)]
mod properties {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    /// Keys that differ in few bits, and some whose numbers for the index are the same.
    fn ids() -> impl Strategy<Value = Uuid> {
        let twin = any::<u8>().prop_map(|n| {
            let half = u64::from(n);
            Uuid::from_u64_pair(half.rotate_right(32), half)
        });
        prop_oneof![
            (0..128, 0..4u128).prop_map(|(bit, n)| Uuid::from_u128(n << bit)),
            twin,
            any::<u128>().prop_map(Uuid::from_u128)
        ]
    }

    fn numbers() -> impl Strategy<Value = i64> {
        prop_oneof![-20..20i64, any::<i64>(), (0..64u32).prop_map(|bit| 1 << bit)]
    }

    fn check<K: Key + std::fmt::Debug>(keys: &[K], asked: &[K]) -> Result<(), TestCaseError> {
        let (set, found) = (BTreeSet::from_iter(keys), Keys::new(keys.iter().cloned()));
        prop_assert!(found.iter().eq(set.iter().copied()));
        for key in keys.iter().chain(asked) {
            prop_assert_eq!(found.has(key), set.contains(key), "{:?}", key);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn ids_are_found_that_were_put_in_and_no_others(keys in prop::collection::vec(ids(), 0..60), asked in prop::collection::vec(ids(), 0..60)) {
            check(&keys, &asked)?;
        }

        #[test]
        fn numbers_are_found_that_were_put_in_and_no_others(
            keys in prop::collection::vec(numbers(), 0..60), asked in prop::collection::vec(numbers(), 0..60),
        ) {
            check(&keys, &asked)?;
        }
    }
}
