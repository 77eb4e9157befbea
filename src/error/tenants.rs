//! What is refused to who changes tenants and their hierarchy.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, listed, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum TenantRefusal {
    NoServiceProvider,
    ServiceProvider { tenant: String, change: &'static str },
    NoSubtenantsAllowed { parent: String, child: String },
    HasSubtenants { tenant: String, count: i64 },
    Cycle { tenant: String },
    TooDeep { tenant: String, depth: i64, limit: i64 },
    DeeperThanLimit { depth: i64, limit: i64 },
    TooManyTenants { count: i64, limit: i64 },
    MoveBreaksReferences { tenant: String, offenders: Vec<String> },
}

impl Explained for TenantRefusal {
    fn parts(&self) -> Parts {
        use TenantRefusal::*;
        match self {
            NoServiceProvider => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                "there is no service provider yet",
                "The first tenant is the service provider.",
                "Insert it first, without a kind and without a parent.",
            ),
            ServiceProvider { tenant, change } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("the service provider cannot be {change}"),
                format!("Tenant \"{tenant}\" is the service provider, which owns the installation."),
                "Choose another tenant.",
            ),
            NoSubtenantsAllowed { parent, child } => parts(
                Code::ERRCODE_CHECK_VIOLATION,
                format!("tenant \"{parent}\" does not allow subtenants"),
                format!("Tenant \"{child}\" would be placed below it."),
                "Set allows_subtenants of the upper tenant first.",
            ),
            HasSubtenants { tenant, count } => parts(
                Code::ERRCODE_CHECK_VIOLATION,
                format!("tenant \"{tenant}\" has subtenants"),
                format!("Tenants directly below it: {count}."),
                "Move or delete them first.",
            ),
            Cycle { tenant } => parts(
                Code::ERRCODE_CHECK_VIOLATION,
                format!("tenant \"{tenant}\" would be above itself"),
                "A tenant cannot be placed below one of its own subtenants.",
                "Choose a parent outside the subtree.",
            ),
            TooDeep { tenant, depth, limit } => parts(
                Code::ERRCODE_CONFIGURATION_LIMIT_EXCEEDED,
                format!("tenant \"{tenant}\" would be too deep in the hierarchy"),
                format!("It would be on level {depth}; this installation allows {limit}."),
                "Raise max_depth in tenancy.installation (0: unlimited), or choose a higher parent.",
            ),
            DeeperThanLimit { depth, limit } => parts(
                Code::ERRCODE_CONFIGURATION_LIMIT_EXCEEDED,
                format!("the hierarchy is deeper than {limit} levels"),
                format!("There are tenants on level {depth}."),
                "Move them up first, or choose a higher limit.",
            ),
            TooManyTenants { count, limit } => parts(
                Code::ERRCODE_CONFIGURATION_LIMIT_EXCEEDED,
                "there would be too many tenants",
                format!("There would be {count}; this installation allows {limit}, not counting the built-in ones."),
                "Raise max_tenants in tenancy.installation (0: unlimited).",
            ),
            MoveBreaksReferences { tenant, offenders } => parts(
                Code::ERRCODE_RESTRICT_VIOLATION,
                format!("moving tenant \"{tenant}\" would break references"),
                listed(
                    "Rows of the moved tenants refer to rows of tenants that would no longer be above them",
                    offenders,
                ),
                "Change these rows first.",
            ),
        }
    }
}
