//! What long operations show of themselves while they run: [`Progress`], and the view `tenancy.progress`.

use std::cell::Cell;

use pgrx::datum::TimestampWithTimeZone;
use pgrx::iter::TableIterator;
use pgrx::{name, pg_extern, pg_sys};
use uuid::Uuid;

use crate::catalog::to_pg;
use crate::pg::progress::{self, Entry, NUMBERS};
use crate::pg::{owner, relations};
use crate::session;

/// Numbers that stand for words in other backends' eyes: an enum with the words, in an order that only grows.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident => $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub enum $name { $($variant,)+ }

        impl $name {
            /// The word for the number; None for a number that is none of ours.
            fn word(number: i64) -> Option<&'static str> {
                let words = [$((Self::$variant, $word)),+];
                words.iter().find(|(variant, _)| *variant as i64 == number).map(|(_, word)| *word)
            }
        }
    };
}

words! {
    /// The long operations.
    Operation {
        Validate => "validate",
        Delete => "delete",
        Export => "export",
        Adopt => "adopt",
        Import => "import",
        Initialize => "initialize",
        Reassign => "reassign",
        Count => "count",
        Release => "release",
        Mend => "mend",
    }
}

words! {
    /// What an operation is at.
    Phase {
        Waiting => "waiting for locks",
        CheckingRows => "checking rows",
        CheckingReferences => "checking references",
        Protecting => "protecting",
        Indexing => "creating an index",
        Counting => "counting rows",
        Deleting => "deleting rows",
        Exporting => "exporting rows",
        Assigning => "assigning tenants",
        WaitingForRows => "waiting for rows that others hold",
        Verifying => "verifying the archive",
        Importing => "inserting rows",
        Moving => "moving rows",
    }
}

/// What is shown: as many numbers as there are places, and the relation.
#[derive(Clone, Copy)]
struct Shown {
    operation: Operation,
    phase: Phase,
    relation: pg_sys::Oid,
    done: Option<i64>,
    total: Option<i64>,
    tenant: Option<Uuid>,
    started: i64,
}

/// Stands for "not known": a count is never below zero.
const UNKNOWN: i64 = -1;

impl Shown {
    fn numbers(&self) -> [i64; NUMBERS] {
        let (high, low) = self.tenant.unwrap_or_default().as_u64_pair();
        [
            self.operation as i64,
            self.phase as i64,
            self.done.unwrap_or(UNKNOWN),
            self.total.unwrap_or(UNKNOWN),
            high.cast_signed(),
            low.cast_signed(),
            self.started,
            i64::from(self.tenant.is_some()),
        ]
    }
}

thread_local! {
    static SHOWN: Cell<Option<Shown>> = const { Cell::new(None) };
}

/// A running operation, shown until this is dropped, which an error does, too. One that another one runs (protecting a table
/// that is being adopted) shows as a part of it: its phases and counts count, the operation's name stays.
pub struct Progress {
    outermost: bool,
}

impl Progress {
    /// Begins to show an operation.
    pub fn start(operation: Operation, relation: pg_sys::Oid) -> Self {
        let outermost = SHOWN.get().is_none();
        if outermost {
            let (phase, started) = (Phase::Waiting, progress::now());
            SHOWN.set(Some(Shown { operation, phase, relation, done: None, total: None, tenant: None, started }));
        }
        let this = Self { outermost };
        this.relation(relation);
        this
    }

    /// The next phase begins, with nothing counted.
    pub fn phase(&self, phase: Phase) {
        self.change(|shown| Shown { phase, done: None, total: None, ..shown });
    }

    /// The operation has come to another relation.
    pub fn relation(&self, relation: pg_sys::Oid) {
        self.change(|shown| Shown { relation, ..shown });
    }

    /// So many rows are done in this phase.
    pub fn rows(&self, done: i64) {
        self.change(|shown| Shown { done: Some(done), ..shown });
    }

    /// So many rows there will be in this phase.
    pub fn total(&self, total: i64) {
        self.change(|shown| Shown { total: Some(total), ..shown });
    }

    /// The operation is about the rows of one tenant.
    pub fn tenant(&self, tenant: Uuid) {
        self.change(|shown| Shown { tenant: Some(tenant), ..shown });
    }

    fn change(&self, change: impl FnOnce(Shown) -> Shown) {
        let Some(shown) = SHOWN.get().map(change) else { return };
        SHOWN.set(Some(shown));
        progress::show(shown.relation, &shown.numbers());
    }
}

/// A row that has come to another tenant has passed its checks: where rows are moved by one statement, its triggers count
/// them for the operation.
pub fn row_moved(root: pg_sys::Oid) {
    let Some(shown) = SHOWN.get().filter(|shown| matches!(shown.phase, Phase::Moving)) else { return };
    if shown.relation == root {
        Progress { outermost: false }.rows(shown.done.unwrap_or(0) + 1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.outermost {
            SHOWN.set(None);
            progress::hide();
        }
    }
}

/// What is shown to whom: everything to those who administer or may read all statistics, one's own, what is done with tenants
/// that one may read, and what is done without a tenant to tables that one owns.
fn may_see(entry: &Entry, tenant: Option<Uuid>) -> bool {
    if entry.pid == progress::own_pid() || session::administers() || owner::current_user_reads_all_statistics() {
        return true;
    }
    match tenant {
        Some(tenant) => session::ask(|access, _| access.reads.ids.contains(&tenant)),
        None => relations::exists(entry.relation) && owner::current_user_owns(entry.relation),
    }
}

/// The long operations that are running. See `tenancy.progress`.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)] // what a set-returning function of pgrx returns
fn running_operations() -> TableIterator<
    'static,
    (
        name!(pid, i32),
        name!(operation, &'static str),
        name!(phase, &'static str),
        name!(relation, Option<pg_sys::Oid>),
        name!(rows_done, Option<i64>),
        name!(rows_total, Option<i64>),
        name!(tenant, Option<pgrx::Uuid>),
        name!(started, Option<TimestampWithTimeZone>),
    ),
> {
    let read = |entry: Entry| {
        let [operation, phase, done, total, high, low, started, has_tenant] = entry.numbers;
        let tenant = (has_tenant != 0).then(|| Uuid::from_u64_pair(high.cast_unsigned(), low.cast_unsigned()));
        let count = |number: i64| (number >= 0).then_some(number);
        let relation = (entry.relation != pg_sys::InvalidOid).then_some(entry.relation);
        let words = Operation::word(operation).zip(Phase::word(phase)).filter(|_| may_see(&entry, tenant));
        words.map(|(operation, phase)| {
            let started = progress::time(started);
            (entry.pid, operation, phase, relation, count(done), count(total), tenant.map(to_pg), started)
        })
    };
    TableIterator::new(progress::all().into_iter().filter_map(read).collect::<Vec<_>>())
}
