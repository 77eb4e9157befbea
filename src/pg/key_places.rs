//! Where rows were found by their keys, so that the next look-up of a key can go to its row without walking the index.
//!
//! A place is a guess. What lies there by now counts only if it is there for everybody who looks now, and has the key; a unique
//! key has no second row. What else there is to check of a row is checked however it was found.

use std::cell::RefCell;
use std::hash::BuildHasher;
use std::mem::MaybeUninit;
use std::ops::Range;

use foldhash::fast::RandomState;
use pgrx::itemptr::item_pointer_get_block_number;
use pgrx::pg_sys::{self, ItemPointerData};

use super::rows::StoredRow;

/// So many places are remembered, in sets that the hashes of their keys choose.
const SLOTS: usize = 512;
/// So many in a set. Were it one, each of a hundred keys would meet another of them in its slot one time in five.
const SET: usize = 4;

/// Where an index pointed to: what changes leave the key alone are found from there, too. And the buffer that held the page.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) row: ItemPointerData,
    pub(super) buffer: pg_sys::Buffer,
}

/// The places of rows of one table, by a key.
pub struct KeyPlaces {
    /// The key's columns, by their attribute numbers, in the order of its image.
    columns: Vec<i16>,
    hashing: RandomState,
    /// Empty until there is a first place.
    slots: RefCell<Vec<Option<(u64, Place)>>>,
}

mod bare {
    //! As in `key_index`.
    use core::ffi::c_int;

    #[cfg(not(feature = "pg15"))]
    use pgrx::pg_sys::RelFileLocator;
    #[cfg(feature = "pg15")]
    use pgrx::pg_sys::RelFileNode as RelFileLocator;
    use pgrx::pg_sys::{
        Buffer, CommandId, HeapTuple, ItemPointer, LockTupleMode, LockWaitPolicy, Relation, Snapshot, TM_FailureData,
        TM_Result,
    };

    unsafe extern "C-unwind" {
        pub fn ReadRecentBuffer(file: RelFileLocator, fork: c_int, block: u32, buffer: Buffer) -> bool;
        pub fn LockBuffer(buffer: Buffer, mode: c_int);
        pub fn ReleaseBuffer(buffer: Buffer);
        pub fn heap_hot_search_buffer(
            place: ItemPointer,
            table: Relation,
            buffer: Buffer,
            snapshot: Snapshot,
            tuple: HeapTuple,
            all_dead: *mut bool,
            first_call: bool,
        ) -> bool;
        pub fn heap_lock_tuple(
            table: Relation,
            tuple: HeapTuple,
            command: CommandId,
            mode: LockTupleMode::Type,
            waiting: LockWaitPolicy::Type,
            follow_updates: bool,
            buffer: *mut Buffer,
            failure: *mut TM_FailureData,
        ) -> TM_Result::Type;
    }
}

impl KeyPlaces {
    pub fn new(columns: Vec<i16>) -> Self {
        Self { columns, hashing: RandomState::default(), slots: RefCell::default() }
    }

    /// By what the place of a key is known.
    pub(super) fn hash(&self, image: &[u8]) -> u64 {
        self.hashing.hash_one(image)
    }

    /// In the place of the oldest of its set.
    pub(super) fn note(&self, hash: u64, place: Place) {
        let mut slots = self.slots.borrow_mut();
        if slots.is_empty() {
            slots.resize_with(SLOTS, Default::default);
        }
        let set = &mut slots[set_of(hash)];
        let known = set.iter().position(|slot| slot.is_some_and(|(of, _)| of == hash));
        set[..=known.unwrap_or(SET - 1)].rotate_right(1);
        set[0] = Some((hash, place));
    }

    fn guess(&self, hash: u64) -> Option<Place> {
        let slots = self.slots.borrow();
        let set = slots.get(set_of(hash))?;
        set.iter().flatten().find(|(of, _)| *of == hash).map(|(_, place)| *place)
    }

    /// The row with this key, if it is still where it was last found and its page still in the same buffer, pinned. The row
    /// as everybody finds it who looks now, this transaction's own changes included.
    ///
    /// # Safety
    /// Called within a boundary, with a table that is open and locked.
    pub(super) unsafe fn find(&self, table: pg_sys::Relation, hash: u64, image: &[u8]) -> Option<PinnedRow> {
        let Place { row: mut place, buffer } = self.guess(hash)?;
        // SAFETY: the table is open. A buffer that holds another page by now is not taken. The row is read while its page is
        // pinned, and looked for while the page is locked.
        unsafe {
            #[cfg(feature = "pg15")]
            let file = (*table).rd_node;
            #[cfg(not(feature = "pg15"))]
            let file = (*table).rd_locator;
            let block = item_pointer_get_block_number(&place);
            if !bare::ReadRecentBuffer(file, pg_sys::ForkNumber::MAIN_FORKNUM, block, buffer) {
                return None;
            }
            let mut tuple = MaybeUninit::<pg_sys::HeapTupleData>::zeroed().assume_init();
            bare::LockBuffer(buffer, pg_sys::BUFFER_LOCK_SHARE as i32);
            let now = &raw mut pg_sys::SnapshotSelfData;
            let all_dead = std::ptr::null_mut();
            let found = bare::heap_hot_search_buffer(&mut place, table, buffer, now, &mut tuple, all_dead, true);
            bare::LockBuffer(buffer, pg_sys::BUFFER_LOCK_UNLOCK as i32);
            if found && self.has_key(&StoredRow::new(&mut tuple, (*table).rd_att), image) {
                return Some(PinnedRow { tuple, buffer });
            }
            bare::ReleaseBuffer(buffer);
            None
        }
    }

    fn has_key(&self, row: &StoredRow, mut image: &[u8]) -> bool {
        self.columns
            .iter()
            .all(|&column| row.datum(column).is_some_and(|value| row.take_image(column, value, &mut image)))
            && image.is_empty()
    }
}

fn set_of(hash: u64) -> Range<usize> {
    let first = hash as usize % (SLOTS / SET) * SET;
    first..first + SET
}

/// A row of a heap, whose page is pinned.
pub(super) struct PinnedRow {
    tuple: pg_sys::HeapTupleData,
    buffer: pg_sys::Buffer,
}

impl PinnedRow {
    /// The row as it was found.
    pub(super) fn tuple(&mut self) -> &mut pg_sys::HeapTupleData {
        &mut self.tuple
    }

    /// Gives the pin back.
    ///
    /// # Safety
    /// Called within a boundary.
    pub(super) unsafe fn let_go(self) {
        // SAFETY: the row has been pinned since it was found.
        unsafe { bare::ReleaseBuffer(self.buffer) };
    }

    /// Locks the row, KEY SHARE, as `table_tuple_lock` does, also the version that another transaction is making. Gives the
    /// outcome and what `read` makes of the row, if it is locked; gives the pin back.
    ///
    /// # Safety
    /// Called within a boundary, with the table that the row is in.
    pub(super) unsafe fn lock<R>(
        mut self,
        table: pg_sys::Relation,
        command: pg_sys::CommandId,
        read: impl FnOnce(&mut pg_sys::HeapTupleData) -> R,
    ) -> (pg_sys::TM_Result::Type, Option<R>) {
        let (mut locked_in, mut failure) = (pg_sys::InvalidBuffer as pg_sys::Buffer, pg_sys::TM_FailureData::default());
        // SAFETY: by the caller's promise. The callee pins the page once more, whatever the outcome; the row is read before
        // that is given back.
        unsafe {
            let outcome = bare::heap_lock_tuple(
                table,
                &mut self.tuple,
                command,
                pg_sys::LockTupleMode::LockTupleKeyShare,
                pg_sys::LockWaitPolicy::LockWaitBlock,
                true,
                &mut locked_in,
                &mut failure,
            );
            let read = (outcome == pg_sys::TM_Result::TM_Ok).then(|| read(&mut self.tuple));
            bare::ReleaseBuffer(locked_in);
            bare::ReleaseBuffer(self.buffer);
            (outcome, read)
        }
    }
}
