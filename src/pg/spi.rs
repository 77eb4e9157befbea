//! Queries with plans that are kept for the life of the backend, and that can see the latest committed rows.
//!
//! pgrx's own SPI client can neither run a plan under a snapshot of the caller's choice nor show transition tables to it.

use std::cell::Cell;
use std::ffi::CString;

use pgrx::{FromDatum, IntoDatum, pg_sys};

use super::in_passing;

/// Which rows a query sees.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sees {
    /// What the calling statement sees, and what its own transaction has done so far. May write.
    Statement,
    /// What the statement saw that called our function, however long ago it began, and what its own transaction has done. May
    /// write.
    Caller,
    /// What the command saw when it began, without what it has done itself. For what an event trigger has to know of dropped
    /// objects.
    BeforeCommand,
    /// What is committed at this moment, at every isolation level, and what the own transaction has done: what
    /// PostgreSQL's own foreign keys look at. May lock rows, except in a parallel plan.
    Latest,
    /// The same for looking at our own tables in passing: no lock on them is kept, so that whoever changes or drops one does not
    /// wait for the transaction's end, nor others behind him. Only reads.
    InPassing,
    /// As `Latest`, for a statement that writes: a row that the transaction's own snapshot does not show cannot be written, but
    /// is a serialization failure, as in the cascades of foreign keys.
    LatestToWrite,
}

/// An argument, made from a Rust value with [`arg`].
pub type Arg = Option<pg_sys::Datum>;

/// Turns a Rust value into an argument.
pub fn arg<T: IntoDatum>(value: T) -> Arg {
    value.into_datum()
}

/// A query whose text is known at compile time: one of `sql/queries/`.
pub struct Query {
    text: &'static str,
    types: &'static [pg_sys::Oid],
    plan: Cell<pg_sys::SPIPlanPtr>,
}

impl Query {
    /// Names the query; it is parsed and planned when first run.
    pub const fn new(text: &'static str, types: &'static [pg_sys::Oid]) -> Self {
        Self { text, types, plan: Cell::new(std::ptr::null_mut()) }
    }

    /// Runs the query and collects what `each` makes of its rows.
    pub fn rows<R>(&self, args: &[Arg], sees: Sees, each: impl FnMut(&Row) -> R) -> Vec<R> {
        let ask = || {
            if self.plan.get().is_null() {
                self.plan.set(prepare_to_keep(self.text, self.types));
            }
            execute(self.plan.get(), args, sees, each)
        };
        connected(None, || if sees == Sees::InPassing { in_passing::without_keeping_locks(ask) } else { ask() })
    }

    /// Runs the query for its first row.
    pub fn first<R>(&self, args: &[Arg], sees: Sees, mut each: impl FnMut(&Row) -> R) -> Option<R> {
        self.rows(args, sees, &mut each).into_iter().next()
    }
}

/// `query!(NAME, "file.sql", &[types])` names a query of `sql/queries/` for this backend.
macro_rules! query {
    ($name:ident, $file:literal, $types:expr) => {
        thread_local! {
            static $name: $crate::pg::spi::Query = const {
                $crate::pg::spi::Query::new(
                    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/queries/", $file)),
                    $types,
                )
            };
        }
    };
}
pub(crate) use query;

/// A query whose text was put together at run time, with its plan; freed when dropped.
pub struct Plan(pg_sys::SPIPlanPtr);

impl Plan {
    /// Parses and plans `text`.
    pub fn new(text: &str, types: &[pg_sys::Oid]) -> Self {
        connected(None, || Self(prepare_to_keep(text, types)))
    }

    /// Runs the plan and collects what `each` makes of its rows.
    pub fn rows<R>(&self, args: &[Arg], sees: Sees, each: impl FnMut(&Row) -> R) -> Vec<R> {
        connected(None, || execute(self.0, args, sees, each))
    }

    /// Runs the plan for how many rows it changes.
    pub fn count(&self, args: &[Arg]) -> i64 {
        connected(None, || counted(self.0, args))
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        // SAFETY: the pointer came from SPI_keepplan and is freed once.
        unsafe { pg_sys::SPI_freeplan(self.0) };
    }
}

/// Runs a statement once, for what it does.
pub fn run(text: &str) {
    once(text, &[], &[], Sees::Statement, |_| ());
}

/// Runs a statement once, for how many rows it changes.
pub fn count(text: &str) -> i64 {
    connected(None, || counted(parse(text, &[]), &[]))
}

fn counted(plan: pg_sys::SPIPlanPtr, args: &[Arg]) -> i64 {
    execute(plan, args, Sees::Statement, |_| ());
    // SAFETY: inside the connection, right after its statement.
    unsafe { pg_sys::SPI_processed as i64 }
}

/// Runs a query once and collects what `each` makes of its rows.
pub fn once<R>(text: &str, types: &[pg_sys::Oid], args: &[Arg], sees: Sees, each: impl FnMut(&Row) -> R) -> Vec<R> {
    // Not kept: the plan goes with the connection.
    connected(None, || execute(parse(text, types), args, sees, each))
}

/// The same with arrays of texts as arguments. They go with the connection, as what is made with [`arg`] does not: it stays until the
/// function ends that SQL called, which may run such a statement for each batch of a million rows.
pub fn once_with_texts<R>(text: &str, texts: &[Vec<String>], sees: Sees, each: impl FnMut(&Row) -> R) -> Vec<R> {
    connected(None, || {
        let args: Vec<Arg> = texts.iter().cloned().map(arg).collect();
        execute(parse(text, &vec![pg_sys::TEXTARRAYOID; texts.len()]), &args, sees, each)
    })
}

/// Runs a query of a statement trigger, which sees the trigger's transition tables by their names. It is planned each time,
/// because these tables may have one row or a million.
pub fn with_transition_tables<R>(
    trigger: &pgrx::PgTrigger<'_>,
    text: &str,
    sees: Sees,
    each: impl FnMut(&Row) -> R,
) -> Vec<R> {
    let data: *const pg_sys::TriggerData = trigger.trigger_data();
    connected(Some(data.cast_mut()), || execute(parse(text, &[]), &[], sees, each))
}

/// One row of a result.
pub struct Row {
    tuple: pg_sys::HeapTuple,
    shape: pg_sys::TupleDesc,
}

impl Row {
    /// The value of a column, counted from 1. The type must be the column's.
    pub fn get<T: FromDatum>(&self, column: usize) -> Option<T> {
        let mut null = false;
        // SAFETY: tuple and shape belong to the tuple table of the query that is being read.
        unsafe {
            let datum = pg_sys::SPI_getbinval(self.tuple, self.shape, column as i32, &mut null);
            T::from_datum(datum, null)
        }
    }

    /// The value of a column as an argument for another query. It lasts as long as this row is looked at.
    pub fn datum(&self, column: usize) -> Arg {
        let mut null = false;
        // SAFETY: as in `get`.
        let datum = unsafe { pg_sys::SPI_getbinval(self.tuple, self.shape, column as i32, &mut null) };
        (!null).then_some(datum)
    }

    /// The value of a column, copied for whoever asked the query.
    pub fn lasting(&self, column: usize) -> Arg {
        let value = self.datum(column)?;
        let (mut length, mut by_value) = (0, false);
        // SAFETY: the type is the column's; the copy is made in the memory that was current before the connection.
        unsafe {
            let kind = pg_sys::SPI_gettypeid(self.shape, column as i32);
            pg_sys::get_typlenbyval(kind, &mut length, &mut by_value);
            Some(pg_sys::SPI_datumTransfer(value, by_value, i32::from(length)))
        }
    }

    /// The value of a column that the query guarantees not to be NULL.
    pub fn must<T: FromDatum>(&self, column: usize) -> T {
        self.get(column).unwrap_or_else(|| panic!("column {column} of an internal query is NULL"))
    }
}

pub(super) fn connected<R>(trigger: Option<*mut pg_sys::TriggerData>, work: impl FnOnce() -> R) -> R {
    // SAFETY: connect and finish are paired; an error in between is cleaned up by the aborting transaction.
    unsafe {
        pg_sys::SPI_connect();
        if let Some(data) = trigger {
            pg_sys::SPI_register_trigger_data(data);
        }
        let result = work();
        pg_sys::SPI_finish();
        result
    }
}

/// A plan that outlives the connection.
fn prepare(text: &str, types: &[pg_sys::Oid]) -> pg_sys::SPIPlanPtr {
    let plan = parse(text, types);
    // SAFETY: called inside a connection with a plan that was just made.
    unsafe { pg_sys::SPI_keepplan(plan) };
    plan
}

pub(super) fn parse(text: &str, types: &[pg_sys::Oid]) -> pg_sys::SPIPlanPtr {
    let text = CString::new(text).expect("a query without NUL bytes");
    // SAFETY: called inside a connection; the type array is only read. A failing query raises a PostgreSQL error.
    unsafe {
        let plan = pg_sys::SPI_prepare(text.as_ptr(), types.len() as i32, types.as_ptr().cast_mut());
        let status = pg_sys::SPI_result;
        assert!(!plan.is_null(), "SPI_prepare: {status}");
        plan
    }
}

fn prepare_to_keep(text: &str, types: &[pg_sys::Oid]) -> pg_sys::SPIPlanPtr {
    let plan = prepare(text, types);
    // SAFETY: a plan just made; it moves to memory that outlives the connection.
    unsafe { pg_sys::SPI_keepplan(plan) };
    plan
}

fn execute<R>(plan: pg_sys::SPIPlanPtr, args: &[Arg], sees: Sees, mut each: impl FnMut(&Row) -> R) -> Vec<R> {
    let (mut values, nulls) = values_and_nulls(args);
    // SAFETY: called inside a connection with as many arguments as the plan has parameters; the result table is read
    // before anything else runs on this connection and freed with it.
    unsafe {
        let snapshot = match sees {
            Sees::LatestToWrite => pg_sys::GetLatestSnapshot(),
            Sees::Latest | Sees::InPassing => latest(),
            Sees::Caller | Sees::BeforeCommand => pg_sys::GetActiveSnapshot(),
            Sees::Statement => std::ptr::null_mut(),
        };
        let fixed = pg_sys::XactIsoLevel >= pg_sys::XACT_REPEATABLE_READ as i32;
        let crosscheck = match sees {
            Sees::LatestToWrite if fixed => pg_sys::GetTransactionSnapshot(),
            _ => std::ptr::null_mut(),
        };
        let read_only = pg_sys::IsInParallelMode() || sees == Sees::BeforeCommand;
        let status = pg_sys::SPI_execute_snapshot(
            plan,
            values.as_mut_ptr(),
            nulls.as_ptr(),
            snapshot,
            crosscheck,
            read_only,
            true,
            0,
        );
        assert!(status >= 0, "SPI_execute_snapshot: {status}");
        result_rows(&mut each)
    }
}

/// The snapshot of [`Sees::Latest`]. To be registered or pushed before it is used.
///
/// # Safety
/// Called inside a transaction.
pub(super) unsafe fn latest() -> pg_sys::Snapshot {
    // SAFETY: by the caller's promise.
    unsafe {
        if pg_sys::IsInParallelMode() {
            // What the leader looked at outside the plan. The one below is not to be had there, that of the catalog is; for
            // what is no relation of the catalog it is taken anew.
            pg_sys::GetCatalogSnapshot(pg_sys::InvalidOid)
        } else {
            pg_sys::GetLatestSnapshot()
        }
    }
}

/// Arguments as SPI takes them.
pub(super) fn values_and_nulls(args: &[Arg]) -> (Vec<pg_sys::Datum>, Vec<core::ffi::c_char>) {
    let values = args.iter().map(|a| a.unwrap_or(pg_sys::Datum::from(0))).collect();
    let nulls = args.iter().map(|a| if a.is_some() { b' ' } else { b'n' } as _).collect();
    (values, nulls)
}

/// What `each` makes of the rows that the connection has just got.
///
/// # Safety
/// Called inside a connection, after a query of it and before anything else.
pub(super) unsafe fn result_rows<R>(each: &mut impl FnMut(&Row) -> R) -> Vec<R> {
    // SAFETY: by the caller's promise the table, if there is one, is the query's, and lasts until the connection ends.
    unsafe {
        let table = pg_sys::SPI_tuptable;
        if table.is_null() {
            return Vec::new();
        }
        let rows = std::slice::from_raw_parts((*table).vals, pg_sys::SPI_processed as usize);
        let shape = (*table).tupdesc;
        // A callback may run queries of its own on a nested connection, which resets SPI_tuptable but not this table.
        rows.iter().map(|&tuple| each(&Row { tuple, shape })).collect()
    }
}
