//! In which order rows that refer to each other are written or removed, a batch at a time.
//!
//! One statement for all of them would do, since foreign keys are looked at when it ends; but PostgreSQL remembers until then
//! what it has to look at, row by row, in the backend's memory. So the rows and what they refer to are noted in temporary
//! tables, and each gets a place: first those that need none of the others, then those that need only these, and so on. What
//! is left is in circles, or needs what is. Of that the rows that none of it needs come last; the others, by sets that have
//! nothing to do with each other, in between. A batch never parts such a set, so that it is as large as that if need be.
//!
//! The tables are a superuser's, so that no code of anybody's hangs on them, and filled by whoever works with the rows.

use pgrx::pg_sys::{self, Oid};

use super::ours;
use crate::model::template;
use crate::parts;
use crate::pg::owner;
use crate::pg::spi::{self, Plan, Row, Sees, arg, query};

query!(LINKS_AMONG, "links_among.sql", &[pg_sys::OIDARRAYOID]);

/// How many rows are written or removed in one statement: its triggers are remembered until it ends.
pub const BATCH: i64 = 10_000;

/// The rows to be arranged: `id` (given or counted), and for whoever reads the batches `nth`, `part`, `tid`.
pub const ROWS: &str = "pg_temp.tenancy_rows";
/// Pairs of rows, by their ids: `first` must come before `later`.
pub const LINKS: &str = "pg_temp.tenancy_links";
/// The outcome: the rows, each with its `batch`, counted from 0.
pub const BATCHES: &str = "pg_temp.tenancy_batches";

/// The place of the last rows of all, far above those of the first ones.
const LAST: i64 = 1 << 50;

/// A foreign key among some tables and their parts.
pub struct Link {
    pub child: Oid,
    pub parent: Oid,
    pub child_columns: Vec<String>,
    pub parent_columns: Vec<String>,
    /// Row `c` of the child refers to row `p` of the parent, as SQL.
    pub condition: String,
}

/// The foreign keys among tables.
pub fn links_among(tables: &[Oid]) -> Vec<Link> {
    let read = |row: &Row| Link {
        child: row.must(1),
        parent: row.must(2),
        child_columns: row.must(3),
        parent_columns: row.must(4),
        condition: row.must(5),
    };
    owner::run(|| LINKS_AMONG.with(|q| q.rows(&[arg(tables.to_vec())], Sees::Latest, read)))
}

/// Makes the tables. Another operation of the same session that has not come to its end keeps them from being made.
pub fn begin() {
    ours(|| spi::run(include_str!("../../sql/templates/arranged_tables.sql")));
}

/// Removes them.
pub fn end() {
    ours(|| spi::run(&format!("drop table {ROWS}, {LINKS}, {BATCHES}")));
}

/// Arranges the rows in batches.
pub fn arrange() {
    ours(|| {
        spi::run(include_str!("../../sql/templates/arranged_indexes.sql"));
        place_all("first", "later", 0, 1);
        let left = "update pg_temp.tenancy_rows set unit = id where place is null";
        if spi::count(left) > 0 {
            place_all("later", "first", LAST, -1);
            while spi::count(include_str!("../../sql/templates/arranged_joined.sql")) > 0 {
                while spi::count(include_str!("../../sql/templates/arranged_told.sql")) > 0 {}
            }
        }
        let values = [("between", (LAST / 2).to_string()), ("size", BATCH.to_string())];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        spi::run(&template::fill(include_str!("../../sql/templates/arranged_batches.sql"), &values));
    });
}

/// Gives places to the rows all of whose `first` ones have one, then to those for which this is so by now, and so on.
fn place_all(first: &str, later: &str, mut place: i64, step: i64) {
    let plan = |template: &str, arguments: usize| {
        let text = template::fill(template, &[("first", first), ("later", later)]);
        Plan::new(&text, &vec![pg_sys::INT8OID; arguments])
    };
    let mut placed = plan(include_str!("../../sql/templates/arranged_first.sql"), 1).count(&[arg(place)]);
    // As often as the longest chain has rows, so that the statement is planned once.
    let next = plan(include_str!("../../sql/templates/arranged_next.sql"), 2);
    while placed > 0 {
        pgrx::check_for_interrupts!();
        place += step;
        placed = next.count(&[arg(place), arg(place - step)]);
    }
}

/// Further conditions for a row `r` of a table, the nth of a group, which is a batch's. An array by itself has rows looked up by
/// their places, however many there are; to the planner it has few. `is true` keeps the second condition from becoming a join.
pub fn in_batch(table: Oid, nth: usize, batch: i64) -> String {
    let rows = format!("from {BATCHES} b where b.batch = {batch} and b.nth = {nth}");
    let by_place = format!(" and r.ctid = any (array(select b.tid {rows}))");
    if owner::run(|| parts::all(table)).len() == 1 {
        return by_place;
    }
    format!("{by_place} and ((r.tableoid, r.ctid) in (select b.part, b.tid {rows})) is true")
}

/// How many batches there are. Some may be empty.
pub fn batches() -> i64 {
    ours(|| spi::run(include_str!("../../sql/templates/arranged_ready.sql")));
    let text = format!("select coalesce(max(b.batch) + 1, 0) from {BATCHES} b");
    owner::run(|| spi::once(&text, &[], &[], Sees::Statement, |row| row.must::<i64>(1))).into_iter().sum()
}
