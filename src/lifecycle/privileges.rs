//! What the caller may do with tables, asked before there is anything to take back, and all at once.

use pgrx::pg_sys::{self, Oid};

use crate::error::{LifecycleRefusal, Refusal};
use crate::pg::owner;
use crate::pg::spi::{Row, Sees, arg, query};

query!(MISSING_PRIVILEGES, "missing_privileges.sql", &[pg_sys::OIDOID, pg_sys::OIDARRAYOID, pg_sys::TEXTARRAYOID]);

/// Refuses a caller who lacks one of the privileges on one of the tables.
pub fn require(what: &'static str, tables: &[Oid], privileges: &[&str]) -> Result<(), Refusal> {
    let privileges: Vec<String> = privileges.iter().map(|privilege| (*privilege).to_owned()).collect();
    let args = [arg(owner::current_user()), arg(tables.to_vec()), arg(privileges)];
    let read = |row: &Row| row.must::<String>(1);
    let missing = owner::run(|| MISSING_PRIVILEGES.with(|q| q.rows(&args, Sees::Latest, read)));
    if missing.is_empty() { Ok(()) } else { Err(LifecycleRefusal::MissingPrivileges { what, missing }.into()) }
}
