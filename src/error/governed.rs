//! What is refused in governed schemas.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum GovernedRefusal {
    UnknownSchema { name: String },
    Undeclared { table: String },
    Foreign { table: String },
    Filled { table: String },
    Moved { table: String },
    Part { table: String },
    Below { table: String },
    TriggerNeeded { table: String },
}

fn declare(table: &str) -> String {
    format!("Call tenancy.protect('{table}', …): 'required', 'optional' or 'untenanted'.")
}

impl Explained for GovernedRefusal {
    fn parts(&self) -> Parts {
        use GovernedRefusal::*;
        match self {
            UnknownSchema { name } => parts(
                Code::ERRCODE_INVALID_SCHEMA_NAME,
                format!("the schema \"{name}\" cannot be governed"),
                "It does not exist, or it is not for the tables of applications.",
                "Create the schema first.",
            ),
            Undeclared { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {table} takes no rows before it is declared"),
                "Its schema, or that of a table above it, is governed: for each table is said whose its rows are.",
                declare(table),
            ),
            Foreign { table } => parts(
                Code::ERRCODE_WRONG_OBJECT_TYPE,
                format!("the foreign table {table} cannot be in a governed schema"),
                "A foreign table has no row security, and cannot be protected.",
                "Create it in another schema.",
            ),
            Filled { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {table} would have rows before it is declared"),
                "Its schema is governed: for each table is said whose its rows are.",
                "Create the table, call tenancy.protect(), then insert the rows; or create it in another schema.",
            ),
            Moved { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {table} cannot come into a governed schema before it is declared"),
                "The schema is governed: for each table is said whose its rows are.",
                "Call tenancy.protect() for the table where it is.",
            ),
            Part { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {table} cannot become a part of a table that takes no rows before it is declared"),
                "The schema of the table above it is governed: for each table is said whose its rows are.",
                "Call tenancy.protect() for the table above it first.",
            ),
            Below { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!(
                    "table {table} of a governed schema cannot be a partition of a table that takes rows undeclared"
                ),
                "What is written to the table above would come into it.",
                "Call tenancy.protect() for the table above it first.",
            ),
            TriggerNeeded { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {table} would take rows before it is declared"),
                "The trigger \"00_tenancy_undeclared\" stays until the table is protected.",
                declare(table),
            ),
        }
    }
}
