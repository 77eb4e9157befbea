//! Making the policies fast: the planner learns what a policy function means for the context in force, so that it plans
//! as for a hand-written `WHERE tenant_id = …`.
//!
//! A plan made for one context never shows more to another: what replaces the call asks the session again when it runs.
//! Plans made for another shape of context are dropped (`session` sees to it), so that they do not show less either.

use pgrx::{Internal, Uuid, pg_extern, pg_sys};

use crate::catalog::access::Mode;
use crate::catalog::to_pg;
use crate::model::scope::{Access, Scope, Tenants};
use crate::model::shape::Reach;
use crate::pg::planner::{self, Answer, Column, Question};
use crate::session;

/// Reading or writing, with the names of the functions that stand for it.
struct Kind {
    tenants: fn(&Access) -> &Tenants,
    one: [&'static str; 2],
    several: [&'static str; 2],
    all: &'static str,
    /// Whether access to all tenants includes public rows.
    all_has_public: bool,
    public: &'static str,
}

const READING: Kind = Kind {
    tenants: |access| &access.reads,
    one: ["tenancy.read_tenant()", "tenancy.read_tenant_number()"],
    several: ["tenancy.readable_tenants()", "tenancy.readable_tenant_numbers()"],
    all: "tenancy.reads_all()",
    all_has_public: true,
    public: "tenancy.reads_public()",
};

const WRITING: Kind = Kind {
    tenants: |access| &access.writes,
    one: ["tenancy.write_tenant()", "tenancy.write_tenant_number()"],
    several: ["tenancy.writable_tenants()", "tenancy.writable_tenant_numbers()"],
    all: "tenancy.writes_all()",
    all_has_public: false,
    public: "tenancy.writes_public()",
};

/// The support function of `can_read` and `can_read_number`.
#[pg_extern(sql = false)]
fn can_read_support(request: Internal) -> Internal {
    planner::answer(request, |question, column| READING.answer(question, column))
}

/// The support function of `can_write` and `can_write_number`.
#[pg_extern(sql = false)]
fn can_write_support(request: Internal) -> Internal {
    planner::answer(request, |question, column| WRITING.answer(question, column))
}

/// The support function of what stands for a policy: a plan has it only where it lets rows pass.
#[pg_extern(sql = false)]
fn always_support(request: Internal) -> Internal {
    planner::answer_share(request, 1.0)
}

impl Kind {
    fn answer(&self, question: Question, column: &Column) -> Option<Answer> {
        let (reach, mode) = session::ask_for_plan(|access, mode| (Reach::of(&(self.tenants)(access).ids), mode));
        if matches!(mode, Mode::Off | Mode::Warn) {
            return None;
        }
        match (question, reach) {
            (Question::Simplify, Reach::One) => self.one(column).map(Answer::Expression),
            (Question::Simplify, Reach::All) => self.all(column).map(Answer::Expression),
            (Question::IndexCondition, Reach::Several(count)) if count != usize::MAX && column.not_null => {
                self.several(column).map(Answer::IndexCondition)
            }
            (Question::Selectivity, Reach::None) => Some(Answer::Selectivity(0.0)),
            (Question::Selectivity, Reach::Several(usize::MAX)) => Some(Answer::Selectivity(0.99)),
            (Question::Selectivity, Reach::Several(count)) => Some(Answer::Selectivity(column.share_of(count))),
            _ => None,
        }
    }

    fn one(&self, column: &Column) -> Option<*mut pg_sys::Node> {
        let [by_id, by_number] = self.one;
        let equals = match column.kind {
            pg_sys::UUIDOID => column.equals(by_id, pg_sys::UUIDOID),
            _ => column.equals(by_number, pg_sys::INT8OID),
        }?;
        self.with_public(column, equals)
    }

    fn all(&self, column: &Column) -> Option<*mut pg_sys::Node> {
        let all = planner::call(self.all, pg_sys::BOOLOID)?;
        if column.not_null || self.all_has_public {
            return Some(all);
        }
        let public = planner::call(self.public, pg_sys::BOOLOID)?;
        Some(planner::both(all, planner::either(column.is_null_or_not(false), public)))
    }

    fn several(&self, column: &Column) -> Option<*mut pg_sys::Node> {
        let [by_id, by_number] = self.several;
        match column.kind {
            pg_sys::UUIDOID => column.equals_any(by_id, pg_sys::UUIDOID, pg_sys::UUIDARRAYOID),
            _ => column.equals_any(by_number, pg_sys::INT8OID, pg_sys::INT8ARRAYOID),
        }
    }

    fn with_public(&self, column: &Column, own: *mut pg_sys::Node) -> Option<*mut pg_sys::Node> {
        if column.not_null {
            return Some(own);
        }
        let public = planner::both(column.is_null_or_not(true), planner::call(self.public, pg_sys::BOOLOID)?);
        Some(planner::either(own, public))
    }
}

// What the replaced expressions ask when they run. A plan that outlived its context gets NULL or false: no rows.

/// The one tenant that the session may read. See `tenancy.read_tenant`.
#[pg_extern(sql = false)]
fn read_tenant() -> Option<Uuid> {
    session::ask(|access, _| access.reads.ids.single().copied().map(to_pg))
}

/// The same by number. See `tenancy.read_tenant_number`.
#[pg_extern(sql = false)]
fn read_tenant_number() -> Option<i64> {
    session::ask(|access, _| access.reads.numbers.single().copied())
}

/// The one tenant that the session may write. See `tenancy.write_tenant`.
#[pg_extern(sql = false)]
fn write_tenant() -> Option<Uuid> {
    session::ask(|access, _| access.writes.ids.single().copied().map(to_pg))
}

/// The same by number. See `tenancy.write_tenant_number`.
#[pg_extern(sql = false)]
fn write_tenant_number() -> Option<i64> {
    session::ask(|access, _| access.writes.numbers.single().copied())
}

/// May the session read all tenants there are? See `tenancy.reads_all`.
#[pg_extern(sql = false)]
fn reads_all() -> bool {
    session::ask(|access, _| is_all(&access.reads))
}

/// May the session write all tenants there are? See `tenancy.writes_all`.
#[pg_extern(sql = false)]
fn writes_all() -> bool {
    session::ask(|access, _| is_all(&access.writes))
}

/// May the session read public rows? See `tenancy.reads_public`.
#[pg_extern(sql = false)]
fn reads_public() -> bool {
    session::ask(|access, _| access.reads_public())
}

/// May the session write public rows? See `tenancy.writes_public`.
#[pg_extern(sql = false)]
fn writes_public() -> bool {
    session::ask(|access, _| access.writes_public)
}

fn is_all(tenants: &Tenants) -> bool {
    matches!(&tenants.ids, Scope::AllBut(none) if none.is_empty())
}
