//! Values that queries compare with, made of what the session may do.

use std::cell::Cell;
use std::rc::Rc;

use super::{KNOWN, ask, is_at_hand};
use crate::catalog::watched;
use crate::model::scope::Access;
use crate::pg::backend_local::BackendLocal;
use crate::pg::lasting::Lasting;
use crate::pg::owner;

/// Values made of what is known, by place, for as long as it is known and the transaction lasts.
static MADE: BackendLocal<[Cell<Option<Option<Lasting>>>; Value::COUNT]> =
    BackendLocal::new([const { Cell::new(None) }; Value::COUNT]);

/// The values that queries compare tenant columns with.
#[derive(Clone, Copy)]
pub enum Value {
    ReadTenant,
    ReadTenantNumber,
    WriteTenant,
    WriteTenantNumber,
    OwnTenant,
    OwnTenantNumber,
    ReadableTenants,
    ReadableTenantNumbers,
    WritableTenants,
    WritableTenantNumbers,
    ChangeableTenants,
    ChangeableTenantNumbers,
    ReadsAll,
    WritesAll,
    ChangesAll,
    ReadsPublic,
    WritesPublic,
}

impl Value {
    const COUNT: usize = Self::WritesPublic as usize + 1;
}

/// The value, if it was made for an earlier row.
#[inline]
pub fn value_at_hand(value: Value) -> Option<Option<Lasting>> {
    if is_at_hand() { MADE[value as usize].get() } else { None }
}

/// A value made of what the session may do; made once as long as that stays the same and the transaction lasts.
pub fn value(value: Value, make: impl FnOnce(&Access) -> Option<Lasting>) -> Option<Lasting> {
    if owner::is_owners_code() {
        return make(&Access::nobody());
    }
    // Making it may ask our tables, and so the session.
    let made = ask(|_, _| MADE[value as usize].get());
    made.unwrap_or_else(|| {
        let (access, generation) = {
            let known = KNOWN.borrow();
            let known = known.as_ref().expect("ask() fills it");
            (Rc::clone(&known.access), known.generation)
        };
        let new = make(&access);
        if generation == watched::generation() {
            MADE[value as usize].set(Some(new));
        }
        new
    })
}

/// Forgets them.
pub(super) fn forget() {
    MADE.iter().for_each(|made| made.set(None));
}
