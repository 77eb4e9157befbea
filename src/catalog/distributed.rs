//! Which tables the extension Citus keeps on several nodes, where it is there.

use pgrx::pg_sys::{self, Oid};

use crate::model::template;
use crate::pg::owner;
use crate::pg::spi::{self, Row, Sees, arg, query};

query!(CITUS_TABLES, "citus_tables.sql", &[]);

/// Is there Citus in this database?
pub fn is_possible() -> bool {
    citus_tables().is_some()
}

/// Those of the tables, and of their parts, that are distributed.
pub fn among(relations: &[Oid]) -> Vec<Oid> {
    let Some((partition, shard)) = citus_tables() else { return Vec::new() };
    let values = [("partition", partition.as_str()), ("shard", shard.as_str())];
    let text = template::fill(include_str!("../../sql/templates/distributed_tables.sql"), &values);
    let read = |row: &Row| row.must(1);
    owner::run(|| spi::once(&text, &[pg_sys::OIDARRAYOID], &[arg(relations.to_vec())], Sees::Latest, read))
}

fn citus_tables() -> Option<(String, String)> {
    owner::run(|| CITUS_TABLES.with(|q| q.first(&[], Sees::Latest, |row: &Row| (row.must(1), row.must(2)))))
}
