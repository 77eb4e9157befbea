//! What is refused about tenant columns of protected tables.

use pgrx::PgSqlErrorCode as Code;
use pgrx::spi::{quote_identifier, quote_literal};

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum ProtectionRefusal {
    /// `becomes`: the type that holds the same values and can.
    TenantColumnType {
        relation: String,
        column: String,
        found: String,
        becomes: Option<String>,
    },
    NoTenantColumn {
        relation: String,
    },
    NoSuchTenantInRow,
    ConvertsNothing,
}

impl Explained for ProtectionRefusal {
    fn parts(&self) -> Parts {
        use ProtectionRefusal::*;
        match self {
            TenantColumnType { relation, column, found, becomes } => parts(
                Code::ERRCODE_DATATYPE_MISMATCH,
                format!("column \"{column}\" of {relation} cannot hold tenants"),
                format!(
                    "Its type is {found}. A tenant column is of type uuid (tenants.id), or of integer or bigint (tenants.number)."
                ),
                match becomes {
                    Some(becomes) => format!(
                        "Change its type: alter table {relation} alter column {} type {becomes};",
                        quote_identifier(column)
                    ),
                    None => format!(
                        "Keep it, and have a tenant column beside it: call tenancy.adopt({}, …) with by_reference, which takes \
                         each row's tenant from what it refers to, or with tenant_expression.",
                        quote_literal(relation)
                    ),
                },
            ),
            NoTenantColumn { relation } => parts(
                Code::ERRCODE_WRONG_OBJECT_TYPE,
                format!("table {relation} has no tenant column"),
                "The table is untenanted.",
                "Name a table that was protected as required or optional: tenancy.protected_tables lists them.",
            ),
            NoSuchTenantInRow => parts(
                Code::ERRCODE_FOREIGN_KEY_VIOLATION,
                "a row names a tenant that does not exist",
                "It has no other name, by which a column of another type could hold it.",
                "Correct the rows that tenancy.violations() lists first.",
            ),
            ConvertsNothing => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                "tenancy.convert_tenant() is for tenancy.change_tenant_type() only",
                "Nothing is being changed.",
                "Look tenants up in tenancy.tenants.",
            ),
        }
    }
}
