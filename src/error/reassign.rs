//! What is refused when rows are moved to another tenant in bulk.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum ReassignRefusal {
    Untenanted { relation: String },
    NoCondition { reason: String },
    UnknownTarget,
    InactiveTarget,
}

impl Explained for ReassignRefusal {
    fn parts(&self) -> Parts {
        use ReassignRefusal::*;
        match self {
            Untenanted { relation } => parts(
                Code::ERRCODE_WRONG_OBJECT_TYPE,
                format!("table {relation} is untenanted: its rows cannot move to a tenant"),
                "Its rows are everybody's; it has no tenant column.",
                "To give its rows tenants, call tenancy.release() and then tenancy.adopt().",
            ),
            NoCondition { reason } => parts(
                Code::ERRCODE_SYNTAX_ERROR,
                "the condition is not one SQL expression",
                format!("{reason}."),
                "Give what would stand after WHERE in an UPDATE of the table, 'true' for all its rows.",
            ),
            UnknownTarget => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                "there is no such tenant to move rows to",
                "No row of tenancy.tenants has this id.",
                "Look the id up in tenancy.tenants.",
            ),
            InactiveTarget => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                "rows cannot be moved to an inactive tenant",
                "Nobody works with the rows of an inactive tenant.",
                "Set its status to active first.",
            ),
        }
    }
}
