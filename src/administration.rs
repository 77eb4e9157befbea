//! What all of our tables have in common: who may change them, and telling every backend that they changed.

use std::cell::Cell;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgTrigger, pg_sys, pg_trigger};
use uuid::Uuid;

use crate::catalog::hierarchy;
use crate::error::{Refusal, TenantRefusal};
use crate::pg::answers::{Answer, nothing};
use crate::pg::rows::TriggerRows;
use crate::pg::spi::{self, Arg, Row, Sees, query};
use crate::pg::{invalidation, locks, owner, relations, replication, transactions};
use crate::session;

query!(
    RESTORE_INSTALLATION,
    "restore_installation.sql",
    &[pg_sys::TEXTOID, pg_sys::INT4OID, pg_sys::INT8OID, pg_sys::TEXTOID]
);
query!(LIMITS, "limits.sql", &[]);
query!(DEEPEST, "deepest.sql", &[]);
query!(TENANT_COUNT, "tenant_count.sql", &[]);

thread_local! {
    static OURS: Cell<bool> = const { Cell::new(false) };
}

/// May the session know what is said of a tenant, whatever the mode: because it reads the tenant's rows on the table (without one,
/// on any table), or because it administers?
pub fn knows(tenant: &Uuid, relation: Option<pg_sys::Oid>) -> bool {
    match relation {
        None => session::ask(|access, _| access.administers || access.knows(tenant)),
        table => session::ask_about(table, |access, _| access.administers || access.reads.ids.contains(tenant)),
    }
}

/// Runs a change that the extension itself makes to its tables: columns that it keeps may be set, and what the caller
/// has checked or a dump has brought is not checked again.
pub fn ours<R>(work: impl FnOnce() -> R) -> R {
    // Reset by dropping, because PostgreSQL's errors unwind.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            OURS.set(self.0);
        }
    }
    let _before = Before(OURS.replace(true));
    owner::run(work)
}

/// Is the change being made by [`ours`], here or on the server that logical replication has it from?
pub fn is_ours() -> bool {
    OURS.get() || replication::applies_changes()
}

/// Raises the refusal, if there is one.
pub fn enforce(outcome: Result<(), Refusal>) {
    if let Err(refusal) = outcome {
        ErrorReport::from(refusal).report(PgLogLevel::ERROR);
    }
}

/// Refuses the change of a column whose value is given once.
pub fn check_kept(rows: &TriggerRows, table: &str, columns: &[(i16, &'static str)]) -> Result<(), Refusal> {
    let updated = rows.old.is_some() && rows.new.is_some() && !is_ours();
    match columns.iter().find(|(column, _)| updated && rows.differs(*column)) {
        Some((_, column)) => Err(Refusal::GivenByExtension { table: table.to_owned(), column }),
        None => Ok(()),
    }
}

/// Notes the time of a change, unless the statement does so itself.
pub fn updated(rows: &TriggerRows, column: i16) -> Option<(i16, Arg)> {
    let changed = rows.old.is_some() && rows.new.is_some() && !rows.differs(column) && !is_ours();
    changed.then(|| (column, Some(transactions::began())))
}

/// The first row of a query over the trigger's transition tables and the latest rows.
pub fn offender<R>(trigger: &PgTrigger<'_>, text: &str, each: impl FnMut(&Row) -> R) -> Option<R> {
    owner::run(|| spi::with_transition_tables(trigger, text, Sees::Latest, each)).into_iter().next()
}

/// One of the texts in `sql/queries/`.
macro_rules! text {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/queries/", $file))
    };
}
pub(crate) use text;

/// AFTER any change, for the statement, and for each row that logical replication applies: there no triggers for statements
/// fire. Elsewhere once is enough, and once a row would make every row's foreign key check plan anew.
/// See `tenancy.announce_change`.
#[pg_trigger(sql = false)]
fn announce_change<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let rows = TriggerRows::of(trigger);
    let for_row = rows.old.is_some() || rows.new.is_some();
    if !for_row || replication::applies_changes() {
        invalidation::announce(rows.relation());
    }
    nothing()
}

/// BEFORE any change, for the statement. See `tenancy.require_administrator`.
#[pg_trigger(sql = false)]
fn require_administrator<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    if !session::administers() {
        enforce(Err(Refusal::NotAdministrator { table: named(trigger) }));
    }
    nothing()
}

/// BEFORE TRUNCATE. See `tenancy.refuse_truncate`.
#[pg_trigger(sql = false)]
fn refuse_truncate<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    enforce(Err(Refusal::Truncate { table: named(trigger) }));
    nothing()
}

/// BEFORE statements that lean on the hierarchy or change it. See `tenancy.lock_hierarchy`.
#[pg_trigger(sql = false)]
fn lock_hierarchy<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    match trigger.extra_args().unwrap_or_default().first().map(String::as_str) {
        Some("row share") => locks::row_share(hierarchy::lock()),
        _ => locks::exclusive(hierarchy::lock()),
    }
    nothing()
}

fn named(trigger: &PgTrigger<'_>) -> String {
    format!("tenancy.{}", relations::name(TriggerRows::of(trigger).relation()))
}

/// How deep hierarchies may be and how many tenants there may be; 0 is unlimited. And is there a service provider?
pub struct Limits {
    pub depth: i64,
    pub tenants: i64,
    pub provider_exists: bool,
}

/// The limits in force at this moment.
pub fn limits() -> Limits {
    let read = |row: &Row| Limits { depth: row.must(1), tenants: row.must(2), provider_exists: row.must(3) };
    owner::run(|| LIMITS.with(|q| q.first(&[], Sees::Latest, read))).expect("the installation has its row")
}

/// How many tenants there are, not counting the built-in ones.
pub fn tenant_count() -> i64 {
    owner::run(|| TENANT_COUNT.with(|q| q.first(&[], Sees::Latest, |row| row.must(1)))).unwrap_or(0)
}

/// BEFORE INSERT OR DELETE of the installation's only row. A dump inserts it again: its values are taken over.
/// See `tenancy.keep_installation`.
#[pg_trigger(sql = false)]
fn keep_installation<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let Some(new) = TriggerRows::of(trigger).new else {
        enforce(Err(Refusal::BuiltIn { what: "row", name: "installation".into(), change: "deleted" }));
        return nothing();
    };
    let values: Vec<Arg> = (2..=5).map(|column| new.datum(column)).collect();
    ours(|| RESTORE_INSTALLATION.with(|q| q.rows(&values, Sees::Latest, |_| ())));
    nothing()
}

/// AFTER UPDATE of the limits: what is there must keep them. See `tenancy.check_limits`.
#[pg_trigger(sql = false)]
fn check_limits<'a>(_trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let limits = limits();
    let deepest: i64 = owner::run(|| DEEPEST.with(|q| q.first(&[], Sees::Latest, |row| row.must(1)))).unwrap_or(0);
    if limits.depth > 0 && deepest > limits.depth {
        enforce(Err(TenantRefusal::DeeperThanLimit { depth: deepest, limit: limits.depth }.into()));
    }
    let count = tenant_count();
    if limits.tenants > 0 && count > limits.tenants {
        enforce(Err(TenantRefusal::TooManyTenants { count, limit: limits.tenants }.into()));
    }
    nothing()
}
