//! Whether what this backend remembers of our tables is still true.
//!
//! A trigger on each of them announces changes (`announce_change()`); the invalidation arrives here, transactionally and
//! in every backend. The listener may not read the catalog, so it compares with oids noted beforehand.

use std::cell::{Cell, RefCell};

use pgrx::pg_sys;

use crate::pg::backend_local::BackendLocal;
use crate::pg::relations;

/// Tables that decide what a context may do and, the last one, which tenant rows get that name none.
const TABLES: [&str; 15] = [
    "tenants",
    "contacts",
    "users",
    "user_roles",
    "roles",
    "custom_groups",
    "tenant_group_members",
    "installation",
    "protection",
    "token_keys",
    "token_secrets",
    "quotas",
    "module_tables",
    "role_modules",
    "adoptions",
];

thread_local! {
    static OIDS: RefCell<Vec<pg_sys::Oid>> = const { RefCell::new(Vec::new()) };
}
static GENERATION: BackendLocal<Cell<u64>> = BackendLocal::new(Cell::new(0));

/// Changes whenever something that was read from our tables may no longer be true.
pub fn generation() -> u64 {
    GENERATION.get()
}

/// Notes the oids to watch, unless they are noted. Call before reading what is to be remembered.
pub fn watch() {
    if OIDS.with_borrow(Vec::is_empty) {
        let oids: Vec<_> = TABLES.iter().filter_map(|name| relations::by_name(c"tenancy", name)).collect();
        OIDS.with_borrow_mut(|noted| *noted = oids);
    }
}

/// Takes note of a changed relation; `InvalidOid` stands for any. Says whether it was one of ours.
pub fn changed(relation: pg_sys::Oid) -> bool {
    // While the list is empty or being replaced nothing can be compared, so that everything counts. A change of ours
    // empties it, because the extension may have been dropped and created anew.
    OIDS.with(|noted| {
        let Ok(mut noted) = noted.try_borrow_mut() else {
            GENERATION.set(GENERATION.get() + 1);
            return true;
        };
        let ours = relation == pg_sys::InvalidOid || noted.is_empty() || noted.contains(&relation);
        if ours {
            noted.clear();
            GENERATION.set(GENERATION.get() + 1);
        }
        ours
    })
}
