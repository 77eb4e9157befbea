//! Finding and locking the one row that has a key, through the unique index on it: what the query of a foreign key does,
//! without the cost of a query.

use std::mem::MaybeUninit;

use pgrx::itemptr::item_pointer_to_u64;
use pgrx::pg_sys::ffi::pg_guard_ffi_boundary;
use pgrx::pg_sys::{self, Datum, Oid};

use super::spi::Arg;

/// A b-tree index whose columns are those of a foreign key on the side of the row referred to.
pub struct KeyIndex {
    relation: Oid,
    index: Oid,
    /// In the index's order, each with its place in the key.
    columns: Vec<(usize, KeyColumn)>,
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

/// What came of a look-up.
pub enum Found<R> {
    Row(R),
    Nothing,
    /// The index is gone; a query must do.
    NoIndex,
}

impl KeyIndex {
    /// Names the index; one column for each value of the key, in the key's order.
    pub fn new(relation: Oid, index: Oid, columns: Vec<KeyColumn>) -> Self {
        let mut columns: Vec<_> = columns.into_iter().enumerate().collect();
        columns.sort_by_key(|(_, column)| column.position);
        Self { relation, index, columns }
    }

    /// Locks the row that has the key in its latest committed version, KEY SHARE, and reads one of its columns. Whatever
    /// else is done to the row then waits for this transaction, but for changes that leave the key alone; those have to
    /// take FOR UPDATE on the new version if they matter.
    ///
    /// Fails like any row lock at REPEATABLE READ if the row changed its key since the transaction's snapshot.
    pub fn lock<R>(&self, key: &[Arg], column: Option<i16>, read: impl FnOnce(Arg) -> R) -> Found<R> {
        // SAFETY: the look-up is open for as long as it is used; an error leaves what it opened to the aborting transaction.
        // The errors of many calls are caught at one boundary: at one for each call that would cost more than the calls.
        unsafe {
            let mut open = MaybeUninit::<LookUp>::uninit();
            if !pg_guard_ffi_boundary(|| LookUp::open(&mut open, self, key)) {
                return Found::NoIndex;
            }
            let mut open = open.assume_init();
            let found = match lock_current(&mut open) {
                true => Found::Row(read(column.and_then(|column| value(open.slot, column)))),
                false => Found::Nothing,
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

    use pgrx::pg_sys::{Datum, IndexScanDesc, List, Oid, Relation, ScanDirection, ScanKey, Snapshot, TupleTableSlot};

    unsafe extern "C-unwind" {
        pub fn table_open(relation: Oid, lock: c_int) -> Relation;
        pub fn table_close(relation: Relation, lock: c_int);
        pub fn index_open(index: Oid, lock: c_int) -> Relation;
        pub fn index_close(index: Relation, lock: c_int);
        pub fn RelationGetIndexList(relation: Relation) -> *mut List;
        pub fn list_member_oid(list: *const List, member: Oid) -> bool;
        pub fn list_free(list: *mut List);
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
        pub fn index_getnext_slot(
            scan: IndexScanDesc,
            direction: ScanDirection::Type,
            slot: *mut TupleTableSlot,
        ) -> bool;
        pub fn index_endscan(scan: IndexScanDesc);
    }
}

/// Table and index, open and locked, a slot for a row of the table, and what to look for.
struct LookUp {
    table: pg_sys::Relation,
    index: pg_sys::Relation,
    slot: *mut pg_sys::TupleTableSlot,
    keys: [MaybeUninit<pg_sys::ScanKeyData>; pg_sys::INDEX_MAX_KEYS as usize],
    count: i32,
}

impl LookUp {
    /// False if the index is no longer the table's: REINDEX CONCURRENTLY puts another in its place.
    ///
    /// # Safety
    /// As of all functions here: called within a boundary. The key has no NULL.
    unsafe fn open(place: &mut MaybeUninit<Self>, what: &KeyIndex, key: &[Arg]) -> bool {
        // SAFETY: the relation exists; the list of its indexes is a copy. Each scan key is filled before it is read.
        unsafe {
            let table = bare::table_open(what.relation, pg_sys::RowShareLock as i32);
            let list = bare::RelationGetIndexList(table);
            let exists = bare::list_member_oid(list, what.index);
            bare::list_free(list);
            if !exists {
                bare::table_close(table, pg_sys::NoLock as i32);
                return false;
            }
            let index = bare::index_open(what.index, pg_sys::RowShareLock as i32);
            let slot = bare::table_slot_create(table, std::ptr::null_mut());
            let keys = [const { MaybeUninit::uninit() }; pg_sys::INDEX_MAX_KEYS as usize];
            let open = place.write(Self { table, index, slot, keys, count: what.columns.len() as i32 });
            for ((place, column), entry) in what.columns.iter().zip(&mut open.keys) {
                bare::ScanKeyEntryInitialize(
                    entry.as_mut_ptr(),
                    0,
                    column.position,
                    pg_sys::BTEqualStrategyNumber as u16,
                    column.value_type,
                    *(*index).rd_indcollation.add(column.position as usize - 1),
                    column.procedure,
                    key[*place].unwrap_or(Datum::null()),
                );
            }
            true
        }
    }

    /// Puts the row that has the key into the slot and locks it; None where there is none.
    ///
    /// # Safety
    /// Called within a boundary.
    unsafe fn lock_latest(&mut self) -> Option<pg_sys::TM_Result::Type> {
        // SAFETY: the snapshot is registered while it is used.
        unsafe {
            bare::CommandCounterIncrement();
            let snapshot = bare::RegisterSnapshot(bare::GetLatestSnapshot());
            let outcome = if self.find(snapshot) { Some(self.lock_row(snapshot)) } else { None };
            bare::UnregisterSnapshot(snapshot);
            outcome
        }
    }

    /// # Safety
    /// Called within a boundary, with a registered snapshot.
    unsafe fn find(&mut self, snapshot: pg_sys::Snapshot) -> bool {
        let keys = self.keys.as_mut_ptr().cast();
        // SAFETY: the scan keys are filled, as many as said, and outlive the scan.
        unsafe {
            #[cfg(feature = "pg18")]
            let scan = bare::index_beginscan(self.table, self.index, snapshot, std::ptr::null_mut(), self.count, 0);
            #[cfg(not(feature = "pg18"))]
            let scan = bare::index_beginscan(self.table, self.index, snapshot, self.count, 0);
            bare::index_rescan(scan, keys, self.count, std::ptr::null_mut(), 0);
            let found = bare::index_getnext_slot(scan, pg_sys::ScanDirection::ForwardScanDirection, self.slot);
            bare::index_endscan(scan);
            found
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
            bare::index_close(self.index, pg_sys::NoLock as i32);
            bare::table_close(self.table, pg_sys::NoLock as i32);
        }
    }
}

/// Puts the row that has the key into the slot and locks it; says whether there is one.
///
/// A lock may have been waited for, and the version that was locked is then no longer the latest: looks again until it
/// is, or until the same version is found twice, whose change is under way and will wait.
fn lock_current(open: &mut LookUp) -> bool {
    let mut locked_before = None;
    loop {
        // SAFETY: all that may raise an error is within the boundary.
        match unsafe { pg_guard_ffi_boundary(|| open.lock_latest()) } {
            None | Some(pg_sys::TM_Result::TM_SelfModified) => return false,
            Some(pg_sys::TM_Result::TM_Ok) => {
                // SAFETY: the slot holds the row that was locked, and keeps it pinned.
                let (place, latest) = unsafe { (item_pointer_to_u64((*open.slot).tts_tid), is_latest(open.slot)) };
                if latest || locked_before == Some(place) {
                    return true;
                }
                locked_before = Some(place);
            }
            // SAFETY: reads a variable of the backend.
            Some(_) if unsafe { pg_sys::XactIsoLevel } >= pg_sys::XACT_REPEATABLE_READ as i32 => {
                pgrx::ereport!(
                    ERROR,
                    pgrx::PgSqlErrorCode::ERRCODE_T_R_SERIALIZATION_FAILURE,
                    "could not serialize access due to concurrent update"
                );
            }
            Some(_) => (),
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
