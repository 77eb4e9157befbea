//! Which commands make PostgreSQL look at the rows that are there: ALTER TABLE up in a table referred to, ALTER DOMAIN by a constraint.

use pgrx::{PgList, pg_sys};

use super::ddl_commands::{lock_of, parse_tree, settle, text};
use super::owner;

/// Rows that PostgreSQL would look up.
#[derive(Debug)]
pub struct LookedUp {
    /// Whose rows: of a table, or of the tables made of a composite type.
    pub rows_of: pg_sys::Oid,
    pub by: Keys,
}

/// By which foreign keys.
#[derive(Debug)]
pub enum Keys {
    /// A new one, to this table.
    New(pg_sys::Oid),
    /// Those that this table has, of a column or all.
    Of(pg_sys::Oid, Option<String>),
}

/// What the command that is about to run makes PostgreSQL look up. Only tables that exist.
pub fn looked_up(fcinfo: pg_sys::FunctionCallInfo) -> Vec<LookedUp> {
    // SAFETY: a node of PostgreSQL's own is of the type that its tag says.
    unsafe {
        let tree = parse_tree(fcinfo);
        if (*tree).type_ != pg_sys::NodeTag::T_AlterTableStmt {
            return Vec::new();
        }
        let statement = tree.cast::<pg_sys::AlterTableStmt>();
        let commands = PgList::<pg_sys::AlterTableCmd>::from_pg((*statement).cmds);
        if !commands.iter_ptr().any(|command| looks((*command).subtype)) {
            return Vec::new();
        }
        let table = settle((*statement).relation, lock_of(statement), owner::current_user_owns);
        let of_command = |table| commands.iter_ptr().flat_map(move |command| of_command(table, &*command));
        table.into_iter().flat_map(of_command).collect()
    }
}

/// The domain of which the command that is about to run looks at all values: ADD CONSTRAINT, VALIDATE CONSTRAINT, SET NOT NULL.
pub fn constrained_domain(fcinfo: pg_sys::FunctionCallInfo) -> Option<pg_sys::Oid> {
    const ADD: u8 = b'C';
    const VALIDATE: u8 = b'V';
    const SET_NOT_NULL: u8 = b'O';
    // SAFETY: a node of PostgreSQL's own is of the type that its tag says; ADD CONSTRAINT carries a constraint.
    unsafe {
        let tree = parse_tree(fcinfo);
        if (*tree).type_ != pg_sys::NodeTag::T_AlterDomainStmt {
            return None;
        }
        let statement = &*tree.cast::<pg_sys::AlterDomainStmt>();
        let looks = match statement.subtype.cast_unsigned() {
            ADD => !(*statement.def.cast::<pg_sys::Constraint>()).skip_validation,
            VALIDATE | SET_NOT_NULL => true,
            _ => false,
        };
        let name = pg_sys::makeTypeNameFromNameList(statement.typeName);
        let domain = pg_sys::LookupTypeNameOid(std::ptr::null_mut(), name, true);
        (looks && domain != pg_sys::InvalidOid).then_some(domain)
    }
}

/// Can the subcommand make PostgreSQL look rows up?
#[allow(non_upper_case_globals)] // PostgreSQL's names
const fn looks(kind: pg_sys::AlterTableType::Type) -> bool {
    use pg_sys::AlterTableType::*;
    match kind {
        AT_AddConstraint | AT_AddColumn | AT_AlterColumnType | AT_AttachPartition => true,
        #[cfg(any(feature = "pg17", feature = "pg18"))]
        AT_SetExpression => true,
        _ => false,
    }
}

/// # Safety
/// `command` is a node of a valid parse tree.
#[allow(non_upper_case_globals)] // PostgreSQL's names
unsafe fn of_command(table: pg_sys::Oid, command: &pg_sys::AlterTableCmd) -> Vec<LookedUp> {
    use pg_sys::AlterTableType::*;
    let by = |by| LookedUp { rows_of: table, by };
    // SAFETY: each subcommand carries the node that its kind says.
    unsafe {
        match command.subtype {
            AT_AddConstraint => new_key(command.def.cast()).map(|key| by(Keys::New(key))).into_iter().collect(),
            // A default, be it that of a domain, gives the rows a value.
            AT_AddColumn => {
                PgList::<pg_sys::Constraint>::from_pg((*command.def.cast::<pg_sys::ColumnDef>()).constraints)
                    .iter_ptr()
                    .filter_map(|constraint| new_key(constraint))
                    .map(|key| by(Keys::New(key)))
                    .collect()
            }
            AT_AlterColumnType => vec![by(Keys::Of(table, text(command.name)))],
            #[cfg(any(feature = "pg17", feature = "pg18"))]
            AT_SetExpression => vec![by(Keys::Of(table, text(command.name)))],
            AT_AttachPartition => {
                let name = (*command.def.cast::<pg_sys::PartitionCmd>()).name;
                let partition = settle(name, pg_sys::AccessExclusiveLock as i32, owner::current_user_owns);
                partition.map(|rows_of| LookedUp { rows_of, by: Keys::Of(table, None) }).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The table that a foreign key refers to which is not `NOT VALID`.
///
/// # Safety
/// `constraint` is a node of a valid parse tree.
unsafe fn new_key(constraint: *const pg_sys::Constraint) -> Option<pg_sys::Oid> {
    // SAFETY: a foreign key has the table that it refers to, and PostgreSQL locks it so.
    unsafe {
        let looks = (*constraint).contype == pg_sys::ConstrType::CONSTR_FOREIGN && !(*constraint).skip_validation;
        let lock = pg_sys::ShareRowExclusiveLock as i32;
        looks.then(|| settle((*constraint).pktable, lock, owner::current_user_may_refer_to)).flatten()
    }
}
