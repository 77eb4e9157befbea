//! Which of the rows that this transaction wrote have been checked, for those that are changed again.
//!
//! A row is told by its place and by the command that wrote it there: after TRUNCATE another may have its place. A rollback to a
//! savepoint, which frees places, makes everything be forgotten.

use std::cell::Cell;

use pgrx::pg_sys::Oid;

use crate::pg::backend_local::BackendLocal;
use crate::pg::rows::Version;

/// So many rows are remembered, each where no later one has come to the same slot.
const SLOTS: usize = 512;

/// A row in its table, and when this was noted.
type Row = (u64, Oid, Version);

static ROWS: BackendLocal<[Cell<Option<Row>>; SLOTS]> = BackendLocal::new([const { Cell::new(None) }; SLOTS]);
static STAMP: BackendLocal<Cell<u64>> = BackendLocal::new(Cell::new(0));

/// Forgets all rows.
pub fn forget() {
    STAMP.set(STAMP.get().wrapping_add(1));
}

/// Notes that a row has passed its check.
pub fn note(relation: Oid, row: Version) {
    slot(row).set(Some((STAMP.get(), relation, row)));
}

/// Has the row passed its check, for all that is remembered?
pub fn is_noted(relation: Oid, row: Version) -> bool {
    slot(row).get() == Some((STAMP.get(), relation, row))
}

fn slot(row: Version) -> &'static Cell<Option<Row>> {
    &ROWS[(row.block as usize * 64 + row.offset as usize) % SLOTS]
}
