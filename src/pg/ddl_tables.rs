//! Which DDL commands make tables, bring them into a schema, or change their triggers.

use pgrx::{PgList, pg_sys};

use super::ddl_commands::{parse_tree, text};

/// What a command did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Making {
    /// Tables were created without rows.
    NewTable,
    /// CREATE TABLE AS, SELECT INTO.
    FilledTable,
    /// SET SCHEMA.
    MovedTable,
    /// ATTACH PARTITION, INHERIT.
    NewPart,
    ChangedTriggers,
    RenamedSchema {
        from: String,
        to: String,
    },
}

/// What the command that an event trigger was called for did; None if nothing of this.
pub fn making(fcinfo: pg_sys::FunctionCallInfo) -> Option<Making> {
    // SAFETY: a node of PostgreSQL's own is of the type that its tag says.
    unsafe {
        let tree = parse_tree(fcinfo);
        Some(match (*tree).type_ {
            pg_sys::NodeTag::T_CreateStmt
            | pg_sys::NodeTag::T_CreateForeignTableStmt
            | pg_sys::NodeTag::T_CreateSchemaStmt
            | pg_sys::NodeTag::T_ImportForeignSchemaStmt => Making::NewTable,
            pg_sys::NodeTag::T_CreateTableAsStmt => {
                let into = (*tree.cast::<pg_sys::CreateTableAsStmt>()).into;
                if (*into).skipData { Making::NewTable } else { Making::FilledTable }
            }
            pg_sys::NodeTag::T_AlterObjectSchemaStmt => Making::MovedTable,
            pg_sys::NodeTag::T_CreateTrigStmt => Making::ChangedTriggers,
            pg_sys::NodeTag::T_AlterTableStmt => {
                let commands = PgList::<pg_sys::AlterTableCmd>::from_pg((*tree.cast::<pg_sys::AlterTableStmt>()).cmds);
                let does =
                    |what: fn(&pg_sys::AlterTableCmd) -> bool| commands.iter_ptr().any(|command| what(&*command));
                match (does(makes_part), does(switches_triggers)) {
                    (true, _) => Making::NewPart,
                    (false, true) => Making::ChangedTriggers,
                    _ => return None,
                }
            }
            pg_sys::NodeTag::T_RenameStmt => {
                let statement = &*tree.cast::<pg_sys::RenameStmt>();
                match statement.renameType {
                    pg_sys::ObjectType::OBJECT_TRIGGER => Making::ChangedTriggers,
                    pg_sys::ObjectType::OBJECT_SCHEMA => {
                        Making::RenamedSchema { from: text(statement.subname)?, to: text(statement.newname)? }
                    }
                    _ => return None,
                }
            }
            _ => return None,
        })
    }
}

/// Does the subcommand of ALTER TABLE make a table a part of another?
#[allow(non_upper_case_globals)] // PostgreSQL's names
const fn makes_part(command: &pg_sys::AlterTableCmd) -> bool {
    use pg_sys::AlterTableType::*;
    matches!(command.subtype, AT_AttachPartition | AT_AddInherit)
}

/// Does the subcommand of ALTER TABLE enable or disable triggers?
#[allow(non_upper_case_globals)] // PostgreSQL's names
pub(super) const fn switches_triggers(command: &pg_sys::AlterTableCmd) -> bool {
    use pg_sys::AlterTableType::*;
    matches!(
        command.subtype,
        AT_EnableTrig
            | AT_EnableTrigAll
            | AT_EnableTrigUser
            | AT_EnableReplicaTrig
            | AT_DisableTrig
            | AT_DisableTrigAll
            | AT_DisableTrigUser
    )
}
