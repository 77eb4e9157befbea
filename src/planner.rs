//! Making the policies fast: the planner learns what a policy function means for the context in force, so that it plans
//! as for a hand-written `WHERE tenant_id = …`.
//!
//! A plan made for one context never shows more to another: what replaces the call asks the session again when it runs.
//! Plans made for another shape of context are dropped (`session` sees to it), so that they do not show less either.
//!
//! Where roles are limited to modules, what is allowed differs from table to table, which the policies do not tell their
//! functions. The planner knows the table: it replaces each call by one that names it. A call that was not replaced grants
//! what holds on all tables: less.

use pgrx::pg_sys::{self, Oid};
use pgrx::{Internal, Uuid, pg_extern};

use crate::catalog::access::Mode;
use crate::catalog::to_pg;
use crate::model::scope::{Access, Scope, Tenants};
use crate::model::shape::Reach;
use crate::pg::planner::{self, Answer, Clause, Column, Question};
use crate::session;

/// Reading or writing, with the names of the functions that stand for it.
struct Kind {
    tenants: fn(&Access) -> &Tenants,
    asked: [&'static str; 2],
    one: [&'static str; 2],
    several: [&'static str; 2],
    all: &'static str,
    /// Whether access to all tenants includes public rows.
    all_has_public: bool,
    public: &'static str,
}

const READING: Kind = Kind {
    tenants: |access| &access.reads,
    asked: ["tenancy.can_read", "tenancy.can_read_number"],
    one: ["tenancy.read_tenant", "tenancy.read_tenant_number"],
    several: ["tenancy.readable_tenants", "tenancy.readable_tenant_numbers"],
    all: "tenancy.reads_all",
    all_has_public: true,
    public: "tenancy.reads_public",
};

const WRITING: Kind = Kind {
    tenants: |access| &access.writes,
    asked: ["tenancy.can_write", "tenancy.can_write_number"],
    one: ["tenancy.write_tenant", "tenancy.write_tenant_number"],
    several: ["tenancy.writable_tenants", "tenancy.writable_tenant_numbers"],
    all: "tenancy.writes_all",
    all_has_public: false,
    public: "tenancy.writes_public",
};

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
            let [by_id, by_number] = ["tenancy.check_write", "tenancy.check_write_number"];
            column.ask_about_table(by_id, by_number).map(Answer::Expression)
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
        let (reach, mode) = session::ask_about(table, |access, mode| (Reach::of(&(self.tenants)(access).ids), mode));
        let ask_again = || {
            let [by_id, by_number] = self.asked;
            replaces.then(|| column.ask_about_table(by_id, by_number)).flatten().map(Answer::Expression)
        };
        if matches!(mode, Mode::Off | Mode::Warn) {
            return ask_again();
        }
        match (question, reach) {
            (Question::Simplify, Reach::One) => self.one(column, table).map(Answer::Expression),
            (Question::Simplify, Reach::All) => self.all(column, table).map(Answer::Expression),
            (Question::Simplify, _) => ask_again(),
            (Question::IndexCondition, Reach::Several(count)) if count != usize::MAX && column.not_null => {
                self.several(column, table).map(Answer::IndexCondition)
            }
            (Question::Selectivity, Reach::None) => Some(Answer::Selectivity(0.0)),
            (Question::Selectivity, Reach::Several(usize::MAX)) => Some(Answer::Selectivity(0.99)),
            (Question::Selectivity, Reach::Several(count)) => Some(Answer::Selectivity(column.share_of(count))),
            _ => None,
        }
    }

    fn one(&self, column: &Column, table: Option<Oid>) -> Option<*mut pg_sys::Node> {
        let [by_id, by_number] = self.one;
        let equals = match column.kind {
            pg_sys::UUIDOID => column.equals(by_id, table, pg_sys::UUIDOID),
            _ => column.equals(by_number, table, pg_sys::INT8OID),
        }?;
        self.with_public(column, table, equals)
    }

    fn all(&self, column: &Column, table: Option<Oid>) -> Option<*mut pg_sys::Node> {
        let all = planner::call(self.all, table, pg_sys::BOOLOID)?;
        if column.not_null || self.all_has_public {
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

/// The one tenant that the session may read. See `tenancy.read_tenant`.
#[pg_extern(sql = false)]
fn read_tenant() -> Option<Uuid> {
    session::ask(|access, _| access.reads.ids.single().copied().map(to_pg))
}

/// The same on a table.
#[pg_extern(sql = false)]
fn read_tenant_in(relation: Option<Oid>) -> Option<Uuid> {
    session::ask_about(relation, |access, _| access.reads.ids.single().copied().map(to_pg))
}

/// The same by number. See `tenancy.read_tenant_number`.
#[pg_extern(sql = false)]
fn read_tenant_number() -> Option<i64> {
    session::ask(|access, _| access.reads.numbers.single().copied())
}

/// The same on a table.
#[pg_extern(sql = false)]
fn read_tenant_number_in(relation: Option<Oid>) -> Option<i64> {
    session::ask_about(relation, |access, _| access.reads.numbers.single().copied())
}

/// The one tenant that the session may write. See `tenancy.write_tenant`.
#[pg_extern(sql = false)]
fn write_tenant() -> Option<Uuid> {
    session::ask(|access, _| access.writes.ids.single().copied().map(to_pg))
}

/// The same on a table.
#[pg_extern(sql = false)]
fn write_tenant_in(relation: Option<Oid>) -> Option<Uuid> {
    session::ask_about(relation, |access, _| access.writes.ids.single().copied().map(to_pg))
}

/// The same by number. See `tenancy.write_tenant_number`.
#[pg_extern(sql = false)]
fn write_tenant_number() -> Option<i64> {
    session::ask(|access, _| access.writes.numbers.single().copied())
}

/// The same on a table.
#[pg_extern(sql = false)]
fn write_tenant_number_in(relation: Option<Oid>) -> Option<i64> {
    session::ask_about(relation, |access, _| access.writes.numbers.single().copied())
}

/// May the session read all tenants there are? See `tenancy.reads_all`.
#[pg_extern(sql = false)]
fn reads_all() -> bool {
    session::ask(|access, _| is_all(&access.reads))
}

/// The same on a table.
#[pg_extern(sql = false)]
fn reads_all_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| is_all(&access.reads))
}

/// May the session write all tenants there are? See `tenancy.writes_all`.
#[pg_extern(sql = false)]
fn writes_all() -> bool {
    session::ask(|access, _| is_all(&access.writes))
}

/// The same on a table.
#[pg_extern(sql = false)]
fn writes_all_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| is_all(&access.writes))
}

/// May the session read public rows? See `tenancy.reads_public`.
#[pg_extern(sql = false)]
fn reads_public() -> bool {
    session::ask(|access, _| access.reads_public())
}

/// The same on a table.
#[pg_extern(sql = false)]
fn reads_public_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| access.reads_public())
}

/// May the session write public rows? See `tenancy.writes_public`.
#[pg_extern(sql = false)]
fn writes_public() -> bool {
    session::ask(|access, _| access.writes_public)
}

/// The same on a table.
#[pg_extern(sql = false)]
fn writes_public_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| access.writes_public)
}

fn is_all(tenants: &Tenants) -> bool {
    matches!(&tenants.ids, Scope::AllBut(none) if none.is_empty())
}
