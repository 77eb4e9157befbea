//! Changing a row of ours whose place is remembered, without the cost of a query: what is done at every commit.

use std::ptr;

use pgrx::FromDatum;
use pgrx::itemptr::item_pointer_get_block_number;
use pgrx::pg_sys::{self, Datum, Oid};

use super::spi::Arg;

/// Where a version of a row is.
pub type Place = pg_sys::ItemPointerData;

/// A row that was found at its place.
pub struct Placed {
    tuple: pg_sys::HeapTuple,
    shape: pg_sys::TupleDesc,
}

impl Placed {
    /// The value of a column by its attribute number. The type must be the column's.
    pub fn get<T: FromDatum>(&self, column: i32) -> Option<T> {
        let mut null = false;
        // SAFETY: tuple and shape belong together, and the buffer of the tuple is pinned.
        unsafe { T::from_datum(pg_sys::heap_getattr(self.tuple, column, self.shape, &mut null), null) }
    }
}

/// Gives a column of the row at a place the value that `change` makes of the row, and says where the row is now. None, and
/// nothing was done, if no committed row is there any more, or if `change` wants none: it has to look whether this is the row
/// that it means. Nobody else may change the row at the same time, which the caller's locks must make sure of.
///
/// The table must be a heap.
pub fn change(relation: Oid, place: Place, column: i32, change: impl FnOnce(&Placed) -> Arg) -> Option<Place> {
    // SAFETY: the table is open and locked as for any change of its rows while it is used, and the place is within it.
    unsafe {
        let table = pg_sys::table_open(relation, pg_sys::RowExclusiveLock as i32);
        let block = item_pointer_get_block_number(&place);
        let exists = block < pg_sys::RelationGetNumberOfBlocksInFork(table, pg_sys::ForkNumber::MAIN_FORKNUM);
        let now = if exists { change_in_block(table, block, place, column, change) } else { None };
        pg_sys::table_close(table, pg_sys::NoLock as i32);
        now
    }
}

/// # Safety
/// The table is open and locked, and has the block.
unsafe fn change_in_block(
    table: pg_sys::Relation,
    block: pg_sys::BlockNumber,
    place: Place,
    column: i32,
    change: impl FnOnce(&Placed) -> Arg,
) -> Option<Place> {
    // SAFETY: the block is pinned while the row in it is read. Old versions are removed before, as by queries that come
    // across them. Visible to this snapshot is what is committed by now or was written by this transaction.
    unsafe {
        let block = pg_sys::ReadBuffer(table, block);
        pg_sys::heap_page_prune_opt(table, block);
        let (mut tuple, mut buffer) = (pg_sys::HeapTupleData { t_self: place, ..Default::default() }, 0);
        let snapshot = &raw mut pg_sys::SnapshotSelfData;
        let now = pg_sys::heap_fetch(table, snapshot, &mut tuple, &mut buffer, false).then(|| {
            let shape = (*table).rd_att;
            let value = change(&Placed { tuple: &mut tuple, shape });
            let now = value.map(|value| store(table, &mut tuple, column, value));
            pg_sys::ReleaseBuffer(buffer);
            now
        });
        pg_sys::ReleaseBuffer(block);
        now.flatten()
    }
}

/// # Safety
/// The tuple is one of the table, in a pinned buffer.
unsafe fn store(table: pg_sys::Relation, old: pg_sys::HeapTuple, column: i32, value: Datum) -> Place {
    let (mut columns, mut values, mut nulls) = ([column], [value], [false]);
    // SAFETY: by the caller's promise; the arrays have one element each, and the new tuple is a copy.
    unsafe {
        let new = pg_sys::heap_modify_tuple_by_cols(
            old,
            (*table).rd_att,
            1,
            columns.as_mut_ptr(),
            values.as_mut_ptr(),
            nulls.as_mut_ptr(),
        );
        pg_sys::CatalogTupleUpdate(table, ptr::addr_of_mut!((*old).t_self), new);
        let now = (*new).t_self;
        pg_sys::heap_freetuple(new);
        now
    }
}
