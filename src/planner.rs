//! Making the policies fast: the planner learns what a policy function means for the context in force, so that it plans
//! as for a hand-written `WHERE tenant_id = …`.
//!
//! A plan made for one context never shows more to another: what replaces the call asks the session again when it runs.
//! Plans made for another shape of context are dropped (`session` sees to it), so that they do not show less either.
//!
//! Where roles are limited to modules, what is allowed differs from table to table, which the policies do not tell their
//! functions. The planner knows the table: it replaces each call by one that names it. A call that was not replaced grants
//! what holds on all tables: less.

mod values;

use std::borrow::Cow;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{self, Oid};
use pgrx::{Internal, PgLogLevel, pg_extern};

use crate::catalog::access::Mode;
use crate::error::{PlanRefusal, Refusal};
use crate::model::scope::{Access, Scope, Tenants};
use crate::model::shape::Reach;
use crate::pg::executions;
use crate::pg::planner::{self, Answer, Clause, Column, Question};
use crate::{session, unregistered};

/// Prepares the planner. Call from `_PG_init`.
pub fn init() {
    planner::init([
        planner::AskOnce { one: WRITING.asked, other: READING.asked, both: CHANGING.asked },
        planner::AskOnce { one: CHECK_WRITE, other: READING.asked, both: CHECK_CHANGE },
    ]);
    executions::listen(executions::Listeners {
        begins: session::execution_begins,
        of_marked_plan: || {
            if !session::ask(|access, _| is_all(&access.reads)) {
                refuse(PlanRefusal::MadeForAll);
            }
        },
        rights: session::rights,
        rights_lost: || refuse(PlanRefusal::RightsLost),
    });
}

fn refuse(refusal: PlanRefusal) {
    ErrorReport::from(Refusal::from(refusal)).report(PgLogLevel::ERROR)
}

/// Reading, writing or both, with the names of the functions that stand for it.
struct Kind {
    tenants: fn(&Access) -> Cow<'_, Tenants>,
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
    tenants: |access| Cow::Borrowed(&access.reads),
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
    tenants: |access| Cow::Borrowed(&access.writes),
    asked: ["tenancy.can_write", "tenancy.can_write_number"],
    one: ["tenancy.write_tenant", "tenancy.write_tenant_number"],
    several: ["tenancy.writable_tenants", "tenancy.writable_tenant_numbers"],
    not_public: None,
    all: "tenancy.writes_all",
    all_has_public: None,
    public: "tenancy.writes_public",
    public_pass: |access| access.writes_public,
};

/// Reading and writing: what a statement needs that changes rows and looks at them. Who writes public rows reads them.
const CHANGING: Kind = Kind {
    tenants: Access::changes,
    asked: ["tenancy.can_change", "tenancy.can_change_number"],
    one: OWN,
    several: ["tenancy.changeable_tenants", "tenancy.changeable_tenant_numbers"],
    all: "tenancy.changes_all",
    ..WRITING
};

/// The one tenant whose rows may be read and written; stands for reading, too, where no others are read.
const OWN: [&str; 2] = ["tenancy.own_tenant", "tenancy.own_tenant_number"];

/// What is asked of a new row that is written, and of one that must be readable as well. Its one row needs no other answer.
const CHECK_WRITE: [&str; 2] = ["tenancy.check_write", "tenancy.check_write_number"];
const CHECK_CHANGE: [&str; 2] = ["tenancy.check_change", "tenancy.check_change_number"];

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

/// The support function of `can_change` and `can_change_number`, which stand for two policies.
#[pg_extern(sql = false)]
fn can_change_support(request: Internal) -> Internal {
    planner::answer(request, Clause::Using, |question, column| match question {
        Question::Simplify if serves_better_apart(column) => {
            let of = |kind: &Kind| match kind.answer(Question::Simplify, column) {
                Some(Answer::Expression(node)) => Some(node),
                _ => column.ask(kind.asked, false),
            };
            Some(Answer::Expression(planner::both(of(&WRITING)?, of(&READING)?)))
        }
        _ => CHANGING.answer(question, column),
    })
}

/// Where what is allowed differs from table to table, and where an index serves reading only.
fn serves_better_apart(column: &Column) -> bool {
    session::ask_for_plan(|access, _| {
        let several = matches!(Reach::of(&access.changes().ids), Reach::Several(_));
        !access.limited.is_empty() || (several && access.writes_public && column.nullable())
    })
}

/// The support function of `check_write` and `check_write_number`: refuses tables in no registry, and names the table.
#[pg_extern(sql = false)]
fn check_write_support(request: Internal) -> Internal {
    let name_table = |question, column: &Column| match (question, column.asked_about) {
        (Question::Simplify, None) if is_of_limited(column) => column.ask(CHECK_WRITE, true).map(Answer::Expression),
        _ => None,
    };
    planner::answer(request, Clause::WithCheck, name_table)
}

/// The support function of `check_change` and `check_change_number`, which stand for two policies: names the table to both.
#[pg_extern(sql = false)]
fn check_change_support(request: Internal) -> Internal {
    let name_table = |question, column: &Column| match (question, column.asked_about) {
        (Question::Simplify, None) if is_of_limited(column) => {
            let (writing, reading) = (column.ask(CHECK_WRITE, true)?, column.ask(READING.asked, true)?);
            Some(Answer::Expression(planner::both(writing, reading)))
        }
        _ => None,
    };
    planner::answer(request, Clause::WithCheck, name_table)
}

/// The support function of `writable_tenant` and `writable_tenant_number`: refuses tables in no registry, and names the table that
/// is written.
#[pg_extern(sql = false)]
fn writable_tenant_support(request: Internal) -> Internal {
    planner::answer_default(request, |default| {
        unregistered::refuse_written(default.table);
        let [by_id, by_number] = ["tenancy.writable_tenant", "tenancy.writable_tenant_number"];
        is_limited().then(|| default.ask_about_table(by_id, by_number)).flatten()
    })
}

fn is_of_limited(column: &Column) -> bool {
    unregistered::refuse_written(column.table);
    is_limited()
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
        let facts = |access: &Access, mode: Mode| {
            (Reach::of(&(self.tenants)(access).ids), mode, access.has_one_tenant(), (self.public_pass)(access))
        };
        let (on_all, known) = session::ask_for_plan(|access, mode| (access.limited.is_empty(), facts(access, mode)));
        // A call that names no table is one for what holds on all of them, but may be replaced by one that does.
        let replaces = matches!(question, Question::Simplify) && column.asked_about.is_none() && !on_all;
        let table = if replaces { Some(column.table) } else { column.asked_about };
        if column.of_new_row && !replaces {
            // Asked for the one row that is there, nothing is faster than the call.
            return None;
        }
        let (reach, mode, one_tenant, public) = match table {
            Some(_) => session::ask_about(table, facts),
            None => known,
        };
        let own = one_tenant && table.is_none();
        let ask_again = || replaces.then(|| column.ask(self.asked, true)).flatten().map(Answer::Expression);
        if matches!(mode, Mode::Off | Mode::Warn) {
            return ask_again();
        }
        match (question, reach) {
            (Question::Simplify, _) if column.wrapped => ask_again(),
            (Question::Simplify, Reach::One) => self.one(column, table, own, public).map(Answer::Expression),
            (Question::Simplify, Reach::All) => self.all(column, table).map(Answer::Expression),
            (Question::Simplify, Reach::Several(_)) if column.nullable() && table.is_none() => self
                .not_public
                .and_then(|names| self.with_public(column, None, column.ask(names, false)?, public))
                .map(Answer::Expression),
            (Question::Simplify, _) => ask_again(),
            (Question::IndexCondition, Reach::Several(count))
                if (column.not_null() || !public) && self.worth_listing(column, table, count) =>
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

    fn one(&self, column: &Column, table: Option<Oid>, own: bool, public: bool) -> Option<*mut pg_sys::Node> {
        let [by_id, by_number] = if own { OWN } else { self.one };
        let equals = match column.kind {
            pg_sys::UUIDOID => column.equals(by_id, table, pg_sys::UUIDOID),
            _ => column.equals(by_number, table, pg_sys::INT8OID),
        }?;
        self.with_public(column, table, equals, public)
    }

    fn all(&self, column: &Column, table: Option<Oid>) -> Option<*mut pg_sys::Node> {
        // Where the context ends with the transaction, plans serve the next one that reads all tenants, and nobody in between.
        let lasting = table.is_none() && session::outlives_transaction();
        if let Some(all_pass) = self.all_has_public.filter(|_| lasting).and_then(|mark| column.all_rows_pass(mark)) {
            return Some(all_pass);
        }
        let all = planner::call(self.all, table, pg_sys::BOOLOID)?;
        if column.not_null() || self.all_has_public.is_some() {
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

    fn with_public(
        &self,
        column: &Column,
        table: Option<Oid>,
        own: *mut pg_sys::Node,
        public: bool,
    ) -> Option<*mut pg_sys::Node> {
        if column.not_null() || !public {
            return Some(own);
        }
        let public = planner::call(self.public, table, pg_sys::BOOLOID)?;
        Some(planner::either(own, planner::both(column.is_null_or_not(true), public)))
    }
}

fn is_all(tenants: &Tenants) -> bool {
    matches!(&tenants.ids, Scope::AllBut(none) if none.is_empty())
}
