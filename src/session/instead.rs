//! What a session may write in the place of a row that it is refused: for the words of the refusal.

use pgrx::pg_sys;

use super::{ask_about, who};
use crate::error::{MayWrite, Refusal};
use crate::model::identity::Identity;

/// What the session may write of a table, for the words of a refusal; `function` names its one tenant.
pub fn may_write(relation: Option<pg_sys::Oid>, function: &'static str) -> MayWrite {
    if who().0 == Identity::Nobody {
        return MayWrite::NobodyEntered;
    }
    ask_about(relation, |access, _| match access.writes.ids.single() {
        Some(_) => MayWrite::One { function },
        None if access.writes.ids.is_none() => MayWrite::Nothing,
        None => MayWrite::Several,
    })
}

/// The refusal of a row whose tenant cannot be told, because the session writes none.
pub fn no_tenant_to_write() -> Refusal {
    Refusal::NoTenantToWrite { entered: who().0 != Identity::Nobody }
}
