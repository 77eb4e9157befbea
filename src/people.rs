//! Contacts, users and roles: the rules behind INSERT, UPDATE and DELETE on their tables.

use pgrx::{PgTrigger, Uuid, pg_sys, pg_trigger};

use crate::administration::{check_kept, enforce, is_ours, offender, ours, text, updated};
use crate::catalog::from_pg;
use crate::error::Refusal;
use crate::model::built_in;
use crate::pg::answers::{Answer, changed, nothing};
use crate::pg::owner;
use crate::pg::rows::{StoredRow, TriggerRows};
use crate::pg::spi::{self, Arg, Sees, query};

query!(CUSTOM_GROUPS_EXIST, "custom_groups_exist.sql", &[]);
query!(TENANT_OF_CONTACT, "tenant_of_contact.sql", &[pg_sys::UUIDOID]);
query!(
    RESTORE_ROLE,
    "restore_role.sql",
    &[
        pg_sys::UUIDOID,
        pg_sys::TEXTOID,
        pg_sys::TEXTOID,
        pg_sys::UUIDOID,
        pg_sys::UUIDOID,
        pg_sys::TEXTOID,
        pg_sys::UUIDOID,
        pg_sys::UUIDOID,
        pg_sys::BOOLOID,
        pg_sys::BOOLOID,
        pg_sys::TIMESTAMPTZOID,
        pg_sys::TIMESTAMPTZOID,
    ]
);

/// BEFORE INSERT OR UPDATE OR DELETE, for each role. See `tenancy.complete_role`.
#[pg_trigger(sql = false)]
fn complete_role<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    use role::*;
    let rows = TriggerRows::of(trigger);
    enforce(check_kept(&rows, "tenancy.roles", &[(ID, "id"), (BUILT_IN, "built_in"), (CREATED_AT, "created_at")]));
    match (rows.old, rows.new) {
        (None, Some(new)) if new.get(ID).map(from_pg).is_some_and(built_in::is_role) => {
            // A dump inserts the built-in roles again: what it says of them is taken over.
            let values: Vec<Arg> = [ID, DESCRIPTION]
                .into_iter()
                .chain(READ_ACCESS..=ADMINISTERS)
                .chain([CREATED_AT, UPDATED_AT])
                .map(|c| new.datum(c))
                .collect();
            ours(|| RESTORE_ROLE.with(|q| q.rows(&values, Sees::Latest, |_| ())));
            return nothing();
        }
        (None, Some(new)) if new.get(BUILT_IN) == Some(true) => {
            enforce(Err(Refusal::GivenByExtension { table: "tenancy.roles".into(), column: "built_in" }));
        }
        _ if is_ours() => (),
        (Some(_), Some(new)) if rows.differs(NAME) => enforce(check_not_built_in(&rows.old.unwrap_or(new), "renamed")),
        (Some(old), None) => enforce(check_not_built_in(&old, "deleted")),
        _ => (),
    }
    changed(trigger, updated(&rows, UPDATED_AT).as_slice())
}

/// The columns of `tenancy.roles`, by number.
mod role {
    pub const ID: i16 = 1;
    pub const NAME: i16 = 2;
    pub const DESCRIPTION: i16 = 3;
    pub const READ_ACCESS: i16 = 4;
    pub const ADMINISTERS: i16 = 11;
    pub const BUILT_IN: i16 = 12;
    pub const CREATED_AT: i16 = 13;
    pub const UPDATED_AT: i16 = 14;
}

fn check_not_built_in(row: &StoredRow, change: &'static str) -> Result<(), Refusal> {
    if row.get(role::BUILT_IN) != Some(true) {
        return Ok(());
    }
    Err(Refusal::BuiltIn { what: "role", name: row.get(role::NAME).unwrap_or_default(), change })
}

/// AFTER INSERT OR UPDATE, for the statement: the groups that roles use exist. See `tenancy.check_roles`.
#[pg_trigger(sql = false)]
fn check_roles<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    // A dump may bring roles before groups, where it is restored by several at once.
    let groups_come_later = || {
        trigger.event().fired_by_insert()
            && owner::current_user_is_superuser()
            && owner::run(|| CUSTOM_GROUPS_EXIST.with(|q| q.first(&[], Sees::Latest, |row| row.must::<bool>(1))))
                == Some(false)
    };
    if !is_ours() && offender(trigger, text!("missing_group.sql"), |_| ()).is_some() {
        if groups_come_later() {
            Refusal::UnknownGroup.warn();
        } else {
            enforce(Err(Refusal::UnknownGroup));
        }
    }
    nothing()
}

/// BEFORE INSERT OR UPDATE, for each contact. See `tenancy.complete_contact`.
#[pg_trigger(sql = false)]
fn complete_contact<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    const ID: i16 = 1;
    const TENANT_ID: i16 = 2;
    const CREATED_AT: i16 = 5;
    const UPDATED_AT: i16 = 6;
    let rows = TriggerRows::of(trigger);
    enforce(check_kept(&rows, "tenancy.contacts", &[(ID, "id"), (CREATED_AT, "created_at")]));
    let tenant = rows.new.and_then(|new| new.get(TENANT_ID)).map(from_pg);
    if tenant == Some(built_in::NO_TENANT) {
        enforce(Err(Refusal::BuiltIn { what: "tenant", name: "no-tenant".into(), change: "given contacts" }));
    }
    changed(trigger, updated(&rows, UPDATED_AT).as_slice())
}

/// AFTER DELETE, for the statement: no tenant names them any longer. See `tenancy.forget_contacts`.
#[pg_trigger(sql = false)]
fn forget_contacts<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    owner::run(|| spi::with_transition_tables(trigger, text!("forget_contacts.sql"), Sees::Latest, |_| ()));
    nothing()
}

/// BEFORE INSERT OR UPDATE, for each user. See `tenancy.complete_user`.
#[pg_trigger(sql = false)]
fn complete_user<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    const ID: i16 = 1;
    const TENANT_ID: i16 = 2;
    const DB_ROLE: i16 = 4;
    const CREATED_AT: i16 = 5;
    const UPDATED_AT: i16 = 6;
    let rows = TriggerRows::of(trigger);
    let Some(new) = rows.new else { return nothing() };
    enforce(check_kept(&rows, "tenancy.users", &[(ID, "id"), (CREATED_AT, "created_at")]));
    // A dump gives the tenant, and may be restored where not all of the roles exist (yet).
    let restored = rows.old.is_none() && new.datum(TENANT_ID).is_some() && owner::current_user_is_superuser();
    if rows.differs(DB_ROLE) && !is_ours() {
        let missing = new.get::<&std::ffi::CStr>(DB_ROLE).filter(|name| !owner::role_exists(name));
        if let Some(name) = missing {
            let refusal = Refusal::UnknownDatabaseRole { name: name.to_string_lossy().into_owned() };
            if restored {
                refusal.warn();
            } else {
                enforce(Err(refusal));
            }
        }
    }
    let mut changes: Vec<_> = updated(&rows, UPDATED_AT).into_iter().collect();
    if new.datum(TENANT_ID).is_none() {
        let tenant: Option<Uuid> =
            owner::run(|| TENANT_OF_CONTACT.with(|q| q.first(&[new.datum(ID)], Sees::Latest, |row| row.must(1))));
        if tenant.is_none() {
            enforce(Err(Refusal::UnknownContact));
        }
        changes.push((TENANT_ID, tenant.and_then(spi::arg)));
    }
    changed(trigger, &changes)
}
