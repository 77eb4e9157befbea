//! Making the policies fast: the planner learns what a policy function means for the context in force, so that it plans
//! as for a hand-written `WHERE tenant_id = …`.
//!
//! A plan made for one context never shows more to another: what replaces the call asks the session again when it runs.
//! Plans made for another shape of context are dropped (`session` sees to it), so that they do not show less either.
//!
//! Where roles are limited to modules, what is allowed differs from table to table, which the policies do not tell their
//! functions. The planner knows the table: it replaces each call by one that names it. A call that was not replaced grants
//! what holds on all tables: less.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{self, Oid};
use pgrx::{Internal, PgLogLevel, Uuid, pg_extern};

use crate::catalog::access::Mode;
use crate::catalog::to_pg;
use crate::error::{PlanRefusal, Refusal};
use crate::model::scope::{Access, Scope, Tenants};
use crate::model::shape::Reach;
use crate::pg::executions;
use crate::pg::lasting::Lasting;
use crate::pg::planner::{self, Answer, Clause, Column, Question};
use crate::pg::quick::quick;
use crate::session::{self, Value};

/// Prepares the planner. Call from `_PG_init`.
pub fn init() {
    planner::init();
    executions::listen(executions::Listeners {
        begins: session::execution_begins,
        of_marked_plan: || {
            if !session::ask(|access, _| is_all(&access.reads)) {
                ErrorReport::from(Refusal::from(PlanRefusal::MadeForAll)).report(PgLogLevel::ERROR);
            }
        },
    });
}

/// Reading or writing, with the names of the functions that stand for it.
struct Kind {
    tenants: fn(&Access) -> &Tenants,
    asked: [&'static str; 2],
    one: [&'static str; 2],
    several: [&'static str; 2],
    /// Where a function besides the one asked says the same of tenants only, without public rows: an index serves it.
    not_public: Option<[&'static str; 2]>,
    all: &'static str,
    /// Where access to all tenants includes public rows: the function by which a plan is known that takes it for granted.
    all_has_public: Option<&'static str>,
    public: &'static str,
    public_pass: fn(&Access) -> bool,
}

const READING: Kind = Kind {
    tenants: |access| &access.reads,
    asked: ["tenancy.can_read", "tenancy.can_read_number"],
    one: ["tenancy.read_tenant", "tenancy.read_tenant_number"],
    several: ["tenancy.readable_tenants", "tenancy.readable_tenant_numbers"],
    not_public: Some(["tenancy.reads_tenant", "tenancy.reads_tenant_number"]),
    all: "tenancy.reads_all",
    all_has_public: Some("tenancy.can_read_support"),
    public: "tenancy.reads_public",
    public_pass: Access::reads_public,
};

const WRITING: Kind = Kind {
    tenants: |access| &access.writes,
    asked: ["tenancy.can_write", "tenancy.can_write_number"],
    one: ["tenancy.write_tenant", "tenancy.write_tenant_number"],
    several: ["tenancy.writable_tenants", "tenancy.writable_tenant_numbers"],
    not_public: None,
    all: "tenancy.writes_all",
    all_has_public: None,
    public: "tenancy.writes_public",
    public_pass: |access| access.writes_public,
};

/// Stands for reading and for writing where they are of the same one tenant: two conditions that are one.
const OWN: [&str; 2] = ["tenancy.own_tenant", "tenancy.own_tenant_number"];

/// So many tenants are listed for an index without looking at how many rows they have.
const LISTED: usize = 10_000;
/// Where more are listed, they have at most this share of the rows.
const MOST_ROWS: f64 = 0.05;

/// The support function of `can_read` and `can_read_number`.
#[pg_extern(sql = false)]
fn can_read_support(request: Internal) -> Internal {
    planner::answer(request, Clause::Using, |question, column| READING.answer(question, column))
}

/// The support function of `can_write` and `can_write_number`.
#[pg_extern(sql = false)]
fn can_write_support(request: Internal) -> Internal {
    planner::answer(request, Clause::Using, |question, column| WRITING.answer(question, column))
}

/// The support function of `check_write` and `check_write_number`: only names the table.
#[pg_extern(sql = false)]
fn check_write_support(request: Internal) -> Internal {
    let name_table = |question, column: &Column| match (question, column.asked_about) {
        (Question::Simplify, None) if is_limited() => {
            column.ask(["tenancy.check_write", "tenancy.check_write_number"], true).map(Answer::Expression)
        }
        _ => None,
    };
    planner::answer(request, Clause::WithCheck, name_table)
}

/// The support function of `writable_tenant` and `writable_tenant_number`: only names the table that is written.
#[pg_extern(sql = false)]
fn writable_tenant_support(request: Internal) -> Internal {
    planner::answer_default(request, |default| {
        let [by_id, by_number] = ["tenancy.writable_tenant", "tenancy.writable_tenant_number"];
        is_limited().then(|| default.ask_about_table(by_id, by_number)).flatten()
    })
}

fn is_limited() -> bool {
    session::ask_for_plan(|access, _| !access.limited.is_empty())
}

/// The support function of `knows_tenant`, the policy of our own tables. It knows no modes, no public rows, and no tables.
#[pg_extern(sql = false)]
fn knows_tenant_support(request: Internal) -> Internal {
    planner::answer(request, Clause::Using, |question, column| {
        let (reach, own) = session::ask_for_plan(|access, _| {
            // What others know, the call itself has to say.
            let plain = !access.administers && access.limited.is_empty();
            plain.then(|| (Reach::of(&access.reads.ids), access.has_one_tenant()))
        })?;
        match (question, reach) {
            (Question::Simplify, Reach::One) => {
                let [by_id, _] = if own { OWN } else { READING.one };
                column.equals(by_id, None, pg_sys::UUIDOID).map(Answer::Expression)
            }
            (Question::IndexCondition, Reach::Several(count)) if READING.worth_listing(column, None, count) => {
                READING.several(column, None).map(Answer::IndexCondition)
            }
            (Question::Selectivity, Reach::None) => Some(Answer::Selectivity(0.0)),
            (Question::Selectivity, Reach::Several(count)) => {
                Some(Answer::Selectivity(READING.share(column, None, count, false)))
            }
            _ => None,
        }
    })
}

/// The support function of `reads_tenant` and `reads_tenant_number`, which give NULL for public rows.
#[pg_extern(sql = false)]
fn reads_tenant_support(request: Internal) -> Internal {
    planner::answer(request, Clause::WithCheck, |question, column| {
        match (question, session::ask_for_plan(|access, _| Reach::of(&access.reads.ids))) {
            (Question::IndexCondition, Reach::Several(count)) if READING.worth_listing(column, None, count) => {
                READING.several(column, None).map(Answer::IndexCondition)
            }
            (Question::Selectivity, Reach::Several(count)) => {
                Some(Answer::Selectivity(READING.share(column, None, count, false)))
            }
            _ => None,
        }
    })
}

/// The support function of what stands for a policy: a plan has it only where it lets rows pass.
#[pg_extern(sql = false)]
fn always_support(request: Internal) -> Internal {
    planner::answer_share(request, 1.0)
}

impl Kind {
    fn answer(&self, question: Question, column: &Column) -> Option<Answer> {
        // A call that names no table is one for what holds on all of them, but may be replaced by one that does.
        let on_all = session::ask_for_plan(|access, _| access.limited.is_empty());
        let replaces = matches!(question, Question::Simplify) && column.asked_about.is_none() && !on_all;
        let table = if replaces { Some(column.table) } else { column.asked_about };
        let (reach, mode, own, public) = session::ask_about(table, |access, mode| {
            let own = access.has_one_tenant() && table.is_none();
            (Reach::of(&(self.tenants)(access).ids), mode, own, (self.public_pass)(access))
        });
        let ask_again = || replaces.then(|| column.ask(self.asked, true)).flatten().map(Answer::Expression);
        if matches!(mode, Mode::Off | Mode::Warn) {
            return ask_again();
        }
        match (question, reach) {
            (Question::Simplify, Reach::One) => self.one(column, table, own).map(Answer::Expression),
            (Question::Simplify, Reach::All) => self.all(column, table).map(Answer::Expression),
            (Question::Simplify, Reach::Several(_)) if column.nullable && table.is_none() => self
                .not_public
                .and_then(|names| self.with_public(column, None, column.ask(names, false)?))
                .map(Answer::Expression),
            (Question::Simplify, _) => ask_again(),
            (Question::IndexCondition, Reach::Several(count))
                if column.not_null && self.worth_listing(column, table, count) =>
            {
                self.several(column, table).map(Answer::IndexCondition)
            }
            (Question::Selectivity, Reach::None) => Some(Answer::Selectivity(0.0)),
            (Question::Selectivity, Reach::Most) => Some(Answer::Selectivity(0.99)),
            (Question::Selectivity, Reach::Several(count)) => {
                Some(Answer::Selectivity(self.share(column, table, count, public)))
            }
            _ => None,
        }
    }

    /// Is it worth it to look so many tenants up by an index? For each plan the planner looks at every one of them, and keeps in
    /// memory what it finds: milliseconds and megabytes for tens of thousands. Where these have many of the rows, they are found as
    /// fast by reading all.
    fn worth_listing(&self, column: &Column, table: Option<Oid>, count: usize) -> bool {
        count <= LISTED || self.share(column, table, count, false) <= MOST_ROWS
    }

    /// The share of rows that some tenants have, with or without public rows.
    fn share(&self, column: &Column, table: Option<Oid>, count: usize, public: bool) -> f64 {
        let shares = column.shares();
        let own = session::ask_about(table, |access, _| {
            let tenants = (self.tenants)(access);
            shares.of(count, |value| match value {
                planner::Value::Id(id) => tenants.ids.contains(id),
                planner::Value::Number(number) => tenants.numbers.contains(number),
            })
        });
        own + if public { shares.of_none } else { 0.0 }
    }

    fn one(&self, column: &Column, table: Option<Oid>, own: bool) -> Option<*mut pg_sys::Node> {
        let [by_id, by_number] = if own { OWN } else { self.one };
        let equals = match column.kind {
            pg_sys::UUIDOID => column.equals(by_id, table, pg_sys::UUIDOID),
            _ => column.equals(by_number, table, pg_sys::INT8OID),
        }?;
        self.with_public(column, table, equals)
    }

    fn all(&self, column: &Column, table: Option<Oid>) -> Option<*mut pg_sys::Node> {
        // Where the context ends with the transaction, plans serve the next one that reads all tenants, and nobody in between.
        let lasting = table.is_none() && session::outlives_transaction();
        if let Some(all_pass) = self.all_has_public.filter(|_| lasting).and_then(|mark| column.all_rows_pass(mark)) {
            return Some(all_pass);
        }
        let all = planner::call(self.all, table, pg_sys::BOOLOID)?;
        if column.not_null || self.all_has_public.is_some() {
            return Some(all);
        }
        let public = planner::call(self.public, table, pg_sys::BOOLOID)?;
        Some(planner::both(all, planner::either(column.is_null_or_not(false), public)))
    }

    fn several(&self, column: &Column, table: Option<Oid>) -> Option<*mut pg_sys::Node> {
        let [by_id, by_number] = self.several;
        match column.kind {
            pg_sys::UUIDOID => column.equals_any(by_id, table, pg_sys::UUIDOID, pg_sys::UUIDARRAYOID),
            _ => column.equals_any(by_number, table, pg_sys::INT8OID, pg_sys::INT8ARRAYOID),
        }
    }

    fn with_public(&self, column: &Column, table: Option<Oid>, own: *mut pg_sys::Node) -> Option<*mut pg_sys::Node> {
        if column.not_null {
            return Some(own);
        }
        let public = planner::call(self.public, table, pg_sys::BOOLOID)?;
        Some(planner::either(own, planner::both(column.is_null_or_not(true), public)))
    }
}

// What the replaced expressions ask when they run. A plan that outlived its context gets NULL or false: no rows.

// The one tenant that the session may read. See `tenancy.read_tenant`.
quick!(read_tenant_wrapper, pg_finfo_read_tenant_wrapper, || session::value_at_hand(Value::ReadTenant), || {
    session::value(Value::ReadTenant, |access| single(&access.reads))
});

/// The same on a table.
#[pg_extern(sql = false)]
fn read_tenant_in(relation: Option<Oid>) -> Option<Uuid> {
    session::ask_about(relation, |access, _| access.reads.ids.single().copied().map(to_pg))
}

// The same by number. See `tenancy.read_tenant_number`.
quick!(
    read_tenant_number_wrapper,
    pg_finfo_read_tenant_number_wrapper,
    || session::value_at_hand(Value::ReadTenantNumber),
    || session::value(Value::ReadTenantNumber, |access| { single_number(&access.reads) })
);

/// The same on a table.
#[pg_extern(sql = false)]
fn read_tenant_number_in(relation: Option<Oid>) -> Option<i64> {
    session::ask_about(relation, |access, _| access.reads.numbers.single().copied())
}

// The one tenant that the session may write. See `tenancy.write_tenant`.
quick!(write_tenant_wrapper, pg_finfo_write_tenant_wrapper, || session::value_at_hand(Value::WriteTenant), || {
    session::value(Value::WriteTenant, |access| single(&access.writes))
});

/// The same on a table.
#[pg_extern(sql = false)]
fn write_tenant_in(relation: Option<Oid>) -> Option<Uuid> {
    session::ask_about(relation, |access, _| access.writes.ids.single().copied().map(to_pg))
}

// The same by number. See `tenancy.write_tenant_number`.
quick!(
    write_tenant_number_wrapper,
    pg_finfo_write_tenant_number_wrapper,
    || session::value_at_hand(Value::WriteTenantNumber),
    || session::value(Value::WriteTenantNumber, |access| { single_number(&access.writes) })
);

/// The same on a table.
#[pg_extern(sql = false)]
fn write_tenant_number_in(relation: Option<Oid>) -> Option<i64> {
    session::ask_about(relation, |access, _| access.writes.numbers.single().copied())
}

// May the session read all tenants there are? See `tenancy.reads_all`.
quick!(reads_all_wrapper, pg_finfo_reads_all_wrapper, || session::value_at_hand(Value::ReadsAll), || session::value(
    Value::ReadsAll,
    |access| Some(Lasting::flag(is_all(&access.reads)))
));

/// The same on a table.
#[pg_extern(sql = false)]
fn reads_all_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| is_all(&access.reads))
}

// May the session write all tenants there are? See `tenancy.writes_all`.
quick!(
    writes_all_wrapper,
    pg_finfo_writes_all_wrapper,
    || session::value_at_hand(Value::WritesAll),
    || session::value(Value::WritesAll, |access| Some(Lasting::flag(is_all(&access.writes))))
);

/// The same on a table.
#[pg_extern(sql = false)]
fn writes_all_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| is_all(&access.writes))
}

// May the session read public rows? See `tenancy.reads_public`.
quick!(reads_public_wrapper, pg_finfo_reads_public_wrapper, || session::value_at_hand(Value::ReadsPublic), || {
    session::value(Value::ReadsPublic, |access| Some(Lasting::flag(access.reads_public())))
});

/// The same on a table.
#[pg_extern(sql = false)]
fn reads_public_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| access.reads_public())
}

// May the session write public rows? See `tenancy.writes_public`.
quick!(writes_public_wrapper, pg_finfo_writes_public_wrapper, || session::value_at_hand(Value::WritesPublic), || {
    session::value(Value::WritesPublic, |access| Some(Lasting::flag(access.writes_public)))
});

/// The same on a table.
#[pg_extern(sql = false)]
fn writes_public_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| access.writes_public)
}

// The one tenant that the session may read and write. See `tenancy.own_tenant` and `tenancy.own_tenant_number`.
quick!(
    own_tenant_wrapper,
    pg_finfo_own_tenant_wrapper,
    || session::value_at_hand(Value::OwnTenant),
    || session::value(Value::OwnTenant, |access| access.has_one_tenant().then(|| single(&access.reads)).flatten())
);
quick!(
    own_tenant_number_wrapper,
    pg_finfo_own_tenant_number_wrapper,
    || session::value_at_hand(Value::OwnTenantNumber),
    || session::value(Value::OwnTenantNumber, |access| {
        access.has_one_tenant().then(|| single_number(&access.reads)).flatten()
    })
);

fn single(tenants: &Tenants) -> Option<Lasting> {
    tenants.ids.single().map(|id| Lasting::uuid(id.as_bytes()))
}

fn single_number(tenants: &Tenants) -> Option<Lasting> {
    tenants.numbers.single().map(|number| Lasting::number(*number))
}

fn is_all(tenants: &Tenants) -> bool {
    matches!(&tenants.ids, Scope::AllBut(none) if none.is_empty())
}
