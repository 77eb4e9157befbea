//! Rows that name their tenant by what they refer to: the trigger of a reference with `names_tenant`.

use pgrx::heap_tuple::PgHeapTuple;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{AllocatedByRust, PgTrigger, pg_trigger};
use uuid::Uuid;

use crate::catalog::protection::{self, End, KeyType, Kind, OnChange, TenantColumn};
use crate::catalog::{hierarchy, to_pg};
use crate::error::{ModuleRefusal, Refusal, RowRefusal};
use crate::model::scope::Scope;
use crate::pg::rows::{StoredRow, TriggerRows};
use crate::pg::{owner, relations};
use crate::references::{self, Key, Tenant};
use crate::{session, unregistered};

type Row<'a> = PgHeapTuple<'a, AllocatedByRust>;

/// BEFORE INSERT, a row. The default of the tenant column left a placeholder where the statement named no tenant. See
/// `tenancy.name_tenant`.
#[pg_trigger(sql = false)]
fn name_tenant<'a>(trigger: &'a PgTrigger<'a>) -> Result<Option<Row<'a>>, std::convert::Infallible> {
    let Some(row) = trigger.new() else { return Ok(None) };
    let mut row = row.into_owned();
    match owner::run_unpinned(|| named_tenant(&TriggerRows::of(trigger))) {
        Ok(Some((column, tenant))) => put(&mut row, &column, tenant),
        Ok(None) => (),
        Err(refusal) => ErrorReport::from(refusal).report(pgrx::PgLogLevel::ERROR),
    }
    Ok(Some(row))
}

fn put(row: &mut Row<'_>, column: &TenantColumn, tenant: Option<Uuid>) {
    let done = match column.key {
        KeyType::Uuid => row.set_by_name(&column.name, tenant.map(to_pg)),
        KeyType::Number => {
            let number = tenant.map(|tenant| hierarchy::tenant(tenant).map(|t| t.number).unwrap_or_default());
            // The column is of one of two types.
            row.set_by_name(&column.name, number).or_else(|_| row.set_by_name(&column.name, number.map(|n| n as i32)))
        }
    };
    done.unwrap_or_else(|error| panic!("cannot set the tenant column: {error}"));
}

/// The tenant column and the tenant to put there, which may be none; None if the row names its tenant itself.
fn named_tenant(rows: &TriggerRows) -> Result<Option<(TenantColumn, Tenant)>, Refusal> {
    let relation = rows.relation();
    let Some(row) = rows.new else { return Ok(None) };
    let Some(table) = protection::table(relation) else { return unregistered::refuse_rows(relation).map(|()| None) };
    let Some(column) = table.protection.tenant.clone() else { return Ok(None) };
    if !has_placeholder(&row, relation, &column) {
        return Ok(None);
    }
    let reference = table.outgoing.iter().find(|r| r.names_tenant);
    let inherits = reference.is_some_and(|reference| reference.on_change == OnChange::Cascade);
    let may_be_public = inherits && table.protection.kind == Kind::Optional;
    let tenant = match reference.map(|reference| tenant_referred_to(reference, &row, relation)).transpose()?.flatten() {
        Some(tenant) if tenant.is_some() || may_be_public => tenant,
        _ => Some(only_writable_tenant(relation)?),
    };
    Ok(Some((column, tenant)))
}

fn has_placeholder(row: &StoredRow, relation: pgrx::pg_sys::Oid, column: &TenantColumn) -> bool {
    let Some(number) = relations::column_number(relation, &column.name) else { return false };
    match column.key {
        KeyType::Uuid => row.get::<pgrx::Uuid>(number).is_some_and(|id| *id.as_bytes() == [0; 16]),
        KeyType::Number => row.integer(number) == Some(0),
    }
}

/// The tenant of the row referred to, which a public row has not; None where the row refers to nothing. A row that the
/// session may not read is a missing one.
fn tenant_referred_to(
    reference: &End,
    row: &StoredRow,
    relation: pgrx::pg_sys::Oid,
) -> Result<Option<Tenant>, Refusal> {
    let Some(key) = Key::of(row, &reference.columns) else { return Ok(None) };
    let visible = |tenant: Option<Uuid>| {
        owner::outer_user_is_exempt()
            || session::ask_about(Some(reference.parent), |access, _| match &tenant {
                Some(tenant) => access.reads.ids.contains(tenant),
                None => access.reads_public(),
            })
    };
    // Several rows, where the key has a period, name a tenant by the first; the others must be referable by it, too.
    match references::holders(reference, &key).first() {
        Some(tenant) if visible(*tenant) => Ok(Some(*tenant)),
        _ => Err(RowRefusal::ReferenceHidden {
            table: relations::name(relation),
            constraint: reference.constraint.clone(),
        }
        .into()),
    }
}

fn only_writable_tenant(relation: pgrx::pg_sys::Oid) -> Result<Uuid, Refusal> {
    session::ask_about(Some(relation), |access, _| match access.writes.ids.single() {
        Some(tenant) => Ok(*tenant),
        None if access.only_limited => Err(ModuleRefusal::Outside { table: relations::name(relation) }.into()),
        None if access.writes.ids.is_none() => Err(Refusal::NoTenantToWrite),
        None => {
            let count = match &access.writes.ids {
                Scope::Only(ids) => format!("{} tenants", ids.len()),
                Scope::AllBut(_) => "all tenants".into(),
            };
            Err(Refusal::NameTheTenant { count, by_reference: true })
        }
    })
}
