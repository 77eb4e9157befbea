//! Whether rows that are deleted from a table are heard of. Only those tables have a trigger for it to which something refers,
//! or whose rows are counted.

use pgrx::pg_sys::{self, Oid};

use crate::pg::owner;
use crate::pg::spi::{Row, Sees, arg, query};

query!(DELETE_TRIGGER, "delete_trigger.sql", &[pg_sys::OIDOID]);

/// The name of the trigger.
pub const TRIGGER: &str = "00_tenancy_delete";

/// Does the table have the trigger, as it has to be?
pub fn are_heard_of(relation: Oid) -> bool {
    trigger(relation).is_some_and(|(_, there)| there)
}

/// The trigger's function, if the table lacks the trigger.
pub fn missing_trigger(relation: Oid) -> Option<Oid> {
    trigger(relation).filter(|(_, there)| !there).map(|(function, _)| function)
}

fn trigger(relation: Oid) -> Option<(Oid, bool)> {
    let read = |row: &Row| (row.must(1), row.must(2));
    owner::run(|| DELETE_TRIGGER.with(|q| q.first(&[arg(relation)], Sees::InPassing, read)))
}
