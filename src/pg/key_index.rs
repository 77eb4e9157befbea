//! Finding and locking the one row that has a key, through the unique index on it: what the query of a foreign key does,
//! without the cost of a query.

use pgrx::itemptr::item_pointer_to_u64;
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
        // SAFETY: relation, index and slot are open for as long as they are used; an error in between leaves their release
        // to the aborting transaction.
        unsafe {
            let table = pg_sys::table_open(self.relation, pg_sys::RowShareLock as i32);
            let found = if self.exists(table) {
                let index = pg_sys::index_open(self.index, pg_sys::RowShareLock as i32);
                let slot = pg_sys::table_slot_create(table, std::ptr::null_mut());
                let found = match self.lock_current(table, index, slot, key) {
                    true => Found::Row(read(column.and_then(|column| value(slot, column)))),
                    false => Found::Nothing,
                };
                pg_sys::ExecDropSingleTupleTableSlot(slot);
                pg_sys::index_close(index, pg_sys::NoLock as i32);
                found
            } else {
                Found::NoIndex
            };
            pg_sys::table_close(table, pg_sys::NoLock as i32);
            found
        }
    }

    /// Is the index still the table's? REINDEX CONCURRENTLY puts another in its place.
    ///
    /// # Safety
    /// The relation is open and locked.
    unsafe fn exists(&self, table: pg_sys::Relation) -> bool {
        // SAFETY: by the caller's promise; the list is a copy.
        unsafe {
            let list = pg_sys::RelationGetIndexList(table);
            let exists = pg_sys::list_member_oid(list, self.index);
            pg_sys::list_free(list);
            exists
        }
    }

    /// Puts the row that has the key into the slot and locks it; says whether there is one.
    ///
    /// A lock may have been waited for, and the version that was locked is then no longer the latest: looks again until it
    /// is, or until the same version is found twice, whose change is under way and will wait.
    ///
    /// # Safety
    /// Relation and index are open and locked, and the slot is one of the relation.
    unsafe fn lock_current(
        &self,
        table: pg_sys::Relation,
        index: pg_sys::Relation,
        slot: *mut pg_sys::TupleTableSlot,
        key: &[Arg],
    ) -> bool {
        let mut locked_before = None;
        loop {
            // SAFETY: by the caller's promise. The snapshot is registered while it is used.
            unsafe {
                pg_sys::CommandCounterIncrement();
                let snapshot = pg_sys::RegisterSnapshot(pg_sys::GetLatestSnapshot());
                let outcome = self.find(table, index, snapshot, slot, key).then(|| lock_row(table, snapshot, slot));
                pg_sys::UnregisterSnapshot(snapshot);
                match outcome {
                    None | Some(pg_sys::TM_Result::TM_SelfModified) => return false,
                    Some(pg_sys::TM_Result::TM_Ok) => {
                        let place = item_pointer_to_u64((*slot).tts_tid);
                        if is_latest(slot) || locked_before == Some(place) {
                            return true;
                        }
                        locked_before = Some(place);
                    }
                    Some(_) if pg_sys::XactIsoLevel >= pg_sys::XACT_REPEATABLE_READ as i32 => {
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
    }

    /// Puts the row that has the key into the slot.
    ///
    /// # Safety
    /// As for `lock_current`; the snapshot is registered.
    unsafe fn find(
        &self,
        table: pg_sys::Relation,
        index: pg_sys::Relation,
        snapshot: pg_sys::Snapshot,
        slot: *mut pg_sys::TupleTableSlot,
        key: &[Arg],
    ) -> bool {
        let count = self.columns.len() as i32;
        // SAFETY: by the caller's promise. The scan keys are filled before they are read and outlive the scan.
        unsafe {
            let mut keys: Vec<pg_sys::ScanKeyData> = Vec::with_capacity(self.columns.len());
            for (nth, (place, column)) in self.columns.iter().enumerate() {
                pg_sys::ScanKeyEntryInitialize(
                    keys.as_mut_ptr().add(nth),
                    0,
                    column.position,
                    pg_sys::BTEqualStrategyNumber as u16,
                    column.value_type,
                    *(*index).rd_indcollation.add(column.position as usize - 1),
                    column.procedure,
                    key[*place].expect("a key has no NULL"),
                );
            }
            keys.set_len(self.columns.len());
            #[cfg(feature = "pg18")]
            let scan = pg_sys::index_beginscan(table, index, snapshot, std::ptr::null_mut(), count, 0);
            #[cfg(not(feature = "pg18"))]
            let scan = pg_sys::index_beginscan(table, index, snapshot, count, 0);
            pg_sys::index_rescan(scan, keys.as_mut_ptr(), count, std::ptr::null_mut(), 0);
            let found = pg_sys::index_getnext_slot(scan, pg_sys::ScanDirection::ForwardScanDirection, slot);
            pg_sys::index_endscan(scan);
            found
        }
    }
}

/// # Safety
/// The slot holds a row of the relation, found with the snapshot.
unsafe fn lock_row(
    table: pg_sys::Relation,
    snapshot: pg_sys::Snapshot,
    slot: *mut pg_sys::TupleTableSlot,
) -> pg_sys::TM_Result::Type {
    // SAFETY: by the caller's promise; every table access method has the function, and an error that it raises is caught
    // at the boundary.
    unsafe {
        let tuple_lock = (*(*table).rd_tableam).tuple_lock.expect("a table access method locks rows");
        let mut place = (*slot).tts_tid;
        let mut failure = pg_sys::TM_FailureData::default();
        // A version that another transaction is making is locked, too.
        let command = pg_sys::GetCurrentCommandId(false);
        pg_sys::ffi::pg_guard_ffi_boundary(|| {
            tuple_lock(
                table,
                &mut place,
                snapshot,
                slot,
                command,
                pg_sys::LockTupleMode::LockTupleKeyShare,
                pg_sys::LockWaitPolicy::LockWaitBlock,
                pg_sys::TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS as u8,
                &mut failure,
            )
        })
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
