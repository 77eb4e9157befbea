//! In which order tables are filled and emptied, as their foreign keys ask.

use pgrx::pg_sys::{self, Oid};

use crate::model::order;
use crate::pg::owner;
use crate::pg::spi::{Sees, arg, query};

query!(PROTECTED_ROOTS, "protected_roots.sql", &[]);
query!(REFERENCES_AMONG, "references_among.sql", &[pg_sys::OIDARRAYOID]);

/// Tables that refer to each other in a circle, or one table.
pub struct Group {
    pub tables: Vec<Oid>,
}

/// The protected tables, each with its parts: no row is in two of them.
pub fn protected_roots() -> Vec<Oid> {
    owner::run(|| PROTECTED_ROOTS.with(|q| q.rows(&[], Sees::Latest, |row| row.must(1))))
}

/// The tables such that each comes after those that it refers to. Reversed it is the order in which rows may be deleted.
pub fn parents_first(tables: &[Oid]) -> Vec<Group> {
    let pairs = owner::run(|| {
        let read = |row: &crate::pg::spi::Row| (row.must::<i64>(1) as usize - 1, row.must::<i64>(2) as usize - 1);
        REFERENCES_AMONG.with(|q| q.rows(&[arg(tables.to_vec())], Sees::Latest, read))
    });
    let mut edges = vec![Vec::new(); tables.len()];
    for (child, parent) in pairs {
        edges[child].push(parent);
    }
    let group = |places: Vec<usize>| Group { tables: places.into_iter().map(|at| tables[at]).collect() };
    order::pointed_to_first(&edges).into_iter().map(group).collect()
}
