//! What is refused to those who want to know whether they can trust the database.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, listed, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum TrustRefusal {
    NotIsolated { count: usize, findings: Vec<String> },
    KeyColumns { relation: String, columns: String },
}

impl Explained for TrustRefusal {
    fn parts(&self) -> Parts {
        use TrustRefusal::*;
        match self {
            NotIsolated { count, findings } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                "tenants are not isolated in this database",
                listed(&format!("Errors that lint() finds ({count})"), findings),
                "Look at: select * from tenancy.lint() where severity = 'error'.",
            ),
            KeyColumns { relation, columns } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                format!("a row of {relation} is not named by this key"),
                format!("Its key has the columns: {columns}."),
                "Give an object with these columns and their values, as tenancy.violations() does.",
            ),
        }
    }
}
