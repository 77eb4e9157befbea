//! What the replaced expressions ask when they run. A plan that outlived its context gets NULL or false: no rows.

use pgrx::pg_sys::Oid;
use pgrx::{Uuid, pg_extern};

use super::is_all;
use crate::catalog::to_pg;
use crate::model::scope::Tenants;
use crate::pg::lasting::Lasting;
use crate::pg::quick::quick;
use crate::session::{self, Value};

// The one tenant that the session may read. See `tenancy.read_tenant`.
quick!(read_tenant_wrapper, pg_finfo_read_tenant_wrapper, || session::value_at_hand(Value::ReadTenant), || {
    session::value(Value::ReadTenant, |access| single(&access.reads))
});

/// The same on a table.
#[pg_extern(sql = false)]
fn read_tenant_in(relation: Option<Oid>) -> Option<Uuid> {
    session::ask_about(relation, |access, _| access.reads.ids.single().copied().map(to_pg))
}

// The same by number. See `tenancy.read_tenant_number`.
quick!(
    read_tenant_number_wrapper,
    pg_finfo_read_tenant_number_wrapper,
    || session::value_at_hand(Value::ReadTenantNumber),
    || session::value(Value::ReadTenantNumber, |access| { single_number(&access.reads) })
);

/// The same on a table.
#[pg_extern(sql = false)]
fn read_tenant_number_in(relation: Option<Oid>) -> Option<i64> {
    session::ask_about(relation, |access, _| access.reads.numbers.single().copied())
}

// The one tenant that the session may write. See `tenancy.write_tenant`.
quick!(write_tenant_wrapper, pg_finfo_write_tenant_wrapper, || session::value_at_hand(Value::WriteTenant), || {
    session::value(Value::WriteTenant, |access| single(&access.writes))
});

/// The same on a table.
#[pg_extern(sql = false)]
fn write_tenant_in(relation: Option<Oid>) -> Option<Uuid> {
    session::ask_about(relation, |access, _| access.writes.ids.single().copied().map(to_pg))
}

// The same by number. See `tenancy.write_tenant_number`.
quick!(
    write_tenant_number_wrapper,
    pg_finfo_write_tenant_number_wrapper,
    || session::value_at_hand(Value::WriteTenantNumber),
    || session::value(Value::WriteTenantNumber, |access| { single_number(&access.writes) })
);

/// The same on a table.
#[pg_extern(sql = false)]
fn write_tenant_number_in(relation: Option<Oid>) -> Option<i64> {
    session::ask_about(relation, |access, _| access.writes.numbers.single().copied())
}

// May the session read all tenants there are? See `tenancy.reads_all`.
quick!(reads_all_wrapper, pg_finfo_reads_all_wrapper, || session::value_at_hand(Value::ReadsAll), || session::value(
    Value::ReadsAll,
    |access| Some(Lasting::flag(is_all(&access.reads)))
));

/// The same on a table.
#[pg_extern(sql = false)]
fn reads_all_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| is_all(&access.reads))
}

// May the session write all tenants there are? See `tenancy.writes_all`.
quick!(
    writes_all_wrapper,
    pg_finfo_writes_all_wrapper,
    || session::value_at_hand(Value::WritesAll),
    || session::value(Value::WritesAll, |access| Some(Lasting::flag(is_all(&access.writes))))
);

/// The same on a table.
#[pg_extern(sql = false)]
fn writes_all_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| is_all(&access.writes))
}

// May the session read and write all tenants there are? See `tenancy.changes_all`.
quick!(changes_all_wrapper, pg_finfo_changes_all_wrapper, || session::value_at_hand(Value::ChangesAll), || {
    session::value(Value::ChangesAll, |access| Some(Lasting::flag(is_all(&access.changes()))))
});

// May the session read public rows? See `tenancy.reads_public`.
quick!(reads_public_wrapper, pg_finfo_reads_public_wrapper, || session::value_at_hand(Value::ReadsPublic), || {
    session::value(Value::ReadsPublic, |access| Some(Lasting::flag(access.reads_public())))
});

/// The same on a table.
#[pg_extern(sql = false)]
fn reads_public_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| access.reads_public())
}

// May the session write public rows? See `tenancy.writes_public`.
quick!(writes_public_wrapper, pg_finfo_writes_public_wrapper, || session::value_at_hand(Value::WritesPublic), || {
    session::value(Value::WritesPublic, |access| Some(Lasting::flag(access.writes_public)))
});

/// The same on a table.
#[pg_extern(sql = false)]
fn writes_public_in(relation: Option<Oid>) -> bool {
    session::ask_about(relation, |access, _| access.writes_public)
}

// The one tenant that the session may read and write. See `tenancy.own_tenant` and `tenancy.own_tenant_number`.
quick!(
    own_tenant_wrapper,
    pg_finfo_own_tenant_wrapper,
    || session::value_at_hand(Value::OwnTenant),
    || session::value(Value::OwnTenant, |access| single(&access.changes()))
);
quick!(
    own_tenant_number_wrapper,
    pg_finfo_own_tenant_number_wrapper,
    || session::value_at_hand(Value::OwnTenantNumber),
    || session::value(Value::OwnTenantNumber, |access| single_number(&access.changes()))
);

fn single(tenants: &Tenants) -> Option<Lasting> {
    tenants.ids.single().map(|id| Lasting::uuid(id.as_bytes()))
}

fn single_number(tenants: &Tenants) -> Option<Lasting> {
    tenants.numbers.single().map(|number| Lasting::number(*number))
}
