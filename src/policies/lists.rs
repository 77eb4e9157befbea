//! Whose rows the session may read, write or both, as arrays: what index conditions compare with.

use pgrx::pg_sys::Oid;
use pgrx::{Uuid, pg_extern};

use crate::catalog::{hierarchy, to_pg};
use crate::model::scope::Scope;
use crate::pg::lasting::Lasting;
use crate::pg::quick::quick;
use crate::session::{self, Value};

// All tenants whose rows the session may read. See `tenancy.readable_tenants`.
quick!(
    readable_tenants_wrapper,
    pg_finfo_readable_tenants_wrapper,
    || session::value_at_hand(Value::ReadableTenants),
    || session::value(Value::ReadableTenants, |access| Some(Lasting::uuids(&ids(&access.reads.ids))))
);

/// The same on a table.
#[pg_extern(sql = false)]
fn readable_tenants_in(relation: Option<Oid>) -> Vec<Uuid> {
    listed(session::ask_about(relation, |access, _| access.reads.ids.clone()))
}

// All tenants whose rows the session may write. See `tenancy.writable_tenants`.
quick!(
    writable_tenants_wrapper,
    pg_finfo_writable_tenants_wrapper,
    || session::value_at_hand(Value::WritableTenants),
    || session::value(Value::WritableTenants, |access| Some(Lasting::uuids(&ids(&access.writes.ids))))
);

/// The same on a table.
#[pg_extern(sql = false)]
fn writable_tenants_in(relation: Option<Oid>) -> Vec<Uuid> {
    listed(session::ask_about(relation, |access, _| access.writes.ids.clone()))
}

// `readable_tenants` by number. See `tenancy.readable_tenant_numbers`.
quick!(
    readable_tenant_numbers_wrapper,
    pg_finfo_readable_tenant_numbers_wrapper,
    || session::value_at_hand(Value::ReadableTenantNumbers),
    || session::value(Value::ReadableTenantNumbers, |access| {
        Some(Lasting::numbers(&listed_numbers(&access.reads.numbers)))
    })
);

/// The same on a table.
#[pg_extern(sql = false)]
fn readable_tenant_numbers_in(relation: Option<Oid>) -> Vec<i64> {
    session::ask_about(relation, |access, _| listed_numbers(&access.reads.numbers))
}

// `writable_tenants` by number. See `tenancy.writable_tenant_numbers`.
quick!(
    writable_tenant_numbers_wrapper,
    pg_finfo_writable_tenant_numbers_wrapper,
    || session::value_at_hand(Value::WritableTenantNumbers),
    || session::value(Value::WritableTenantNumbers, |access| {
        Some(Lasting::numbers(&listed_numbers(&access.writes.numbers)))
    })
);

/// The same on a table.
#[pg_extern(sql = false)]
fn writable_tenant_numbers_in(relation: Option<Oid>) -> Vec<i64> {
    session::ask_about(relation, |access, _| listed_numbers(&access.writes.numbers))
}

// All tenants whose rows the session may read and write. See `tenancy.changeable_tenants`.
quick!(
    changeable_tenants_wrapper,
    pg_finfo_changeable_tenants_wrapper,
    || session::value_at_hand(Value::ChangeableTenants),
    || session::value(Value::ChangeableTenants, |access| Some(Lasting::uuids(&ids(&access.changes().ids))))
);

// `changeable_tenants` by number. See `tenancy.changeable_tenant_numbers`.
quick!(
    changeable_tenant_numbers_wrapper,
    pg_finfo_changeable_tenant_numbers_wrapper,
    || session::value_at_hand(Value::ChangeableTenantNumbers),
    || session::value(Value::ChangeableTenantNumbers, |access| {
        Some(Lasting::numbers(&listed_numbers(&access.changes().numbers)))
    })
);

/// For index conditions, which are made for some tenants only: where it is all but some, nothing.
fn listed_numbers(scope: &Scope<i64>) -> Vec<i64> {
    match scope {
        Scope::Only(numbers) => numbers.to_vec(),
        Scope::AllBut(_) => Vec::new(),
    }
}

fn listed(scope: Scope<uuid::Uuid>) -> Vec<Uuid> {
    ids(&scope).into_iter().map(to_pg).collect()
}

fn ids(scope: &Scope<uuid::Uuid>) -> Vec<uuid::Uuid> {
    match scope {
        Scope::Only(ids) => ids.to_vec(),
        Scope::AllBut(_) => hierarchy::all_tenants().into_iter().filter(|id| scope.contains(id)).collect(),
    }
}
