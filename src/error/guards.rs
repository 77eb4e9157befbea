//! What is refused to DDL on protected tables.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know: the table, what would differ, the table given to protect().
#[derive(Debug)]
pub enum GuardRefusal {
    RowSecurity {
        table: String,
        what: String,
        root: String,
    },
    Policy {
        table: String,
        what: String,
        root: String,
    },
    Trigger {
        table: String,
        what: String,
        root: String,
    },
    TriggerDisabled {
        table: String,
        what: String,
        root: String,
    },
    TenantColumn {
        table: String,
        what: String,
        root: String,
    },
    TenantKey {
        table: String,
        what: String,
        root: String,
    },
    EmptiesTenant {
        table: String,
        what: String,
        remedy: String,
    },
    TriggerOfOther {
        table: String,
    },
    PlantedTrigger {
        table: String,
        trigger: String,
        function: String,
        owner: String,
        table_owner: String,
    },
    TriggerOnWritten {
        table: String,
    },
    KeyToOther {
        table: String,
        referenced: String,
    },
    /// The first of such keys, and the command that declares the owners of all.
    KeysOfOthers {
        table: String,
        referenced: String,
        owner: String,
        declare: String,
    },
    RowsTold {
        table: String,
        referenced: String,
    },
    RowsShown {
        table: String,
    },
    RowsOutOfSight {
        table: String,
        partition: String,
    },
    Rule {
        table: String,
    },
    OpenAbove {
        table: String,
        above: String,
        /// Not before, because both could have been protected in one transaction.
        at_commit: bool,
    },
    TakenName {
        table: String,
        trigger: String,
    },
    PublishedWhole {
        published: Published,
    },
    /// Told only.
    PublishedBefore {
        published: Published,
    },
    /// One of the others, told to a superuser.
    Told(Box<Self>),
}

/// A table of which a publication sends the rows of more than one tenant.
#[derive(Debug)]
pub struct Published {
    pub publication: String,
    pub table: String,
    pub tenant_column: String,
    /// Because it has all tables, or all of a schema: these have no row filters.
    pub as_one_of_all: bool,
}

impl Published {
    fn way_out(&self) -> String {
        let Self { table, tenant_column, as_one_of_all, .. } = self;
        let publish = format!("FOR TABLE {table} WHERE ({tenant_column} = '…')");
        if *as_one_of_all {
            return format!(
                "Tables of a schema, and all tables, are published without row filters. Publish each: {publish}."
            );
        }
        format!("A row filter lets the rows of one tenant pass: {publish}, also with further conditions joined by AND.")
    }
}

impl GuardRefusal {
    /// Would rows come to break the rules that hold for superusers, too?
    pub const fn holds_for_superusers(&self) -> bool {
        matches!(self, Self::EmptiesTenant { .. })
    }
}

fn release(root: &str) -> String {
    format!("To take the table out of tenancy, call tenancy.release('{root}').")
}

impl Explained for GuardRefusal {
    fn parts(&self) -> Parts {
        use GuardRefusal::*;
        match self {
            RowSecurity { table, what, root } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("protected table {table} would lose its row security"),
                format!("{what}."),
                release(root),
            ),
            Policy { table, what, root } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("protected table {table} would lose a policy of tenancy"),
                format!("{what}."),
                release(root),
            ),
            Trigger { table, what, root } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("protected table {table} would lose a trigger of tenancy"),
                format!("{what}."),
                release(root),
            ),
            TriggerDisabled { table, what, .. } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("a trigger of tenancy on {table} would not fire always"),
                format!("{what}."),
                "Name the triggers of your own that are to be enabled or disabled.",
            ),
            TenantColumn { table, what, root } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("protected table {table} would lose what its tenant column must be"),
                format!("{what}."),
                release(root),
            ),
            TenantKey { table, what, root } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("protected table {table} would lose its foreign key to tenants"),
                format!("{what}."),
                release(root),
            ),
            EmptiesTenant { table, what, remedy } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("a foreign key of {table} would take the tenant from rows"),
                format!("{what}."),
                format!("Leave the tenant column out of what the foreign key sets: {remedy};"),
            ),
            TriggerOfOther { table } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("only its owner may create a trigger on the protected table {table}"),
                "A trigger is called with the rows of whoever writes the table.",
                "Let the owner of the table create it; revoke TRIGGER on the table from others.",
            ),
            PlantedTrigger { table, trigger, function, owner, table_owner } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!(
                    "trigger {trigger} on table {table} runs a function of role {owner}, who is not the owner of the table"
                ),
                "Whoever was granted TRIGGER may have made it, and on a protected table it would be called in the sessions of all tenants.",
                format!(
                    "If it belongs there, give its function to the owner of the table (alter function {function} owner to {table_owner};), else drop it: drop trigger {trigger} on {table};"
                ),
            ),
            TriggerOnWritten { table } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("only its owner may create a trigger on table {table}, which is written with protected ones"),
                "Actions of foreign keys write it in the session of whoever deletes or changes rows of a protected table, where the trigger would be called.",
                "Let the owner of the table create it; revoke TRIGGER on the table from others.",
            ),
            KeyToOther { table, referenced } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("table {table} may not refer to the protected table {referenced}"),
                "The foreign key of a table that is not protected tells which keys other tenants have.",
                format!("Call tenancy.protect('{table}', …) first, then add the foreign key."),
            ),
            KeysOfOthers { table, referenced, owner, declare } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("table {table} of role {owner} may not refer to table {referenced}, which is another owner's"),
                format!(
                    "Triggers and other code of {owner} would run in the session of whoever deletes or changes rows of {referenced}, or of a protected table that these follow."
                ),
                format!(
                    "Give both tables one owner, that of the table referred to first; or let an administrator declare whom he trusts: {declare};"
                ),
            ),
            RowsTold { table, referenced } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("the rows of table {table} may not be looked up in the protected table {referenced}"),
                "PostgreSQL would say which of them refer to nothing, and so which keys other tenants have.",
                "Do it without the foreign key, then add that as NOT VALID and validate it.",
            ),
            RowsShown { table } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("the rows of the protected table {table} may not be looked at for a domain"),
                "PostgreSQL would call the domain's constraint with the values that rows of all tenants have.",
                "Add the constraint as NOT VALID: it holds for what is written from then on.",
            ),
            RowsOutOfSight { table, partition } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("partition {partition} of {table} may not be detached concurrently"),
                "Until that is over, references and quotas of the table would not take account of the partition's rows.",
                "Detach it without CONCURRENTLY.",
            ),
            Rule { table } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("the protected table {table} may not have a rule"),
                "A rule rewrites statements before policies and triggers see them.",
                "Use a trigger, or a view with INSTEAD OF triggers.",
            ),
            OpenAbove { table, above, at_commit } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!(
                    "protected table {table} may not be a part of {above}, which is not protected by the same tenant column"
                ),
                format!(
                    "A query that names {above} would show the rows of all tenants: it asks the policies of {above} only."
                ),
                match at_commit {
                    true => format!(
                        "Call tenancy.protect('{above}', …) with the same tenant column in the same transaction. Or take the \
                         table out (alter table {table} no inherit {above}), and put it back when both are protected."
                    ),
                    false => format!("Call tenancy.protect('{above}', …) with the same tenant column first."),
                },
            ),
            TakenName { table, trigger } => parts(
                Code::ERRCODE_DUPLICATE_OBJECT,
                format!("table {table} has a trigger with the name of one of tenancy, {trigger}"),
                "A protected table has triggers of these names, which keep its references.",
                format!("Rename it: alter trigger {trigger} on {table} rename to …"),
            ),
            PublishedWhole { published: published @ Published { publication, table, .. } } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("publication \"{publication}\" would publish the rows of all tenants of table {table}"),
                "Row security does not apply to subscribers.",
                published.way_out(),
            ),
            PublishedBefore { published: published @ Published { publication, table, .. } } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("publication \"{publication}\" publishes the rows of all tenants of table {table}"),
                "Row security does not apply to subscribers.",
                format!("{} Or protect the table on the other server, too.", published.way_out()),
            ),
            Told(refusal) => {
                let (code, message, detail, _) = refusal.parts();
                let hint = match refusal.as_ref() {
                    RowSecurity { root, .. }
                    | Policy { root, .. }
                    | Trigger { root, .. }
                    | TriggerDisabled { root, .. }
                    | TenantColumn { root, .. }
                    | TenantKey { root, .. } => {
                        format!("It is done, because a superuser does it. tenancy.mend('{root}') undoes it.")
                    }
                    KeysOfOthers { declare, .. } => {
                        format!("It is done, because a superuser does it. Declare whom you trust: {declare};")
                    }
                    _ => "It is done, because a superuser does it.".into(),
                };
                (code, message, detail, hint)
            }
        }
    }
}
