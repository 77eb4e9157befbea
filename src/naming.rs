//! Rows that name their tenant by what they refer to: the trigger of a reference with `names_tenant`.

use std::cell::RefCell;
use std::collections::HashMap;

use pgrx::heap_tuple::PgHeapTuple;
use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{AllocatedByRust, PgTrigger, pg_trigger};
use uuid::Uuid;

use crate::catalog::protection::{self, End, KeyType, Kind, OnChange, Table, TenantColumn};
use crate::catalog::{hierarchy, to_pg};
use crate::error::{ModuleRefusal, Refusal, RowRefusal};
use crate::model::scope::Scope;
use crate::pg::rows::{self, StoredRow, TriggerRows};
use crate::pg::{owner, relations, transactions};
use crate::references::{self, Key, Tenant, WaitFor};
use crate::{session, unregistered};

type Row<'a> = PgHeapTuple<'a, AllocatedByRust>;

thread_local! {
    /// The tenant that the first trigger has put into the row that is being inserted into a relation, by how many triggers are
    /// under way: a trigger may insert rows, too. One that is skipped leaves its own behind, until the next one comes.
    static PUT: RefCell<HashMap<(Oid, i32), Tenant>> = RefCell::default();
}

/// BEFORE INSERT, a row, before and after the triggers of others. The default of the tenant column left a placeholder where the
/// statement named no tenant. See `tenancy.name_tenant`.
#[pg_trigger(sql = false)]
fn name_tenant<'a>(trigger: &'a PgTrigger<'a>) -> Result<Option<Row<'a>>, std::convert::Infallible> {
    let Some(row) = trigger.new() else { return Ok(None) };
    let mut row = row.into_owned();
    let is_first = rows::arguments(trigger).next().is_some();
    match owner::run_unpinned(|| named_tenant(&TriggerRows::of(trigger), is_first)) {
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

/// The tenant column and the tenant to put there, which may be none; None if the row names its tenant itself. What the first
/// trigger cannot tell, it leaves to the last, which tells again what the first one told: what a row refers to may have changed.
fn named_tenant(rows: &TriggerRows, is_first: bool) -> Result<Option<(TenantColumn, Tenant)>, Refusal> {
    let relation = rows.relation();
    let Some(row) = rows.new else { return Ok(None) };
    let Some(table) = protection::table(relation) else { return unregistered::refuse_rows(relation).map(|()| None) };
    let Some((column, number)) = table.protection.tenant.clone().zip(table.tenant_number) else { return Ok(None) };
    let row_being_inserted = (relation, transactions::trigger_depth());
    let put = PUT.with_borrow_mut(|put| put.remove(&row_being_inserted)).filter(|_| !is_first);
    let is_as_put = put.is_some_and(|tenant| references::tenant_of(&row, number, &column) == tenant);
    if !is_as_put && !has_placeholder(&row, number, &column) {
        return Ok(None);
    }
    let told = tenant_told(&table, &row, relation);
    if is_first {
        let Ok(tenant) = told else { return Ok(None) };
        PUT.with_borrow_mut(|put| put.insert(row_being_inserted, tenant));
        return Ok(Some((column, tenant)));
    }
    Ok(Some((column, told?)))
}

/// The tenant of a row that does not name it: by its reference, or the only one that the session writes.
fn tenant_told(table: &Table, row: &StoredRow, relation: Oid) -> Result<Tenant, Refusal> {
    let reference = table.outgoing.iter().find(|r| r.names_tenant);
    let inherits = reference.is_some_and(|reference| reference.on_change == OnChange::Cascade);
    let may_be_public = inherits && table.protection.kind == Kind::Optional;
    match reference.map(|reference| tenant_referred_to(reference, row, relation)).transpose()?.flatten() {
        Some(tenant) if tenant.is_some() || may_be_public => Ok(tenant),
        _ => Ok(Some(only_writable_tenant(relation)?)),
    }
}

fn has_placeholder(row: &StoredRow, number: i16, column: &TenantColumn) -> bool {
    match column.key {
        KeyType::Uuid => row.get::<pgrx::Uuid>(number).is_some_and(|id| *id.as_bytes() == [0; 16]),
        KeyType::Number => row.integer(number) == Some(0),
    }
}

/// The tenant of the row referred to, which a public row has not; None where the row refers to nothing. A row that the
/// session may not read is a missing one.
fn tenant_referred_to(reference: &End, row: &StoredRow, relation: Oid) -> Result<Option<Tenant>, Refusal> {
    let Some(key) = Key::of(row, &reference.columns) else { return Ok(None) };
    let visible = |tenant: Option<Uuid>| {
        owner::outer_user_is_exempt()
            || session::ask_about(Some(reference.parent), |access, _| match &tenant {
                Some(tenant) => access.reads.ids.contains(tenant),
                None => access.reads_public(),
            })
    };
    let own = session::ask_about(Some(reference.parent), |access, _| access.reads.ids.single().copied());
    let wait_for = WaitFor::Allowed { own, public: visible(None), may: &visible };
    // Several rows, where the key has a period, name a tenant by the first; the others must be referable by it, too.
    match references::holders(reference, &key, &wait_for).first() {
        Some(tenant) if visible(*tenant) => Ok(Some(*tenant)),
        _ => Err(RowRefusal::ReferenceHidden {
            table: relations::name(relation),
            constraint: reference.constraint.clone(),
        }
        .into()),
    }
}

fn only_writable_tenant(relation: Oid) -> Result<Uuid, Refusal> {
    session::ask_about(Some(relation), |access, _| match access.writes.ids.single() {
        Some(tenant) => Ok(*tenant),
        None if access.only_limited => Err(ModuleRefusal::Outside { table: relations::name(relation) }.into()),
        None if access.writes.ids.is_none() => Err(session::no_tenant_to_write()),
        None => {
            let count = match &access.writes.ids {
                Scope::Only(ids) => format!("{} tenants", ids.len()),
                Scope::AllBut(_) => "all tenants".into(),
            };
            Err(Refusal::NameTheTenant { count, by_reference: true })
        }
    })
}
