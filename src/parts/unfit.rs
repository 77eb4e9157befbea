//! Parts that cannot be: those that would be open to everybody who names them, or the table above them.

use std::cell::RefCell;

use pgrx::pg_sys;
use pgrx::spi::quote_identifier;

use crate::administration::enforce;
use crate::catalog::protection;
use crate::error::{GuardRefusal, PolicyRefusal, Refusal};
use crate::pg::spi::{Row, Sees, arg, query};
use crate::pg::{owner, relations};

query!(FOREIGN_PARTS, "foreign_parts.sql", &[pg_sys::OIDOID]);
query!(OPEN_ABOVE, "open_above.sql", &[pg_sys::OIDOID]);
query!(PERMISSIVE, "permissive_policies.sql", &[pg_sys::OIDOID]);
query!(PLANTED_TRIGGER, "planted_trigger.sql", &[pg_sys::OIDOID]);
query!(TAKEN_NAMES, "taken_names.sql", &[pg_sys::OIDOID]);

thread_local! {
    /// Tables that this transaction has protected, of which parts were parts of open tables at the time.
    static OPEN_ABOVE_UNTIL_COMMIT: RefCell<Vec<pg_sys::Oid>> = const { RefCell::new(Vec::new()) };
}

/// A foreign table has no row security: as a part of a protected table it would be open to everybody who names it.
pub fn refuse_foreign(relation: pg_sys::Oid) -> Result<(), Refusal> {
    match FOREIGN_PARTS.with(|q| q.first(&[arg(relation)], Sees::Latest, |row| row.must(1))) {
        Some(part) => {
            Err(Refusal::ForeignPart { part: relations::qualified(part), root: relations::qualified(relation) })
        }
        None => Ok(()),
    }
}

/// PostgreSQL asks only the policies of the table that a query names: a protected table cannot be a part of one that is open.
pub fn refuse_open_above(relation: pg_sys::Oid) -> Result<(), Refusal> {
    open_above(relation).map_or(Ok(()), |(part, above)| Err(refusal(part, above, false)))
}

/// The same for a table that is being protected: a part of it may be a part of another table, too, which is protected by the end of
/// the transaction. Until then nobody else gets at either.
pub fn refuse_open_above_at_commit(relation: pg_sys::Oid) -> Result<(), Refusal> {
    match open_above(relation) {
        Some((part, above)) if protection::protection(above).is_some() => Err(refusal(part, above, false)),
        Some(_) => {
            OPEN_ABOVE_UNTIL_COMMIT.with_borrow_mut(|tables| tables.push(relation));
            Ok(())
        }
        None => Ok(()),
    }
}

/// What [`refuse_open_above_at_commit`] let pass is looked at again.
pub fn before_commit() {
    for relation in OPEN_ABOVE_UNTIL_COMMIT.take() {
        let found = owner::run(|| open_above(relation));
        enforce(found.map_or(Ok(()), |(part, above)| Err(refusal(part, above, true))));
    }
}

/// Whatever became of it.
pub fn transaction_over() {
    OPEN_ABOVE_UNTIL_COMMIT.set(Vec::new());
}

fn open_above(relation: pg_sys::Oid) -> Option<(pg_sys::Oid, pg_sys::Oid)> {
    OPEN_ABOVE.with(|q| q.first(&[arg(relation)], Sees::Latest, |row: &Row| (row.must(1), row.must(2))))
}

fn refusal(part: pg_sys::Oid, above: pg_sys::Oid, at_commit: bool) -> Refusal {
    GuardRefusal::OpenAbove { table: relations::qualified(part), above: relations::qualified(above), at_commit }.into()
}

/// A trigger with the name of one of ours would be in its way.
pub fn refuse_taken_names(relation: pg_sys::Oid) -> Result<(), Refusal> {
    let read = |row: &Row| (row.must::<pg_sys::Oid>(1), row.must::<String>(2));
    match TAKEN_NAMES.with(|q| q.first(&[arg(relation)], Sees::Latest, read)) {
        Some((table, trigger)) => {
            Err(GuardRefusal::TakenName { table: relations::qualified(table), trigger: quote_identifier(&trigger) }
                .into())
        }
        None => Ok(()),
    }
}

/// PostgreSQL does not say who made a trigger: it may have been anybody who was granted TRIGGER. Who owns its function is known.
pub fn refuse_planted_triggers(relation: pg_sys::Oid) -> Result<(), Refusal> {
    let read = |row: &Row| GuardRefusal::PlantedTrigger {
        table: relations::qualified(row.must(1)),
        trigger: row.must(2),
        function: row.must(3),
        owner: row.must(4),
        table_owner: row.must(5),
    };
    let found = PLANTED_TRIGGER.with(|q| q.first(&[arg(relation)], Sees::Latest, read));
    found.map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// The permissive policies of the table and its parts that are not ours, and the SQL that means the same beside ours.
pub fn policies_of_others(relation: pg_sys::Oid) -> Option<(String, String)> {
    owner::run(|| PERMISSIVE.with(|q| q.first(&[arg(relation)], Sees::Latest, |row| (row.must(1), row.must(2)))))
}

/// Permissive policies would show what ours hide.
pub fn refuse_permissive(relation: pg_sys::Oid) -> Result<(), Refusal> {
    match policies_of_others(relation) {
        Some((policies, instead)) => {
            Err(PolicyRefusal::PermissivePolicies { relation: relations::qualified(relation), policies, instead }
                .into())
        }
        None => Ok(()),
    }
}
