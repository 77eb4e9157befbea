//! Finding and locking the one row that has a key, through the unique index on it: what the query of a foreign key does,
//! without the cost of a query.

use pgrx::itemptr::item_pointer_to_u64;
use pgrx::pg_sys::ffi::pg_guard_ffi_boundary;
use pgrx::pg_sys::{self, Datum, Oid};

use super::key_places::KeyPlaces;
use super::key_walk::Walk;
use super::owner;
use super::rows::{self, StoredRow};
use super::spi::Arg;

/// A b-tree index whose columns are those of a foreign key on the side of the row referred to.
pub struct KeyIndex {
    relation: Oid,
    pub(super) index: Oid,
    /// In the index's order, each with its place in the key.
    pub(super) columns: Vec<(usize, KeyColumn)>,
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

/// The key to look for: its values, none of which is NULL, and their image (`StoredRow::append_image`).
pub struct WantedKey<'a> {
    pub values: &'a [Arg],
    pub image: &'a [u8],
}

/// What came of a look-up.
pub enum Found<R, U = Arg> {
    Row(R),
    /// What a row has for which the caller would not wait: it was not locked.
    Unwanted(U),
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

    /// Locks the row that has the key in its latest committed version, KEY SHARE, and gives a copy of one of its columns.
    /// Whatever else is done to the row then waits for this transaction, but for changes that leave the key alone; those have
    /// to take FOR UPDATE on the new version if they matter. Looks as the table's owner.
    ///
    /// A lock may have to be waited for, which tells that there is a row. So `wants` is asked first whether a row with such a
    /// value is worth it: by the version that is committed. It must neither raise errors nor leave anything to drop.
    ///
    /// A lock may have been waited for, and the version that was locked is then no longer the latest: looks again until it
    /// is, or until the same version is found twice, whose change is under way and will wait.
    ///
    /// Fails like any row lock at REPEATABLE READ if the row changed its key since the transaction's snapshot.
    pub fn lock(&self, key: &WantedKey, column: Option<i16>, wants: &dyn Fn(Arg) -> bool) -> Found<Arg> {
        let mut look_up = LookUp::new(self, key, Column { number: column, wants });
        loop {
            // SAFETY: an error leaves what was opened to the aborting transaction. The errors of many calls are caught at one
            // boundary: at one for each call that would cost more than the calls.
            match unsafe { pg_guard_ffi_boundary(|| look_up.attempt()) } {
                Attempt::Over(found) => return found,
                // SAFETY: reads a variable of the backend.
                Attempt::Changed if unsafe { pg_sys::XactIsoLevel } >= pg_sys::XACT_REPEATABLE_READ as i32 => {
                    pgrx::ereport!(
                        ERROR,
                        pgrx::PgSqlErrorCode::ERRCODE_T_R_SERIALIZATION_FAILURE,
                        "could not serialize access due to concurrent update"
                    );
                }
                Attempt::Changed | Attempt::Superseded => (),
            }
            pg_sys::check_for_interrupts!();
        }
    }
}

mod bare {
    //! PostgreSQL's functions without pgrx's preparation for errors: for calls within one boundary, between which nothing needs
    //! to be dropped.
    use core::ffi::c_int;

    use pgrx::pg_sys::{Oid, Relation};

    unsafe extern "C-unwind" {
        pub fn table_open(relation: Oid, lock: c_int) -> Relation;
        pub fn table_close(relation: Relation, lock: c_int);
        pub fn CommandCounterIncrement();
        pub fn GetCurrentCommandId(used: bool) -> u32;
    }
}

/// What came of looking once.
enum Attempt {
    Over(Found<Arg>),
    /// The row was changed meanwhile, and the change is committed.
    Changed,
    /// A version was locked that is not the latest.
    Superseded,
}

/// What to read of the row, and whether the row is wanted if it has that value.
#[derive(Clone, Copy)]
pub(super) struct Column<'a> {
    number: Option<i16>,
    wants: &'a dyn Fn(Arg) -> bool,
}

impl Column<'_> {
    /// The value of a row that is not wanted. `read` gives that of a column, `copy` what outlasts the row.
    pub(super) fn unwanted(
        &self,
        read: impl FnOnce(i16) -> Arg,
        copy: impl FnOnce(i16, Datum) -> Datum,
    ) -> Option<Arg> {
        let value = self.number.and_then(read);
        (!(self.wants)(value)).then(|| self.number.zip(value).map(|(column, value)| copy(column, value)))
    }

    /// A copy of the value.
    pub(super) fn value(&self, read: impl FnOnce(i16) -> Arg, copy: impl FnOnce(i16, Datum) -> Datum) -> Arg {
        let column = self.number?;
        Some(copy(column, read(column)?))
    }
}

/// A row that was found: what came of locking it, and if it was, what was read.
pub(super) type Locked = (pg_sys::TM_Result::Type, Option<Version>);

/// The version of a row that was locked.
pub(super) struct Version {
    pub(super) place: u64,
    pub(super) latest: bool,
    pub(super) value: Arg,
}

/// What to look for, and the table, open and locked from the first attempt on.
struct LookUp<'a> {
    what: &'a KeyIndex,
    key: &'a WantedKey<'a>,
    column: Column<'a>,
    /// Where the key's row may be, by the key's hash.
    places: Option<(&'a KeyPlaces, u64)>,
    table: pg_sys::Relation,
    locked_before: Option<u64>,
}

impl<'a> LookUp<'a> {
    fn new(what: &'a KeyIndex, key: &'a WantedKey<'a>, column: Column<'a>) -> Self {
        let places = what.places.as_ref().map(|places| (places, places.hash(key.image)));
        Self { what, key, column, places, table: std::ptr::null_mut(), locked_before: None }
    }

    /// Closes the table, keeping the locks, if this was the last attempt.
    ///
    /// # Safety
    /// As of all functions here: called within a boundary.
    unsafe fn attempt(&mut self) -> Attempt {
        // SAFETY: the relation exists. What this transaction's earlier commands wrote is to be seen.
        unsafe {
            if self.table.is_null() {
                self.table = bare::table_open(self.what.relation, pg_sys::RowShareLock as i32);
            }
            bare::CommandCounterIncrement();
            let found = owner::run_as_owner_of_open(self.table, || match self.lock_at_place() {
                Some(found) => found,
                None => self.lock_by_index(),
            });
            let attempt = self.judge(found);
            if let Attempt::Over(_) = attempt {
                bare::table_close(self.table, pg_sys::NoLock as i32);
            }
            attempt
        }
    }

    fn judge(&mut self, found: Found<Locked>) -> Attempt {
        match found {
            Found::NoIndex => Attempt::Over(Found::NoIndex),
            Found::Unwanted(value) => Attempt::Over(Found::Unwanted(value)),
            Found::Nothing | Found::Row((pg_sys::TM_Result::TM_SelfModified, _)) => Attempt::Over(Found::Nothing),
            Found::Row((_, None)) => Attempt::Changed,
            Found::Row((_, Some(version))) if version.latest || self.locked_before == Some(version.place) => {
                Attempt::Over(Found::Row(version.value))
            }
            Found::Row((_, Some(version))) => {
                self.locked_before = Some(version.place);
                Attempt::Superseded
            }
        }
    }

    /// Is the row still where it was last found? Of heaps: others have other places.
    ///
    /// # Safety
    /// Called within a boundary.
    unsafe fn lock_at_place(&self) -> Option<Found<Locked>> {
        let (places, hash) = self.places?;
        // SAFETY: the table is open; a place is noted of heaps only.
        unsafe {
            let mut row = places.find(self.table, hash, self.key.image)?;
            let shape = (*self.table).rd_att;
            let copy = |column, value| rows::copy(shape, column, value);
            if let Some(value) = self.column.unwanted(|column| StoredRow::new(row.tuple(), shape).datum(column), copy) {
                row.let_go();
                return Some(Found::Unwanted(value));
            }
            let read = |tuple: &mut pg_sys::HeapTupleData| Version {
                place: item_pointer_to_u64(tuple.t_self),
                latest: item_pointer_to_u64((*tuple.t_data).t_ctid) == item_pointer_to_u64(tuple.t_self),
                value: self.column.value(|column| StoredRow::new(tuple, shape).datum(column), copy),
            };
            let locked = row.lock(self.table, bare::GetCurrentCommandId(false), read);
            (locked.0 != pg_sys::TM_Result::TM_Invisible).then_some(Found::Row(locked))
        }
    }

    /// # Safety
    /// Called within a boundary.
    unsafe fn lock_by_index(&self) -> Found<Locked> {
        let walk = Walk { table: self.table, what: self.what, key: self.key, places: self.places, column: self.column };
        // SAFETY: the table is open.
        unsafe { walk.lock() }
    }
}
