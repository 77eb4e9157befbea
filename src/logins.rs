//! From contact to user and back: `enable_login`, `disable_login`. What they do can be done with plain SQL as well.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{Uuid, pg_extern, pg_sys};

use crate::error::{PeopleRefusal, Refusal, given};
use crate::pg::owner;
use crate::pg::spi::{Sees, arg, query};
use crate::session;

query!(ROLE_NAMED, "role_named.sql", &[pg_sys::TEXTOID]);
query!(TENANT_OF_CONTACT, "tenant_of_contact.sql", &[pg_sys::UUIDOID]);
query!(ENABLE_LOGIN, "enable_login.sql", &[pg_sys::UUIDOID]);
query!(GIVE_ROLE, "give_role.sql", &[pg_sys::UUIDOID, pg_sys::UUIDOID]);
query!(DELETE_USER, "delete_user.sql", &[pg_sys::UUIDOID]);

/// Makes a contact a user with a role. See `tenancy.enable_login`.
#[pg_extern(sql = false)]
fn enable_login(contact_id: Option<Uuid>, role: Option<&str>) -> Result<(), ErrorReport> {
    let contact = contact(contact_id, "enable_login")?;
    let role = given(role, "enable_login", "role")?;
    Ok(owner::run(|| {
        let role: Uuid = ROLE_NAMED
            .with(|q| q.first(&[arg(role)], Sees::Latest, |row| row.must(1)))
            .ok_or_else(|| PeopleRefusal::UnknownRole { role: role.to_owned() })?;
        ENABLE_LOGIN.with(|q| q.rows(&[arg(contact)], Sees::Statement, |_| ()));
        GIVE_ROLE.with(|q| q.rows(&[arg(contact), arg(role)], Sees::Statement, |_| ()));
        Ok::<_, Refusal>(())
    })?)
}

/// Makes a user a mere contact again. See `tenancy.disable_login`.
#[pg_extern(sql = false)]
fn disable_login(contact_id: Option<Uuid>) -> Result<(), ErrorReport> {
    let contact = contact(contact_id, "disable_login")?;
    owner::run(|| DELETE_USER.with(|q| q.rows(&[arg(contact)], Sees::Statement, |_| ())));
    Ok(())
}

/// The contact, for sessions that administer.
fn contact(id: Option<Uuid>, function: &'static str) -> Result<Uuid, Refusal> {
    let id = given(id, function, "contact_id")?;
    if !session::administers() {
        return Err(Refusal::AdministratorsOnly { what: "enable and disable logins" });
    }
    let tenant = || TENANT_OF_CONTACT.with(|q| q.first(&[arg(id)], Sees::Latest, |_| ()));
    owner::run(tenant).map(|()| id).ok_or(Refusal::UnknownContact)
}
