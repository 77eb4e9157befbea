//! Who acts now, and what they may do: the one answer that every policy asks for.
//!
//! The answer is kept until the context setting or one of our tables changes. Asking costs two loads and a borrow.

mod entering;
mod entries;
mod instead;
mod plans;
mod values;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, pg_sys};

use crate::catalog::access::{self, Mode};
use crate::catalog::tokens::{self, Verified};
use crate::catalog::{modules, watched};
use crate::error::{Refusal, TokenRefusal};
use crate::model::identity::Identity;
use crate::model::scope::Access;
use crate::pg::backend_local::BackendLocal;
use crate::pg::{context_setting, executions, invalidation, owner, transactions};

use plans::Shape;

pub use entering::{authenticate, enter, leave};
pub use instead::{may_write, no_tenant_to_write};
pub use values::{Value, value, value_at_hand};

/// What is remembered, and of which generation of our tables it is true.
struct Known {
    generation: u64,
    login: pg_sys::Oid,
    identity: Option<Identity>,
    mode: Mode,
    access: Rc<Access>,
    shape: Shape,
    /// What it is on tables that were asked about, where roles are limited to modules.
    tables: Vec<(pg_sys::Oid, Rc<Access>)>,
    /// For a token: when it is valid.
    token: Option<Rc<Verified>>,
}

impl Known {
    fn still_true(&self) -> bool {
        self.generation == watched::generation()
            && self.login == owner::session_user()
            && self.token.as_deref().is_none_or(|token| check_period(token).is_ok())
    }

    /// May the same still be done as before?
    fn keeps(&self, before: &Self) -> bool {
        self.login == before.login
            && self.identity == before.identity
            && self.mode == before.mode
            && (Rc::ptr_eq(&self.access, &before.access) || self.access.includes(&before.access))
    }

    /// What the code of a table's owner is told that runs because a table of his is looked into.
    fn nobody(&self) -> Self {
        let access = Rc::new(Access::nobody());
        let shape = Shape::of(&access, self.mode);
        let (identity, tables) = (Some(Identity::Nobody), Vec::new());
        Self { identity, access, shape, tables, token: None, ..*self }
    }
}

/// More tables than a statement names; anybody may ask about any number of them.
const MOST_TABLES: usize = 100;

/// What every row asks for.
static KNOWN: BackendLocal<RefCell<Option<Known>>> = BackendLocal::new(RefCell::new(None));
/// Whether this transaction has asked yet.
static ASKED: BackendLocal<Cell<bool>> = BackendLocal::new(Cell::new(false));
/// The client's statement, and the snapshot within it, in which others' changes were last heard of.
static HEARD_IN: BackendLocal<Cell<(i64, (u32, u32))>> = BackendLocal::new(Cell::new((0, (0, 0))));
/// The client's statement in which it was found to be true since the running execution began; else none.
static AT_HAND: BackendLocal<Cell<i64>> = BackendLocal::new(Cell::new(NOT_AT_HAND));
const NOT_AT_HAND: i64 = i64::MIN;

/// Another number whenever somebody else acts than before, or may do less.
static RIGHTS: BackendLocal<Cell<u64>> = BackendLocal::new(Cell::new(0));

thread_local! {
    /// The identity on whose behalf this transaction first asked.
    static ACTED: RefCell<Option<Identity>> = const { RefCell::new(None) };
    /// Whether somebody else acted, too, because a rollback to a savepoint brought an earlier context back.
    static SEVERAL_ACTED: Cell<bool> = const { Cell::new(false) };
    /// Whom somebody was about to become, until it is known what the session may do: that can be much to work out.
    static RESOLVED: RefCell<Option<Rc<Access>>> = const { RefCell::new(None) };
    /// The nesting level of the savepoint in which the context was entered in this transaction; 0 if it was not.
    static ENTERED_AT: Cell<i32> = const { Cell::new(0) };
}

/// Prepares to hear of the context's changes. Call from `_PG_init`.
pub fn init() {
    context_setting::init(context_setting::Listeners {
        context: |to_nobody| {
            forget_asked();
            plans::context_reverted(to_nobody);
        },
        token: |token| {
            forget_asked();
            plans::token_set(token);
        },
    });
}

/// What the session may do, and the mode in which the installation is.
pub fn ask<R>(question: impl FnOnce(&Access, Mode) -> R) -> R {
    ask_known(|known| question(&known.access, known.mode))
}

fn ask_known<R>(question: impl FnOnce(&Known) -> R) -> R {
    refresh();
    let known = KNOWN.borrow();
    let known = known.as_ref().expect("refresh() fills it");
    executions::lean_on(RIGHTS.get());
    if owner::is_owners_code() {
        return question(&known.nobody());
    }
    if !ASKED.replace(true) {
        note_acting(known.identity.as_ref());
    }
    if known.generation == watched::generation() {
        AT_HAND.set(transactions::statement_mark());
    }
    question(known)
}

/// The same for a row of a query after the first one, which asked for all; None where it has to ask for itself.
#[inline]
pub fn at_hand<R>(question: impl FnOnce(&Access, Mode) -> Option<R>) -> Option<R> {
    if !is_at_hand() {
        return None;
    }
    let known = KNOWN.try_borrow().ok()?;
    known.as_ref().and_then(|known| question(&known.access, known.mode))
}

#[inline]
fn is_at_hand() -> bool {
    AT_HAND.get() == transactions::statement_mark()
        && !transactions::may_meet_newer_rows()
        && owner::looked_into().is_none()
}

/// An execution begins: what others have changed since the last one counts.
pub fn execution_begins() {
    AT_HAND.set(NOT_AT_HAND);
}

/// What changes whenever somebody else acts than before, or may do less.
pub fn rights() -> u64 {
    refresh();
    RIGHTS.get()
}

fn forget_asked() {
    ASKED.set(false);
    AT_HAND.set(NOT_AT_HAND);
}

/// The same for one table, where it is given: roles that are limited to modules count on the tables of these.
pub fn ask_about<R>(relation: Option<pg_sys::Oid>, question: impl FnOnce(&Access, Mode) -> R) -> R {
    let limited = relation.filter(|_| ask(|access, _| !access.limited.is_empty()));
    match limited.map(access_to) {
        Some(access) => ask(|_, mode| question(&access, mode)),
        None => ask(question),
    }
}

fn access_to(relation: pg_sys::Oid) -> Rc<Access> {
    let known =
        |known: &Known| known.tables.iter().find(|(table, _)| *table == relation).map(|(_, access)| Rc::clone(access));
    if let Some(access) = KNOWN.borrow().as_ref().and_then(known) {
        return access;
    }
    // As in refresh(): the result first, because looking it up can bring news, after which it is not kept.
    let generation = watched::generation();
    let modules = modules::of_table(relation);
    refresh();
    let mut known = KNOWN.borrow_mut();
    let known = known.as_mut().expect("refresh() fills it");
    let access = known.access.in_modules(&modules).map_or_else(|| Rc::clone(&known.access), Rc::new);
    if known.tables.len() >= MOST_TABLES {
        known.tables.clear();
    }
    if generation == watched::generation() {
        known.tables.push((relation, Rc::clone(&access)));
    }
    access
}

/// For whom the session acts, what that may do, and the mode.
pub fn who() -> (Identity, Rc<Access>, Mode) {
    ask_known(|known| (known.identity.clone().unwrap_or(Identity::Nobody), Rc::clone(&known.access), known.mode))
}

/// Somebody acts: the first in this transaction, or the first after a context came back by itself.
fn note_acting(identity: Option<&Identity>) {
    let Some(identity) = identity.filter(|identity| **identity != Identity::Nobody) else { return };
    ACTED.with_borrow_mut(|acted| match acted {
        None => {
            *acted = Some(identity.clone());
            entries::acting(identity);
        }
        Some(acted) if acted == identity => (),
        Some(_) => SEVERAL_ACTED.set(true),
    });
}

/// The same for the planner: remembers for which shape of context this backend makes plans.
pub fn ask_for_plan<R>(question: impl FnOnce(&Access, Mode) -> R) -> R {
    ask_known(|known| {
        // A plan for nobody takes nothing for granted.
        if !owner::is_owners_code() {
            plans::made_for(known.shape);
        }
        question(&known.access, known.mode)
    })
}

/// Does the session act for whom it acts beyond this transaction?
pub fn outlives_transaction() -> bool {
    context_setting::outlive_transaction()
}

/// One of our tables changed. Runs when no catalog may be read.
pub fn catalog_changed() {
    AT_HAND.set(NOT_AT_HAND);
    plans::catalog_changed();
    entries::catalog_changed();
}

/// The user who acted first in this transaction, without looking whether he still may.
pub fn acting_user() -> Option<uuid::Uuid> {
    ACTED.with_borrow(|acted| match acted {
        Some(Identity::User { id, .. }) => Some(*id),
        _ => None,
    })
}

/// Records who acted. Not in a transaction that asked nothing of us: PostgreSQL has some of its own, in which an idle session
/// hears of what others changed, and in which an error ends it.
pub fn before_commit() {
    if ASKED.get() || ACTED.with_borrow(Option::is_some) {
        entries::before_commit();
    }
}

/// May the current user change tenants, groups, roles and users: by being a superuser, or by the session's context?
pub fn administers() -> bool {
    owner::current_user_is_superuser() || ask(|access, _| access.administers)
}

/// Hears of what others have changed, so that rights are never older than the rows about which they are asked.
fn hear() {
    let now = (transactions::statement_mark(), transactions::snapshot_mark());
    if HEARD_IN.replace(now) != now || transactions::may_meet_newer_rows() {
        invalidation::hear();
    }
}

fn refresh() {
    hear();
    let changed = context_setting::take_changed();
    if changed || !KNOWN.borrow().as_ref().is_some_and(Known::still_true) {
        find_out();
    }
}

#[cold]
fn find_out() {
    // Have the result in hand before remembering it: reading our tables can itself find that they changed. What was
    // remembered is dropped first, so that an error in between leaves nothing.
    let before = KNOWN.take();
    AT_HAND.set(NOT_AT_HAND);
    values::forget();
    watched::watch();
    let generation = watched::generation();
    let login = owner::session_user();
    let (identity, token) = match in_force() {
        Ok(found) => found,
        Err(refusal) => {
            entries::refused(None, &refusal);
            return ErrorReport::from(refusal).report(PgLogLevel::ERROR);
        }
    };
    let access = identity.as_ref().and_then(resolve).unwrap_or_else(|| Rc::new(Access::nobody()));
    let mode = access::mode();
    // In setup mode, whoever does not administer is nobody.
    let access = if mode == Mode::Setup && !access.administers { Rc::new(Access::nobody()) } else { access };
    let shape = Shape::of(&access, mode);
    if token.is_some() {
        plans::token_means(shape, access::identity_of_login(login).is_none());
    }
    let known = Known { generation, login, identity, mode, access, shape, tables: Vec::new(), token };
    if !before.is_some_and(|before| known.keeps(&before)) {
        RIGHTS.set(RIGHTS.get() + 1);
    }
    KNOWN.replace(Some(known));
    RESOLVED.take();
}

/// What the identity may do, kept for the next who asks.
fn resolve(identity: &Identity) -> Option<Rc<Access>> {
    let access = access::resolve(identity)?;
    RESOLVED.replace(Some(Rc::clone(&access)));
    Some(access)
}

/// The identity in force: the one entered, the one that the token names, or the one that the login role stands for.
fn in_force() -> Result<(Option<Identity>, Option<Rc<Verified>>), Refusal> {
    let token = context_setting::token().map(|text| trusted(&text)).transpose()?;
    if let Some(text) = context_setting::get() {
        // What cannot be read was not written by us: nobody.
        let entered = text.parse().ok();
        if token.as_ref().is_some_and(|token| entered.as_ref() != Some(&token.identity)) {
            return Err(TokenRefusal::NamesAnother.into());
        }
        return Ok((entered, token));
    }
    let identity = match &token {
        Some(token) => Some(token.identity.clone()),
        None => access::identity_of_login(owner::session_user()),
    };
    if let Some(identity) = &identity {
        check_first(identity)?;
    }
    Ok((identity, token))
}

/// A token that names somebody who may be entered now.
fn trusted(text: &str) -> Result<Rc<Verified>, Refusal> {
    let token = tokens::verify(text)?;
    check_period(&token)?;
    let access = resolve(&token.identity).ok_or_else(|| unknown(&token.identity))?;
    // The same words for somebody of another tenant and for nobody.
    if token.only_tenant.is_some() && access.home != token.only_tenant {
        return Err(unknown(&token.identity));
    }
    Ok(token)
}

/// Rights are those at a statement's begin: a token that expires while it runs was good enough.
fn check_period(token: &Verified) -> Result<(), Refusal> {
    let now = transactions::statement_began();
    if now < token.from {
        return Err(TokenRefusal::NotYetValid.into());
    }
    if now >= token.until {
        return Err(TokenRefusal::Expired.into());
    }
    Ok(())
}

fn unknown(identity: &Identity) -> Refusal {
    match identity {
        Identity::User { .. } => Refusal::UnknownUser,
        _ => Refusal::UnknownTenant,
    }
}

/// Nobody else may have acted in this transaction.
fn check_first(identity: &Identity) -> Result<(), Refusal> {
    if SEVERAL_ACTED.get() || ACTED.with_borrow(|acted| acted.as_ref().is_some_and(|acted| acted != identity)) {
        return Err(Refusal::SecondEntry);
    }
    Ok(())
}

/// The transaction is over: the next one may act for somebody else.
pub fn transaction_over() {
    context_setting::transaction_over();
    ACTED.with_borrow_mut(|acted| *acted = None);
    SEVERAL_ACTED.set(false);
    forget_asked();
    ENTERED_AT.set(0);
    RESOLVED.take();
    values::forget();
}

/// A savepoint was rolled back: an entry made in it never happened.
pub fn rolled_back_to(level: i32) {
    if ENTERED_AT.get() >= level {
        ENTERED_AT.set(0);
    }
}

/// A savepoint was released: an entry made in it belongs to the level around it.
pub fn released(level: i32) {
    if ENTERED_AT.get() >= level {
        ENTERED_AT.set(level - 1);
    }
}
