//! What row security asks for every row: may this session read, may it write rows of this tenant?
//!
//! Each function is there a second time, with `_in`: on a table, which counts where roles are limited to modules. Nobody has to
//! call it: the planner puts it in (`planner`), and only for sessions with such roles.

mod lists;

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{Uuid, pg_extern};

use crate::catalog::access::Mode;
use crate::catalog::{from_pg, to_pg};
use crate::error::{ModuleRefusal, Refusal, RowRefusal};
use crate::model::keys::Key;
use crate::model::scope::{Access, Scope, Tenants};
use crate::pg::quick::quick;
use crate::pg::relations;
use crate::{modes, session};

/// The key types that a tenant column may have; both go through the same code.
trait TenantKey: Key {
    /// The function that names the one tenant that the session writes.
    const WRITABLE: &'static str;

    fn of(tenants: &Tenants) -> &Scope<Self>;
}

impl TenantKey for uuid::Uuid {
    const WRITABLE: &'static str = "tenancy.writable_tenant";

    fn of(tenants: &Tenants) -> &Scope<Self> {
        &tenants.ids
    }
}

impl TenantKey for i64 {
    const WRITABLE: &'static str = "tenancy.writable_tenant_number";

    fn of(tenants: &Tenants) -> &Scope<Self> {
        &tenants.numbers
    }
}

// May the session read rows of the tenant; with NULL, public rows? See `tenancy.can_read`.
quick!(
    can_read_wrapper,
    pg_finfo_can_read_wrapper,
    |tenant: Option<uuid::Uuid>| reads_at_hand(tenant),
    |tenant: Option<uuid::Uuid>| reads(None, tenant)
);

/// The same on a table.
#[pg_extern(sql = false)]
fn can_read_in(tenant: Option<Uuid>, relation: Option<Oid>) -> bool {
    reads(relation, tenant.map(from_pg))
}

// The same for tables that name tenants by number. See `tenancy.can_read_number`.
quick!(
    can_read_number_wrapper,
    pg_finfo_can_read_number_wrapper,
    |tenant: Option<i64>| reads_at_hand(tenant),
    |tenant: Option<i64>| reads(None, tenant)
);

/// The same on a table.
#[pg_extern(sql = false)]
fn can_read_number_in(tenant: Option<i64>, relation: Option<Oid>) -> bool {
    reads(relation, tenant)
}

// The same for columns of type integer, so that no cast stands between column and index.
quick!(
    can_read_integer_wrapper,
    pg_finfo_can_read_integer_wrapper,
    |tenant: Option<i32>| reads_at_hand(tenant.map(i64::from)),
    |tenant: Option<i32>| reads(None, tenant.map(i64::from))
);

/// The same on a table.
#[pg_extern(sql = false)]
fn can_read_integer_in(tenant: Option<i32>, relation: Option<Oid>) -> bool {
    reads(relation, tenant.map(i64::from))
}

// May the session write rows of the tenant; with NULL, public rows? See `tenancy.can_write`.
quick!(
    can_write_wrapper,
    pg_finfo_can_write_wrapper,
    |tenant: Option<uuid::Uuid>| writes_at_hand(tenant),
    |tenant: Option<uuid::Uuid>| writes(None, tenant)
);

/// The same on a table.
#[pg_extern(sql = false)]
fn can_write_in(tenant: Option<Uuid>, relation: Option<Oid>) -> bool {
    writes(relation, tenant.map(from_pg))
}

// The same for tables that name tenants by number. See `tenancy.can_write_number`.
quick!(
    can_write_number_wrapper,
    pg_finfo_can_write_number_wrapper,
    |tenant: Option<i64>| writes_at_hand(tenant),
    |tenant: Option<i64>| writes(None, tenant)
);

/// The same on a table.
#[pg_extern(sql = false)]
fn can_write_number_in(tenant: Option<i64>, relation: Option<Oid>) -> bool {
    writes(relation, tenant)
}

// The same for columns of type integer, so that no cast stands between column and index.
quick!(
    can_write_integer_wrapper,
    pg_finfo_can_write_integer_wrapper,
    |tenant: Option<i32>| writes_at_hand(tenant.map(i64::from)),
    |tenant: Option<i32>| writes(None, tenant.map(i64::from))
);

/// The same on a table.
#[pg_extern(sql = false)]
fn can_write_integer_in(tenant: Option<i32>, relation: Option<Oid>) -> bool {
    writes(relation, tenant.map(i64::from))
}

// May the session read and write rows of the tenant; with NULL, public rows? Stands for both where a statement needs both. See
// `tenancy.can_change`.
quick!(
    can_change_wrapper,
    pg_finfo_can_change_wrapper,
    |tenant: Option<uuid::Uuid>| changes_at_hand(tenant),
    |tenant: Option<uuid::Uuid>| changes(tenant)
);

// The same for tables that name tenants by number. See `tenancy.can_change_number`.
quick!(
    can_change_number_wrapper,
    pg_finfo_can_change_number_wrapper,
    |tenant: Option<i64>| changes_at_hand(tenant),
    |tenant: Option<i64>| changes(tenant)
);

// The same for columns of type integer.
quick!(
    can_change_integer_wrapper,
    pg_finfo_can_change_integer_wrapper,
    |tenant: Option<i32>| changes_at_hand(tenant.map(i64::from)),
    |tenant: Option<i32>| changes(tenant.map(i64::from))
);

// Like `can_write`, but refuses with the reason. See `tenancy.check_write`.
quick!(
    check_write_wrapper,
    pg_finfo_check_write_wrapper,
    |tenant: Option<uuid::Uuid>| passes_at_hand(tenant),
    |tenant: Option<uuid::Uuid>| checks(None, tenant)
);

/// The same on a table.
#[pg_extern(sql = false)]
fn check_write_in(tenant: Option<Uuid>, relation: Option<Oid>) -> Result<bool, ErrorReport> {
    Ok(refuse_unless_writes(relation, tenant.map(from_pg))?)
}

// The same for tables that name tenants by number. See `tenancy.check_write_number`.
quick!(
    check_write_number_wrapper,
    pg_finfo_check_write_number_wrapper,
    |tenant: Option<i64>| passes_at_hand(tenant),
    |tenant: Option<i64>| checks(None, tenant)
);

/// The same on a table.
#[pg_extern(sql = false)]
fn check_write_number_in(tenant: Option<i64>, relation: Option<Oid>) -> Result<bool, ErrorReport> {
    Ok(refuse_unless_writes(relation, tenant)?)
}

// The same for columns of type integer, so that no cast stands between column and index.
quick!(
    check_write_integer_wrapper,
    pg_finfo_check_write_integer_wrapper,
    |tenant: Option<i32>| passes_at_hand(tenant.map(i64::from)),
    |tenant: Option<i32>| checks(None, tenant.map(i64::from))
);

/// The same on a table.
#[pg_extern(sql = false)]
fn check_write_integer_in(tenant: Option<i32>, relation: Option<Oid>) -> Result<bool, ErrorReport> {
    Ok(refuse_unless_writes(relation, tenant.map(i64::from))?)
}

// Like `can_change`, for new rows, but where the session may not write, refuses with the reason. See `tenancy.check_change`.
quick!(
    check_change_wrapper,
    pg_finfo_check_change_wrapper,
    |tenant: Option<uuid::Uuid>| changes_at_hand(tenant).filter(|allowed| *allowed),
    |tenant: Option<uuid::Uuid>| checks_change(tenant)
);

// The same for tables that name tenants by number. See `tenancy.check_change_number`.
quick!(
    check_change_number_wrapper,
    pg_finfo_check_change_number_wrapper,
    |tenant: Option<i64>| changes_at_hand(tenant).filter(|allowed| *allowed),
    |tenant: Option<i64>| checks_change(tenant)
);

// The same for columns of type integer.
quick!(
    check_change_integer_wrapper,
    pg_finfo_check_change_integer_wrapper,
    |tenant: Option<i32>| changes_at_hand(tenant.map(i64::from)).filter(|allowed| *allowed),
    |tenant: Option<i32>| checks_change(tenant.map(i64::from))
);

/// As the two policies that it stands for, the one for writing first.
fn checks_change<K: TenantKey>(tenant: Option<K>) -> Result<bool, ErrorReport> {
    Ok(refuse_unless_writes(None, tenant.clone())? && reads(None, tenant))
}

fn checks<K: TenantKey>(relation: Option<Oid>, tenant: Option<K>) -> Result<bool, ErrorReport> {
    Ok(refuse_unless_writes(relation, tenant)?)
}

fn refuse_unless_writes<K: TenantKey>(relation: Option<Oid>, tenant: Option<K>) -> Result<bool, Refusal> {
    let public = tenant.is_none();
    if writes(relation, tenant) {
        return Ok(true);
    }
    outside_modules(relation)?;
    let instead = session::may_write(relation, K::WRITABLE);
    Err(if public { RowRefusal::MayNotWritePublic { instead } } else { RowRefusal::MayNotWriteTenant { instead } }
        .into())
}

/// Refuses where the session's roles are limited to modules that the table is not in.
fn outside_modules(relation: Option<Oid>) -> Result<(), Refusal> {
    match relation.filter(|_| session::ask_about(relation, |access, _| access.only_limited)) {
        Some(table) => Err(ModuleRefusal::Outside { table: relations::name(table) }.into()),
        None => Ok(()),
    }
}

fn reads<K: TenantKey>(relation: Option<Oid>, tenant: Option<K>) -> bool {
    decide(relation, modes::Unasked::Reading, |access| may_read(access, tenant.as_ref()))
}

fn writes<K: TenantKey>(relation: Option<Oid>, tenant: Option<K>) -> bool {
    decide(relation, modes::Unasked::Writing, |access| may_write(access, tenant.as_ref()))
}

/// As the two policies that it stands for, the one for writing first.
fn changes<K: TenantKey>(tenant: Option<K>) -> bool {
    writes(None, tenant.clone()) && reads(None, tenant)
}

fn may_read<K: TenantKey>(access: &Access, tenant: Option<&K>) -> bool {
    tenant.map_or_else(|| access.reads_public(), |tenant| K::of(&access.reads).contains(tenant))
}

fn may_write<K: TenantKey>(access: &Access, tenant: Option<&K>) -> bool {
    tenant.map_or(access.writes_public, |tenant| K::of(&access.writes).contains(tenant))
}

fn decide(relation: Option<Oid>, what: modes::Unasked, allowed: impl FnOnce(&Access) -> bool) -> bool {
    let (allowed, mode) = session::ask_about(relation, |access, mode| (mode == Mode::Off || allowed(access), mode));
    if !allowed && mode == Mode::Warn {
        modes::let_pass(what);
        return true;
    }
    allowed
}

/// The answer for a row, if an earlier row has asked and nothing has to be noted.
#[inline]
fn reads_at_hand<K: TenantKey>(tenant: Option<K>) -> Option<bool> {
    session::at_hand(|access, mode| without_note(mode, may_read(access, tenant.as_ref())))
}

/// The same for writing.
#[inline]
fn writes_at_hand<K: TenantKey>(tenant: Option<K>) -> Option<bool> {
    session::at_hand(|access, mode| without_note(mode, may_write(access, tenant.as_ref())))
}

/// The same for both.
#[inline]
fn changes_at_hand<K: TenantKey>(tenant: Option<K>) -> Option<bool> {
    session::at_hand(|access, mode| {
        without_note(mode, may_write(access, tenant.as_ref()) && may_read(access, tenant.as_ref()))
    })
}

/// The same for new rows, if they pass.
#[inline]
fn passes_at_hand<K: TenantKey>(tenant: Option<K>) -> Option<bool> {
    writes_at_hand(tenant).filter(|allowed| *allowed)
}

#[inline]
fn without_note(mode: Mode, allowed: bool) -> Option<bool> {
    match mode {
        Mode::Off => Some(true),
        Mode::Warn if !allowed => None,
        _ => Some(allowed),
    }
}

/// The default of a uuid tenant column. See `tenancy.writable_tenant`.
#[pg_extern(sql = false)]
fn writable_tenant(by_reference: bool) -> Result<Option<Uuid>, ErrorReport> {
    Ok(default_tenant(None, by_reference.then_some(FROM_REFERENCE))?.map(to_pg))
}

/// The same on a table.
#[pg_extern(sql = false)]
fn writable_tenant_in(by_reference: bool, relation: Oid) -> Result<Option<Uuid>, ErrorReport> {
    Ok(default_tenant(Some(relation), by_reference.then_some(FROM_REFERENCE))?.map(to_pg))
}

/// Stands for "take it from the reference" until a trigger has done so.
const FROM_REFERENCE: uuid::Uuid = uuid::Uuid::nil();

/// The default of a numeric tenant column. See `tenancy.writable_tenant_number`.
#[pg_extern(sql = false)]
fn writable_tenant_number(by_reference: bool) -> Result<Option<i64>, ErrorReport> {
    Ok(default_tenant(None, by_reference.then_some(0))?)
}

/// The same on a table.
#[pg_extern(sql = false)]
fn writable_tenant_number_in(by_reference: bool, relation: Oid) -> Result<Option<i64>, ErrorReport> {
    Ok(default_tenant(Some(relation), by_reference.then_some(0))?)
}

fn default_tenant<K: TenantKey>(relation: Option<Oid>, from_reference: Option<K>) -> Result<Option<K>, Refusal> {
    session::ask_about(relation, |access, mode| match (K::of(&access.writes).single(), from_reference) {
        (Some(tenant), None) => Ok(Some(tenant.clone())),
        (_, Some(placeholder)) => Ok(Some(placeholder)),
        (None, None) if matches!(mode, Mode::Off | Mode::Warn) => Ok(None),
        (None, None) if access.only_limited => Err(relation
            .map_or_else(session::no_tenant_to_write, |r| ModuleRefusal::Outside { table: relations::name(r) }.into())),
        (None, None) if access.writes.ids.is_none() => Err(session::no_tenant_to_write()),
        (None, None) => {
            let count = match &access.writes.ids {
                Scope::Only(ids) => format!("{} tenants", ids.len()),
                Scope::AllBut(_) => "all tenants".into(),
            };
            Err(Refusal::NameTheTenant { count, by_reference: false })
        }
    })
}
