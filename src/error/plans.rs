//! What is refused to plans that have outlived what they were made for.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum PlanRefusal {
    MadeForAll,
    RightsLost,
}

impl Explained for PlanRefusal {
    fn parts(&self) -> Parts {
        match self {
            Self::MadeForAll => parts(
                Code::ERRCODE_T_R_SERIALIZATION_FAILURE,
                "the query was planned for a session that reads all tenants",
                "The session has lost that right since.",
                "Run the statement again, or open the cursor again.",
            ),
            Self::RightsLost => parts(
                Code::ERRCODE_T_R_SERIALIZATION_FAILURE,
                "the query cannot go on with the rights that it began with",
                "Since its first rows somebody else acts, or the session may do less.",
                "Run the statement again, or open the cursor again.",
            ),
        }
    }
}
