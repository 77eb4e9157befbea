//! Every refusal of the extension: one variant each, with its SQLSTATE, message, DETAIL and HINT in one arm. Those of the
//! core are here; an area of its own has its own file and enum, which becomes a [`Refusal`] by `into()`.
//!
//! A value that belongs to another tenant never gets into a variant whose message a tenant can see.

mod adoption;
mod distributed;
mod governed;
mod guards;
mod lifecycle;
mod modules;
mod people;
mod plans;
mod policies;
mod protection;
mod quotas;
mod reassign;
mod reference_rules;
mod rows;
mod tenants;
mod tokens;
mod trust;
mod unregistered;

use std::fmt::Debug;
use std::rc::Rc;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode as Code};

pub use adoption::AdoptionRefusal;
pub use distributed::DistributedRefusal;
pub use governed::GovernedRefusal;
pub use guards::{GuardRefusal, Published};
pub use lifecycle::LifecycleRefusal;
pub use modules::ModuleRefusal;
pub use people::PeopleRefusal;
pub use plans::PlanRefusal;
pub use policies::PolicyRefusal;
pub use protection::ProtectionRefusal;
pub use quotas::QuotaRefusal;
pub use reassign::ReassignRefusal;
pub use reference_rules::ReferenceRuleRefusal;
pub use rows::{MayWrite, RowRefusal};
pub use tenants::TenantRefusal;
pub use tokens::TokenRefusal;
pub use trust::TrustRefusal;
pub use unregistered::UnregisteredRefusal;

/// SQLSTATE, message, DETAIL, HINT.
type Parts = (Code, String, String, String);

/// What the refusals of an area have in common.
pub trait Explained: Debug {
    /// What the client is told.
    fn parts(&self) -> Parts;
}

impl<A: Explained + 'static> From<A> for Refusal {
    fn from(area: A) -> Self {
        Self::Of(Rc::new(area))
    }
}

/// What is refused, and what the message needs to know.
#[derive(Debug, Clone)]
pub enum Refusal {
    NullArgument { function: &'static str, argument: &'static str },

    // Context
    UnknownUser,
    UnknownTenant,
    SecondEntry,
    LeaveInsideSavepoint,
    EnterInParallel,
    NotAdministrator { table: String },
    AdministratorsOnly { what: &'static str },
    NoTenantToWrite { entered: bool },
    NameTheTenant { count: String, by_reference: bool },

    // Tenants, groups and people
    BuiltIn { what: &'static str, name: String, change: &'static str },
    GivenByExtension { table: String, column: &'static str },
    UnknownContact,
    UnknownGroup,
    SystemGroup { name: String, change: &'static str },
    GroupNameTaken { name: String },
    GroupInUse { group: String, role: String },
    UnknownDatabaseRole { name: String },
    Truncate { table: String },
    Recorded,

    // Protection
    NotATable { relation: String, what: &'static str },
    UnknownKind { kind: String },
    UnknownColumn { relation: String, column: String },
    AlreadyProtected { relation: String },
    NotProtected { relation: String },
    NotOwner { relation: String },
    ReleaseNotAllowed { relation: String },
    PartOfAnother { relation: String, root: String },
    ForeignPart { part: String, root: String },
    Offenders { relation: String, count: usize, offenders: Vec<String> },
    UnknownReference { relation: String, constraint: String },
    UnknownTenantChange { given: String },
    TwoNamingReferences { relation: String, other: String },
    NamesNoTenant { relation: String },
    UnknownMode { mode: String },
    ViolationsRemain { count: usize },
    UnknownIndexCreation { given: String },
    PermissivePolicy { relation: String },

    // An area with a file of its own
    Of(Rc<dyn Explained>),
}

impl Refusal {
    fn parts(&self) -> Parts {
        use Refusal::*;
        match self {
            NullArgument { function, argument } => parts(
                Code::ERRCODE_NULL_VALUE_NOT_ALLOWED,
                format!("argument {argument} of tenancy.{function}() must not be NULL"),
                "Nothing was done. A name looked up with to_regclass() gives NULL where there is no such table.",
                "Give the argument a value.",
            ),
            UnknownUser => parts(
                Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
                "the user cannot be entered",
                "The user does not exist, may not log in, does not hold the role, or belongs to an inactive tenant.",
                "Administrators find users in tenancy.users and their roles in tenancy.user_roles.",
            ),
            UnknownTenant => parts(
                Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
                "the tenant cannot be entered",
                "The tenant or the role does not exist, or the tenant is inactive.",
                "Administrators find tenants in tenancy.tenants and roles in tenancy.roles.",
            ),
            SecondEntry => parts(
                Code::ERRCODE_ACTIVE_SQL_TRANSACTION,
                "this transaction already acts for somebody else",
                "One transaction acts on behalf of one identity.",
                "Commit or roll back, then enter.",
            ),
            LeaveInsideSavepoint => parts(
                Code::ERRCODE_ACTIVE_SQL_TRANSACTION,
                "the context cannot be left inside a savepoint that it was not entered in",
                "A rollback to the savepoint would bring it back.",
                "Release the savepoint first, or end the transaction.",
            ),
            EnterInParallel => parts(
                Code::ERRCODE_ACTIVE_SQL_TRANSACTION,
                "the context cannot be changed by a parallel plan",
                "A context holds for whole statements.",
                "Call the function in a statement of its own.",
            ),
            NotAdministrator { table } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("only an administrator of the service provider may change {table}"),
                "The session is neither a superuser's nor that of a service provider's user whose role administers.",
                "Enter as such a user, or ask the service provider.",
            ),
            AdministratorsOnly { what } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("only an administrator of the service provider may {what}"),
                "The session is neither a superuser's nor that of a service provider's user whose role administers.",
                "Enter as such a user, or ask the service provider.",
            ),
            NoTenantToWrite { entered } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                "the row needs a tenant, and this session may write none",
                if *entered {
                    "The role of the context gives no write access."
                } else {
                    "The session entered no context."
                },
                if *entered { "Enter with a role that writes." } else { rows::ENTER },
            ),
            NameTheTenant { count, by_reference } => parts(
                Code::ERRCODE_NOT_NULL_VIOLATION,
                "name the tenant of the row",
                format!("The session may write rows of {count}, so that the tenant cannot be told by itself."),
                if *by_reference {
                    "Give the tenant column a value, or fill the reference that names the tenant."
                } else {
                    "Give the tenant column a value."
                },
            ),
            BuiltIn { what, name, change } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("the built-in {what} \"{name}\" cannot be {change}"),
                "The extension relies on it.",
                match *what {
                    "role" => "Its description and access may be changed.",
                    "row" => "Change it with UPDATE.",
                    _ => "Its name and description may be changed.",
                },
            ),
            GivenByExtension { table, column } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("column \"{column}\" of {table} cannot be set"),
                "Its value is given once, when the row is inserted, or kept by the extension.",
                "Leave the column out of the statement.",
            ),
            UnknownContact => parts(
                Code::ERRCODE_FOREIGN_KEY_VIOLATION,
                "the contact does not exist",
                "A contact is named by the id of a row of tenancy.contacts.",
                "Insert the contact first.",
            ),
            UnknownGroup => parts(
                Code::ERRCODE_FOREIGN_KEY_VIOLATION,
                "the tenant group does not exist",
                "A group is named by the id that the view tenancy.tenant_groups shows.",
                "Insert the group first, or take the id of another.",
            ),
            SystemGroup { name, change } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("the system group \"{name}\" cannot be {change}"),
                "System groups are kept by the extension; they follow the hierarchy.",
                "Its name and description may be changed. Custom groups may be changed freely.",
            ),
            GroupNameTaken { name } => parts(
                Code::ERRCODE_UNIQUE_VIOLATION,
                format!("a tenant group named \"{name}\" exists already"),
                "Names of groups are unique over system groups and custom groups.",
                "Choose another name.",
            ),
            GroupInUse { group, role } => parts(
                Code::ERRCODE_FOREIGN_KEY_VIOLATION,
                format!("the tenant group \"{group}\" is used by the role \"{role}\""),
                "The role reads or writes the rows of the group's tenants.",
                "Change or delete the role first.",
            ),
            UnknownDatabaseRole { name } => parts(
                Code::ERRCODE_UNDEFINED_OBJECT,
                format!("role \"{name}\" does not exist"),
                "db_role names the role of PostgreSQL that acts as the user without calling tenancy.enter().",
                "Create the role first.",
            ),
            Truncate { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("{table} cannot be truncated"),
                "Rules are checked row by row.",
                "Use DELETE.",
            ),
            Recorded => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                "only superusers may change or delete rows of tenancy.activity",
                "They say what has happened.",
                "A superuser can delete old ones with tenancy.forget_activity().",
            ),
            NotATable { relation, what } => parts(
                Code::ERRCODE_WRONG_OBJECT_TYPE,
                format!("{relation} cannot be protected"),
                format!("It is {what}."),
                "Protect an ordinary or a partitioned table outside the schema tenancy.",
            ),
            UnknownKind { kind } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                format!("there is no kind of table \"{kind}\""),
                "A table is tenant-required, tenant-optional or untenanted.",
                "Give 'required', 'optional' or 'untenanted'.",
            ),
            UnknownColumn { relation, column } => parts(
                Code::ERRCODE_UNDEFINED_COLUMN,
                format!("table {relation} has no column \"{column}\""),
                "A required or optional table names the tenant of each row in a column.",
                "Add the column, name another one as tenant_column, or protect the table as 'untenanted'.",
            ),
            AlreadyProtected { relation } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {relation} is protected already"),
                "Protection is changed by releasing the table and protecting it again.",
                format!("Call tenancy.release('{relation}') first, in the same transaction."),
            ),
            NotProtected { relation } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {relation} is not protected"),
                "The view tenancy.protected_tables lists the tables that are.",
                format!("Call tenancy.protect('{relation}', …)."),
            ),
            NotOwner { relation } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("must be owner of table {relation}"),
                "Protection changes the table.",
                "Call the function as the table's owner or as a superuser.",
            ),
            ReleaseNotAllowed { relation } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("only an administrator may release table {relation}"),
                "Releasing opens the rows of all tenants.",
                "Call the function as a superuser, or as the table's owner in a session that administers.",
            ),
            ForeignPart { part, root } => parts(
                Code::ERRCODE_WRONG_OBJECT_TYPE,
                format!("the foreign table {part} cannot be a part of the protected table {root}"),
                "A foreign table has no row security: whoever has privileges on it would see the rows of all tenants.",
                "Leave it outside, or use an ordinary table.",
            ),
            PartOfAnother { relation, root } => parts(
                Code::ERRCODE_WRONG_OBJECT_TYPE,
                format!("{relation} is a part of table {root}"),
                "Partitions and inheritance children are protected with the table at the top.",
                format!("Call the function for {root}."),
            ),
            Offenders { relation, count, offenders } => parts(
                Code::ERRCODE_CHECK_VIOLATION,
                format!("rows of {relation} break the rules of tenancy"),
                listed(&format!("Such rows: {count}, among them"), offenders),
                "Correct them first. In the modes off, setup and warn, protect() accepts them and tenancy.violations() lists them.",
            ),
            UnknownReference { relation, constraint } => parts(
                Code::ERRCODE_UNDEFINED_OBJECT,
                format!("table {relation} has no reference rule \"{constraint}\""),
                "A reference rule is a foreign key from a protected table to a protected table.",
                "The view tenancy.reference_rules lists them.",
            ),
            UnknownTenantChange { given } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                format!("on_tenant_change cannot be \"{given}\""),
                "What happens to referring rows when a row changes its tenant.",
                "Give 'restrict', 'cascade' or 'delete'.",
            ),
            TwoNamingReferences { relation, other } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("a reference names the tenant of {relation} already"),
                format!("It is \"{other}\"."),
                "Set names_tenant of that rule to false first.",
            ),
            NamesNoTenant { relation } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("this reference cannot name the tenant of {relation}"),
                "One of the two tables has no tenant column.",
                "Choose a reference between tables of the kinds required or optional.",
            ),
            UnknownMode { mode } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                format!("there is no mode \"{mode}\""),
                "The mode says how strictly tenancy is enforced.",
                "Give 'off', 'setup', 'warn' or 'enforce'.",
            ),
            ViolationsRemain { count } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                "tenancy cannot be enforced while rows break its rules",
                format!("Such rows: {count}."),
                "Correct the rows that tenancy.violations() lists.",
            ),
            UnknownIndexCreation { given } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                format!("there is no way of creating an index named \"{given}\""),
                "protect() creates an index that begins with the tenant column where there is none.",
                "Give 'now', 'concurrently' (the function returns the command) or 'never'.",
            ),
            PermissivePolicy { relation } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("table {relation} may not have a further permissive policy"),
                "Permissive policies are joined by OR: it would show rows that tenancy hides.",
                "Create it AS RESTRICTIVE, or drop it.",
            ),
            Of(area) => area.parts(),
        }
    }

    /// Sends the refusal to the client as a warning.
    pub fn warn(&self) {
        ErrorReport::from(self.clone()).report(PgLogLevel::WARNING);
    }

    /// The message alone, for records.
    pub fn message(&self) -> String {
        self.parts().1
    }
}

impl From<Refusal> for ErrorReport {
    fn from(refusal: Refusal) -> Self {
        let (code, message, detail, hint) = refusal.parts();
        Self::new(code, message, "pg_tenancy").set_detail(detail).set_hint(hint)
    }
}

/// The value of an argument, or the refusal to do without it: a NULL must not look like success.
pub fn given<T>(value: Option<T>, function: &'static str, argument: &'static str) -> Result<T, Refusal> {
    value.ok_or(Refusal::NullArgument { function, argument })
}

fn parts(code: Code, message: impl Into<String>, detail: impl Into<String>, hint: impl Into<String>) -> Parts {
    (code, message.into(), detail.into(), hint.into())
}

fn listed(lead: &str, items: &[String]) -> String {
    // In an order that does not depend on the plan that found them.
    let mut items = items.to_vec();
    items.sort_unstable();
    format!("{lead}: {}.", items.join("; "))
}
