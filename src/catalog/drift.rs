//! What a protected table and each of its parts must have, and where they differ from it: the one place that says so, for
//! the guards (after DDL on a table) and for `lint()` (all tables).
//!
//! Compared are facts of the catalog as PostgreSQL prints them, so that renames, search_path, dump and restore make no
//! difference. `sql/queries/drift_*.sql` say what is looked at.

use pgrx::pg_sys::{self, Oid};
use pgrx::spi::quote_literal;

use super::distributed;
use super::policies::{self, Policy};
use super::protection::{self, TenantColumn};
use crate::pg::spi::{Arg, Query, Row, Sees, arg, query};
use crate::pg::{owner, relations};

query!(COLUMNS, "drift_columns.sql", &[pg_sys::OIDOID]);
query!(TRIGGERS, "drift_triggers.sql", &[pg_sys::OIDOID]);
query!(KEY_TRIGGERS, "drift_key_triggers.sql", &[pg_sys::OIDOID]);
query!(KEYS, "drift_keys.sql", &[pg_sys::OIDOID]);
query!(REGISTRY, "drift_registry.sql", &[]);
query!(ROOTS, "drift_roots.sql", &[]);
query!(
    POLICIES,
    "drift_policies.sql",
    &[pg_sys::OIDOID, pg_sys::TEXTARRAYOID, pg_sys::TEXTARRAYOID, pg_sys::TEXTARRAYOID, pg_sys::TEXTARRAYOID]
);

/// A difference.
#[derive(Debug, Clone)]
pub struct Drift {
    /// Stable; lower case, words joined by underscores.
    pub code: String,
    /// The table or the part.
    pub relation: Oid,
    /// What differs, in words, with its table.
    pub object: String,
    pub finding: String,
    /// The SQL that mends it.
    pub remedy: String,
}

/// The differences of a table given to protect() and of its parts. Nothing for other tables.
pub fn of(root: Oid) -> Vec<Drift> {
    owner::run(|| {
        let Some(protection) = protection::protection(root).filter(|p| p.root == root) else { return Vec::new() };
        let mut found = ask(&COLUMNS, &[arg(root)]);
        if let Some(tenant) = &protection.tenant {
            found.extend(of_policies(root, tenant));
        }
        found.extend(ask(&TRIGGERS, &[arg(root)]));
        found.extend(ask(&KEYS, &[arg(root)]));
        found.extend(ask(&KEY_TRIGGERS, &[arg(root)]));
        // The first is what a refusal tells.
        found.sort_by(|a, b| a.object.cmp(&b.object));
        found
    })
}

/// The differences of the policies of a table and its parts, be it protected or not, from those on this tenant column.
pub fn of_policies(root: Oid, tenant: &TenantColumn) -> Vec<Drift> {
    let expected = policies::on(tenant);
    let list = |of: fn(&Policy) -> String| arg(expected.iter().map(of).collect::<Vec<_>>());
    let args = [
        arg(root),
        list(|p| p.name.into()),
        list(|p| p.command.into()),
        list(|p| p.using.clone()),
        list(|p| p.check.clone()),
    ];
    ask(&POLICIES, &args)
}

/// The differences of all protected tables, and the contradictions between registry and catalog.
pub fn everywhere() -> Vec<Drift> {
    owner::run(|| {
        let roots: Vec<Oid> = ROOTS.with(|q| q.rows(&[], Sees::Latest, |row| row.must(1)));
        let mut found: Vec<Drift> = roots.iter().copied().flat_map(of).collect();
        found.extend(ask(&REGISTRY, &[]));
        found.extend(on_other_nodes(&roots));
        found
    })
}

/// Protected tables of which Citus keeps rows on nodes that do not know them.
fn on_other_nodes(roots: &[Oid]) -> Vec<Drift> {
    let drift = |relation| {
        let table = relations::qualified(relation);
        Drift {
            code: "table_distributed".into(),
            relation,
            remedy: format!("select undistribute_table({})", quote_literal(&table)),
            object: format!("table {table}"),
            finding:
                "the table is distributed by Citus: its shards take no rows, and nothing looks at those that they have"
                    .into(),
        }
    };
    distributed::among(roots).into_iter().map(drift).collect()
}

fn ask(query: &'static std::thread::LocalKey<Query>, args: &[Arg]) -> Vec<Drift> {
    let read = |row: &Row| Drift {
        code: row.must(1),
        relation: row.must(2),
        object: row.must(3),
        finding: row.must(4),
        remedy: row.must(5),
    };
    query.with(|q| q.rows(args, Sees::Latest, read))
}
