//! The policies that a protected table and each of its parts has: what they are called, which command each is for, which
//! function it asks about the tenant column.

use pgrx::spi::quote_identifier;

use super::protection::{KeyType, TenantColumn};
use crate::model::template;

/// A policy: its expressions as PostgreSQL prints them, empty where it has none.
pub struct Policy {
    pub name: &'static str,
    /// As in `pg_policy.polcmd`.
    pub command: &'static str,
    pub using: String,
    pub check: String,
}

/// The policies on a tenant column.
pub fn on(tenant: &TenantColumn) -> [Policy; 4] {
    let functions = Functions::on(tenant);
    let asks = |function: &str| format!("tenancy.{function}({})", functions.column);
    let (read, write, check) = (asks(&functions.can_read), asks(&functions.can_write), asks(&functions.check_write));
    let policy =
        |name, command, using: &str, check: &str| Policy { name, command, using: using.into(), check: check.into() };
    [
        policy("tenancy_delete", "d", &write, ""),
        policy("tenancy_insert", "a", "", &check),
        policy("tenancy_select", "r", &read, ""),
        policy("tenancy_update", "w", &write, &check),
    ]
}

/// The commands that create them on a relation, given by its qualified name, and put row security in force.
pub fn commands(tenant: &TenantColumn, relation: &str) -> String {
    let functions = Functions::on(tenant);
    let values = [
        ("relation", relation),
        ("column", &functions.column),
        ("can_read", &functions.can_read),
        ("can_write", &functions.can_write),
        ("check_write", &functions.check_write),
    ];
    template::fill(include_str!("../../sql/templates/protect_part.sql"), &values)
}

/// As `policies_of.sql` lists them where they are in force for everybody, the owner included.
pub fn as_listed(tenant: &TenantColumn) -> String {
    let line = |Policy { name, command, using, check }: Policy| {
        let expressions: Vec<String> = [using, check].into_iter().filter(|e| !e.is_empty()).collect();
        format!("{name} {command} t {{0}} t {}", expressions.join(" "))
    };
    on(tenant).map(line).join("\n")
}

/// Which functions the policies ask, with the column as argument.
struct Functions {
    column: String,
    can_read: String,
    can_write: String,
    check_write: String,
}

impl Functions {
    fn on(tenant: &TenantColumn) -> Self {
        let suffix = match tenant.key {
            KeyType::Uuid => "",
            KeyType::Number => "_number",
        };
        let named = |function: &str| format!("{function}{suffix}");
        Self {
            column: quote_identifier(&tenant.name),
            can_read: named("can_read"),
            can_write: named("can_write"),
            check_write: named("check_write"),
        }
    }
}
