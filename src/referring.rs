//! Foreign keys by which code of another owner would run in the sessions of those who write a protected table.
//!
//! PostgreSQL looks up, locks and writes the rows that refer to another as the owner of their table: his triggers, index expressions and
//! predicates are called wherever somebody deletes or changes a row that is referred to, and may do there what the session may. So a key
//! is for an owner who could act as the owner of the table referred to anyway, or whom an administrator has declared.

use pgrx::pg_sys::{self, Oid};
use pgrx::spi::quote_literal;

use crate::error::{GuardRefusal, Refusal};
use crate::pg::spi::{Row, Sees, arg, query};
use crate::pg::{locks, owner, relations};

query!(KEYS_OF_OTHERS, "keys_of_others.sql", &[pg_sys::OIDARRAYOID, pg_sys::BOOLOID]);
query!(IS_WRITTEN_FOR_OTHERS, "is_written_for_others.sql", &[pg_sys::OIDOID]);
query!(WRITTEN_BELOW, "written_below.sql", &[pg_sys::OIDOID]);

/// The foreign keys from these tables, to them and further down, that nobody declared, together.
pub fn undeclared(touched: &[Oid]) -> Option<GuardRefusal> {
    look(touched, false)
}

/// Refuses those of tables that are about to be protected.
pub fn refuse_keys_of_others(tables: &[Oid]) -> Result<(), Refusal> {
    look(tables, true).map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// Waits for those who are adding foreign keys, or anything else, to what is written with a table that is about to be protected: they did
/// not know of that. Those who add some to the table itself are waited for when it is locked. Writers go on.
pub fn wait_below(table: Oid) {
    let below: Vec<Oid> = WRITTEN_BELOW.with(|q| q.rows(&[arg(table)], Sees::Latest, |row| row.must(1)));
    below.into_iter().for_each(locks::row_exclusive);
}

/// Is a table that is not protected written by actions of foreign keys when rows of a protected one go or change?
pub fn is_written(table: Oid) -> bool {
    owner::run(|| !IS_WRITTEN_FOR_OTHERS.with(|q| q.rows(&[arg(table)], Sees::Latest, |_| ())).is_empty())
}

fn look(tables: &[Oid], as_protected: bool) -> Option<GuardRefusal> {
    let args = [arg(tables.to_vec()), arg(as_protected)];
    let read = |row: &Row| Key {
        table: relations::qualified(row.must(1)),
        referenced: relations::qualified(row.must(2)),
        owner: row.must(3),
    };
    let keys: Vec<Key> = owner::run(|| KEYS_OF_OTHERS.with(|q| q.rows(&args, Sees::Latest, read)));
    let declare = declare(&keys);
    let refusal = |Key { table, referenced, owner }| GuardRefusal::KeysOfOthers { table, referenced, owner, declare };
    keys.into_iter().next().map(refusal)
}

struct Key {
    table: String,
    referenced: String,
    /// Of the table that refers, as SQL.
    owner: String,
}

/// The command by which an administrator declares the owners.
fn declare(keys: &[Key]) -> String {
    let row = |key: &Key| format!("({}, {})", quote_literal(&key.referenced), quote_literal(&key.owner));
    let mut rows: Vec<String> = keys.iter().map(row).collect();
    rows.sort();
    rows.dedup();
    format!("insert into tenancy.referring_owners (relation, owner) values {}", rows.join(", "))
}
