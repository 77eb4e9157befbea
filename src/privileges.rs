//! What the caller may do with tables, asked before there is anything to take back, and all at once. It is asked of the catalogs: the
//! rows themselves are read and written with the rights of the tables' owners, so that their code never has the caller's.

use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

use crate::error::{LifecycleRefusal, Refusal, RowRefusal};
use crate::modes;
use crate::pg::owner;
use crate::pg::spi::{Row, Sees, arg, query};
use crate::session;

query!(MISSING_PRIVILEGES, "missing_privileges.sql", &[pg_sys::OIDOID, pg_sys::OIDARRAYOID, pg_sys::TEXTARRAYOID]);
query!(NARROWING_POLICIES, "narrowing_policies.sql", &[pg_sys::OIDOID, pg_sys::OIDARRAYOID, pg_sys::TEXTARRAYOID]);

/// Refuses a caller who lacks one of the privileges on one of the tables.
pub fn require(what: &'static str, tables: &[Oid], privileges: &[&str]) -> Result<(), Refusal> {
    let args = [arg(owner::current_user()), arg(tables.to_vec()), arg(privileges.to_vec())];
    let read = |row: &Row| row.must::<String>(1);
    let missing = owner::run(|| MISSING_PRIVILEGES.with(|q| q.rows(&args, Sees::Latest, read)));
    if missing.is_empty() { Ok(()) } else { Err(LifecycleRefusal::MissingPrivileges { what, missing }.into()) }
}

/// Policies of the tables' owners which narrow what the caller reads.
pub const READING: &[&str] = &["r", "*"];
/// The same for what the caller writes.
pub const WRITING: &[&str] = &["a", "w", "*"];

/// Refuses a caller for whom policies of the tables' owners count: asked with the rights of these they would say something
/// else, and with the caller's they would have his rights.
pub fn refuse_narrowed(what: &'static str, tables: &[Oid], commands: &[&str]) -> Result<(), Refusal> {
    if is_exempt() {
        return Ok(());
    }
    let args = [arg(owner::current_user()), arg(tables.to_vec()), arg(commands.to_vec())];
    let read = |row: &Row| row.must::<String>(1);
    let policies = owner::run(|| NARROWING_POLICIES.with(|q| q.rows(&args, Sees::Latest, read)));
    if policies.is_empty() { Ok(()) } else { Err(LifecycleRefusal::Narrowed { what, policies }.into()) }
}

/// May the caller read rows of the tenant?
pub fn reads(tenant: Uuid) -> bool {
    is_exempt() || session::ask(|access, _| access.reads.ids.contains(&tenant))
}

/// Refuses a caller who may not write rows of the tenants, as row security would.
pub fn require_writing(tenants: impl IntoIterator<Item = Uuid>) -> Result<(), Refusal> {
    let writes = |tenant: Uuid| session::ask(|access, _| access.writes.ids.contains(&tenant));
    if is_exempt() || tenants.into_iter().all(writes) {
        return Ok(());
    }
    let instead = session::may_write(None, "tenancy.writable_tenant");
    modes::refuse(RowRefusal::MayNotWriteTenant { instead }.into())
}

/// Does row security pass over the caller, and over who called him?
pub fn is_exempt() -> bool {
    owner::outer_user_is_exempt() && owner::current_user_is_exempt()
}
