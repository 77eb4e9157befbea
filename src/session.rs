//! Who acts now, and what they may do: the one answer that every policy asks for.
//!
//! The answer is kept until the context setting or one of our tables changes. Asking costs two loads and a borrow.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::catalog::access::{self, Mode};
use crate::catalog::watched;
use crate::error::Refusal;
use crate::model::identity::Identity;
use crate::model::scope::Access;
use crate::model::shape::Reach;
use crate::pg::{context_setting, owner, planner, transactions};

/// What is remembered, and of which generation of our tables it is true.
struct Known {
    generation: u64,
    login: pgrx::pg_sys::Oid,
    identity: Option<Identity>,
    mode: Mode,
    access: Rc<Access>,
}

thread_local! {
    static KNOWN: RefCell<Option<Known>> = const { RefCell::new(None) };
    /// Whether this transaction has asked yet, and the identity on whose behalf it first did.
    static ASKED: Cell<bool> = const { Cell::new(false) };
    static ACTED: RefCell<Option<Identity>> = const { RefCell::new(None) };
    /// Whether somebody else acted, too, because a rollback to a savepoint brought an earlier context back.
    static SEVERAL_ACTED: Cell<bool> = const { Cell::new(false) };
    /// The nesting level of the savepoint in which the context was entered in this transaction; 0 if it was not.
    static ENTERED_AT: Cell<i32> = const { Cell::new(0) };
    /// The shape of context for which this backend has made plans.
    static PLANNED: Cell<Option<Shape>> = const { Cell::new(None) };
    /// Whether the login role is known to stand for no user.
    static LOGIN_IS_NOBODY: Cell<bool> = const { Cell::new(false) };
}

/// Prepares to hear of the context's changes. Call from `_PG_init`.
pub fn init() {
    context_setting::init(context_reverted);
}

/// What the session may do, and the mode in which the installation is.
pub fn ask<R>(question: impl FnOnce(&Access, Mode) -> R) -> R {
    refresh();
    KNOWN.with_borrow(|known| {
        let known = known.as_ref().expect("refresh() fills it");
        if !ASKED.replace(true) {
            note_acting(known.identity.as_ref());
        }
        question(&known.access, known.mode)
    })
}

/// Somebody acts: the first in this transaction, or the first after a context came back by itself.
fn note_acting(identity: Option<&Identity>) {
    let Some(identity) = identity.filter(|identity| **identity != Identity::Nobody) else { return };
    ACTED.with_borrow_mut(|acted| match acted {
        None => *acted = Some(identity.clone()),
        Some(acted) if acted == identity => (),
        Some(_) => SEVERAL_ACTED.set(true),
    });
}

/// The same for the planner: remembers for which shape of context this backend makes plans.
pub fn ask_for_plan<R>(question: impl FnOnce(&Access, Mode) -> R) -> R {
    ask(|access, mode| {
        PLANNED.set(Some(Shape::of(access, mode)));
        question(access, mode)
    })
}

/// What plans take for granted about a context.
#[derive(Clone, Copy)]
struct Shape {
    reads: Reach,
    writes: Reach,
    mode: Mode,
}

impl Shape {
    fn of(access: &Access, mode: Mode) -> Self {
        Self { reads: Reach::of(&access.reads.ids), writes: Reach::of(&access.writes.ids), mode }
    }

    fn same_plans(self, other: Self) -> bool {
        self.reads.same_plan(other.reads) && self.writes.same_plan(other.writes) && self.mode == other.mode
    }
}

/// Drops the plans that were made for another shape of context than the one in force.
fn drop_unfit_plans() {
    let Some(planned) = PLANNED.get() else { return };
    if !ask(|access, mode| planned.same_plans(Shape::of(access, mode))) {
        PLANNED.set(None);
        planner::forget_plans();
    }
}

/// One of our tables changed: which shape a context has now is not known before it is asked for. Runs when no catalog may
/// be read.
pub fn catalog_changed() {
    if PLANNED.take().is_some() {
        planner::forget_plans();
    }
}

/// The context setting changed by itself, at the end of a transaction or savepoint or by RESET. Where it leaves nobody,
/// plans made for somebody find nothing, which is right; somebody else may need other plans.
fn context_reverted(to_nobody: bool) {
    ASKED.set(false);
    if !(to_nobody && LOGIN_IS_NOBODY.get()) && PLANNED.take().is_some() {
        planner::forget_plans();
    }
}

/// May the current user change tenants, groups, roles and users: by being a superuser, or by the session's context?
pub fn administers() -> bool {
    owner::current_user_is_superuser() || ask(|access, _| access.administers)
}

fn refresh() {
    let changed = context_setting::take_changed();
    let current = KNOWN.with_borrow(|known| {
        known.as_ref().is_some_and(|k| k.generation == watched::generation() && k.login == owner::session_user())
    });
    if current && !changed {
        return;
    }
    // Have the result in hand before remembering it: reading our tables can itself find that they changed. What was
    // remembered is dropped first, so that an error in between leaves nothing.
    KNOWN.with_borrow_mut(|known| *known = None);
    watched::watch();
    let generation = watched::generation();
    let login = owner::session_user();
    let identity = identity();
    let access = identity.as_ref().and_then(access::resolve).unwrap_or_else(|| Rc::new(Access::nobody()));
    let mode = access::mode();
    // In setup mode, whoever does not administer is nobody.
    let access = if mode == Mode::Setup && !access.administers { Rc::new(Access::nobody()) } else { access };
    KNOWN.with_borrow_mut(|known| *known = Some(Known { generation, login, identity, mode, access }));
}

/// The identity in force: the one entered, or the one that the login role stands for.
fn identity() -> Option<Identity> {
    match context_setting::get() {
        // What cannot be read was not written by us: nobody.
        Some(text) => text.parse().ok(),
        None => access::identity_of_login(owner::session_user()),
    }
}

/// Acts for `identity` from now on, until the end of the transaction or of the session.
pub fn enter(identity: Identity, for_session: bool) -> Result<(), Refusal> {
    if !transactions::may_change_settings() {
        return Err(Refusal::EnterInParallel);
    }
    let unknown = || match identity {
        Identity::User { .. } => Refusal::UnknownUser,
        _ => Refusal::UnknownTenant,
    };
    access::resolve(&identity).ok_or_else(unknown)?;
    let acted = ACTED.with_borrow(Clone::clone);
    if SEVERAL_ACTED.get() || acted.is_some_and(|acted| acted != identity) {
        return Err(Refusal::SecondEntry);
    }
    LOGIN_IS_NOBODY.set(access::identity_of_login(owner::session_user()).is_none());
    context_setting::set(&identity.to_string(), for_session);
    drop_unfit_plans();
    ACTED.with_borrow_mut(|acted| *acted = Some(identity));
    if ENTERED_AT.get() == 0 {
        ENTERED_AT.set(transactions::nesting_level());
    }
    Ok(())
}

/// Acts for nobody until the end of the transaction, and after it as if nobody had entered.
pub fn leave() -> Result<(), Refusal> {
    if !transactions::may_change_settings() {
        return Err(Refusal::EnterInParallel);
    }
    let level = transactions::nesting_level();
    // A rollback to a savepoint opened after the entry would bring the context back.
    if context_setting::get().is_some() && level > ENTERED_AT.get().max(1) {
        return Err(Refusal::LeaveInsideSavepoint);
    }
    context_setting::set("", true);
    context_setting::set(&Identity::Nobody.to_string(), false);
    drop_unfit_plans();
    Ok(())
}

/// The transaction is over: the next one may act for somebody else.
pub fn transaction_over() {
    ACTED.with_borrow_mut(|acted| *acted = None);
    SEVERAL_ACTED.set(false);
    ASKED.set(false);
    ENTERED_AT.set(0);
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
