//! What is refused when tenants are deleted, exported, imported and furnished.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, listed, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum LifecycleRefusal {
    NoSuchTenant,
    StillActive { tenant: String },
    StillReferredTo { tenant: String, references: Vec<String> },
    NamedByRoles { tenant: String, roles: Vec<String> },
    RowsLeft { tenant: String, table: String, count: i64 },
    CircleOfOwners { tables: Vec<String> },
    NoTenantColumn { relation: String },
    MayNotExport,
}

impl Explained for LifecycleRefusal {
    fn parts(&self) -> Parts {
        use LifecycleRefusal::*;
        match self {
            NoSuchTenant => parts(
                Code::ERRCODE_NO_DATA_FOUND,
                "the tenant does not exist",
                "A tenant is named by the id of a row of tenancy.tenants.",
                "Look the id up in tenancy.tenants.",
            ),
            StillActive { tenant } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("tenant \"{tenant}\" is active"),
                "Rows are removed from inactive tenants only, so that nobody works with them.",
                "Set its status to inactive first. With dry_run, tenancy.delete_tenant() says what would go in any case.",
            ),
            StillReferredTo { tenant, references } => parts(
                Code::ERRCODE_RESTRICT_VIOLATION,
                format!("rows that would stay refer to rows of tenant \"{tenant}\""),
                listed("They are", references),
                "Change or delete these rows first, or choose their tables, too.",
            ),
            NamedByRoles { tenant, roles } => parts(
                Code::ERRCODE_RESTRICT_VIOLATION,
                format!("roles name tenant \"{tenant}\" or one of its groups"),
                listed("They are", roles),
                "Change or delete these roles first.",
            ),
            RowsLeft { tenant, table, count } => parts(
                Code::ERRCODE_RESTRICT_VIOLATION,
                format!("rows of tenant \"{tenant}\" are left in table {table}"),
                format!("Such rows: {count}. A trigger or a rule of the table kept them from being deleted."),
                "Let these rows be deleted first.",
            ),
            CircleOfOwners { tables } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                "tables that refer to each other in a circle have different owners",
                listed("They are", tables),
                "Such rows come and go in one statement, which only an owner of all the tables may send: give them one owner.",
            ),
            NoTenantColumn { relation } => parts(
                Code::ERRCODE_WRONG_OBJECT_TYPE,
                format!("the rows of {relation} have no tenants"),
                "The table is untenanted, or not protected, or a part of a table that is.",
                "Name tables that were protected as required or optional: tenancy.protected_tables lists them.",
            ),
            MayNotExport => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                "the tenant cannot be exported",
                "It does not exist, or this session may not read the rows of all tenants that were asked for.",
                "Enter a context that reads these tenants: tenancy.readable_tenants() lists those that can be exported.",
            ),
        }
    }
}
