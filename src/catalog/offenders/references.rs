//! Rows that refer to rows which they may not refer to.

use pgrx::pg_sys::Oid;
use pgrx::spi::quote_identifier;
use uuid::Uuid;

use super::{Offender, TenantKey, find, from, key_expression, look, offender, tenant_of};
use crate::catalog::protection::{KeyType, OnChange, Protection, Reference};
use crate::catalog::public_keys::is_public;
use crate::model::template;
use crate::pg::spi::{Arg, Plan, Row, Sees};
use crate::pg::{owner, relations};

/// The rows that refer to rows which they may not refer to; of all tenants or of some.
pub fn of_reference(reference: &Reference, among: Option<&[Uuid]>) -> Vec<Offender> {
    let public = reference.of_public_rows.as_ref().filter(|_| among.is_none());
    let public = public.map_or_else(Vec::new, |public| of_public_rows(reference.child, public));
    in_relation(reference.child, reference, among).into_iter().chain(public).collect()
}

/// The rows referred to, to be joined. For the rows of some tenants each is looked up by its key (`offset 0` leaves the planner
/// no other way), so that the rows of others cost nothing.
fn referred(reference: &Reference, among: Option<&[Uuid]>) -> String {
    let (parent, condition) = (from(reference.parent), condition(reference));
    match among {
        Some(_) => format!("lateral (select * from {parent} p where {condition} offset 0) p on true"),
        None => format!("{parent} p on {condition}"),
    }
}

/// The condition on the rows that refer: those of some tenants, or all. Two conditions, so that a plan for any value finds the
/// rows of some by the index as well.
fn wanted(child_tenant: &str, among: Option<&[Uuid]>) -> String {
    among.map_or_else(|| "true".into(), |_| format!("{child_tenant} = any ($1)"))
}

/// First which tenants' rows refer to which tenants' rows, which is little, then the rows of those that may not.
pub(super) fn in_relation(child: Oid, reference: &Reference, among: Option<&[Uuid]>) -> Vec<Offender> {
    let Some(parent_column) = &reference.parent_protection.tenant else { return Vec::new() };
    let child_column = reference.child_protection.tenant.as_ref();
    let (child_key, parent_key) = (child_column.map_or(KeyType::Uuid, |c| c.key), parent_column.key);
    let values = [
        ("key", key_expression(child)),
        ("child", from(child)),
        ("parent", from(reference.parent)),
        ("condition", condition(reference)),
        ("referred", referred(reference, among)),
        ("wanted", wanted(&tenant_of("r", child_column), among)),
        ("child_tenant", tenant_of("r", child_column)),
        ("given", given(reference)),
        ("parent_tenant", tenant_of("p", Some(parent_column))),
        ("judged", judged(reference, &tenant_of("p", Some(parent_column)))),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let pairs = template::fill(include_str!("../../../sql/templates/referring_tenants.sql"), &values);
    let rows = template::fill(include_str!("../../../sql/templates/forbidden_references.sql"), &values);
    let ids = among.unwrap_or_default();
    let ids: Vec<_> = ids.iter().filter_map(|id| TenantKey::of(child_key, *id)).collect();
    let args = [TenantKey::array(child_key, &ids)];
    if owner::owner_of(child) != owner::owner_of(reference.parent) {
        return between_owners(child, reference, &values, &args, |child, parents| {
            parents.iter().all(|parent| reference.allows(child, *parent))
        });
    }
    let read = |row: &Row| (TenantKey::read(child_key, row, 1), TenantKey::read(parent_key, row, 2));
    let forbidden: Vec<_> = look(child, &pairs, &args, read)
        .into_iter()
        .filter(|(child, parent)| {
            !reference.allows(child.and_then(TenantKey::tenant), parent.and_then(TenantKey::tenant))
        })
        .collect();
    if forbidden.is_empty() {
        return Vec::new();
    }
    let (children, parents): (Vec<_>, Vec<_>) = forbidden.into_iter().unzip();
    let args = [TenantKey::nullable_array(child_key, &children), TenantKey::nullable_array(parent_key, &parents)];
    find(child, &rule_of(reference), &rows, &args)
}

/// Public rows may be referred to by all, but for those that must have the same tenant.
fn judged(reference: &Reference, parent_tenant: &str) -> String {
    match reference.on_change {
        OnChange::Cascade => "true".into(),
        OnChange::Restrict | OnChange::Delete => format!("{parent_tenant} is not null"),
    }
}

/// The same where no single owner may look at both tables: each referring row is read as the one owner, and the rows that it
/// refers to as the other. `allowed` gets the tenants of both.
fn between_owners(
    child: Oid,
    reference: &Reference,
    values: &[(&str, &str)],
    args: &[(Oid, Arg)],
    allowed: impl Fn(Option<Uuid>, &[Option<Uuid>]) -> bool,
) -> Vec<Offender> {
    let own = reference.child_columns.iter().map(|column| format!("r.{}", quote_identifier(column)));
    let columns = own.collect::<Vec<_>>().join(", ");
    let values: Vec<_> = values.iter().copied().chain([("columns", columns.as_str())]).collect();
    let parents = owner::run_pinned_as_owner_of(reference.parent, || parents_by_key(reference));
    let (child_key, parent_key) = (key_type(&reference.child_protection), key_type(&reference.parent_protection));
    let judge = |row: &Row| {
        let key: Vec<Arg> = (3..3 + reference.child_columns.len()).map(|column| row.datum(column)).collect();
        let tenant = |row: &Row, key, column| TenantKey::read(key, row, column).and_then(TenantKey::tenant);
        let found = owner::run_pinned_as_owner_of(reference.parent, || {
            parents.rows(&key, Sees::Latest, |row| tenant(row, parent_key, 1))
        });
        (!allowed(tenant(row, child_key, 2), &found)).then(|| offender(child, &rule_of(reference), row))
    };
    let text = template::fill(include_str!("../../../sql/templates/referring_rows.sql"), &values);
    look(child, &text, args, judge).into_iter().flatten().collect()
}

/// How many rows refer to rows of a tenant and would stay if its rows went: those of others, or all, if the rows of the
/// referring table do not go.
pub fn staying(reference: &Reference, tenant: Uuid, table_goes: bool) -> i64 {
    let (child, parent) = (reference.child_protection.tenant.as_ref(), reference.parent_protection.tenant.as_ref());
    let Some(parent_column) = parent else { return 0 };
    let child_key = child.map_or(KeyType::Uuid, |column| column.key);
    let condition = condition(reference);
    let values = [
        ("key", "'{}'::jsonb".into()),
        ("child", from(reference.child)),
        ("parent", from(reference.parent)),
        ("condition", condition),
        ("given", given(reference)),
        ("child_tenant", tenant_of("r", child)),
        ("parent_tenant", tenant_of("p", Some(parent_column))),
        ("all", (!table_goes).to_string()),
        ("wanted", wanted("", None)),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    if owner::owner_of(reference.child) != owner::owner_of(reference.parent) {
        let stays = |child: Option<Uuid>| !table_goes || child != Some(tenant);
        let args = [TenantKey::array(child_key, &[])];
        let found = between_owners(reference.child, reference, &values, &args, |child, parents| {
            !(stays(child) && parents.contains(&Some(tenant)))
        });
        return found.len() as i64;
    }
    let text = template::fill(include_str!("../../../sql/templates/kept_references.sql"), &values);
    let args = [parent_column.key, child_key].map(|key| TenantKey::argument(key, tenant));
    look(reference.child, &text, &args, |row| row.must::<i64>(1)).into_iter().sum()
}

/// The tenants of the rows with a key, which is given as the referring columns have it.
fn parents_by_key(reference: &Reference) -> Plan {
    let number = |column: &String| relations::column_number(reference.child, column);
    let types: Vec<Oid> = (reference.child_columns.iter().filter_map(number))
        .map(|column| relations::column_type(reference.child, column))
        .collect();
    let conditions: Vec<String> = (reference.parent_columns.iter().zip(&reference.operators).enumerate())
        .map(|(nth, (column, operator))| format!("p.{} {operator} ${}", quote_identifier(column), nth + 1))
        .chain(is_public(reference, "p", &reference.parent_protection))
        .collect();
    let tenant = tenant_of("p", reference.parent_protection.tenant.as_ref());
    Plan::new(&format!("select {tenant} from {} p where {}", from(reference.parent), conditions.join(" and ")), &types)
}

fn key_type(protection: &Protection) -> KeyType {
    protection.tenant.as_ref().map_or(KeyType::Uuid, |column| column.key)
}

fn rule_of(reference: &Reference) -> String {
    format!("reference {}", reference.constraint)
}

/// Row `r` refers to something: none of its columns is NULL.
fn given(reference: &Reference) -> String {
    let given = reference.child_columns.iter().map(|c| format!("r.{} is not null", quote_identifier(c)));
    given.chain(is_public(reference, "r", &reference.child_protection)).collect::<Vec<_>>().join(" and ")
}

/// The rows that refer to nothing. PostgreSQL validates a new foreign key with the rights of whoever adds it: an owner whom
/// row security binds sees no rows that break it. Under one that is not valid they may be there, but not between owners: they
/// would be told from those that refer to hidden rows.
pub fn dangling(reference: &Reference) -> Vec<Offender> {
    let of_one_owner = owner::owner_of(reference.child) == owner::owner_of(reference.parent);
    let validated = include_str!("../../../sql/templates/validated.sql");
    let names = [
        ("relation", reference.child.to_u32().to_string()),
        ("constraint", pgrx::spi::quote_literal(&reference.constraint)),
    ];
    let validated = template::fill(validated, &names.each_ref().map(|(name, value)| (*name, value.as_str())));
    let given = if of_one_owner { format!("{} and {validated}", given(reference)) } else { given(reference) };
    unmatched(reference.child, reference, given)
}

/// The public rows, of a table or of a part of it, that refer to no public row.
pub fn of_public_rows(child: Oid, reference: &Reference) -> Vec<Offender> {
    unmatched(child, reference, given(reference))
}

/// The rows of a table, or of a part of it, that refer to something which is not there.
fn unmatched(child: Oid, reference: &Reference, given: String) -> Vec<Offender> {
    let values = [
        ("key", key_expression(child)),
        ("child", from(child)),
        ("child_tenant", tenant_of("r", reference.child_protection.tenant.as_ref())),
        ("parent", from(reference.parent)),
        ("given", given),
        ("condition", condition(reference)),
        ("wanted", wanted("", None)),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    if owner::owner_of(child) != owner::owner_of(reference.parent) {
        let args = [TenantKey::array(key_type(&reference.child_protection), &[])];
        return between_owners(child, reference, &values, &args, |_, parents| !parents.is_empty());
    }
    let text = template::fill(include_str!("../../../sql/templates/dangling_references.sql"), &values);
    find(child, &rule_of(reference), &text, &[])
}

/// Row `r` refers to row `p`.
fn condition(reference: &Reference) -> String {
    let conditions: Vec<String> = (reference.parent_columns.iter().zip(&reference.child_columns))
        .zip(&reference.operators)
        .map(|((parent, child), operator)| {
            format!("p.{} {operator} r.{}", quote_identifier(parent), quote_identifier(child))
        })
        .chain(is_public(reference, "p", &reference.parent_protection))
        .collect();
    conditions.join(" and ")
}
