//! The record of what happened: changes of our tables, and forgetting what is old.

use pgrx::datum::Interval;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgTrigger, pg_extern, pg_sys, pg_trigger};

use crate::administration::enforce;
use crate::catalog::activity;
use crate::error::{Refusal, given};
use crate::model::template::fill;
use crate::pg::answers::{Answer, nothing};
use crate::pg::rows::relation_of;
use crate::pg::spi::{self, Sees, arg, query};
use crate::pg::{owner, recorder, relations};
use crate::session;

query!(FORGET, "forget_activity.sql", &[pg_sys::INTERVALOID]);

/// Stands for a transition table that the event does not have.
const NO_ROWS: &str = "(select where false)";

/// The primary key of a table of ours, of a row `j`, and the tenant that may see what happened to the row.
fn key_and_tenant(table: &str) -> (&'static str, &'static str) {
    match table {
        // What became of a deleted tenant is not among its rows, which go with it.
        "tenants" => ("j -> 'id'", "case when n.j is not null then (r.j ->> 'id')::pg_catalog.uuid end"),
        "contacts" | "users" => ("j -> 'id'", "(r.j ->> 'tenant_id')::pg_catalog.uuid"),
        "domains" => ("j -> 'domain'", "(r.j ->> 'tenant_id')::pg_catalog.uuid"),
        "user_roles" => (
            "pg_catalog.jsonb_build_array(j -> 'user_id', j -> 'role_id')",
            "(select u.tenant_id from tenancy.users u where u.id = (r.j ->> 'user_id')::pg_catalog.uuid)",
        ),
        "tenant_group_members" => {
            ("pg_catalog.jsonb_build_array(j -> 'group_id', j -> 'tenant_id')", "null::pg_catalog.uuid")
        }
        "system_group_texts" => (
            "pg_catalog.jsonb_build_array(j -> 'tenant_id', j -> 'relation')",
            "(r.j ->> 'tenant_id')::pg_catalog.uuid",
        ),
        "module_tables" => ("pg_catalog.jsonb_build_array(j -> 'module_id', j -> 'relation')", "null::pg_catalog.uuid"),
        "role_modules" => ("pg_catalog.jsonb_build_array(j -> 'role_id', j -> 'module_id')", "null::pg_catalog.uuid"),
        "governed_schemas" => ("j -> 'schema_name'", "null::pg_catalog.uuid"),
        "lint_suppressions" => ("pg_catalog.jsonb_build_array(j -> 'code', j -> 'object')", "null::pg_catalog.uuid"),
        "referring_owners" => ("pg_catalog.jsonb_build_array(j -> 'relation', j -> 'owner')", "null::pg_catalog.uuid"),
        "protection" => ("j -> 'relation'", "null::pg_catalog.uuid"),
        "reference_settings" => {
            ("pg_catalog.jsonb_build_array(j -> 'relation', j -> 'constraint_name')", "null::pg_catalog.uuid")
        }
        _ => ("j -> 'id'", "null::pg_catalog.uuid"),
    }
}

/// What is recorded of a column's value `e`. A person's name and address are not kept beyond the contact: that they changed is.
fn value_of(table: &str) -> &'static str {
    match table {
        "contacts" => "case when e.key in ('name', 'email') then '\"…\"' else e.value end",
        _ => "e.value",
    }
}

/// AFTER INSERT, UPDATE or DELETE, for the statement. What a restored dump brings happened before.
/// See `tenancy.record_changes`.
#[pg_trigger(sql = false)]
fn record_changes<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    if recorder::restores_dump() {
        return nothing();
    }
    let table = relations::name(relation_of(trigger));
    let (key, tenant) = key_and_tenant(&table);
    let event = trigger.event();
    let old = if event.fired_by_insert() { NO_ROWS } else { "old_rows" };
    let new = if event.fired_by_delete() { NO_ROWS } else { "new_rows" };
    // Not current_user_id(): what the statement changed may have ended the right to act.
    let user = session::acting_user().map_or("null".to_owned(), |id| format!("'{id}'::pg_catalog.uuid"));
    let places = [
        ("user", user.as_str()),
        ("table", table.as_str()),
        ("key", key),
        ("tenant", tenant),
        ("value", value_of(&table)),
        ("old", old),
        ("new", new),
    ];
    let text = fill(include_str!("../sql/templates/record_changes.sql"), &places);
    owner::run(|| spi::with_transition_tables(trigger, &text, Sees::Statement, |_| ()));
    nothing()
}

/// BEFORE UPDATE OR DELETE, for the statement: row security does not keep it from a role that has `BYPASSRLS` and privileges on all
/// tables. See `tenancy.keep_activity`.
#[pg_trigger(sql = false)]
fn keep_activity<'a>(_trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    enforce(if owner::current_user_is_superuser() { Ok(()) } else { Err(Refusal::Recorded) });
    nothing()
}

/// Deletes what is older. See `tenancy.forget_activity`.
#[pg_extern(sql = false)]
fn forget_activity(older_than: Option<Interval>) -> Result<i64, ErrorReport> {
    let age = given(older_than, "forget_activity", "older_than")?;
    let said = age.to_string();
    let count =
        owner::run(|| FORGET.with(|q| q.first(&[arg(age)], Sees::Statement, |row| row.must::<i64>(1)))).unwrap_or(0);
    activity::record("forget_activity", None, None, &format!("{count} rows older than {said}"));
    Ok(count)
}
