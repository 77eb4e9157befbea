//! Publications that send a protected table's rows of more than one tenant: without a row filter, or with one that does not demand
//! a certain tenant. Row security does not apply to subscribers.

use pgrx::pg_sys::{self, Oid};
use pgrx::spi::quote_identifier;

use crate::error::Published;
use crate::pg::spi::{Row, Sees, arg, query};
use crate::pg::{owner, relations};

query!(WHOLE, "published_whole.sql", &[]);
query!(THERE, "published_there.sql", &[pg_sys::OIDOID]);
query!(BEFORE, "published_before.sql", &[pg_sys::OIDOID]);

/// By a publication that the DDL command was about.
pub fn whole() -> Option<Published> {
    owner::run(|| WHOLE.with(|q| q.first(&[], Sees::Latest, read)))
}

/// By publications that others made before: what became a part of a protected table, or the schema that it came to.
pub fn there(new_part: Option<Oid>) -> Option<Published> {
    owner::run(|| THERE.with(|q| q.first(&[new_part.and_then(arg)], Sees::Latest, read)))
}

/// What is about to be protected: of each publication the first table.
pub fn before(relation: Oid) -> Vec<Published> {
    owner::run(|| BEFORE.with(|q| q.rows(&[arg(relation)], Sees::Latest, read)))
}

fn read(row: &Row) -> Published {
    let tenant_column: String = row.must(3);
    Published {
        publication: row.must(1),
        table: relations::qualified(row.must(2)),
        tenant_column: quote_identifier(tenant_column),
        as_one_of_all: row.must(4),
    }
}
