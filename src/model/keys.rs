//! A sorted set of keys that may be asked for every row of a query: an index by hash finds a key in one or two steps.

use std::cell::OnceCell;
use std::ops::Deref;

/// Up to so many are compared one after the other.
const FEW: usize = 3;

/// What sets of keys are made of.
pub trait Key: Ord + Clone {
    /// A number with different high bits for different keys.
    fn spread(&self) -> u64;
}

/// An odd number without a pattern: 2^64 divided by the golden ratio.
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

impl Key for uuid::Uuid {
    fn spread(&self) -> u64 {
        let (high, low) = self.as_u64_pair();
        (high.rotate_left(32) ^ low).wrapping_mul(MIX)
    }
}

impl Key for i64 {
    fn spread(&self) -> u64 {
        self.cast_unsigned().wrapping_mul(MIX)
    }
}

/// Sorted keys without repetitions. The index is made when a key is first looked for.
#[derive(Clone, Debug, Default)]
pub struct Keys<K> {
    sorted: Vec<K>,
    /// Places in `sorted` counted from 1, 0 for none, at least twice as many as keys: a power of two.
    index: OnceCell<Box<[u32]>>,
}

impl<K: Key> Keys<K> {
    /// The keys in any order, with or without repetitions.
    pub fn new(keys: impl IntoIterator<Item = K>) -> Self {
        let mut sorted: Vec<K> = keys.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self { sorted, index: OnceCell::new() }
    }

    /// Is it one of them?
    pub fn has(&self, key: &K) -> bool {
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
        &self.sorted
    }
}

impl<K> IntoIterator for Keys<K> {
    type Item = K;
    type IntoIter = std::vec::IntoIter<K>;

    fn into_iter(self) -> Self::IntoIter {
        self.sorted.into_iter()
    }
}

impl<K: PartialEq> PartialEq for Keys<K> {
    fn eq(&self, other: &Self) -> bool {
        self.sorted == other.sorted
    }
}

impl<K: Eq> Eq for Keys<K> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_what_was_put_in_and_nothing_else() {
        for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 100, 1000] {
            let keys = Keys::new((0..count).map(|n| n * 3));
            for n in -10..count * 3 + 10 {
                assert_eq!(keys.has(&n), n >= 0 && n < count * 3 && n % 3 == 0, "{n} of {count}");
            }
        }
    }

    #[test]
    fn uuids_that_differ_in_any_byte_are_different() {
        let ids: Vec<_> = (0..16u128).map(|byte| uuid::Uuid::from_u128(0x2a << (8 * byte))).collect();
        let keys = Keys::new(ids.clone());
        assert!(ids.iter().all(|id| keys.has(id)));
        assert!(!keys.has(&uuid::Uuid::nil()) && !keys.has(&uuid::Uuid::from_u128(0x2b)));
    }
}
