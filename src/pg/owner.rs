//! Running our own statements with our own rights, and asking what rights the caller has.

use std::cell::Cell;
use std::ffi::{CStr, c_int};

use pgrx::pg_sys;

use super::backend_local::BackendLocal;

/// Runs `work` as the bootstrap superuser with `search_path = pg_catalog, pg_temp`, then restores both.
///
/// A PostgreSQL error inside `work` restores them too: the (sub)transaction that it aborts remembers the user and the
/// settings it began with. `GUC_ACTION_SAVE` is what functions with a SET clause use and is allowed in parallel plans.
pub fn run<R>(work: impl FnOnce() -> R) -> R {
    run_unpinned(|| pinned(work))
}

/// Runs `work` with `search_path = pg_catalog, pg_temp`.
fn pinned<R>(work: impl FnOnce() -> R) -> R {
    with_settings(&[SEARCH_PATH], work)
}

const SEARCH_PATH: (&CStr, &CStr) = (c"search_path", c"pg_catalog, pg_temp");

/// The table at which the rights of its owner are in use.
static LOOKED_INTO: BackendLocal<Cell<Option<pg_sys::Oid>>> = BackendLocal::new(Cell::new(None));

/// The table whose rows are made public at this moment, by whoever may do that.
static MADE_PUBLIC: BackendLocal<Cell<Option<pg_sys::Oid>>> = BackendLocal::new(Cell::new(None));

struct Restore(&'static Cell<Option<pg_sys::Oid>>, Option<pg_sys::Oid>);

impl Restore {
    /// What `variable` is until the restorer is dropped.
    fn after(variable: &'static Cell<Option<pg_sys::Oid>>, relation: pg_sys::Oid) -> Self {
        Self(variable, variable.replace(Some(relation)))
    }
}

impl Drop for Restore {
    // Also when a PostgreSQL error unwinds through.
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

/// Runs `work`, which makes rows of a table public as its owner: it is known that whoever wants it may, which nobody may be asked
/// meanwhile.
pub fn making_public<R>(relation: pg_sys::Oid, work: impl FnOnce() -> R) -> R {
    let _restore = Restore::after(&MADE_PUBLIC, relation);
    work()
}

/// The table whose rows [`making_public`] makes public.
pub fn made_public() -> Option<pg_sys::Oid> {
    MADE_PUBLIC.get()
}

/// The table that is looked into or altered with the rights of its owner at this moment. Nobody's code can alter it meanwhile,
/// and what code of the owner's asks the session, it is told as nobody. In a parallel worker no table, if the leader looks into one.
#[inline]
pub fn looked_into() -> Option<pg_sys::Oid> {
    LOOKED_INTO.get().or_else(leader_looks_into)
}

/// Among the flags with which PostgreSQL says how the current user came to be: it passes them on to parallel workers and nested
/// functions, and takes them back with a subtransaction. It has the lowest bits for itself.
const LOOKING: i32 = 1 << 30;

#[inline]
fn leader_looks_into() -> Option<pg_sys::Oid> {
    // SAFETY: reads a variable of the backend.
    if unsafe { pg_sys::ParallelWorkerNumber } < 0 {
        return None;
    }
    (flags() & LOOKING != 0).then_some(pg_sys::InvalidOid)
}

fn flags() -> i32 {
    let (mut user, mut flags) = (pg_sys::InvalidOid, 0);
    // SAFETY: both pointers are valid for writes.
    unsafe { GetUserIdAndSecContext(&mut user, &mut flags) };
    flags
}

/// Is what runs now the code of a table's owner, because we look into his table or because a foreign key's query or action does? What
/// we ask ourselves in between, in a trigger, we ask as the bootstrap superuser.
pub fn is_owners_code() -> bool {
    if looked_into().is_some() {
        return true;
    }
    let (mut user, mut flags) = (pg_sys::InvalidOid, 0);
    // SAFETY: both pointers are valid for writes.
    unsafe { GetUserIdAndSecContext(&mut user, &mut flags) };
    flags & pg_sys::SECURITY_NOFORCE_RLS as i32 != 0 && user != pg_sys::Oid::from(pg_sys::BOOTSTRAP_SUPERUSERID)
}

/// Are rows written with the rights of a table's owner whom not even FORCE binds? So foreign keys' actions do, and ours.
pub(super) fn passes_forced_policies() -> bool {
    flags() & pg_sys::SECURITY_NOFORCE_RLS as i32 != 0
}

/// Runs `work` with these settings, then restores what they were; so does an error.
pub fn with_settings<R>(settings: &[(&CStr, &CStr)], work: impl FnOnce() -> R) -> R {
    in_settings(settings, true, work)
}

/// `keeps`: what `work` sets besides stays.
fn in_settings<R>(settings: &[(&CStr, &CStr)], keeps: bool, work: impl FnOnce() -> R) -> R {
    // SAFETY: the nest level opened here is closed below, or by the abort of the (sub)transaction.
    let level = unsafe { pg_sys::NewGUCNestLevel() };
    for (name, value) in settings {
        set_saved(name, value);
    }
    let result = work();
    // SAFETY: `level` is the level opened above, and what was set above is to be undone.
    unsafe { pg_sys::AtEOXact_GUC(keeps, level) };
    result
}

/// Like [`run`], for what makes foreign keys look into tables of others: their owners' code, which runs with their rights, leaves
/// nothing behind.
pub fn run_leaving_nothing<R>(work: impl FnOnce() -> R) -> R {
    let restricted = pg_sys::SECURITY_RESTRICTED_OPERATION as i32;
    run_as(pg_sys::Oid::from(pg_sys::BOOTSTRAP_SUPERUSERID), restricted, || in_settings(&[SEARCH_PATH], false, work))
}

/// Like [`run`], without touching `search_path`: for statements on the row path, which qualify every name and operator.
pub fn run_unpinned<R>(work: impl FnOnce() -> R) -> R {
    run_as(pg_sys::Oid::from(pg_sys::BOOTSTRAP_SUPERUSERID), 0, work)
}

/// Runs `work`, which looks into a table of somebody's at a row's command, as the table's owner, whom row security does not bind
/// meanwhile: as PostgreSQL's own foreign keys do. Does not touch `search_path`; else like [`run_pinned_as_owner_of`].
pub fn run_as_owner_of<R>(relation: pg_sys::Oid, work: impl FnOnce() -> R) -> R {
    looking_into(relation, &[], work)
}

/// Like an action of a foreign key: what `work` writes is the owner's, and what its triggers ask the session is answered for
/// whoever changed the row that is referred to.
pub fn run_action_as_owner_of<R>(relation: pg_sys::Oid, work: impl FnOnce() -> R) -> R {
    run_as(owner_of(relation), pg_sys::SECURITY_NOFORCE_RLS as i32, work)
}

/// As the owner of a table that is open, for what reads it without a query: nobody's code runs.
///
/// # Safety
/// The table is open for as long as `work` runs.
pub(super) unsafe fn run_as_owner_of_open<R>(table: pg_sys::Relation, work: impl FnOnce() -> R) -> R {
    // SAFETY: by the caller's promise.
    let owner = unsafe { (*(*table).rd_rel).relowner };
    run_as(owner, pg_sys::SECURITY_NOFORCE_RLS as i32, work)
}

/// Runs `work`, which looks into a table of somebody's, writes or alters it, as the table's owner, whom row security does not
/// bind meanwhile, with `search_path = pg_catalog, pg_temp`. The one way for everything of ours that goes over tables: index
/// expressions, predicates, check constraints, defaults, casts, domains and triggers are code of the table's owner, and
/// planning a query is enough to run it. So it has no more rights than he has, and as in CREATE INDEX and ANALYZE it leaves
/// nothing behind that would count for whoever gave the command: what it sets is undone, and what would run later, as deferred
/// triggers do, is an error. Nor has it the rights that the session has by its context: it is nobody's meanwhile. What the caller may
/// have or do is for the caller of this function to ask before.
pub fn run_pinned_as_owner_of<R>(relation: pg_sys::Oid, work: impl FnOnce() -> R) -> R {
    looking_into(relation, &[SEARCH_PATH], work)
}

fn looking_into<R>(relation: pg_sys::Oid, settings: &[(&CStr, &CStr)], work: impl FnOnce() -> R) -> R {
    let _restore = Restore::after(&LOOKED_INTO, relation);
    let flags = (pg_sys::SECURITY_NOFORCE_RLS | pg_sys::SECURITY_RESTRICTED_OPERATION) as i32 | LOOKING;
    run_as(owner_of(relation), flags, || in_settings(settings, false, work))
}

/// The role that owns a relation.
pub fn owner_of(relation: pg_sys::Oid) -> pg_sys::Oid {
    // SAFETY: the relation is open while its entry is read; one that does not exist raises an error.
    unsafe {
        let open = pg_sys::RelationIdGetRelation(relation);
        if open.is_null() {
            let message = format!("relation {} does not exist", relation.to_u32());
            pgrx::ereport!(ERROR, pgrx::PgSqlErrorCode::ERRCODE_UNDEFINED_TABLE, message);
        }
        let owner = (*(*open).rd_rel).relowner;
        pg_sys::RelationClose(open);
        owner
    }
}

fn run_as<R>(role: pg_sys::Oid, flags: i32, work: impl FnOnce() -> R) -> R {
    let (mut user, mut context) = (pg_sys::InvalidOid, 0);
    // SAFETY: both pointers are valid for writes, and the flags only forbid SET ROLE inside and free owners of FORCE.
    unsafe {
        GetUserIdAndSecContext(&mut user, &mut context);
        SetUserIdAndSecContext(role, context | pg_sys::SECURITY_LOCAL_USERID_CHANGE as i32 | flags);
    }
    let result = work();
    // SAFETY: gives back what was read above.
    unsafe { SetUserIdAndSecContext(user, context) };
    result
}

unsafe extern "C-unwind" {
    // In miscadmin.h. pgrx's own bindings prepare for errors each time, which these do not raise.
    fn GetUserIdAndSecContext(user: *mut pg_sys::Oid, context: *mut c_int);
    fn SetUserIdAndSecContext(user: pg_sys::Oid, context: c_int);
}

fn set_saved(name: &CStr, value: &CStr) {
    // SAFETY: both strings are NUL-terminated and copied by the callee.
    unsafe {
        pg_sys::set_config_option(
            name.as_ptr(),
            value.as_ptr(),
            pg_sys::GucContext::PGC_USERSET,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_SAVE,
            true,
            0,
            false,
        );
    }
}

/// Is the current user a superuser?
pub fn current_user_is_superuser() -> bool {
    // SAFETY: a plain look-up of the current user.
    unsafe { pg_sys::superuser() }
}

/// May the current user know what all sessions are busy with?
pub fn current_user_reads_all_statistics() -> bool {
    // SAFETY: a plain look-up of the current user's memberships.
    unsafe { pg_sys::has_privs_of_role(pg_sys::GetUserId(), pg_sys::Oid::from(pg_sys::ROLE_PG_READ_ALL_STATS)) }
}

/// Does the current user have the rights of `pg_monitor`?
pub fn current_user_monitors() -> bool {
    // SAFETY: a plain look-up of roles by oid.
    unsafe { pg_sys::has_privs_of_role(pg_sys::GetUserId(), pg_sys::Oid::from(pg_sys::ROLE_PG_MONITOR)) }
}

/// The role whose rights count now.
pub fn current_user() -> pg_sys::Oid {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::GetUserId() }
}

/// The role that `SET ROLE` gave the session. Unlike the current user it is not changed by SECURITY DEFINER functions
/// nor by the cascades of a foreign key, which run as the owner of the table.
pub fn outer_user() -> pg_sys::Oid {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::GetOuterUserId() }
}

/// Is the role that `SET ROLE` gave the session a superuser? Not for the code of a table's owner.
pub fn outer_user_is_superuser() -> bool {
    // SAFETY: a plain look-up of a role by oid.
    !is_owners_code() && unsafe { pg_sys::superuser_arg(outer_user()) }
}

/// Does row security pass over the role that `SET ROLE` gave the session? Not for the code of a table's owner.
pub fn outer_user_is_exempt() -> bool {
    !is_owners_code() && is_exempt(outer_user())
}

/// The same of whoever called what runs the code of a table's owner: for what the caller is told, and no code can ask.
pub(super) fn caller_is_exempt() -> bool {
    is_exempt(outer_user())
}

/// Does row security pass over the role whose rights count now?
pub fn current_user_is_exempt() -> bool {
    is_exempt(current_user())
}

fn is_exempt(role: pg_sys::Oid) -> bool {
    // SAFETY: plain look-ups of a role by oid.
    unsafe { pg_sys::superuser_arg(role) || pg_sys::has_bypassrls_privilege(role) }
}

/// May the current user do what only the owner of `relation` may? What does not exist is not another's.
pub fn current_user_owns(relation: pg_sys::Oid) -> bool {
    // SAFETY: plain look-ups.
    unsafe {
        if pg_sys::get_rel_relkind(relation) == 0 {
            return true;
        }
        #[cfg(feature = "pg15")]
        let owns = pg_sys::pg_class_ownercheck(relation, pg_sys::GetUserId());
        #[cfg(not(feature = "pg15"))]
        let owns = pg_sys::object_ownercheck(pg_sys::RelationRelationId, relation, pg_sys::GetUserId());
        owns
    }
}

/// Does a superuser own `relation`, whose code there has nothing to gain?
pub fn is_superusers(relation: pg_sys::Oid) -> bool {
    let owner = owner_of(relation);
    // SAFETY: a plain look-up of a role by oid.
    unsafe { pg_sys::superuser_arg(owner) }
}

/// May foreign keys of the current user refer to `relation`, or to columns of it?
pub fn current_user_may_refer_to(relation: pg_sys::Oid) -> bool {
    // SAFETY: plain look-ups; nobody may anything with what does not exist.
    unsafe {
        let (user, refer) = (pg_sys::GetUserId(), pg_sys::AclMode::from(pg_sys::ACL_REFERENCES));
        let allowed = pg_sys::AclResult::ACLCHECK_OK;
        pg_sys::get_rel_relkind(relation) != 0
            && (pg_sys::pg_class_aclcheck(relation, user, refer) == allowed
                || pg_sys::pg_attribute_aclcheck_all(relation, user, refer, pg_sys::AclMaskHow::ACLMASK_ANY) == allowed)
    }
}

/// The oid of the role that logged in (changed only by SET SESSION AUTHORIZATION, which is for superusers).
pub fn session_user() -> pg_sys::Oid {
    // The same function as pgrx has, without its guard against errors, which costs more than the rest of a policy's answer.
    unsafe extern "C" {
        fn GetSessionUserId() -> pg_sys::Oid;
    }
    // SAFETY: reads a variable of the backend and raises no error.
    unsafe { GetSessionUserId() }
}

/// Does row security bind the current user on a relation?
pub fn row_security_binds(relation: pg_sys::Oid) -> bool {
    // SAFETY: a plain look-up, for the current user; asked not to raise an error.
    let found = unsafe { pg_sys::check_enable_rls(relation, pg_sys::InvalidOid, true) };
    found == pg_sys::CheckEnableRlsResult::RLS_ENABLED as i32
}

/// The name of a role that exists.
pub fn name_of(role: pg_sys::Oid) -> String {
    // SAFETY: a plain look-up that gives a copy; a role that does not exist raises an error.
    unsafe { CStr::from_ptr(pg_sys::GetUserNameFromId(role, false)).to_string_lossy().into_owned() }
}

/// Is there a role of this name?
pub fn role_exists(name: &CStr) -> bool {
    // SAFETY: a plain look-up by name.
    unsafe { pg_sys::get_role_oid(name.as_ptr(), true) != pg_sys::InvalidOid }
}

/// Does the session apply changes that another server has checked (`session_replication_role = replica`, for superusers)?
pub fn applies_replicated_changes() -> bool {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::SessionReplicationRole == pg_sys::SESSION_REPLICATION_ROLE_REPLICA as i32 }
}
