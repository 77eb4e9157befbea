//! Looking for rows that break a rule: for protect(), for violations(), and after a tenant was moved.

mod outside;
mod references;

use pgrx::pg_sys::Oid;
use pgrx::spi::quote_identifier;
use pgrx::{JsonB, pg_sys};
use uuid::Uuid;

use super::protection::{self, KeyType, Kind, Protection, TenantColumn};
use super::reached::{self, Lock};
use super::{from_pg, hierarchy, to_pg};
use crate::error::Refusal;
use crate::model::template;
use crate::pg::spi::{self, Arg, Row, Sees, arg, query};
use crate::pg::{owner, relations};

pub use outside::{named as named_outside, outside};
pub use references::{dangling, of_public_rows, of_reference, staying};

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

/// Some of them in words, in an order that does not tell what is wrong with which.
pub fn named(found: &[Offender]) -> Vec<String> {
    let mut described: Vec<String> = found.iter().map(Offender::describe).collect();
    described.sort();
    described.truncate(NAMED);
    described
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

/// Locks a table and those that its rows refer to, unless others have one of them for long.
pub fn reach(relation: Oid) -> Result<(), Refusal> {
    reached::lock(relation, Lock::ToRead)?;
    let table = protection::table(relation);
    let references = table.iter().flat_map(|table| table.outgoing_from(relation));
    references.into_iter().try_for_each(|reference| reached::lock(reference.parent, Lock::ToRead))
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

/// The rows that break the rules of the references from and to one column; of all references if it names the tenant.
pub fn of_column(relation: Oid, column: &String) -> Vec<Offender> {
    let Some(table) = protection::table(relation) else { return Vec::new() };
    let all = table.protection.tenant.as_ref().is_some_and(|tenant| tenant.name == *column);
    let outgoing = table.outgoing.iter().filter(|r| all || r.child_columns.contains(column));
    let incoming = table.incoming.iter().filter(|r| all || r.parent_columns.contains(column));
    outgoing.chain(incoming).flat_map(|reference| of_reference(reference, None)).collect()
}

/// The same for one part of a table, with the references that its rows have as rows of the table.
pub fn of_part(part: Oid) -> Vec<Offender> {
    let Some(table) = protection::table(part) else { return Vec::new() };
    let references = table.outgoing.iter().flat_map(|reference| references::in_relation(part, reference, None));
    let public = table.public_outgoing.iter().flat_map(|reference| of_public_rows(part, reference));
    let references = references.chain(public);
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
