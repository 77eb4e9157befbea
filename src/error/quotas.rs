//! What is refused because of quotas.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum QuotaRefusal {
    /// By a transaction whose session may know the tenant.
    Exceeded { tenant: String, what: String, there_would_be: i64, quota: i64 },
    /// By one that only writes the tenant's rows.
    ExceededUnseen { what: String },
    /// The table has no tenants.
    Untenanted { relation: String },
    /// The table is to have none.
    HasQuotas { relation: String },
}

impl Explained for QuotaRefusal {
    fn parts(&self) -> Parts {
        use QuotaRefusal::*;
        match self {
            Exceeded { tenant, what, there_would_be, quota } => parts(
                Code::ERRCODE_CONFIGURATION_LIMIT_EXCEEDED,
                format!("tenant \"{tenant}\" would have more {what} than its quota allows"),
                format!("It would have {there_would_be}; its quota is {quota}."),
                "Delete what is no longer needed, or have an administrator raise max_rows in tenancy.quotas.",
            ),
            ExceededUnseen { what } => parts(
                Code::ERRCODE_CONFIGURATION_LIMIT_EXCEEDED,
                format!("a tenant would have more {what} than its quota allows"),
                "The transaction adds to what a tenant has that this session may not read.",
                "Have an administrator raise max_rows in tenancy.quotas.",
            ),
            Untenanted { relation } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {relation} is untenanted"),
                "Its rows belong to no tenant.",
                "Choose a table of the kind required or optional.",
            ),
            HasQuotas { relation } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("{relation} has quotas and cannot be untenanted"),
                "A quota is for the rows of a tenant. The table kept its quotas while it was released.",
                format!(
                    "Delete them first: delete from tenancy.quotas where relation = {}::regclass;",
                    pgrx::spi::quote_literal(relation)
                ),
            ),
        }
    }
}
