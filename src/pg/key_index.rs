//! Finding and locking the one row that has a key, through the unique index on it: what the query of a foreign key does,
//! without the cost of a query.

use std::mem::MaybeUninit;

use pgrx::itemptr::{item_pointer_get_block_number, item_pointer_to_u64};
use pgrx::pg_sys::ffi::pg_guard_ffi_boundary;
use pgrx::pg_sys::{self, Datum, Oid};

use super::key_places::KeyPlaces;
use super::spi::Arg;

/// A b-tree index whose columns are those of a foreign key on the side of the row referred to.
pub struct KeyIndex {
    relation: Oid,
    index: Oid,
    /// In the index's order, each with its place in the key.
    columns: Vec<(usize, KeyColumn)>,
    /// Only where keys with the same image are the same key.
    places: Option<KeyPlaces>,
}

/// How a value is compared with a column of the index.
#[derive(Clone, Copy)]
pub struct KeyColumn {
    /// The column's position in the index, counted from 1.
    pub position: i16,
    /// The function behind the foreign key's operator, an equality of the index, and the type of its right-hand side.
    pub procedure: Oid,
    pub value_type: Oid,
}

/// The key to look for: its values, none of which is NULL, and their image (`TriggerRow::append_image`).
pub struct WantedKey<'a> {
    pub values: &'a [Arg],
    pub image: &'a [u8],
}

type ScanKeys = [MaybeUninit<pg_sys::ScanKeyData>; pg_sys::INDEX_MAX_KEYS as usize];

/// What came of a look-up.
pub enum Found<R> {
    Row(R),
    Nothing,
    /// The index is gone; a query must do.
    NoIndex,
}

impl KeyIndex {
    /// Names the index; one column for each value of the key, in the key's order.
    pub fn new(relation: Oid, index: Oid, columns: Vec<KeyColumn>, places: Option<KeyPlaces>) -> Self {
        let mut columns: Vec<_> = columns.into_iter().enumerate().collect();
        columns.sort_by_key(|(_, column)| column.position);
        Self { relation, index, columns, places }
    }

    /// Locks the row that has the key in its latest committed version, KEY SHARE, and reads one of its columns. Whatever
    /// else is done to the row then waits for this transaction, but for changes that leave the key alone; those have to
    /// take FOR UPDATE on the new version if they matter.
    ///
    /// Fails like any row lock at REPEATABLE READ if the row changed its key since the transaction's snapshot.
    pub fn lock<R>(&self, key: &WantedKey, column: Option<i16>, read: impl FnOnce(Arg) -> R) -> Found<R> {
        // SAFETY: the look-up is open for as long as it is used; an error leaves what it opened to the aborting transaction.
        // The errors of many calls are caught at one boundary: at one for each call that would cost more than the calls.
        unsafe {
            let mut open = pg_guard_ffi_boundary(|| LookUp::open(self, key));
            let found = match lock_current(&mut open) {
                Found::Row(()) => Found::Row(read(column.and_then(|column| value(open.slot, column)))),
                Found::Nothing => Found::Nothing,
                Found::NoIndex => Found::NoIndex,
            };
            pg_guard_ffi_boundary(|| open.close());
            found
        }
    }
}

/// PostgreSQL's functions without pgrx's preparation for errors: for calls within one boundary, between which nothing needs
/// to be dropped.
mod bare {
    use core::ffi::c_int;

    use pgrx::pg_sys::{
        Datum, IndexScanDesc, ItemPointer, List, Oid, Relation, ScanDirection, ScanKey, Snapshot, TupleTableSlot,
    };

    unsafe extern "C-unwind" {
        pub fn table_open(relation: Oid, lock: c_int) -> Relation;
        pub fn table_close(relation: Relation, lock: c_int);
        pub fn index_open(index: Oid, lock: c_int) -> Relation;
        pub fn index_close(index: Relation, lock: c_int);
        pub fn RelationGetIndexList(relation: Relation) -> *mut List;
        pub fn list_member_oid(list: *const List, member: Oid) -> bool;
        pub fn list_free(list: *mut List);
        pub fn RelationGetNumberOfBlocksInFork(relation: Relation, fork: i32) -> u32;
        pub fn table_slot_create(relation: Relation, registered: *mut *mut List) -> *mut TupleTableSlot;
        pub fn ExecDropSingleTupleTableSlot(slot: *mut TupleTableSlot);
        pub fn CommandCounterIncrement();
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
        pub fn slot_getsomeattrs_int(slot: *mut TupleTableSlot, last: c_int);
        pub fn index_getnext_tid(scan: IndexScanDesc, direction: ScanDirection::Type) -> ItemPointer;
        pub fn index_fetch_heap(scan: IndexScanDesc, slot: *mut TupleTableSlot) -> bool;
        pub fn index_endscan(scan: IndexScanDesc);
    }
}

/// The table, open and locked, a slot for a row of it, and what to look for.
struct LookUp<'a> {
    what: &'a KeyIndex,
    key: &'a WantedKey<'a>,
    /// Where the key's row may be, by the key's hash.
    places: Option<(&'a KeyPlaces, u64)>,
    table: pg_sys::Relation,
    slot: *mut pg_sys::TupleTableSlot,
}

impl<'a> LookUp<'a> {
    /// # Safety
    /// As of all functions here: called within a boundary.
    unsafe fn open(what: &'a KeyIndex, key: &'a WantedKey<'a>) -> Self {
        // SAFETY: the relation exists.
        unsafe {
            let table = bare::table_open(what.relation, pg_sys::RowShareLock as i32);
            let places = what.places.as_ref().map(|places| (places, places.hash(key.image)));
            Self { what, key, places, table, slot: bare::table_slot_create(table, std::ptr::null_mut()) }
        }
    }

    /// Puts the row that has the key into the slot and locks it.
    ///
    /// # Safety
    /// Called within a boundary.
    unsafe fn lock_latest(&mut self) -> Found<pg_sys::TM_Result::Type> {
        // SAFETY: the snapshot is registered while it is used.
        unsafe {
            bare::CommandCounterIncrement();
            let snapshot = bare::RegisterSnapshot(bare::GetLatestSnapshot());
            let found = match self.find_at_place(snapshot) {
                true => Found::Row(()),
                false => self.find_by_index(snapshot),
            };
            let outcome = match found {
                Found::Row(()) => Found::Row(self.lock_row(snapshot)),
                Found::Nothing => Found::Nothing,
                Found::NoIndex => Found::NoIndex,
            };
            bare::UnregisterSnapshot(snapshot);
            outcome
        }
    }

    /// Is the row still where it was last found? Of tables whose places are blocks and lines.
    ///
    /// # Safety
    /// Called within a boundary, with a registered snapshot.
    unsafe fn find_at_place(&mut self, snapshot: pg_sys::Snapshot) -> bool {
        let Some((places, mut place)) = self.places.and_then(|(places, hash)| Some((places, places.guess(hash)?)))
        else {
            return false;
        };
        // SAFETY: the lock on the table keeps it from being cut off before the block; its access method fetches rows for
        // indexes. The slot holds what was fetched.
        unsafe {
            let methods = (*self.table).rd_tableam;
            let (Some(begin), Some(fetch), Some(end)) =
                ((*methods).index_fetch_begin, (*methods).index_fetch_tuple, (*methods).index_fetch_end)
            else {
                return false;
            };
            let blocks = bare::RelationGetNumberOfBlocksInFork(self.table, pg_sys::ForkNumber::MAIN_FORKNUM);
            if (*(*self.table).rd_rel).relam != pg_sys::HEAP_TABLE_AM_OID
                || item_pointer_get_block_number(&place) >= blocks
            {
                return false;
            }
            let (mut again, mut all_dead) = (false, false);
            let scan = begin(self.table);
            let found = fetch(scan, &mut place, snapshot, self.slot, &mut again, &mut all_dead);
            end(scan);
            if found {
                bare::slot_getsomeattrs_int(self.slot, i32::from(places.last_column()));
            }
            found && places.has_key(self.slot, self.key.image)
        }
    }

    /// NoIndex if it is no longer the table's: REINDEX CONCURRENTLY puts another in its place.
    ///
    /// # Safety
    /// Called within a boundary, with a registered snapshot.
    unsafe fn find_by_index(&mut self, snapshot: pg_sys::Snapshot) -> Found<()> {
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
            let found = self.next_visible(scan);
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
    unsafe fn next_visible(&mut self, scan: pg_sys::IndexScanDesc) -> bool {
        // SAFETY: what the scan points to is the scan's own.
        unsafe {
            loop {
                let pointer = bare::index_getnext_tid(scan, pg_sys::ScanDirection::ForwardScanDirection);
                if pointer.is_null() {
                    return false;
                }
                let place = *pointer;
                if bare::index_fetch_heap(scan, self.slot) {
                    self.places.iter().for_each(|(places, hash)| places.note(*hash, place));
                    return true;
                }
            }
        }
    }

    /// # Safety
    /// Called within a boundary; the slot holds a row that was found with the snapshot.
    unsafe fn lock_row(&mut self, snapshot: pg_sys::Snapshot) -> pg_sys::TM_Result::Type {
        // SAFETY: by the caller's promise; every table access method has the function.
        unsafe {
            let Some(tuple_lock) = (*(*self.table).rd_tableam).tuple_lock else {
                return pg_sys::TM_Result::TM_Invisible;
            };
            let mut place = (*self.slot).tts_tid;
            let mut failure = pg_sys::TM_FailureData::default();
            // A version that another transaction is making is locked, too.
            tuple_lock(
                self.table,
                &mut place,
                snapshot,
                self.slot,
                bare::GetCurrentCommandId(false),
                pg_sys::LockTupleMode::LockTupleKeyShare,
                pg_sys::LockWaitPolicy::LockWaitBlock,
                pg_sys::TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS as u8,
                &mut failure,
            )
        }
    }

    /// Keeps the locks.
    ///
    /// # Safety
    /// Called within a boundary, once.
    unsafe fn close(&mut self) {
        // SAFETY: of what was opened.
        unsafe {
            bare::ExecDropSingleTupleTableSlot(self.slot);
            bare::table_close(self.table, pg_sys::NoLock as i32);
        }
    }
}

/// Puts the row that has the key into the slot and locks it.
///
/// A lock may have been waited for, and the version that was locked is then no longer the latest: looks again until it
/// is, or until the same version is found twice, whose change is under way and will wait.
fn lock_current(open: &mut LookUp) -> Found<()> {
    let mut locked_before = None;
    loop {
        // SAFETY: all that may raise an error is within the boundary.
        match unsafe { pg_guard_ffi_boundary(|| open.lock_latest()) } {
            Found::NoIndex => return Found::NoIndex,
            Found::Nothing | Found::Row(pg_sys::TM_Result::TM_SelfModified) => return Found::Nothing,
            Found::Row(pg_sys::TM_Result::TM_Ok) => {
                // SAFETY: the slot holds the row that was locked, and keeps it pinned.
                let (place, latest) = unsafe { (item_pointer_to_u64((*open.slot).tts_tid), is_latest(open.slot)) };
                if latest || locked_before == Some(place) {
                    return Found::Row(());
                }
                locked_before = Some(place);
            }
            // SAFETY: reads a variable of the backend.
            Found::Row(_) if unsafe { pg_sys::XactIsoLevel } >= pg_sys::XACT_REPEATABLE_READ as i32 => {
                pgrx::ereport!(
                    ERROR,
                    pgrx::PgSqlErrorCode::ERRCODE_T_R_SERIALIZATION_FAILURE,
                    "could not serialize access due to concurrent update"
                );
            }
            Found::Row(_) => (),
        }
        pg_sys::check_for_interrupts!();
    }
}

/// Does the slot hold a version of a row that no other has followed? Not known of tables that are no heap.
///
/// # Safety
/// The slot holds a row of a table, which it keeps pinned.
unsafe fn is_latest(slot: *mut pg_sys::TupleTableSlot) -> bool {
    // SAFETY: by the caller's promise; the operations tell the kind of the slot.
    unsafe {
        if !std::ptr::eq((*slot).tts_ops, &raw const pg_sys::TTSOpsBufferHeapTuple) {
            return false;
        }
        let tuple = (*slot.cast::<pg_sys::BufferHeapTupleTableSlot>()).base.tuple;
        item_pointer_to_u64((*(*tuple).t_data).t_ctid) == item_pointer_to_u64((*slot).tts_tid)
    }
}

/// # Safety
/// The slot holds a row of a table that has the column.
pub(super) unsafe fn value(slot: *mut pg_sys::TupleTableSlot, column: i16) -> Option<Datum> {
    let nth = column as usize - 1;
    // SAFETY: by the caller's promise; the columns up to this one are filled first.
    unsafe {
        if (*slot).tts_nvalid < column {
            pg_sys::slot_getsomeattrs_int(slot, i32::from(column));
        }
        (!*(*slot).tts_isnull.add(nth)).then(|| *(*slot).tts_values.add(nth))
    }
}

/// The value that a look-up read. The type must be the column's.
pub fn value_of<T: pgrx::FromDatum>(value: Arg) -> Option<T> {
    // SAFETY: the caller knows the type; the value is read while its row is held in the slot.
    value.and_then(|datum| unsafe { T::from_datum(datum, false) })
}
