//! What is refused to those who bring tables under tenancy or rows to other tenants.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, listed, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum AdoptionRefusal {
    UnknownAssignTo,
    TwoSources,
    NoExpression { reason: String },
    UnknownTenantType { given: String },
    NoReferenceToTenants { relation: String, constraint: String },
    RowsWithoutTenant { relation: String, count: usize, offenders: Vec<String> },
}

impl Explained for AdoptionRefusal {
    fn parts(&self) -> Parts {
        use AdoptionRefusal::*;
        match self {
            UnknownAssignTo => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                "there is no such tenant to assign rows to",
                "No row of tenancy.tenants has this id.",
                "Create the tenant first, or leave assign_to out: rows then go to the default tenant.",
            ),
            TwoSources => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                "a row cannot get its tenant both by an expression and by a reference",
                "tenant_expression and by_reference are both given.",
                "Give one of them.",
            ),
            NoExpression { reason } => parts(
                Code::ERRCODE_SYNTAX_ERROR,
                "tenant_expression is not one SQL expression",
                format!("{reason}."),
                "Give what would stand after SET tenant_id = in an UPDATE of the table.",
            ),
            UnknownTenantType { given } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                format!("tenant_type cannot be \"{given}\""),
                "It is the type of the tenant column.",
                "Give 'uuid' (tenants.id), 'bigint' or 'integer' (tenants.number).",
            ),
            NoReferenceToTenants { relation, constraint } => parts(
                Code::ERRCODE_UNDEFINED_OBJECT,
                format!("\"{constraint}\" of {relation} leads to no tenant"),
                "by_reference is a foreign key to a protected table whose tenant column is of the same type.",
                "Adopt the table that it refers to first.",
            ),
            RowsWithoutTenant { relation, count, offenders } => parts(
                Code::ERRCODE_CHECK_VIOLATION,
                format!("rows of {relation} would get no tenant that exists"),
                listed(&format!("Such rows in this step: {count}, among them"), offenders),
                "Correct the rows or what gives them their tenant, and call tenancy.adopt() again: it goes on from here.",
            ),
        }
    }
}
