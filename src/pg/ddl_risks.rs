//! Which DDL commands can take something from the protection of a table: read off the parse tree, at no cost for others.

use pgrx::{PgList, pg_sys};

use super::ddl_commands::parse_tree;
use super::ddl_tables::switches_triggers;

/// What a command may have done to the tables that it was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// DISABLE or NO FORCE ROW LEVEL SECURITY.
    RowSecurity,
    /// A policy was altered or renamed.
    ChangedPolicy,
    /// Triggers were enabled, or disabled.
    SwitchedTriggers,
    /// A trigger was altered or renamed, or is new.
    ChangedTrigger,
    NewTrigger,
    NewRule,
    /// A column may be NULL, is of another type.
    ChangedColumn,
    /// There may be a new foreign key.
    NewKey,
    /// A constraint was altered.
    ChangedKey,
    /// The table is another role's.
    NewOwner,
    /// A publication is new or was altered.
    Publication,
    /// A table became a part of another, or came to another schema: a publication may have it there.
    NewPlace,
}

/// The risks of the command that an event trigger was called for.
pub fn risks(fcinfo: pg_sys::FunctionCallInfo) -> Vec<Risk> {
    // SAFETY: a node of PostgreSQL's own is of the type that its tag says.
    unsafe {
        let tree = parse_tree(fcinfo);
        let one = match (*tree).type_ {
            pg_sys::NodeTag::T_AlterTableStmt => {
                let commands = PgList::<pg_sys::AlterTableCmd>::from_pg((*tree.cast::<pg_sys::AlterTableStmt>()).cmds);
                let mut risks: Vec<Risk> =
                    commands.iter_ptr().flat_map(|command| altered(&*command)).copied().collect();
                risks.dedup();
                return risks;
            }
            pg_sys::NodeTag::T_CreateStmt => return vec![Risk::NewKey, Risk::NewPlace],
            pg_sys::NodeTag::T_CreateSchemaStmt => Risk::NewKey,
            pg_sys::NodeTag::T_AlterObjectSchemaStmt => Risk::NewPlace,
            pg_sys::NodeTag::T_AlterPolicyStmt => Risk::ChangedPolicy,
            pg_sys::NodeTag::T_CreateTrigStmt => Risk::NewTrigger,
            pg_sys::NodeTag::T_RuleStmt => Risk::NewRule,
            pg_sys::NodeTag::T_CreatePublicationStmt | pg_sys::NodeTag::T_AlterPublicationStmt => Risk::Publication,
            pg_sys::NodeTag::T_RenameStmt => match (*tree.cast::<pg_sys::RenameStmt>()).renameType {
                pg_sys::ObjectType::OBJECT_POLICY => Risk::ChangedPolicy,
                pg_sys::ObjectType::OBJECT_TRIGGER => Risk::ChangedTrigger,
                _ => return Vec::new(),
            },
            // DEPENDS ON EXTENSION: whoever drops that one drops the trigger.
            pg_sys::NodeTag::T_AlterObjectDependsStmt => Risk::ChangedTrigger,
            _ => return Vec::new(),
        };
        vec![one]
    }
}

/// # Safety
/// `command` is a node of a valid parse tree.
#[allow(non_upper_case_globals)] // PostgreSQL's names
unsafe fn altered(command: &pg_sys::AlterTableCmd) -> &'static [Risk] {
    use pg_sys::AlterTableType::*;
    match command.subtype {
        AT_DisableRowSecurity | AT_NoForceRowSecurity => &[Risk::RowSecurity],
        _ if switches_triggers(command) => &[Risk::SwitchedTriggers],
        AT_DropNotNull | AT_AlterColumnType => &[Risk::ChangedColumn],
        AT_AddConstraint => &[Risk::NewKey],
        AT_AttachPartition | AT_AddInherit => &[Risk::NewKey, Risk::NewPlace],
        // SAFETY: ADD COLUMN carries the column's definition.
        AT_AddColumn if unsafe { has_key(&*command.def.cast()) } => &[Risk::NewKey],
        AT_AlterConstraint => &[Risk::ChangedKey],
        AT_ChangeOwner => &[Risk::NewOwner],
        _ => &[],
    }
}

/// # Safety
/// `column` is a node of a valid parse tree.
unsafe fn has_key(column: &pg_sys::ColumnDef) -> bool {
    // SAFETY: the constraints of a column are nodes of that type.
    unsafe {
        PgList::<pg_sys::Constraint>::from_pg(column.constraints)
            .iter_ptr()
            .any(|constraint| (*constraint).contype == pg_sys::ConstrType::CONSTR_FOREIGN)
    }
}
