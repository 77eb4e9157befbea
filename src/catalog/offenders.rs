//! Looking for rows that break a rule: for protect(), for violations(), and after a tenant was moved.

use pgrx::pg_sys::Oid;
use pgrx::spi::quote_identifier;
use pgrx::{JsonB, pg_sys};
use uuid::Uuid;

use super::protection::{self, KeyType, Kind, OnChange, Protection, Reference, TenantColumn};
use super::{from_pg, hierarchy, to_pg};
use crate::error::Refusal;
use crate::model::template;
use crate::pg::spi::{self, Arg, Plan, Row, Sees, arg, query};
use crate::pg::{owner, relations};

query!(PRIMARY_KEY, "primary_key.sql", &[pg_sys::OIDOID]);
query!(PROTECTED_RELATIONS, "protected_relations.sql", &[]);

/// A row that breaks a rule.
pub struct Offender {
    pub relation: Oid,
    pub rule: String,
    /// The primary key, or the place of a row that has none.
    pub key: JsonB,
}

impl Offender {
    /// The row in words.
    fn describe(&self) -> String {
        format!("{} {} ({})", relations::qualified(self.relation), self.key.0, self.rule)
    }
}

/// How many offenders a message names.
const NAMED: usize = 10;

/// The first of them in words.
pub fn named(found: &[Offender]) -> Vec<String> {
    found.iter().take(NAMED).map(Offender::describe).collect()
}

/// The refusal of a table for its rows; None if there are none to refuse it for.
pub fn refusal(relation: Oid, found: &[Offender]) -> Option<Refusal> {
    (!found.is_empty()).then(|| Refusal::Offenders {
        relation: relations::qualified(relation),
        count: found.len(),
        offenders: named(found),
    })
}

/// All protected tables, inheritance children included, partitions only where they have foreign keys of their own.
pub fn protected_relations() -> Vec<Oid> {
    owner::run(|| PROTECTED_RELATIONS.with(|q| q.rows(&[], Sees::Latest, |row| row.must(1))))
}

/// The rows of one table that break a rule, be it as rows of it or as references from it.
pub fn of_relation(relation: Oid) -> Vec<Offender> {
    let Some(table) = protection::table(relation) else { return Vec::new() };
    let references = table.outgoing_from(relation).flat_map(|reference| of_reference(reference, None));
    // A partition's rows are among those of the table above it.
    let is_part = relation != table.protection.root && relations::is_partition(relation);
    let rows = if is_part { Vec::new() } else { of_table(relation, &table.protection) };
    rows.into_iter().chain(references).collect()
}

/// The rows that break the rules of the references from and to one column.
pub fn of_column(relation: Oid, column: &String) -> Vec<Offender> {
    let Some(table) = protection::table(relation) else { return Vec::new() };
    let outgoing = table.outgoing.iter().filter(|r| r.child_columns.contains(column));
    let incoming = table.incoming.iter().filter(|r| r.parent_columns.contains(column));
    outgoing.chain(incoming).flat_map(|reference| of_reference(reference, None)).collect()
}

/// The same for one part of a table, with the references that its rows have as rows of the table.
pub fn of_part(part: Oid) -> Vec<Offender> {
    let Some(table) = protection::table(part) else { return Vec::new() };
    let references = table.outgoing.iter().flat_map(|reference| in_relation(part, reference, None));
    of_table(part, &table.protection).into_iter().chain(references).collect()
}

/// The rows of a table whose own tenant is missing or unknown.
pub fn of_table(relation: Oid, protection: &Protection) -> Vec<Offender> {
    let Some(column) = &protection.tenant else { return Vec::new() };
    let of_unknown = include_str!("../../sql/templates/rows_of_unknown_tenants.sql");
    let missing = include_str!("../../sql/templates/rows_without_tenant.sql");
    let mut found = Vec::new();
    let gone = unknown_tenants(relation, column);
    if !gone.is_empty() {
        let args = [TenantKey::array(column.key, &gone)];
        found = find(relation, "unknown tenant", &about_rows(of_unknown, relation, column), &args);
    }
    if protection.kind == Kind::Required {
        found.extend(find(relation, "tenant missing", &about_rows(missing, relation, column), &[]));
    }
    found
}

/// What the rows of a table name as their tenant and is none.
pub fn unknown_tenants(relation: Oid, column: &TenantColumn) -> Vec<TenantKey> {
    let text = about_rows(include_str!("../../sql/templates/tenants_of_rows.sql"), relation, column);
    let tenants = look(relation, &text, &[], |row| TenantKey::read(column.key, row, 1));
    tenants.into_iter().flatten().filter(|key| !key.exists()).collect()
}

/// Fills in a template about the rows of one table and their tenants.
fn about_rows(text: &str, relation: Oid, column: &TenantColumn) -> String {
    let values = [
        ("key", key_expression(relation)),
        ("relation", from(relation)),
        ("column", quote_identifier(&column.name)),
        ("tenant", tenant_of("r", Some(column))),
    ];
    template::fill(text, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// The rows that this transaction has given no tenant, or one of those, which do not exist.
pub fn just_adopted(relation: Oid, column: &TenantColumn, unknown: &[TenantKey]) -> Vec<Offender> {
    let text = about_rows(include_str!("../../sql/templates/adopted_rows.sql"), relation, column);
    find(relation, "tenant missing or unknown", &text, &[TenantKey::array(column.key, unknown)])
}

/// The value of a tenant column.
#[derive(Clone, Copy)]
pub enum TenantKey {
    Uuid(Uuid),
    Number(i64),
}

impl TenantKey {
    /// Reads it from a column of a query's result.
    pub fn read(key: KeyType, row: &Row, column: usize) -> Option<Self> {
        match key {
            KeyType::Uuid => row.get(column).map(from_pg).map(Self::Uuid),
            KeyType::Number => row.get(column).map(Self::Number),
        }
    }

    fn of(key: KeyType, tenant: Uuid) -> Option<Self> {
        match key {
            KeyType::Uuid => Some(Self::Uuid(tenant)),
            KeyType::Number => hierarchy::tenant(tenant).map(|tenant| Self::Number(tenant.number)),
        }
    }

    /// The tenant, for a number only if it exists.
    fn tenant(self) -> Option<Uuid> {
        match self {
            Self::Uuid(id) => Some(id),
            Self::Number(number) => hierarchy::tenant_by_number(number),
        }
    }

    /// Is there such a tenant?
    pub fn exists(self) -> bool {
        self.tenant().is_some_and(|id| hierarchy::tenant(id).is_some())
    }

    /// The key of a tenant as an argument; NULL for one that does not exist.
    fn argument(key: KeyType, tenant: Uuid) -> (Oid, Arg) {
        match Self::of(key, tenant) {
            Some(Self::Uuid(id)) => (pg_sys::UUIDOID, arg(to_pg(id))),
            Some(Self::Number(number)) => (pg_sys::INT8OID, arg(number)),
            None => (pg_sys::INT8OID, None),
        }
    }

    /// An array of keys of one type as an argument.
    fn array(key: KeyType, keys: &[Self]) -> (Oid, Arg) {
        Self::nullable_array(key, &keys.iter().copied().map(Some).collect::<Vec<_>>())
    }

    fn nullable_array(key: KeyType, keys: &[Option<Self>]) -> (Oid, Arg) {
        let uuid = |key: &Option<Self>| match key {
            Some(Self::Uuid(id)) => Some(to_pg(*id)),
            _ => None,
        };
        let number = |key: &Option<Self>| match key {
            Some(Self::Number(number)) => Some(*number),
            _ => None,
        };
        match key {
            KeyType::Uuid => (pg_sys::UUIDARRAYOID, arg(keys.iter().map(uuid).collect::<Vec<_>>())),
            KeyType::Number => (pg_sys::INT8ARRAYOID, arg(keys.iter().map(number).collect::<Vec<_>>())),
        }
    }
}

/// The tenant column of a row as a uuid or a bigint.
fn tenant_of(row: &str, column: Option<&TenantColumn>) -> String {
    match column {
        None => "null::uuid".into(),
        Some(column) if column.key == KeyType::Number => format!("{row}.{}::bigint", quote_identifier(&column.name)),
        Some(column) => format!("{row}.{}", quote_identifier(&column.name)),
    }
}

/// The rows that refer to rows which they may not refer to; of all tenants or of some.
pub fn of_reference(reference: &Reference, among: Option<&[Uuid]>) -> Vec<Offender> {
    in_relation(reference.child, reference, among)
}

/// First which tenants' rows refer to which tenants' rows, which is little, then the rows of those that may not.
fn in_relation(child: Oid, reference: &Reference, among: Option<&[Uuid]>) -> Vec<Offender> {
    let Some(parent_column) = &reference.parent_protection.tenant else { return Vec::new() };
    let child_column = reference.child_protection.tenant.as_ref();
    let (child_key, parent_key) = (child_column.map_or(KeyType::Uuid, |c| c.key), parent_column.key);
    let values = [
        ("key", key_expression(child)),
        ("child", from(child)),
        ("parent", from(reference.parent)),
        ("condition", condition(reference)),
        ("child_tenant", tenant_of("r", child_column)),
        ("given", given(reference)),
        ("parent_tenant", tenant_of("p", Some(parent_column))),
        ("judged", judged(reference, &tenant_of("p", Some(parent_column)))),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let pairs = template::fill(include_str!("../../sql/templates/referring_tenants.sql"), &values);
    let rows = template::fill(include_str!("../../sql/templates/forbidden_references.sql"), &values);
    let wanted = among.map_or_else(Vec::new, |ids| ids.iter().filter_map(|id| TenantKey::of(child_key, *id)).collect());
    let args = [TenantKey::array(child_key, &wanted), (pg_sys::BOOLOID, arg(among.is_none()))];
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
    let text = template::fill(include_str!("../../sql/templates/referring_rows.sql"), &values);
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
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    if owner::owner_of(reference.child) != owner::owner_of(reference.parent) {
        let stays = |child: Option<Uuid>| !table_goes || child != Some(tenant);
        let args = [TenantKey::array(child_key, &[]), (pg_sys::BOOLOID, arg(true))];
        let found = between_owners(reference.child, reference, &values, &args, |child, parents| {
            !(stays(child) && parents.contains(&Some(tenant)))
        });
        return found.len() as i64;
    }
    let text = template::fill(include_str!("../../sql/templates/kept_references.sql"), &values);
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
    let given: Vec<String> =
        reference.child_columns.iter().map(|c| format!("r.{} is not null", quote_identifier(c))).collect();
    given.join(" and ")
}

/// The rows that refer to nothing. PostgreSQL validates a new foreign key with the rights of whoever adds it: an owner whom
/// row security binds sees no rows that break it.
pub fn dangling(reference: &Reference) -> Vec<Offender> {
    let validated = include_str!("../../sql/templates/validated.sql");
    let names = [
        ("relation", reference.child.to_u32().to_string()),
        ("constraint", pgrx::spi::quote_literal(&reference.constraint)),
    ];
    let validated = template::fill(validated, &names.each_ref().map(|(name, value)| (*name, value.as_str())));
    let values = [
        ("key", key_expression(reference.child)),
        ("child", from(reference.child)),
        ("child_tenant", tenant_of("r", reference.child_protection.tenant.as_ref())),
        ("parent", from(reference.parent)),
        ("given", format!("{} and {validated}", given(reference))),
        ("condition", condition(reference)),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    if owner::owner_of(reference.child) != owner::owner_of(reference.parent) {
        let args = [TenantKey::array(key_type(&reference.child_protection), &[]), (pg_sys::BOOLOID, arg(true))];
        return between_owners(reference.child, reference, &values, &args, |_, parents| !parents.is_empty());
    }
    let text = template::fill(include_str!("../../sql/templates/dangling_references.sql"), &values);
    find(reference.child, &rule_of(reference), &text, &[])
}

/// Row `r` refers to row `p`.
fn condition(reference: &Reference) -> String {
    let conditions: Vec<String> = (reference.parent_columns.iter().zip(&reference.child_columns))
        .zip(&reference.operators)
        .map(|((parent, child), operator)| {
            format!("p.{} {operator} r.{}", quote_identifier(parent), quote_identifier(child))
        })
        .collect();
    conditions.join(" and ")
}

/// Asks with the rights of a table's owner.
fn look<R>(relation: Oid, text: &str, args: &[(Oid, Arg)], each: impl FnMut(&Row) -> R) -> Vec<R> {
    let (types, values): (Vec<Oid>, Vec<Arg>) = args.iter().copied().unzip();
    owner::run_pinned_as_owner_of(relation, || spi::once(text, &types, &values, Sees::Latest, each))
}

fn find(relation: Oid, rule: &str, text: &str, args: &[(Oid, Arg)]) -> Vec<Offender> {
    look(relation, text, args, |row| offender(relation, rule, row))
}

fn offender(relation: Oid, rule: &str, row: &Row) -> Offender {
    Offender { relation, rule: rule.to_owned(), key: row.must(1) }
}

/// A foreign key binds the rows of the table itself and of its partitions, not those of inheritance children.
fn from(relation: Oid) -> String {
    let only = if relations::is_partitioned(relation) { "" } else { "only " };
    format!("{only}{}", relations::qualified(relation))
}

/// The key of row `r` as jsonb. Values of types that are not PostgreSQL's own become text: their way to json may be somebody's
/// function.
fn key_expression(relation: Oid) -> String {
    let read = |row: &Row| (row.must::<String>(1), row.must::<bool>(2));
    let columns = owner::run(|| PRIMARY_KEY.with(|q| q.rows(&[arg(relation)], Sees::Statement, read)));
    if columns.is_empty() {
        return "jsonb_build_object('ctid', r.ctid::text)".into();
    }
    let pairs: Vec<String> = columns
        .iter()
        .map(|(column, built_in)| {
            let value = format!("r.{}", quote_identifier(column));
            let value = if *built_in { value } else { format!("format('%s', {value})") };
            format!("{}, {value}", pgrx::spi::quote_literal(column))
        })
        .collect();
    format!("jsonb_build_object({})", pairs.join(", "))
}
