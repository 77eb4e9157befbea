//! What is refused to rows of protected tables.

use pgrx::PgSqlErrorCode as Code;
use pgrx::spi::{quote_identifier, quote_literal};

use super::{Explained, Parts, parts};

/// What the session that is refused a row may write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayWrite {
    /// Nobody has entered.
    NobodyEntered,
    Nothing,
    /// One tenant, which this function names.
    One {
        function: &'static str,
    },
    Several,
}

impl MayWrite {
    fn hint(self) -> String {
        match self {
            Self::NobodyEntered => ENTER.into(),
            Self::Nothing => "Enter a context whose role writes rows of the tenant: this one writes none.".into(),
            Self::One { function } => {
                format!("Name the session's own tenant, {function}(), or enter another context.")
            }
            Self::Several => "Name one of these tenants, or enter another context.".into(),
        }
    }
}

pub(super) const ENTER: &str =
    "Enter a context first, with tenancy.enter() or tenancy.enter_tenant(): nobody has entered in this transaction.";

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum RowRefusal {
    MayNotWriteTenant {
        instead: MayWrite,
    },
    MayNotWritePublic {
        instead: MayWrite,
    },
    RequiredTenant {
        table: String,
    },
    BecomesPublic {
        table: String,
    },
    WritesPublic {
        table: String,
    },
    ReferenceHidden {
        table: String,
        constraint: String,
    },
    ReferenceNotAllowed {
        table: String,
        referenced: String,
        constraint: String,
        tenant: String,
        of: String,
    },
    TenantInherited {
        table: String,
        referenced: String,
        constraint: String,
    },
    /// `moved`: the referring table, qualified, if the row has another tenant than before.
    ReferencedFrom {
        table: String,
        referencing: String,
        constraint: String,
        moved: Option<String>,
        /// Can it be checked at commit?
        may_wait: bool,
    },
    RefersToNoPublic {
        table: String,
        referenced: String,
        constraint: String,
    },
    TruncateNotAllowed {
        table: String,
    },
}

impl Explained for RowRefusal {
    fn parts(&self) -> Parts {
        use RowRefusal::*;
        match self {
            MayNotWriteTenant { instead } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                "this session may not write rows of this tenant",
                "The tenant of the new row is not among those that tenancy.writable_tenants() lists.",
                instead.hint(),
            ),
            MayNotWritePublic { instead } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                "this session may not write public rows",
                "The new row has no tenant, which makes it public.",
                match instead {
                    MayWrite::NobodyEntered => ENTER.into(),
                    MayWrite::One { function } => format!(
                        "Give the row a tenant, {function}(), or enter as a user of the service provider whose role updates \
                         public data."
                    ),
                    _ => "Give the row a tenant, or enter as a user of the service provider whose role updates public data."
                        .into(),
                },
            ),
            RequiredTenant { table } => parts(
                Code::ERRCODE_NOT_NULL_VIOLATION,
                format!("a row of table \"{table}\" needs a tenant"),
                "The table is tenant-required: it has no public rows.",
                "Give the tenant column a value.",
            ),
            BecomesPublic { table } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("a row of table \"{table}\" would become public"),
                "Only a session of the service provider whose role updates public data makes rows public.",
                "Where a foreign key did this, its ON DELETE or ON UPDATE action must leave out the tenant column.",
            ),
            WritesPublic { table } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("a public row of table \"{table}\" would be written"),
                "Only a session of the service provider whose role updates public data writes public rows.",
                "Enter as such a user, or give the row a tenant.",
            ),
            ReferenceHidden { table, constraint } => parts(
                Code::ERRCODE_FOREIGN_KEY_VIOLATION,
                format!("a row of table \"{table}\" refers to a row that does not exist or may not be referred to"),
                format!("Foreign key \"{constraint}\"."),
                "A row may refer to public rows, rows of its own tenant and rows of a tenant above it.",
            ),
            ReferenceNotAllowed { table, referenced, constraint, tenant, of } => parts(
                Code::ERRCODE_FOREIGN_KEY_VIOLATION,
                format!("a row of table \"{table}\" may not refer to this row of table \"{referenced}\""),
                format!("Foreign key \"{constraint}\": {of} would refer to a row of {tenant}."),
                "A row may refer to public rows, rows of its own tenant and rows of a tenant above it.",
            ),
            TenantInherited { table, referenced, constraint } => parts(
                Code::ERRCODE_FOREIGN_KEY_VIOLATION,
                format!(
                    "a row of table \"{table}\" has the tenant of the row of table \"{referenced}\" that it refers to"
                ),
                format!("Foreign key \"{constraint}\", whose rule is to cascade changes of the tenant."),
                "Name that tenant in the same statement, or change the tenant of the row referred to: the rows that refer to it \
                 follow.",
            ),
            ReferencedFrom { table, referencing, constraint, moved, may_wait } => parts(
                Code::ERRCODE_RESTRICT_VIOLATION,
                format!("rows of table \"{referencing}\" refer to this row of table \"{table}\" and no longer could"),
                format!("Foreign key \"{constraint}\"."),
                match moved {
                    None => "Change the referring rows first.".into(),
                    Some(child) => {
                        let rule = format!(
                            "select tenancy.set_reference_rule({}, {}, on_tenant_change => 'cascade')",
                            quote_literal(child),
                            quote_literal(constraint)
                        );
                        let together = "Move these rows in the same statement (WITH … UPDATE)";
                        match may_wait {
                            true => format!(
                                "{together}, let them follow ({rule}), or have the foreign key checked at commit (alter \
                                 table {child} alter constraint {} deferrable; set constraints all deferred).",
                                quote_identifier(constraint)
                            ),
                            false => format!("{together}, or let them follow ({rule})."),
                        }
                    }
                },
            ),
            RefersToNoPublic { table, referenced, constraint } => parts(
                Code::ERRCODE_FOREIGN_KEY_VIOLATION,
                format!("a public row of table \"{table}\" refers to no public row of table \"{referenced}\""),
                format!("Foreign key \"{constraint}\", which PostgreSQL does not look at where the tenant is NULL."),
                "Set the other columns of the foreign key to those of a public row, or one of them to NULL.",
            ),
            TruncateNotAllowed { table } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("table \"{table}\" cannot be truncated by this session"),
                "TRUNCATE removes the rows of all tenants.",
                "Use DELETE, or a session that may write every tenant and public data.",
            ),
        }
    }
}
