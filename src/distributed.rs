//! Tables that Citus distributes: what would leave out the rows that are on other nodes refuses. A shard has our triggers and is in no
//! registry, so that these refuse there by themselves (`unregistered`).

use pgrx::pg_sys::{self, Oid};

use crate::catalog::{dependencies, distributed};
use crate::error::{DistributedRefusal, Refusal};
use crate::pg::relations;
use crate::pg::spi::{Sees, arg, query};

query!(HAS_RESTRICTIVE_POLICY, "has_restrictive_policy.sql", &[pg_sys::OIDOID]);

/// Refuses `what` for a table of which Citus keeps rows, or those of a part, on other nodes.
pub fn refuse(relation: Oid, what: &'static str) -> Result<(), Refusal> {
    refuse_any(&[relation], what)
}

/// Refuses what goes over all protected tables where one of them is distributed.
pub fn refuse_all(what: &'static str) -> Result<(), Refusal> {
    if distributed::is_possible() { refuse_any(&dependencies::protected_roots(), what) } else { Ok(()) }
}

/// The same for some tables.
pub fn refuse_any(relations: &[Oid], what: &'static str) -> Result<(), Refusal> {
    match distributed::among(relations).first() {
        Some(found) => Err(DistributedRefusal::NotSupported { table: relations::qualified(*found), what }.into()),
        None => Ok(()),
    }
}

/// Refuses a restrictive policy of a distributed table.
pub fn refuse_restrictive(relation: Oid) -> Result<(), Refusal> {
    let has = || !HAS_RESTRICTIVE_POLICY.with(|q| q.rows(&[arg(relation)], Sees::Latest, |_| ())).is_empty();
    if distributed::among(&[relation]).contains(&relation) && has() {
        return Err(DistributedRefusal::Restrictive { table: relations::qualified(relation) }.into());
    }
    Ok(())
}
