//! What is refused about modules.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum ModuleRefusal {
    Outside { table: String },
    NotForModules { relation: String, what: String },
    InModule { relation: String },
}

impl Explained for ModuleRefusal {
    fn parts(&self) -> Parts {
        use ModuleRefusal::*;
        match self {
            Outside { table } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("this session may not write table \"{table}\""),
                "Its roles are limited to modules, and the table is in none of them.",
                "Enter with another role, or ask an administrator to put the table in a module.",
            ),
            NotForModules { relation, what } => parts(
                Code::ERRCODE_WRONG_OBJECT_TYPE,
                format!("{relation} cannot be in a module"),
                format!("It is {what}."),
                "Modules are made of tables that are protected, or will be, as required or optional.",
            ),
            InModule { relation } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("{relation} is in a module and cannot be untenanted"),
                "Rows that belong to no tenant are everybody's, whatever the modules.",
                "Delete it from tenancy.module_tables first.",
            ),
        }
    }
}
