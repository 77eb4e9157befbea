//! Finding and locking the row that has a key by walking the index, with the latest snapshot.

use std::mem::MaybeUninit;

use pgrx::itemptr::item_pointer_to_u64;
use pgrx::pg_sys::{self, Datum};

use super::key_index::{Column, Found, KeyIndex, Locked, Version, WantedKey};
use super::key_places::{KeyPlaces, Place};
use super::rows;

type ScanKeys = [MaybeUninit<pg_sys::ScanKeyData>; pg_sys::INDEX_MAX_KEYS as usize];

mod bare {
    //! As in `key_index`.
    use core::ffi::c_int;

    use pgrx::pg_sys::{
        Datum, IndexScanDesc, ItemPointer, List, Oid, Relation, ScanDirection, ScanKey, Snapshot, TupleTableSlot,
    };

    unsafe extern "C-unwind" {
        pub fn index_open(index: Oid, lock: c_int) -> Relation;
        pub fn index_close(index: Relation, lock: c_int);
        pub fn RelationGetIndexList(relation: Relation) -> *mut List;
        pub fn list_member_oid(list: *const List, member: Oid) -> bool;
        pub fn list_free(list: *mut List);
        pub fn table_slot_create(relation: Relation, registered: *mut *mut List) -> *mut TupleTableSlot;
        pub fn ExecDropSingleTupleTableSlot(slot: *mut TupleTableSlot);
        pub fn GetCurrentCommandId(used: bool) -> u32;
        pub fn GetLatestSnapshot() -> Snapshot;
        pub fn RegisterSnapshot(snapshot: Snapshot) -> Snapshot;
        pub fn UnregisterSnapshot(snapshot: Snapshot);
        pub fn ScanKeyEntryInitialize(
            entry: ScanKey,
            flags: c_int,
            column: i16,
            strategy: u16,
            value_type: Oid,
            collation: Oid,
            procedure: Oid,
            value: Datum,
        );
        #[cfg(feature = "pg18")]
        pub fn index_beginscan(
            table: Relation,
            index: Relation,
            snapshot: Snapshot,
            counts: *mut pgrx::pg_sys::IndexScanInstrumentation,
            keys: c_int,
            orders: c_int,
        ) -> IndexScanDesc;
        #[cfg(not(feature = "pg18"))]
        pub fn index_beginscan(
            table: Relation,
            index: Relation,
            snapshot: Snapshot,
            keys: c_int,
            orders: c_int,
        ) -> IndexScanDesc;
        pub fn index_rescan(scan: IndexScanDesc, keys: ScanKey, count: c_int, orders: ScanKey, order_count: c_int);
        pub fn index_getnext_tid(scan: IndexScanDesc, direction: ScanDirection::Type) -> ItemPointer;
        pub fn index_fetch_heap(scan: IndexScanDesc, slot: *mut TupleTableSlot) -> bool;
        pub fn index_endscan(scan: IndexScanDesc);
    }
}

/// What to look for, in a table that is open and locked.
pub(super) struct Walk<'a> {
    pub(super) table: pg_sys::Relation,
    pub(super) what: &'a KeyIndex,
    pub(super) key: &'a WantedKey<'a>,
    /// Where to note the row's place, by the key's hash.
    pub(super) places: Option<(&'a KeyPlaces, u64)>,
    pub(super) column: Column<'a>,
}

impl Walk<'_> {
    /// # Safety
    /// As of all functions here: called within a boundary.
    pub(super) unsafe fn lock(&self) -> Found<Locked> {
        // SAFETY: the slot is the table's; the snapshot is registered while it is used.
        unsafe {
            let slot = bare::table_slot_create(self.table, std::ptr::null_mut());
            let snapshot = bare::RegisterSnapshot(bare::GetLatestSnapshot());
            let locked = match self.find(snapshot, slot) {
                Found::Row(()) => self.lock_if_wanted(snapshot, slot),
                Found::Unwanted(value) => Found::Unwanted(value),
                Found::Nothing => Found::Nothing,
                Found::NoIndex => Found::NoIndex,
            };
            bare::UnregisterSnapshot(snapshot);
            bare::ExecDropSingleTupleTableSlot(slot);
            locked
        }
    }

    /// NoIndex if it is no longer the table's: REINDEX CONCURRENTLY puts another in its place.
    ///
    /// # Safety
    /// Called within a boundary, with a registered snapshot.
    unsafe fn find(&self, snapshot: pg_sys::Snapshot, slot: *mut pg_sys::TupleTableSlot) -> Found<()> {
        // SAFETY: the list of the table's indexes is a copy. As many scan keys are filled as said, and outlive the scan.
        unsafe {
            let list = bare::RelationGetIndexList(self.table);
            let exists = bare::list_member_oid(list, self.what.index);
            bare::list_free(list);
            if !exists {
                return Found::NoIndex;
            }
            let index = bare::index_open(self.what.index, pg_sys::RowShareLock as i32);
            let (mut keys, count) = self.scan_keys(index);
            #[cfg(feature = "pg18")]
            let scan = bare::index_beginscan(self.table, index, snapshot, std::ptr::null_mut(), count, 0);
            #[cfg(not(feature = "pg18"))]
            let scan = bare::index_beginscan(self.table, index, snapshot, count, 0);
            bare::index_rescan(scan, keys.as_mut_ptr().cast(), count, std::ptr::null_mut(), 0);
            let found = self.next_visible(scan, slot);
            bare::index_endscan(scan);
            bare::index_close(index, pg_sys::NoLock as i32);
            if found { Found::Row(()) } else { Found::Nothing }
        }
    }

    /// # Safety
    /// Called within a boundary; the index is the one to search.
    unsafe fn scan_keys(&self, index: pg_sys::Relation) -> (ScanKeys, i32) {
        let mut keys: ScanKeys = [const { MaybeUninit::uninit() }; pg_sys::INDEX_MAX_KEYS as usize];
        for ((place, column), entry) in self.what.columns.iter().zip(&mut keys) {
            // SAFETY: the index has the column; the key has no NULL.
            unsafe {
                bare::ScanKeyEntryInitialize(
                    entry.as_mut_ptr(),
                    0,
                    column.position,
                    pg_sys::BTEqualStrategyNumber as u16,
                    column.value_type,
                    *(*index).rd_indcollation.add(column.position as usize - 1),
                    column.procedure,
                    self.key.values[*place].unwrap_or(Datum::null()),
                );
            }
        }
        (keys, self.what.columns.len() as i32)
    }

    /// Puts the next row that the snapshot sees into the slot, and remembers where the index pointed to.
    ///
    /// # Safety
    /// Called within a boundary, with a scan of the table.
    unsafe fn next_visible(&self, scan: pg_sys::IndexScanDesc, slot: *mut pg_sys::TupleTableSlot) -> bool {
        // SAFETY: what the scan points to is the scan's own.
        unsafe {
            loop {
                let pointer = bare::index_getnext_tid(scan, pg_sys::ScanDirection::ForwardScanDirection);
                if pointer.is_null() {
                    return false;
                }
                let place = *pointer;
                if bare::index_fetch_heap(scan, slot) {
                    self.note(place, slot);
                    return true;
                }
            }
        }
    }

    /// # Safety
    /// The slot holds the row that an index found at the place.
    unsafe fn note(&self, row: pg_sys::ItemPointerData, slot: *mut pg_sys::TupleTableSlot) {
        // SAFETY: the table is open; a slot that says so holds a row of a page.
        unsafe {
            if (*(*self.table).rd_rel).relam == pg_sys::HEAP_TABLE_AM_OID && is_of_heap(slot) {
                let place = Place { row, buffer: (*slot.cast::<pg_sys::BufferHeapTupleTableSlot>()).buffer };
                self.places.iter().for_each(|(places, hash)| places.note(*hash, place));
            }
        }
    }

    /// # Safety
    /// Called within a boundary; the slot holds a row that was found with the snapshot.
    unsafe fn lock_if_wanted(&self, snapshot: pg_sys::Snapshot, slot: *mut pg_sys::TupleTableSlot) -> Found<Locked> {
        // SAFETY: by the caller's promise.
        unsafe {
            let shape = (*self.table).rd_att;
            let copy = |column, value| rows::copy(shape, column, value);
            match self.column.unwanted(|column| rows::slot_value(slot, column), copy) {
                Some(value) => Found::Unwanted(value),
                None => Found::Row(self.lock_row(snapshot, slot)),
            }
        }
    }

    /// # Safety
    /// As of `lock_if_wanted`.
    unsafe fn lock_row(&self, snapshot: pg_sys::Snapshot, slot: *mut pg_sys::TupleTableSlot) -> Locked {
        // SAFETY: by the caller's promise; every table access method has the function. The slot then holds what was locked.
        unsafe {
            let Some(tuple_lock) = (*(*self.table).rd_tableam).tuple_lock else {
                return (pg_sys::TM_Result::TM_Invisible, None);
            };
            let mut place = (*slot).tts_tid;
            let mut failure = pg_sys::TM_FailureData::default();
            // A version that another transaction is making is locked, too.
            let outcome = tuple_lock(
                self.table,
                &mut place,
                snapshot,
                slot,
                bare::GetCurrentCommandId(false),
                pg_sys::LockTupleMode::LockTupleKeyShare,
                pg_sys::LockWaitPolicy::LockWaitBlock,
                pg_sys::TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS as u8,
                &mut failure,
            );
            (outcome, (outcome == pg_sys::TM_Result::TM_Ok).then(|| self.version(slot)))
        }
    }

    /// # Safety
    /// Called within a boundary; the slot holds a row of the table.
    unsafe fn version(&self, slot: *mut pg_sys::TupleTableSlot) -> Version {
        // SAFETY: by the caller's promise.
        unsafe {
            let shape = (*self.table).rd_att;
            let copy = |column, value| rows::copy(shape, column, value);
            let value = self.column.value(|column| rows::slot_value(slot, column), copy);
            Version { place: item_pointer_to_u64((*slot).tts_tid), latest: is_latest(slot), value }
        }
    }
}

/// Does the slot hold a version of a row that no other has followed? Not known of tables that are no heap.
///
/// # Safety
/// The slot holds a row of a table, which it keeps pinned.
unsafe fn is_latest(slot: *mut pg_sys::TupleTableSlot) -> bool {
    // SAFETY: by the caller's promise; the operations tell the kind of the slot.
    unsafe {
        if !is_of_heap(slot) {
            return false;
        }
        let tuple = (*slot.cast::<pg_sys::BufferHeapTupleTableSlot>()).base.tuple;
        item_pointer_to_u64((*(*tuple).t_data).t_ctid) == item_pointer_to_u64((*slot).tts_tid)
    }
}

/// Does the slot hold a row of a page?
///
/// # Safety
/// The slot is valid.
unsafe fn is_of_heap(slot: *mut pg_sys::TupleTableSlot) -> bool {
    // SAFETY: by the caller's promise; the operations tell the kind of the slot.
    unsafe { std::ptr::eq((*slot).tts_ops, &raw const pg_sys::TTSOpsBufferHeapTuple) }
}
