//! Parts that cannot be: those that would be open to everybody who names them, or the table above them.

use pgrx::pg_sys;
use pgrx::spi::quote_identifier;

use crate::error::{GuardRefusal, PolicyRefusal, Refusal};
use crate::pg::spi::{Row, Sees, arg, query};
use crate::pg::{owner, relations};

query!(FOREIGN_PARTS, "foreign_parts.sql", &[pg_sys::OIDOID]);
query!(OPEN_ABOVE, "open_above.sql", &[pg_sys::OIDOID]);
query!(PERMISSIVE, "permissive_policies.sql", &[pg_sys::OIDOID]);
query!(PLANTED_TRIGGER, "planted_trigger.sql", &[pg_sys::OIDOID]);
query!(TAKEN_NAMES, "taken_names.sql", &[pg_sys::OIDOID]);

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
    let read = |row: &Row| (row.must::<pg_sys::Oid>(1), row.must::<pg_sys::Oid>(2));
    match OPEN_ABOVE.with(|q| q.first(&[arg(relation)], Sees::Latest, read)) {
        Some((part, above)) => {
            let (table, above) = (relations::qualified(part), relations::qualified(above));
            Err(GuardRefusal::OpenAbove { table, above }.into())
        }
        None => Ok(()),
    }
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
