//! What a DDL command did, as far as its parse tree says more than `pg_event_trigger_ddl_commands()`.

use std::ffi::CStr;

use pgrx::{PgList, pg_sys};

use super::owner;

/// One thing that a command did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// CREATE TABLE, also as a partition or an inheritance child, also with foreign keys.
    NewTable,
    /// ATTACH PARTITION or INHERIT: a table became a part of another.
    NewPart,
    /// DETACH PARTITION, with the part's oid where its name still tells.
    LostPart(pg_sys::Oid),
    /// NO INHERIT, with the oid of the table that it was a part of.
    LostParent(pg_sys::Oid),
    /// A foreign key was added, or something that may bring one.
    NewConstraint,
    /// A column was given another type or expression, and with it perhaps other values, which fires no trigger for rows.
    NewValues {
        column: String,
    },
    /// A foreign key became deferrable, or ceased to be.
    ChangedConstraint,
    NewPolicy,
    RenamedColumn {
        from: String,
        to: String,
    },
    RenamedConstraint {
        from: String,
        to: String,
    },
}

/// The changes of the command that an event trigger was called for.
pub fn changes(fcinfo: pg_sys::FunctionCallInfo) -> Vec<Change> {
    // SAFETY: a node of PostgreSQL's own is of the type that its tag says.
    unsafe {
        let tree = parse_tree(fcinfo);
        match (*tree).type_ {
            // The tables made within CREATE SCHEMA are no commands of their own.
            pg_sys::NodeTag::T_CreateStmt
            | pg_sys::NodeTag::T_CreateForeignTableStmt
            | pg_sys::NodeTag::T_CreateSchemaStmt => vec![Change::NewTable],
            pg_sys::NodeTag::T_CreatePolicyStmt | pg_sys::NodeTag::T_AlterPolicyStmt => vec![Change::NewPolicy],
            pg_sys::NodeTag::T_RenameStmt => renamed(&*tree.cast::<pg_sys::RenameStmt>()).into_iter().collect(),
            pg_sys::NodeTag::T_AlterTableStmt => {
                let commands = PgList::<pg_sys::AlterTableCmd>::from_pg((*tree.cast::<pg_sys::AlterTableStmt>()).cmds);
                commands.iter_ptr().filter_map(|command| altered(&*command)).collect()
            }
            _ => Vec::new(),
        }
    }
}

pub(super) fn parse_tree(fcinfo: pg_sys::FunctionCallInfo) -> *mut pg_sys::Node {
    // SAFETY: PostgreSQL calls event triggers with their data as context; anything else is refused.
    unsafe {
        let context = (*fcinfo).context;
        if context.is_null() || (*context).type_ != pg_sys::NodeTag::T_EventTriggerData {
            pgrx::error!("not called as an event trigger");
        }
        (*context.cast::<pg_sys::EventTriggerData>()).parsetree
    }
}

/// The partitioned table and the new partition of the ATTACH PARTITION that is about to run, if both exist. It is the one
/// subcommand of its command.
pub fn attaching(fcinfo: pg_sys::FunctionCallInfo) -> Option<(pg_sys::Oid, pg_sys::Oid)> {
    // SAFETY: a node of PostgreSQL's own is of the type that its tag says; ATTACH carries a PartitionCmd.
    unsafe {
        let (statement, command) = of_partition(fcinfo, pg_sys::AlterTableType::AT_AttachPartition)?;
        let parent = settle((*statement).relation, lock_of(statement), owner::current_user_owns)?;
        Some((parent, settle((*command).name, pg_sys::AccessExclusiveLock as i32, owner::current_user_owns)?))
    }
}

/// The table that ATTACH PARTITION or INHERIT has made a part of another.
pub fn new_part(fcinfo: pg_sys::FunctionCallInfo) -> Option<pg_sys::Oid> {
    // SAFETY: a node of PostgreSQL's own is of the type that its tag says; ATTACH carries a PartitionCmd.
    unsafe {
        let attached = of_partition(fcinfo, pg_sys::AlterTableType::AT_AttachPartition)
            .map(|(_, command)| look_up((*command).name));
        attached.or_else(|| {
            let inherits = of_partition(fcinfo, pg_sys::AlterTableType::AT_AddInherit);
            inherits.map(|(statement, _)| look_up((*statement).relation))
        })
    }
}

/// The partitioned table and the partition of the DETACH PARTITION CONCURRENTLY that is about to run, if both exist.
pub fn detaching_concurrently(fcinfo: pg_sys::FunctionCallInfo) -> Option<(pg_sys::Oid, pg_sys::Oid)> {
    // SAFETY: a node of PostgreSQL's own is of the type that its tag says; DETACH carries a PartitionCmd.
    unsafe {
        let (statement, command) = of_partition(fcinfo, pg_sys::AlterTableType::AT_DetachPartition)?;
        if !(*command).concurrent {
            return None;
        }
        let lock = lock_of(statement);
        let parent = settle((*statement).relation, lock, owner::current_user_owns)?;
        Some((parent, settle((*command).name, lock, owner::current_user_owns)?))
    }
}

/// # Safety
/// As for an event trigger's call.
unsafe fn of_partition(
    fcinfo: pg_sys::FunctionCallInfo,
    kind: pg_sys::AlterTableType::Type,
) -> Option<(*const pg_sys::AlterTableStmt, *const pg_sys::PartitionCmd)> {
    // SAFETY: a node of PostgreSQL's own is of the type that its tag says.
    unsafe {
        let tree = parse_tree(fcinfo);
        if (*tree).type_ != pg_sys::NodeTag::T_AlterTableStmt {
            return None;
        }
        let statement = tree.cast::<pg_sys::AlterTableStmt>();
        let commands = PgList::<pg_sys::AlterTableCmd>::from_pg((*statement).cmds);
        let command = commands.iter_ptr().find(|command| (**command).subtype == kind)?;
        Some((statement, (*command).def.cast()))
    }
}

/// The table that ALTER TABLE is about, if it is there.
pub fn altered_table(fcinfo: pg_sys::FunctionCallInfo) -> Option<pg_sys::Oid> {
    // SAFETY: a node of PostgreSQL's own is of the type that its tag says.
    unsafe {
        let tree = parse_tree(fcinfo);
        let alters = (*tree).type_ == pg_sys::NodeTag::T_AlterTableStmt;
        let table = alters.then(|| look_up((*tree.cast::<pg_sys::AlterTableStmt>()).relation));
        table.filter(|table| *table != pg_sys::InvalidOid)
    }
}

/// # Safety
/// `name` is a node of a valid parse tree.
pub(super) unsafe fn look_up(name: *const pg_sys::RangeVar) -> pg_sys::Oid {
    // SAFETY: a look-up by name that neither locks nor raises an error for a missing relation.
    unsafe {
        pg_sys::RangeVarGetRelidExtended(
            name,
            pg_sys::NoLock as i32,
            pg_sys::RVROption::RVR_MISSING_OK,
            None,
            std::ptr::null_mut(),
        )
    }
}

/// # Safety
/// `command` is a node of a valid parse tree.
#[allow(non_upper_case_globals)] // PostgreSQL's names
unsafe fn altered(command: &pg_sys::AlterTableCmd) -> Option<Change> {
    use pg_sys::AlterTableType::*;
    Some(match command.subtype {
        AT_AttachPartition | AT_AddInherit => Change::NewPart,
        AT_AddConstraint | AT_AddColumn => Change::NewConstraint,
        AT_AlterConstraint => Change::ChangedConstraint,
        // SAFETY: DETACH carries a PartitionCmd, whose name is a RangeVar of a relation that exists. CONCURRENTLY it was without
        // a lock for a while, in which somebody else could give its name to another one.
        AT_DetachPartition | AT_DetachPartitionFinalize => Change::LostPart(unsafe {
            let partition = &*command.def.cast::<pg_sys::PartitionCmd>();
            if partition.concurrent { pg_sys::InvalidOid } else { look_up(partition.name) }
        }),
        // SAFETY: NO INHERIT carries a RangeVar of a relation that exists.
        AT_DropInherit => Change::LostParent(unsafe { look_up(command.def.cast()) }),
        AT_AlterColumnType => Change::NewValues { column: text(command.name)? },
        #[cfg(any(feature = "pg17", feature = "pg18"))]
        AT_SetExpression => Change::NewValues { column: text(command.name)? },
        _ => return None,
    })
}

/// The relation that a command names, locked as the command is about to lock it: until then somebody else can give the name to
/// another one. What the command is not for, so that it is about to be refused, stays unlocked.
///
/// # Safety
/// `name` is a node of a valid parse tree.
pub(super) unsafe fn settle(
    name: *const pg_sys::RangeVar,
    lock: pg_sys::LOCKMODE,
    is_for: fn(pg_sys::Oid) -> bool,
) -> Option<pg_sys::Oid> {
    loop {
        // SAFETY: by the caller's promise.
        let relation = Some(unsafe { look_up(name) }).filter(|relation| *relation != pg_sys::InvalidOid)?;
        if !is_for(relation) {
            return Some(relation);
        }
        // SAFETY: an ordinary heavyweight lock. Taking it reads what others have committed meanwhile.
        unsafe {
            pg_sys::LockRelationOid(relation, lock);
            if look_up(name) == relation {
                return Some(relation);
            }
            pg_sys::UnlockRelationOid(relation, lock);
        }
    }
}

/// The lock that ALTER TABLE takes.
///
/// # Safety
/// `statement` is a node of a valid parse tree.
pub(super) unsafe fn lock_of(statement: *const pg_sys::AlterTableStmt) -> pg_sys::LOCKMODE {
    // SAFETY: by the caller's promise.
    unsafe { pg_sys::AlterTableGetLockLevel((*statement).cmds) }
}

/// A name in a parse tree.
pub(super) fn text(name: *const core::ffi::c_char) -> Option<String> {
    // SAFETY: names are NUL-terminated strings or NULL.
    unsafe { (!name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy().into_owned()) }
}

fn renamed(statement: &pg_sys::RenameStmt) -> Option<Change> {
    let (from, to) = (text(statement.subname)?, text(statement.newname)?);
    match statement.renameType {
        // An attribute of the type of typed tables is renamed with their columns.
        pg_sys::ObjectType::OBJECT_COLUMN | pg_sys::ObjectType::OBJECT_ATTRIBUTE => {
            Some(Change::RenamedColumn { from, to })
        }
        pg_sys::ObjectType::OBJECT_TABCONSTRAINT => Some(Change::RenamedConstraint { from, to }),
        _ => None,
    }
}
