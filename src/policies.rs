//! What row security asks for every row: may this session read, may it write rows of this tenant?

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{Uuid, pg_extern};

use crate::catalog::access::Mode;
use crate::catalog::{from_pg, hierarchy, to_pg};
use crate::error::{Refusal, RowRefusal};
use crate::model::scope::{Access, Scope, Tenants};
use crate::{modes, session};

/// The key types that a tenant column may have; both go through the same code.
trait Key: Ord + Clone + Sized {
    fn of(tenants: &Tenants) -> &Scope<Self>;
}

impl Key for uuid::Uuid {
    fn of(tenants: &Tenants) -> &Scope<Self> {
        &tenants.ids
    }
}

impl Key for i64 {
    fn of(tenants: &Tenants) -> &Scope<Self> {
        &tenants.numbers
    }
}

/// May the session read rows of the tenant; with NULL, public rows? See `tenancy.can_read`.
#[pg_extern(sql = false)]
fn can_read(tenant: Option<Uuid>) -> bool {
    reads(tenant.map(from_pg))
}

/// The same for tables that name tenants by number. See `tenancy.can_read_number`.
#[pg_extern(sql = false)]
fn can_read_number(tenant: Option<i64>) -> bool {
    reads(tenant)
}

/// The same for columns of type integer, so that no cast stands between column and index.
#[pg_extern(sql = false)]
fn can_read_integer(tenant: Option<i32>) -> bool {
    reads(tenant.map(i64::from))
}

/// May the session write rows of the tenant; with NULL, public rows? See `tenancy.can_write`.
#[pg_extern(sql = false)]
fn can_write(tenant: Option<Uuid>) -> bool {
    writes(tenant.map(from_pg))
}

/// The same for tables that name tenants by number. See `tenancy.can_write_number`.
#[pg_extern(sql = false)]
fn can_write_number(tenant: Option<i64>) -> bool {
    writes(tenant)
}

/// The same for columns of type integer, so that no cast stands between column and index.
#[pg_extern(sql = false)]
fn can_write_integer(tenant: Option<i32>) -> bool {
    writes(tenant.map(i64::from))
}

/// Like `can_write`, but refuses with the reason. See `tenancy.check_write`.
#[pg_extern(sql = false)]
fn check_write(tenant: Option<Uuid>) -> Result<bool, ErrorReport> {
    Ok(refuse_unless_writes(tenant.map(from_pg))?)
}

/// The same for tables that name tenants by number. See `tenancy.check_write_number`.
#[pg_extern(sql = false)]
fn check_write_number(tenant: Option<i64>) -> Result<bool, ErrorReport> {
    Ok(refuse_unless_writes(tenant)?)
}

/// The same for columns of type integer.
#[pg_extern(sql = false)]
fn check_write_integer(tenant: Option<i32>) -> Result<bool, ErrorReport> {
    Ok(refuse_unless_writes(tenant.map(i64::from))?)
}

fn refuse_unless_writes<K: Key>(tenant: Option<K>) -> Result<bool, Refusal> {
    let public = tenant.is_none();
    match (writes(tenant), public) {
        (true, _) => Ok(true),
        (false, true) => Err(RowRefusal::MayNotWritePublic.into()),
        (false, false) => Err(RowRefusal::MayNotWriteTenant.into()),
    }
}

fn reads<K: Key>(tenant: Option<K>) -> bool {
    decide(modes::Unasked::Reading, |access| match &tenant {
        Some(tenant) => K::of(&access.reads).contains(tenant),
        None => access.reads_public(),
    })
}

fn writes<K: Key>(tenant: Option<K>) -> bool {
    decide(modes::Unasked::Writing, |access| match &tenant {
        Some(tenant) => K::of(&access.writes).contains(tenant),
        None => access.writes_public,
    })
}

fn decide(what: modes::Unasked, allowed: impl FnOnce(&Access) -> bool) -> bool {
    let (allowed, mode) = session::ask(|access, mode| (mode == Mode::Off || allowed(access), mode));
    if !allowed && mode == Mode::Warn {
        modes::let_pass(what);
        return true;
    }
    allowed
}

/// All tenants whose rows the session may read. See `tenancy.readable_tenants`.
#[pg_extern(sql = false)]
fn readable_tenants() -> Vec<Uuid> {
    listed(session::ask(|access, _| access.reads.ids.clone()))
}

/// All tenants whose rows the session may write. See `tenancy.writable_tenants`.
#[pg_extern(sql = false)]
fn writable_tenants() -> Vec<Uuid> {
    listed(session::ask(|access, _| access.writes.ids.clone()))
}

/// `readable_tenants` by number. See `tenancy.readable_tenant_numbers`.
#[pg_extern(sql = false)]
fn readable_tenant_numbers() -> Vec<i64> {
    session::ask(|access, _| listed_numbers(&access.reads.numbers))
}

/// `writable_tenants` by number. See `tenancy.writable_tenant_numbers`.
#[pg_extern(sql = false)]
fn writable_tenant_numbers() -> Vec<i64> {
    session::ask(|access, _| listed_numbers(&access.writes.numbers))
}

/// For index conditions, which are made for some tenants only: where it is all but some, nothing.
fn listed_numbers(scope: &Scope<i64>) -> Vec<i64> {
    match scope {
        Scope::Only(numbers) => numbers.clone(),
        Scope::AllBut(_) => Vec::new(),
    }
}

fn listed(scope: Scope<uuid::Uuid>) -> Vec<Uuid> {
    match scope {
        Scope::Only(ids) => ids.into_iter().map(to_pg).collect(),
        scope => hierarchy::all_tenants().into_iter().filter(|id| scope.contains(id)).map(to_pg).collect(),
    }
}

/// The default of a uuid tenant column. See `tenancy.writable_tenant`.
#[pg_extern(sql = false)]
fn writable_tenant(by_reference: bool) -> Result<Option<Uuid>, ErrorReport> {
    // The uuid of zeros stands for "take it from the reference" until a trigger has done so.
    Ok(default_tenant(by_reference.then_some(uuid::Uuid::nil()))?.map(to_pg))
}

/// The default of a numeric tenant column. See `tenancy.writable_tenant_number`.
#[pg_extern(sql = false)]
fn writable_tenant_number(by_reference: bool) -> Result<Option<i64>, ErrorReport> {
    Ok(default_tenant(by_reference.then_some(0))?)
}

fn default_tenant<K: Key>(from_reference: Option<K>) -> Result<Option<K>, Refusal> {
    session::ask(|access, mode| match (K::of(&access.writes).single(), from_reference) {
        (Some(tenant), None) => Ok(Some(tenant.clone())),
        (_, Some(placeholder)) => Ok(Some(placeholder)),
        (None, None) if matches!(mode, Mode::Off | Mode::Warn) => Ok(None),
        (None, None) if access.writes.ids.is_none() => Err(Refusal::NoTenantToWrite),
        (None, None) => {
            let count = match &access.writes.ids {
                Scope::Only(ids) => format!("{} tenants", ids.len()),
                Scope::AllBut(_) => "all tenants".into(),
            };
            Err(Refusal::NameTheTenant { count, by_reference: false })
        }
    })
}
