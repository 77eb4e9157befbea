//! The side of `tenancy.tenants` of the foreign keys from tenant columns.
//!
//! PostgreSQL gives the table referred to two triggers for each foreign key. Whatever drops these with the foreign key, as DROP TABLE
//! and ATTACH PARTITION do, locks that table against everybody: all who write rows of tenants, or enter, would wait for it, and it for
//! them. So there is one trigger instead, which asks for each foreign key what PostgreSQL's would have asked.

use pgrx::pg_sys;

use crate::catalog::protection::TenantColumn;
use crate::pg::rows::TriggerRows;
use crate::pg::spi::{Row, Sees, arg, query};
use crate::pg::{foreign_keys, invalidation, locks, owner, relations};

query!(TRIGGERS, "tenant_key_triggers.sql", &[]);
query!(FORGET_TRIGGERS, "forget_triggers.sql", &[pg_sys::OIDARRAYOID]);
query!(WITHOUT_TRIGGERS, "tenant_keys_without_triggers.sql", &[]);
query!(OUR_KEYS, "our_tenant_keys.sql", &[pg_sys::OIDOID, pg_sys::TEXTOID, pg_sys::OIDOID]);

/// Takes over from PostgreSQL's triggers on tenants for the foreign keys of protected tables, whoever made these.
pub fn take_over() {
    let triggers: Vec<pg_sys::Oid> = TRIGGERS.with(|q| q.rows(&[], Sees::Latest, |row| row.must(1)));
    let Some(tenants) = relations::by_name(c"tenancy", "tenants").filter(|_| !triggers.is_empty()) else { return };
    // As making a foreign key does: nobody is about to delete a tenant without one trigger or the other.
    locks::share_row_exclusive(tenants);
    FORGET_TRIGGERS.with(|q| q.rows(&[arg(triggers)], Sees::Latest, |_| ()));
    invalidation::announce(tenants);
}

/// Drops the foreign keys to tenants that came with protect().
pub fn drop_ours(relation: pg_sys::Oid, tenant: &TenantColumn, root: pg_sys::Oid) {
    let args = [arg(relation), arg(tenant.name.as_str()), arg(root)];
    let keys: Vec<pg_sys::Oid> = OUR_KEYS.with(|q| q.rows(&args, Sees::Latest, |row| row.must(1)));
    keys.into_iter().for_each(foreign_keys::drop_key);
}

// AFTER DELETE OR UPDATE of a key of tenants, for each row. See `tenancy.check_rows_gone`.
foreign_keys::no_action!(check_rows_gone_wrapper, pg_finfo_check_rows_gone_wrapper, |rows: &TriggerRows| {
    let changed = || ["id", "number"].iter().filter_map(|name| relations::column_number(rows.relation(), name));
    // What another server has checked is not checked again, as for PostgreSQL's triggers.
    if owner::applies_replicated_changes() || !changed().any(|column| rows.differs(column)) {
        return Vec::new();
    }
    let read = |row: &Row| (row.must(1), row.must(2));
    owner::run(|| WITHOUT_TRIGGERS.with(|q| q.rows(&[], Sees::InPassing, read)))
});
