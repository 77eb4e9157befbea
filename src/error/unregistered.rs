//! What is refused on tables that have something of tenancy and are in no registry.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know: the table, and the one at the top of those that it is a part of.
#[derive(Debug)]
pub enum UnregisteredRefusal {
    /// A row, or a statement that writes rows.
    Rows { table: String, top: String },
    /// DDL.
    Loses { table: String, what: &'static str, top: String },
    /// A row that an adoption is to give its tenant.
    NoAdoption { table: String },
    /// mend() cannot tell what the table was.
    Unclear { table: String },
    /// mend() by somebody who may not call protect().
    MayNotProtect { table: String },
    /// Told only: the rule that a foreign key has now.
    RuleUnknown { table: String, constraint: String },
    /// Told only: the reference that named the tenant of rows.
    NamingUnknown { table: String },
}

fn mend(top: &str) -> String {
    format!("Its owner calls tenancy.mend('{top}'); tenancy.mend() is for all such tables.")
}

const CAME_WITHOUT: &str = "It came without its entry in the registry: by a dump of the schema or of the table alone, or as a copy of another table.";

impl Explained for UnregisteredRefusal {
    fn parts(&self) -> Parts {
        use UnregisteredRefusal::*;
        match self {
            Rows { table, top } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {table} has what protect() gives, but is not protected"),
                format!("{CAME_WITHOUT} What its rows refer to cannot be looked at."),
                mend(top),
            ),
            Loses { table, what, top } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {table}, which has what protect() gives, would lack {what}"),
                CAME_WITHOUT,
                format!("{} Then tenancy.release('{top}') takes it out of tenancy.", mend(top)),
            ),
            NoAdoption { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {table} has the trigger of an adoption that is not known"),
                CAME_WITHOUT,
                format!("Its owner calls tenancy.adopt('{table}', …) again, or drops the trigger zz_tenancy_adopt."),
            ),
            Unclear { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("what table {table} was under tenancy cannot be told"),
                "Its defaults and policies name no tenant column or several, while its triggers say that its rows have tenants.",
                format!("Call tenancy.protect('{table}', …) with its kind and its tenant column."),
            ),
            MayNotProtect { table } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("permission denied to bring table {table} under tenancy"),
                "It is in no registry; to mend it is to protect it, which is for those who may call tenancy.protect().",
                "Let an administrator do it, or grant execute on tenancy.protect() to the owner.",
            ),
            RuleUnknown { table, constraint } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("foreign key \"{constraint}\" of table {table} has the strictest rule"),
                "Which rule it had before cannot be told: rows of the service provider may not be referred to, on_tenant_change is restrict.",
                format!("If it had another one, call tenancy.set_reference_rule('{table}', '{constraint}', …)."),
            ),
            NamingUnknown { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("no foreign key of table {table} names the tenant of its rows"),
                "One did before; which one cannot be told.",
                format!("Call tenancy.set_reference_rule('{table}', …, names_tenant => true)."),
            ),
        }
    }
}
