//! Plans of this backend that were made for another shape of context than the one in force are dropped.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use crate::catalog::access::Mode;
use crate::catalog::tokens::{Fingerprint, fingerprint};
use crate::model::scope::Access;
use crate::model::shape::Reach;
use crate::pg::{context_setting, planner};

/// More tokens than a pooled backend meets while they are valid; one that meets more begins anew.
const MOST: usize = 1000;

thread_local! {
    /// The shape of context for which this backend has made plans.
    static PLANNED: Cell<Option<Shape>> = const { Cell::new(None) };
    /// Whether the login role is known to stand for no user.
    static LOGIN_IS_NOBODY: Cell<bool> = const { Cell::new(false) };
    /// The shapes that the contexts of tokens were found to have.
    static OF_TOKENS: RefCell<HashMap<Fingerprint, Shape>> = RefCell::new(HashMap::new());
}

/// What plans take for granted about a context.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    reads: Reach,
    writes: Reach,
    /// What it may both read and write.
    changes: Reach,
    writes_public: bool,
    mode: Mode,
    /// Has it roles that are limited to modules? What they reach differs from table to table.
    limited: bool,
    one_tenant: bool,
    administers: bool,
}

impl Shape {
    pub(super) fn of(access: &Access, mode: Mode) -> Self {
        Self {
            reads: Reach::of(&access.reads.ids),
            writes: Reach::of(&access.writes.ids),
            changes: Reach::of(&access.changes().ids),
            writes_public: access.writes_public,
            mode,
            limited: !access.limited.is_empty(),
            one_tenant: access.has_one_tenant(),
            administers: access.administers,
        }
    }

    fn same_plans(self, other: Self) -> bool {
        let limited = self.limited || other.limited;
        !limited
            && self.reads.same_plan(other.reads)
            && self.writes.same_plan(other.writes)
            && self.changes.same_plan(other.changes)
            && self.writes_public == other.writes_public
            && self.mode == other.mode
            && self.one_tenant == other.one_tenant
            && self.administers == other.administers
    }
}

/// A plan is being made for this context.
pub(super) fn made_for(shape: Shape) {
    PLANNED.set(Some(shape));
}

/// Somebody entered.
pub fn entered(login_is_nobody: bool) {
    LOGIN_IS_NOBODY.set(login_is_nobody);
}

/// Drops the plans that were made for another shape of context than the one in force.
pub fn drop_unfit() {
    let Some(planned) = PLANNED.get() else { return };
    if !super::ask_known(|known| planned.same_plans(known.shape)) {
        PLANNED.set(None);
        planner::forget_plans();
    }
}

fn drop_all() {
    if PLANNED.take().is_some() {
        planner::forget_plans();
    }
}

/// One of our tables changed: which shape a context has now is not known before it is asked for.
pub fn catalog_changed() {
    OF_TOKENS.with_borrow_mut(HashMap::clear);
    drop_all();
}

/// The context setting changed by itself, at the end of a transaction or savepoint or by RESET. Where it leaves nobody,
/// plans made for somebody find nothing, which is right, unless some take for granted that all rows pass; somebody else may
/// need other plans.
pub fn context_reverted(to_nobody: bool) {
    if !(to_nobody && LOGIN_IS_NOBODY.get() && !planner::some_let_all_rows_pass()) {
        drop_all();
    }
}

/// The token was set, or changed by itself. It is not verified before it is needed, which may be after a plan was chosen:
/// plans are kept where a token of this text is known to need no others.
pub fn token_set(token: Option<&str>) {
    let Some(token) = token else { return context_reverted(true) };
    let Some(planned) = PLANNED.get() else { return };
    let known = OF_TOKENS.with_borrow(|shapes| shapes.get(&fingerprint(token)).copied());
    if !known.is_some_and(|shape| planned.same_plans(shape)) {
        drop_all();
    }
}

/// The token in force was found to mean this context.
pub(super) fn token_means(shape: Shape, login_is_nobody: bool) {
    LOGIN_IS_NOBODY.set(login_is_nobody);
    let Some(token) = context_setting::token() else { return };
    OF_TOKENS.with_borrow_mut(|shapes| {
        if shapes.len() >= MOST {
            shapes.clear();
        }
        shapes.insert(fingerprint(&token), shape);
    });
}
