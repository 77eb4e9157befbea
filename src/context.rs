//! Entering and leaving: `enter`, `enter_tenant`, `authenticate`, `leave`, and who the session is.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{Uuid, pg_extern};

use crate::catalog::{from_pg, to_pg};
use crate::error::given;
use crate::model::identity::Identity;
use crate::session;

/// Acts for a user, with the union of the user's roles or with the one named. See `tenancy.enter`.
#[pg_extern(sql = false)]
fn enter(user_id: Option<Uuid>, role: Option<&str>, for_session: Option<bool>) -> Result<(), ErrorReport> {
    let id = from_pg(given(user_id, "enter", "user_id")?);
    let identity = Identity::User { id, role: role.map(str::to_owned) };
    Ok(session::enter(identity, for_session.unwrap_or(false))?)
}

/// Acts for nobody in particular at a tenant. See `tenancy.enter_tenant`.
#[pg_extern(sql = false)]
fn enter_tenant(tenant_id: Option<Uuid>, role: Option<&str>, for_session: Option<bool>) -> Result<(), ErrorReport> {
    let id = from_pg(given(tenant_id, "enter_tenant", "tenant_id")?);
    let identity = Identity::Tenant { id, role: given(role, "enter_tenant", "role")?.to_owned() };
    Ok(session::enter(identity, for_session.unwrap_or(false))?)
}

/// Acts for whom a signed token names. See `tenancy.authenticate`.
#[pg_extern(sql = false)]
fn authenticate(token: Option<&str>, for_session: Option<bool>) -> Result<(), ErrorReport> {
    let token = given(token, "authenticate", "token")?;
    Ok(session::authenticate(token, for_session.unwrap_or(false))?)
}

/// Acts for nobody until the end of the transaction. See `tenancy.leave`.
#[pg_extern(sql = false)]
fn leave() -> Result<(), ErrorReport> {
    Ok(session::leave()?)
}

/// The home tenant of whoever acts. See `tenancy.current_tenant`.
#[pg_extern(sql = false)]
fn current_tenant() -> Option<Uuid> {
    session::ask(|access, _| access.home.map(to_pg))
}

/// The user who acts. See `tenancy.current_user_id`.
#[pg_extern(sql = false)]
fn current_user_id() -> Option<Uuid> {
    session::ask(|access, _| access.user.map(to_pg))
}

/// May the session change tenants, groups, roles and users? See `tenancy.administers`.
#[pg_extern(sql = false)]
fn administers() -> bool {
    session::administers()
}
