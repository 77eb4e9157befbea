//! Rows that follow the row that they refer to when it changes its tenant: `cascade`, `delete`.

use pgrx::spi::quote_identifier;
use uuid::Uuid;

use super::{Key, Side, Tenant, ask, column_tenant, column_types, referring};
use crate::catalog::protection::{KeyType, Kind, OnChange, Protection, Reference};
use crate::catalog::{hierarchy, to_pg};
use crate::pg::owner;
use crate::pg::spi::{Arg, Plan, Sees, arg};

/// Gives the rows that refer to a key the tenant of its row, or deletes those that may no longer refer to it, as the rule of
/// the reference says. Done with the rights of the referring table's owner, as by a foreign key. Whoever calls holds the row
/// that is referred to, so that nobody is about to refer to it.
pub fn follow(reference: &Reference, tenant: Tenant, key: &Key) {
    if reference.on_change == OnChange::Restrict {
        return;
    }
    let children = ask(reference, Side::Children, key, |row| column_tenant(&reference.child_protection, row));
    let wrong: Vec<Tenant> = children.into_iter().filter(|child| !reference.allows(*child, tenant)).collect();
    let goes_on = match reference.on_change {
        OnChange::Cascade => tenant.is_some() || reference.child_protection.kind == Kind::Optional,
        OnChange::Restrict | OnChange::Delete => true,
    };
    if wrong.is_empty() || !goes_on {
        return;
    }
    for child in wrong {
        let mut values = key.values.clone();
        values.push(value(&reference.child_protection, child));
        if reference.on_change == OnChange::Cascade {
            values.push(value(&reference.child_protection, tenant));
        }
        owner::run_action_as_owner_of(reference.child, || {
            reference.follow.get_or_init(|| plan(reference)).rows(&values, Sees::LatestToWrite, |_| ());
        });
    }
}

/// What the tenant column holds for a tenant.
fn value(protection: &Protection, tenant: Tenant) -> Arg {
    let number = |tenant: Uuid| hierarchy::tenant(tenant).map(|tenant| tenant.number);
    match protection.tenant.as_ref()?.key {
        KeyType::Uuid => tenant.map(to_pg).and_then(arg),
        KeyType::Number => tenant.and_then(number).and_then(arg),
    }
}

/// The statement on the rows of one tenant that refer to a key. Names and operators are all qualified.
fn plan(reference: &Reference) -> Plan {
    let (relation, conditions) = referring(reference);
    let mut types = column_types(reference.parent, &reference.parent_columns);
    let nth = types.len() + 1;
    let tenant = reference.child_protection.tenant.as_ref();
    let (kind, cast) = match tenant.map(|tenant| tenant.key) {
        Some(KeyType::Number) => (pgrx::pg_sys::INT8OID, "::pg_catalog.int8"),
        _ => (pgrx::pg_sys::UUIDOID, ""),
    };
    types.push(kind);
    let column = tenant.map(|tenant| quote_identifier(&tenant.name));
    let of_tenant = column.as_ref().map_or("true".to_owned(), |column| {
        format!("(r.{column}{cast} operator(pg_catalog.=) ${nth} or ${nth} is null and r.{column} is null)")
    });
    let text = match (reference.on_change, column) {
        (OnChange::Cascade, Some(column)) => {
            types.push(kind);
            format!("update {relation} r set {column} = ${} where {conditions} and {of_tenant}", nth + 1)
        }
        _ => format!("delete from {relation} r where {conditions} and {of_tenant}"),
    };
    Plan::new(&text, &types)
}
