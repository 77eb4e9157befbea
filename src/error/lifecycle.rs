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
    MissingPrivileges { what: &'static str, missing: Vec<String> },
    Narrowed { what: &'static str, policies: Vec<String> },
    TableHeld { table: String, milliseconds: i32, sessions: Vec<i32> },
    NoStage { relation: String },
    Damaged { line: u64, reason: String },
    UnreadableValue { line: i64, whose: String, reason: String },
    UnknownOption { option: &'static str, given: String, known: &'static str },
    NoSuchTable { table: String },
    NoSuchColumn { table: String, column: String },
    TenantNameTaken { name: String },
    UnknownRoles { roles: Vec<String> },
    TenantElsewhere { tenant: String, topmost: String },
    RolesOfOthers { count: i64 },
    NoSingleKey { table: String },
    NoCounterpart { table: String, count: i64 },
    KeyOfAnother { table: String },
    OwnTemplate { tenant: String },
    TemplateUnread { tenant: String },
    KeyStays { table: String },
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
                "It does not exist, or this session may not read all rows of all tenants that were asked for, in every table.",
                "Enter a context that reads these tenants: tenancy.readable_tenants() lists those that can be exported.",
            ),
            MissingPrivileges { what, missing } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("privileges that {what} needs are missing"),
                listed("They are", missing),
                "GRANT these, call it as a role that has them, or name the other tables in only_tables if it has this argument.",
            ),
            Narrowed { what, policies } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("restrictive policies keep {what} from this role"),
                listed("They are", policies),
                "Call it as a role that row security does not bind, or name the other tables in only_tables if it has this argument.",
            ),
            TableHeld { table, milliseconds, sessions } => parts(
                Code::ERRCODE_LOCK_NOT_AVAILABLE,
                format!("table {table} is locked by somebody else"),
                held_by(*milliseconds, sessions),
                "End these sessions or their transactions, or wait longer: SET lock_timeout says how long. What has an argument only_tables can do without the table.",
            ),
            NoStage { relation } => parts(
                Code::ERRCODE_WRONG_OBJECT_TYPE,
                format!("{relation} holds no archive"),
                "An archive is read from an ordinary table with the columns line and content.",
                "Create one: create temporary table archive (line bigint generated always as identity primary key, content text).",
            ),
            Damaged { line, reason } => parts(
                Code::ERRCODE_BAD_COPY_FILE_FORMAT,
                format!("the archive cannot be read at line {line}"),
                format!("{reason}."),
                "Nothing was written. Load the file again, in the way in which it was written: COPY doubles backslashes.",
            ),
            UnreadableValue { line, whose, reason } => parts(
                Code::ERRCODE_BAD_COPY_FILE_FORMAT,
                format!("line {line} of the archive cannot become {whose}"),
                format!("{reason}."),
                "Nothing was written. Make the table as it was where the archive was made.",
            ),
            UnknownOption { option, given, known } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                format!("{option} cannot be {given}"),
                "Nothing was written.",
                format!("Give {known}."),
            ),
            NoSuchTable { table } => parts(
                Code::ERRCODE_UNDEFINED_TABLE,
                format!("the archive has rows of {table}, which is not such a table here"),
                "There is no such table, it is not protected, or its tenant column is another one.",
                "Make the tables as they were where the archive was made, and protect them.",
            ),
            NoSuchColumn { table, column } => parts(
                Code::ERRCODE_UNDEFINED_COLUMN,
                format!("table {table} has no column \"{column}\" for the values of the archive"),
                "There is no such column in the archive or here, or it is a generated one.",
                "Make the table as it was where the archive was made.",
            ),
            TenantNameTaken { name } => parts(
                Code::ERRCODE_UNIQUE_VIOLATION,
                format!("a tenant named \"{name}\" exists already"),
                "The archive's tenant would become a new tenant with this name.",
                "Insert a tenant with another name first and give its id as target, or rename the other one.",
            ),
            UnknownRoles { roles } => parts(
                Code::ERRCODE_UNDEFINED_OBJECT,
                "users of the archive hold roles that do not exist here",
                listed("They are", roles),
                "Insert these roles into tenancy.roles first.",
            ),
            TenantElsewhere { tenant, topmost } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                format!("tenant \"{tenant}\" of the archive is here, but not below tenant \"{topmost}\""),
                "An archive brings rows of its topmost tenant and of those below that.",
                "Import with new keys, or move the tenant. Look at the archive if it is from somebody else.",
            ),
            RolesOfOthers { count } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                "the archive gives roles to users who are not of its tenants",
                format!("Such rows of tenancy.user_roles: {count}."),
                "Import with new keys. Look at the archive if it is from somebody else.",
            ),
            NoSingleKey { table } => parts(
                Code::ERRCODE_FEATURE_NOT_SUPPORTED,
                format!("public rows of {table} cannot be recognised"),
                "Rows refer to them by a key of several columns, or they have no primary key.",
                "Leave the table out of match_public: its keys are then taken to be the same here.",
            ),
            NoCounterpart { table, count } => parts(
                Code::ERRCODE_NO_DATA_FOUND,
                format!("public rows of {table} that the archive refers to are not here"),
                format!("Rows without exactly one public row here that has the same natural key: {count}."),
                "Insert them first, or name another natural key in match_public.",
            ),
            KeyOfAnother { table } => parts(
                Code::ERRCODE_UNIQUE_VIOLATION,
                format!("rows of {table} could not be written"),
                "A row of another tenant has their key, or a trigger kept them out.",
                "Import with new keys.",
            ),
            OwnTemplate { tenant } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                format!("tenant \"{tenant}\" cannot be its own template"),
                "The template's rows are copied.",
                "Give another tenant as the template.",
            ),
            TemplateUnread { tenant } => parts(
                Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
                format!("rows of tenant \"{tenant}\" cannot be copied"),
                "This session may not read them.",
                "Enter as a user whose role reads the template.",
            ),
            KeyStays { table } => parts(
                Code::ERRCODE_FEATURE_NOT_SUPPORTED,
                format!("rows of {table} cannot be copied"),
                "Their primary key is neither made by the table itself (a sequence, a uuid) nor has it the tenant in it.",
                "Leave the table out: name the others in only_tables.",
            ),
        }
    }
}

fn held_by(milliseconds: i32, sessions: &[i32]) -> String {
    let seconds = f64::from(milliseconds) / 1000.0;
    let sessions: Vec<String> = sessions.iter().map(i32::to_string).collect();
    match sessions.as_slice() {
        [] => format!("It was waited for {seconds} s. A prepared transaction has it, or whoever had it is gone."),
        some => format!("It was waited for {seconds} s. The server's processes that have it: {}.", some.join(", ")),
    }
}
