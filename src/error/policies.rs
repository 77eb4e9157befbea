//! What is refused to policies of others on protected tables.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum PolicyRefusal {
    /// To a table that has them and is to be protected, or to become a part of a protected one. `instead` is SQL.
    PermissivePolicies { relation: String, policies: String, instead: String },
    /// To one that is new on a protected table.
    NewPermissivePolicy { relation: String, policies: String },
}

impl Explained for PolicyRefusal {
    fn parts(&self) -> Parts {
        use PolicyRefusal::*;
        match self {
            PermissivePolicies { relation, policies, instead } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("permissive policies of table {relation} would show rows that tenancy hides"),
                format!("Permissive policies are joined by OR. They are: {policies}."),
                format!("What means the same beside tenancy: {instead}"),
            ),
            NewPermissivePolicy { relation, policies } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("protected table {relation} may not have a further permissive policy"),
                format!("Permissive policies are joined by OR: {policies} would show rows that tenancy hides."),
                "Create it AS RESTRICTIVE: it then takes away from what tenancy shows.",
            ),
        }
    }
}
