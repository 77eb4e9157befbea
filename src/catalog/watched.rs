//! Whether what this backend remembers of our tables is still true.
//!
//! A trigger on each of them announces changes (`announce_change()`); the invalidation arrives here, transactionally and
//! in every backend. The listener may not read the catalog, so it compares with oids noted beforehand.

use std::cell::{Cell, RefCell};

use pgrx::pg_sys;

use crate::pg::relations;

/// Tables that decide what a context may do.
const TABLES: [&str; 9] = [
    "tenants",
    "contacts",
    "users",
    "user_roles",
    "roles",
    "custom_groups",
    "tenant_group_members",
    "installation",
    "protection",
];

thread_local! {
    static OIDS: RefCell<Vec<pg_sys::Oid>> = const { RefCell::new(Vec::new()) };
    static GENERATION: Cell<u64> = const { Cell::new(0) };
}

/// Changes whenever something that was read from our tables may no longer be true.
pub fn generation() -> u64 {
    GENERATION.get()
}

/// Notes the oids to watch. Call before reading what is to be remembered.
pub fn watch() {
    let oids: Vec<_> = TABLES.iter().filter_map(|name| relations::by_name(c"tenancy", name)).collect();
    OIDS.with_borrow_mut(|noted| *noted = oids);
}

/// Takes note of a changed relation; `InvalidOid` stands for any. Says whether it was one of ours.
pub fn changed(relation: pg_sys::Oid) -> bool {
    let ours = relation == pg_sys::InvalidOid
        // While the list is being replaced nothing can be compared, so it counts as changed.
        || OIDS.with(|noted| noted.try_borrow().map_or(true, |noted| noted.contains(&relation)));
    if ours {
        GENERATION.set(GENERATION.get() + 1);
    }
    ours
}
