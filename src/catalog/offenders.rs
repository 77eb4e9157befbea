//! Looking for rows that break a rule: for protect(), for violations(), and after a tenant was moved.

use pgrx::pg_sys::Oid;
use pgrx::spi::quote_identifier;
use pgrx::{JsonB, pg_sys};
use uuid::Uuid;

use super::protection::{self, Kind, Protection, Reference, TenantColumn};
use super::to_pg;
use crate::pg::spi::{self, Sees, arg, query};
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
    pub fn describe(&self) -> String {
        format!("{} {} ({})", relations::qualified(self.relation), self.key.0, self.rule)
    }
}

/// All protected tables, inheritance children included, partitions not.
pub fn protected_relations() -> Vec<Oid> {
    owner::run(|| PROTECTED_RELATIONS.with(|q| q.rows(&[], Sees::Latest, |row| row.must(1))))
}

/// The rows of all protected tables that break a rule.
pub fn all() -> Vec<Offender> {
    protected_relations().into_iter().flat_map(of_relation).collect()
}

/// The rows of one table that break a rule, be it as rows of it or as references from it.
pub fn of_relation(relation: Oid) -> Vec<Offender> {
    let Some(table) = protection::table(relation) else { return Vec::new() };
    let references = table.outgoing.iter().flat_map(|reference| of_reference(reference, None));
    of_table(relation, &table.protection).into_iter().chain(references).collect()
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
    let missing = include_str!("../../sql/templates/rows_without_tenant.sql");
    let unknown = include_str!("../../sql/templates/rows_of_unknown_tenants.sql");
    let mut found = find(relation, "unknown tenant", &fill_column(unknown, relation, column), None);
    if protection.kind == Kind::Required {
        found.extend(find(relation, "tenant missing", &fill_column(missing, relation, column), None));
    }
    found
}

fn fill_column(template: &str, relation: Oid, column: &TenantColumn) -> String {
    template
        .replace("{key}", &key_expression(relation))
        .replace("{relation}", &from(relation))
        .replace("{column}", &quote_identifier(&column.name))
        .replace("{tenant_key}", column.key.column())
}

/// The rows that refer to rows which they may not refer to; of all tenants or of some.
pub fn of_reference(reference: &Reference, among: Option<&[Uuid]>) -> Vec<Offender> {
    in_relation(reference.child, reference, among)
}

fn in_relation(child: Oid, reference: &Reference, among: Option<&[Uuid]>) -> Vec<Offender> {
    let Some(parent) = &reference.parent_protection.tenant else { return Vec::new() };
    let child_tenant = match &reference.child_protection.tenant {
        Some(child) => format!("ct.{} = r.{}", child.key.column(), quote_identifier(&child.name)),
        None => "false".into(),
    };
    let eligible = if reference.service_provider_eligible { "and pt.kind <> 'service_provider'" } else { "" };
    let text = include_str!("../../sql/templates/forbidden_references.sql")
        .replace("{key}", &key_expression(child))
        .replace("{child}", &from(child))
        .replace("{parent}", &from(reference.parent))
        .replace("{condition}", &condition(reference))
        .replace("{parent_key}", parent.key.column())
        .replace("{parent_column}", &quote_identifier(&parent.name))
        .replace("{child_tenant}", &child_tenant)
        .replace("{eligible}", eligible)
        .replace("{among}", if among.is_some() { "and ct.id = any($1)" } else { "" });
    find(child, &format!("reference {}", reference.constraint), &text, among)
}

/// The rows that refer to nothing. PostgreSQL validates a new foreign key with the rights of whoever adds it: an owner whom
/// row security binds sees no rows that break it.
pub fn dangling(reference: &Reference) -> Vec<Offender> {
    let given: Vec<String> =
        reference.child_columns.iter().map(|c| format!("r.{} is not null", quote_identifier(c))).collect();
    let text = include_str!("../../sql/templates/dangling_references.sql")
        .replace("{key}", &key_expression(reference.child))
        .replace("{child}", &from(reference.child))
        .replace("{parent}", &from(reference.parent))
        .replace("{given}", &given.join(" and "))
        .replace("{condition}", &condition(reference))
        .replace("{relation}", &reference.child.to_u32().to_string())
        .replace("{constraint}", &pgrx::spi::quote_literal(&reference.constraint));
    find(reference.child, &format!("reference {}", reference.constraint), &text, None)
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

fn find(relation: Oid, rule: &str, text: &str, among: Option<&[Uuid]>) -> Vec<Offender> {
    let types = &[pg_sys::UUIDARRAYOID][..usize::from(among.is_some())];
    let args: Vec<_> = among.iter().map(|ids| arg(ids.iter().copied().map(to_pg).collect::<Vec<_>>())).collect();
    owner::run(|| {
        spi::once(text, types, &args, Sees::Latest, |row| Offender {
            relation,
            rule: rule.to_owned(),
            key: row.must(1),
        })
    })
}

/// A foreign key binds the rows of the table itself and of its partitions, not those of inheritance children.
fn from(relation: Oid) -> String {
    let only = if relations::is_partitioned(relation) { "" } else { "only " };
    format!("{only}{}", relations::qualified(relation))
}

fn key_expression(relation: Oid) -> String {
    let columns: Vec<String> =
        owner::run(|| PRIMARY_KEY.with(|q| q.rows(&[arg(relation)], Sees::Statement, |row| row.must(1))));
    if columns.is_empty() {
        return "jsonb_build_object('ctid', r.ctid::text)".into();
    }
    let pairs: Vec<String> = columns
        .iter()
        .map(|column| format!("{}, r.{}", pgrx::spi::quote_literal(column), quote_identifier(column)))
        .collect();
    format!("jsonb_build_object({})", pairs.join(", "))
}
