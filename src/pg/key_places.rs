//! Where rows were found by their keys, so that the next look-up of a key can go to its row without walking the index.
//!
//! A place is a guess. What lies there by now counts only if the look-up's snapshot sees it and it has the key; a unique key
//! has no second row. What else there is to check of a row is checked however it was found.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

use pgrx::pg_sys::{self, ItemPointerData};

use super::rows;

/// So many places are remembered, each in the slot that its key's hash says.
const SLOTS: usize = 512;

/// The places of rows of one table, by a key.
pub struct KeyPlaces {
    /// The key's columns, by their attribute numbers, in the order of its image.
    columns: Vec<i16>,
    hashing: RandomState,
    /// Empty until there is a first place.
    slots: RefCell<Vec<(u64, ItemPointerData)>>,
}

impl KeyPlaces {
    pub fn new(columns: Vec<i16>) -> Self {
        Self { columns, hashing: RandomState::new(), slots: RefCell::default() }
    }

    /// By what the places of a key are known.
    pub(super) fn hash(&self, image: &[u8]) -> u64 {
        self.hashing.hash_one(image)
    }

    /// Where the row with a key was last found.
    pub(super) fn guess(&self, hash: u64) -> Option<ItemPointerData> {
        let slots = self.slots.borrow();
        slots.get(hash as usize % SLOTS).filter(|(of, _)| *of == hash).map(|(_, place)| *place)
    }

    /// `place` is where an index points to: what changes leave the key alone are found from there, too.
    pub(super) fn note(&self, hash: u64, place: ItemPointerData) {
        let mut slots = self.slots.borrow_mut();
        if slots.is_empty() {
            slots.resize_with(SLOTS, Default::default);
        }
        slots[hash as usize % SLOTS] = (hash, place);
    }

    /// The last of the columns that a row needs to be compared.
    pub(super) fn last_column(&self) -> i16 {
        self.columns.iter().copied().max().unwrap_or(1)
    }

    /// Has the row in the slot this key?
    ///
    /// # Safety
    /// The slot holds a row of the table, and its columns up to the last one are filled.
    pub(super) unsafe fn has_key(&self, slot: *mut pg_sys::TupleTableSlot, mut image: &[u8]) -> bool {
        self.columns.iter().all(|&column| {
            // SAFETY: by the caller's promise; a slot's description is that of its rows.
            unsafe {
                super::key_index::value(slot, column)
                    .is_some_and(|value| rows::take_image((*slot).tts_tupleDescriptor, column, value, &mut image))
            }
        }) && image.is_empty()
    }
}
