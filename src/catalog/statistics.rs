//! What tenants have: counted, and kept.

use std::collections::HashMap;

use pgrx::datum::TimestampWithTimeZone as Time;
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

use super::protection::{self, KeyType, TenantColumn};
use super::{from_pg, hierarchy, to_pg};
use crate::model::template;
use crate::pg::spi::{self, Arg, Row, Sees, arg, query};
use crate::pg::{locks, owner, relations, transactions};

query!(STORED_COLUMNS, "stored_columns.sql", &[pg_sys::OIDOID]);
query!(
    KEEP_COUNTED,
    "keep_counted.sql",
    &[
        pg_sys::REGCLASSOID,
        pg_sys::TIMESTAMPTZOID,
        pg_sys::UUIDARRAYOID,
        pg_sys::INT8ARRAYOID,
        pg_sys::INT8ARRAYOID,
        pg_sys::INT8ARRAYOID,
        pg_sys::TIMESTAMPTZARRAYOID,
    ]
);
query!(KEEP_NONE, "keep_none.sql", &[pg_sys::REGCLASSOID, pg_sys::TIMESTAMPTZOID]);
query!(TABLES_WITH_TENANTS, "tables_with_tenants.sql", &[]);
query!(TENANTS_BY_NUMBER, "tenants_by_number.sql", &[pg_sys::INT8ARRAYOID]);

/// So many tenants' counts go into our table at once.
const AT_ONCE: usize = 10_000;

/// What one tenant has in a table.
pub struct Counted {
    /// As text; None are public rows.
    key: Option<String>,
    pub rows: i64,
    pub bytes: i64,
    newest: i64,
    /// When the newest row was committed, where PostgreSQL remembers that.
    pub written: Option<Time>,
}

/// The protected tables whose rows have tenants.
pub fn tables() -> Vec<Oid> {
    owner::run(|| TABLES_WITH_TENANTS.with(|q| q.rows(&[], Sees::Latest, |row| row.must(1))))
}

/// Counts the rows of a table by tenant, or those of one tenant, with the rights of the table's owner.
pub fn count(relation: Oid, tenant: Option<Uuid>) -> Vec<Counted> {
    let Some(column) = protection::protection(relation).and_then(|found| found.tenant) else { return Vec::new() };
    let columns: Vec<String> =
        owner::run(|| STORED_COLUMNS.with(|q| q.rows(&[arg(relation)], Sees::Latest, |row| row.must(1))));
    let widths: Vec<_> = columns.iter().map(|name| format!("coalesce(pg_column_size(r.{name}), 0)")).collect();
    let name = pgrx::spi::quote_identifier(&column.name);
    let (condition, kind, key) = condition(&column, &name, tenant);
    let written = if transactions::times_are_kept() { "pg_xact_commit_timestamp(r.xmin)" } else { "null::timestamptz" };
    let values = [
        ("tenant", format!("r.{name}::text")),
        ("widths", widths.join(" + ")),
        ("written", written.to_owned()),
        ("relation", relations::qualified(relation)),
        ("condition", condition),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let text = template::fill(include_str!("../../sql/templates/counted_rows.sql"), &values);
    let read = |row: &Row| Counted {
        key: row.get(1),
        rows: row.must(2),
        bytes: row.must(3),
        newest: row.must(4),
        written: row.get(5),
    };
    owner::run_pinned_as_owner_of(relation, || spi::once(&text, &kind, &key, Sees::Latest, read))
}

fn condition(column: &TenantColumn, name: &str, tenant: Option<Uuid>) -> (String, Vec<Oid>, Vec<Arg>) {
    let Some(tenant) = tenant else { return ("true".into(), vec![], vec![]) };
    let (kind, key) = match column.key {
        KeyType::Uuid => (pg_sys::UUIDOID, arg(to_pg(tenant))),
        KeyType::Number => (pg_sys::INT8OID, hierarchy::tenant(tenant).and_then(|tenant| arg(tenant.number))),
    };
    (format!("r.{name} = $1"), vec![kind], vec![key])
}

/// Keeps what was counted, for the view `tenancy.tenant_statistics`.
pub fn keep(relation: Oid, as_of: Time, counted: &[Counted]) {
    owner::run(|| {
        relations::by_name(c"tenancy", "counted_rows").into_iter().for_each(locks::share_row_exclusive);
        counted.chunks(AT_ONCE).for_each(|some| keep_some(relation, as_of, some));
        KEEP_NONE.with(|q| q.rows(&[arg(relation), arg(as_of)], Sees::Latest, |_| ()));
    });
}

fn keep_some(relation: Oid, as_of: Time, counted: &[Counted]) {
    let numbers: Vec<i64> = counted.iter().filter_map(|c| c.key.as_ref()?.parse().ok()).collect();
    let numbered: HashMap<i64, Uuid> = match numbers.len() {
        0 => HashMap::new(),
        _ => TENANTS_BY_NUMBER
            .with(|q| q.rows(&[arg(numbers)], Sees::Latest, |row| (row.must(1), from_pg(row.must(2)))))
            .into_iter()
            .collect(),
    };
    let tenant = |key: &str| match key.parse::<i64>() {
        // A number that no tenant has stands for no tenant's id.
        Ok(number) => numbered.get(&number).copied().or(Some(Uuid::nil())),
        Err(_) => key.parse().ok(),
    };
    let tenants: Vec<Option<pgrx::Uuid>> =
        counted.iter().map(|c| c.key.as_deref().and_then(tenant).map(to_pg)).collect();
    let numbers = |each: fn(&Counted) -> i64| counted.iter().map(each).collect::<Vec<_>>();
    let args = [
        arg(relation),
        arg(as_of),
        arg(tenants),
        arg(numbers(|c| c.rows)),
        arg(numbers(|c| c.bytes)),
        arg(numbers(|c| c.newest)),
        arg(counted.iter().map(|c| c.written).collect::<Vec<_>>()),
    ];
    KEEP_COUNTED.with(|q| q.rows(&args, Sees::Latest, |_| ()));
}
