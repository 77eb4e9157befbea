//! Changing what a tenant column holds: tenants.id or tenants.number. `change_tenant_type`.
//!
//! PostgreSQL does not change the type of a column that policies use. So the table is released and protected again, in one
//! command and under one lock; what administrators have set about it stays.

use std::cell::RefCell;
use std::collections::HashMap;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::quote_identifier;
use pgrx::{Uuid, pg_extern, pg_sys};

use super::{IndexCreation, Protecting, check_owner, column_facts, take_back};
use crate::catalog::protection::{self, KeyType, Protection};
use crate::catalog::{from_pg, hierarchy, to_pg};
use crate::error::{AdoptionRefusal, ProtectionRefusal, Refusal, given};
use crate::parts;
use crate::pg::spi::{self, Sees};
use crate::pg::{locks, owner, quiet, relations};

/// The tenants that a table's rows name, each with its id and its number.
#[derive(Default)]
struct Named {
    numbers: HashMap<uuid::Uuid, i64>,
    ids: HashMap<i64, uuid::Uuid>,
}

thread_local! {
    /// Those of the table whose column is being changed. Code of the table's owner runs meanwhile: it is told of no other tenants.
    static CONVERTED: RefCell<Option<Named>> = const { RefCell::new(None) };
}

/// A conversion, until it is dropped: also when a PostgreSQL error unwinds through.
struct Converting;

impl Converting {
    fn begin(named: Named) -> Self {
        CONVERTED.set(Some(named));
        Self
    }
}

impl Drop for Converting {
    fn drop(&mut self) {
        CONVERTED.set(None);
    }
}

/// Changes the type of a table's tenant column. See `tenancy.change_tenant_type`.
#[pg_extern(sql = false)]
fn change_tenant_type(relation: Option<pg_sys::Oid>, tenant_type: Option<&str>) -> Result<(), ErrorReport> {
    let relation = given(relation, "change_tenant_type", "relation")?;
    let wanted = given(tenant_type, "change_tenant_type", "tenant_type")?;
    let key = match wanted {
        "uuid" => KeyType::Uuid,
        "bigint" | "integer" => KeyType::Number,
        given => return Err(Refusal::from(AdoptionRefusal::UnknownTenantType { given: given.into() }).into()),
    };
    check_owner(relation)?;
    Ok(quiet::run(|| owner::run(|| change(relation, wanted, key)))?)
}

fn change(relation: pg_sys::Oid, wanted: &str, key: KeyType) -> Result<(), Refusal> {
    parts::lock_out_around(relation);
    locks::access_exclusive_with_parts(relation);
    let name = relations::qualified(relation);
    let Protection { root, kind, tenant } =
        protection::protection(relation).ok_or_else(|| Refusal::NotProtected { relation: name.clone() })?;
    if root != relation {
        return Err(Refusal::PartOfAnother { relation: name, root: relations::qualified(root) });
    }
    let tenant = tenant.ok_or_else(|| ProtectionRefusal::NoTenantColumn { relation: name.clone() })?;
    if column_facts(relation, &name, &tenant.name)?.type_name == wanted {
        return Ok(());
    }
    let keys = parts::with_own_constraints(relation).into_iter().map(|part| (part, parts::tenant_keys(part, &tenant)));
    let keys: Vec<_> = keys.collect();
    take_back(relation)?;
    // One that was there before the table was protected leads to the other column of tenants.
    for (part, constraint) in keys.iter().flat_map(|(part, keys)| keys.iter().map(move |key| (*part, key))) {
        let constraint = quote_identifier(constraint);
        spi::run(&format!("alter table {} drop constraint if exists {constraint}", relations::qualified(part)));
    }
    let column = quote_identifier(&tenant.name);
    let using = match (tenant.key, key) {
        (KeyType::Uuid, KeyType::Number) => format!(" using tenancy.convert_tenant({column})::{wanted}"),
        (KeyType::Number, KeyType::Uuid) => format!(" using tenancy.convert_tenant({column}::bigint)"),
        _ => String::new(),
    };
    let command = format!("alter table {name} alter column {column} type {wanted}{using}");
    {
        let _converting = Converting::begin(named(relation, &name, &column, tenant.key));
        owner::run_pinned_as_owner_of(relation, || spi::run(&command));
    }
    Protecting::begin(relation, kind, tenant.name, IndexCreation::Never)?.run()?;
    Ok(())
}

/// The tenants that the rows of the table name.
fn named(relation: pg_sys::Oid, name: &str, column: &str, key: KeyType) -> Named {
    let text = format!("select distinct {column}::pg_catalog.text from {name} where {column} is not null");
    let read = || spi::once(&text, &[], &[], Sees::Latest, |row| row.must::<String>(1));
    let values = owner::run_pinned_as_owner_of(relation, read);
    let tenant = |value: String| match key {
        KeyType::Uuid => value.parse().ok(),
        KeyType::Number => value.parse().ok().and_then(hierarchy::tenant_by_number),
    };
    let mut named = Named::default();
    for tenant in values.into_iter().filter_map(tenant).filter_map(hierarchy::tenant) {
        named.numbers.insert(tenant.id, tenant.number);
        named.ids.insert(tenant.number, tenant.id);
    }
    named
}

/// The number of a tenant, while a column is changed. See `tenancy.convert_tenant`.
#[pg_extern(sql = false)]
fn convert_tenant(tenant: Uuid) -> Result<i64, ErrorReport> {
    Ok(converted(|named| named.numbers.get(&from_pg(tenant)).copied())?)
}

/// The tenant with a number, while a column is changed. See `tenancy.convert_tenant`.
#[pg_extern(sql = false)]
fn convert_tenant_number(tenant: i64) -> Result<Uuid, ErrorReport> {
    Ok(converted(|named| named.ids.get(&tenant).copied()).map(to_pg)?)
}

/// Who could ask at any time would learn which tenants there are.
fn converted<T>(find: impl FnOnce(&Named) -> Option<T>) -> Result<T, Refusal> {
    let found = CONVERTED.with_borrow(|named| named.as_ref().map(find));
    found.ok_or(ProtectionRefusal::ConvertsNothing)?.ok_or(ProtectionRefusal::NoSuchTenantInRow.into())
}
