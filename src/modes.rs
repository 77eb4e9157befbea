//! How strictly tenancy is enforced: `set_mode`, and what happens to refusals in the mode `warn`.

use std::cell::RefCell;
use std::collections::BTreeSet;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, pg_extern, pg_sys};

use crate::catalog::access::Mode;
use crate::catalog::activity;
use crate::catalog::offenders::{self, Offender};
use crate::catalog::{hierarchy, protection};
use crate::error::{Refusal, given};
use crate::pg::spi::{self, Row, Sees, arg, query};
use crate::pg::{locks, owner, quiet, transactions};
use crate::progress::{Operation, Phase, Progress};
use crate::{distributed, parts, session};

query!(SET_MODE, "set_mode.sql", &[pg_sys::TEXTOID]);
query!(UNFINISHED, "unfinished.sql", &[]);

thread_local! {
    /// The refusals that this transaction was warned of; each is told once and recorded at commit.
    static PASSED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// What a policy lets pass in the mode `warn`. It cannot name the table: policies are not told.
#[derive(Clone, Copy)]
pub enum Unasked {
    Reading,
    Writing,
}

impl Unasked {
    const fn message(self) -> &'static str {
        match self {
            Self::Reading => "rows were shown that this session may not read",
            Self::Writing => "rows were written that this session may not write",
        }
    }
}

/// Warns of rows that a policy would hide or refuse.
pub fn let_pass(what: Unasked) {
    if note(what.message()) {
        ErrorReport::new(PgSqlErrorCode::ERRCODE_WARNING, what.message(), "pg_tenancy")
            .set_detail("The mode is warn: tenancy is not enforced yet.")
            .set_hint("Enter a context that may, before the mode becomes enforce.")
            .report(PgLogLevel::WARNING);
    }
}

/// Refuses, or only warns, or does nothing, as the mode says.
pub fn refuse(refusal: Refusal) -> Result<(), Refusal> {
    match mode_for_writing() {
        Mode::Off => Ok(()),
        Mode::Warn => {
            if note(&refusal.message()) {
                refusal.warn();
            }
            Ok(())
        }
        Mode::Setup | Mode::Enforce => Err(refusal),
    }
}

/// Warns of what a superuser does nevertheless, once a transaction.
pub fn tell(refusal: &Refusal) {
    if mode_for_writing() != Mode::Off && note(&refusal.message()) {
        refusal.warn();
    }
}

/// The mode for a row that is being written. What a lax mode lets pass must be there for set_mode() to see before it
/// begins to enforce: it waits for the transactions that relied on the mode.
pub fn mode_for_writing() -> Mode {
    match session::ask(|_, mode| mode) {
        Mode::Off | Mode::Warn => {
            locks::row_share(hierarchy::lock());
            session::ask(|_, mode| mode)
        }
        strict => strict,
    }
}

/// The same for a table with rows that break the rules, if there are such.
pub fn refuse_rows(relation: pg_sys::Oid, found: &[Offender]) -> Result<(), Refusal> {
    offenders::refusal(relation, found).map_or(Ok(()), refuse)
}

/// The rows of all protected tables that break a rule; `held` is told of tables that others have locked.
pub fn violations(mut held: impl FnMut(Refusal) -> Result<(), Refusal>) -> Result<Vec<Offender>, Refusal> {
    let relations = offenders::protected_relations();
    let Some(first) = relations.first() else { return Ok(Vec::new()) };
    let progress = Progress::start(Operation::Validate, *first);
    progress.phase(Phase::CheckingRows);
    let mut found = Vec::new();
    for relation in relations {
        pgrx::check_for_interrupts!();
        progress.relation(relation);
        match offenders::reach(relation) {
            Ok(()) => found.extend(offenders::of_relation(relation)),
            Err(refusal) => held(refusal)?,
        }
    }
    Ok(found)
}

/// Is the message new in this transaction?
fn note(message: &str) -> bool {
    PASSED.with_borrow_mut(|passed| passed.insert(message.to_owned()))
}

/// Records what was let pass.
pub fn before_commit() {
    let passed = PASSED.take();
    if passed.is_empty() || !transactions::may_write() || !activity::is_kept() {
        return;
    }
    transactions::with_snapshot(|| {
        let (tenant, user) = session::ask(|access, _| (access.home, access.user));
        for message in passed {
            activity::record("warning", tenant, user, &message);
        }
    });
}

/// The transaction is over: what was not recorded never will be.
pub fn transaction_over() {
    PASSED.with_borrow_mut(BTreeSet::clear);
}

/// Makes up for what protect() could not do while rows broke the rules.
fn finish_protection() {
    quiet::run(|| owner::run(|| unfinished().into_iter().for_each(|(relation, command)| run(relation, &command))));
}

/// The same for one table and its parts, where our own DDL is under way.
pub fn finish(root: pg_sys::Oid) {
    let of_root = |relation| protection::protection(relation).is_some_and(|protection| protection.root == root);
    for (relation, command) in unfinished().into_iter().filter(|(relation, _)| of_root(*relation)) {
        run(relation, &command);
    }
}

fn unfinished() -> Vec<(pg_sys::Oid, String)> {
    UNFINISHED.with(|q| q.rows(&[], Sees::Latest, |row: &Row| (row.must(1), row.must(2))))
}

fn run(relation: pg_sys::Oid, command: &str) {
    parts::lend_references(relation, || spi::run(command));
    parts::take_over_tenant_keys();
}

/// Sets how strictly tenancy is enforced. See `tenancy.set_mode`.
#[pg_extern(sql = false)]
fn set_mode(mode: Option<&str>) -> Result<(), ErrorReport> {
    let mode = given(mode, "set_mode", "mode")?;
    if !session::administers() {
        return Err(Refusal::AdministratorsOnly { what: "set the mode" }.into());
    }
    let Some(wanted) = Mode::by_name(mode) else {
        return Err(Refusal::UnknownMode { mode: mode.to_owned() }.into());
    };
    locks::exclusive(hierarchy::lock());
    if matches!(wanted, Mode::Enforce | Mode::Setup) {
        distributed::refuse_all("to look for rows that break a rule")?;
        match violations(Err)?.len() {
            0 => (),
            count => return Err(Refusal::ViolationsRemain { count }.into()),
        }
    }
    if wanted == Mode::Enforce {
        finish_protection();
    }
    owner::run(|| SET_MODE.with(|q| q.rows(&[arg(mode)], Sees::Statement, |_| ())));
    let (tenant, user) = session::ask(|access, _| (access.home, access.user));
    activity::record("set_mode", tenant, user, mode);
    Ok(())
}
