//! Finding functions by their signature, remembered until some function changes: a plan asks for several.

use std::cell::{Cell, RefCell};

use pgrx::pg_sys::{self, Oid};
use pgrx::{IntoDatum, pg_guard};

type Signature = (&'static str, &'static str);

thread_local! {
    /// So few that looking through them is the fastest.
    static FOUND: RefCell<(u64, Vec<(Signature, Oid)>)> = const { RefCell::new((0, Vec::new())) };
    /// Changes whenever a function may have changed.
    static GENERATION: Cell<u64> = const { Cell::new(0) };
}

pub(super) fn init() {
    for cache in [pg_sys::SysCacheIdentifier::PROCOID, pg_sys::SysCacheIdentifier::NAMESPACEOID] {
        // SAFETY: the callback stays valid for the life of the backend, and it is registered once.
        unsafe { pg_sys::CacheRegisterSyscacheCallback(cache as i32, Some(changed), pg_sys::Datum::from(0)) };
    }
}

#[pg_guard]
extern "C-unwind" fn changed(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    GENERATION.set(GENERATION.get() + 1);
}

/// The function with this qualified name and these arguments in brackets; None if there is none.
pub(super) fn find(name: &'static str, arguments: &'static str) -> Option<Oid> {
    let generation = GENERATION.get();
    let known = FOUND.with_borrow(|(of, found)| {
        let found = found.iter().filter(|_| *of == generation).find(|(signature, _)| *signature == (name, arguments));
        found.map(|(_, function)| *function)
    });
    if known.is_some() {
        return known;
    }
    let signature = format!("{name}{arguments}");
    // SAFETY: to_regprocedure takes a text and gives an oid or NULL.
    let function = unsafe { pgrx::direct_function_call::<Oid>(pg_sys::to_regprocedure, &[signature.into_datum()]) }?;
    // Looking it up may itself bring news, after which it is not kept.
    FOUND.with_borrow_mut(|found| {
        if found.0 != GENERATION.get() {
            *found = (GENERATION.get(), Vec::new());
        }
        if generation == GENERATION.get() {
            found.1.push(((name, arguments), function));
        }
    });
    Some(function)
}
