//! Moving rows to another tenant in bulk: `reassign`.
//!
//! It is one UPDATE with the rights of the caller: row security decides which rows it finds and whether they may go there,
//! the triggers on rows keep the rules of references. Whoever may change the rows of all tenants has more rights than a table's
//! owner should have by his code: for him it is the owner's UPDATE, unless the owner is a superuser.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{pg_extern, pg_sys, spi::quote_identifier};
use uuid::Uuid;

use crate::catalog::protection::{self, KeyType, Kind, Protection, TenantColumn};
use crate::catalog::{from_pg, hierarchy};
use crate::error::{MayWrite, ModuleRefusal, ReassignRefusal, Refusal, RowRefusal, given};
use crate::model::template;
use crate::pg::deferred::nothing_deferred;
use crate::pg::{expressions, owner, relations, spi};
use crate::progress::{Operation, Phase, Progress};
use crate::{distributed, modes, privileges, session};

/// Moves rows to another tenant. See `tenancy.reassign`.
#[pg_extern(sql = false)]
fn reassign(
    relation: Option<pg_sys::Oid>,
    condition: Option<&str>,
    to: Option<pgrx::Uuid>,
) -> Result<i64, ErrorReport> {
    let relation = given(relation, "reassign", "relation")?;
    let condition = given(condition, "reassign", "\"where\"")?;
    Ok(move_rows(relation, condition, to.map(from_pg))?)
}

fn move_rows(relation: pg_sys::Oid, condition: &str, to: Option<Uuid>) -> Result<i64, Refusal> {
    let name = relations::qualified(relation);
    let Some(Protection { root, kind, tenant }) = protection::protection(relation) else {
        return Err(Refusal::NotProtected { relation: name });
    };
    distributed::refuse(relation, "tenancy.reassign()")?;
    let column = tenant.ok_or(ReassignRefusal::Untenanted { relation: name })?;
    if let Some(reason) = expressions::why_not_one(condition) {
        return Err(ReassignRefusal::NoCondition { reason }.into());
    }
    let value = match to {
        Some(tenant) => value(relation, tenant, column.key)?,
        None => no_tenant(relation, kind)?,
    };
    let progress = Progress::start(Operation::Reassign, root);
    if let Some(tenant) = to {
        progress.tenant(tenant);
    }
    progress.phase(Phase::Moving);
    progress.rows(0);
    let text = statement(relation, &column, condition, &value);
    let everything =
        session::ask(|access, _| access.administers && access.reads_everything() && access.writes_everything());
    if !privileges::is_exempt() && !everything || owner::is_superusers(relation) {
        return Ok(spi::count(&text));
    }
    privileges::require("reassign()", &[relation], &["SELECT", "UPDATE"])?;
    privileges::refuse_narrowed("reassign()", &[relation], &["r", "w", "*"])?;
    let moves = || owner::run_as_owner_of(relation, || spi::count(&text));
    Ok(nothing_deferred(|| if to.is_none() { owner::making_public(root, moves) } else { moves() }))
}

fn statement(relation: pg_sys::Oid, column: &TenantColumn, condition: &str, value: &str) -> String {
    let values = [
        ("relation", relations::qualified(relation)),
        ("name", quote_identifier(relations::name(relation))),
        ("column", quote_identifier(&column.name)),
        ("value", value.to_owned()),
        ("condition", condition.to_owned()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    template::fill(include_str!("../sql/templates/reassigned_rows.sql"), &values)
}

/// The tenant as the column names it, if rows may go there. Who may not write its rows is not told whether it exists.
fn value(relation: pg_sys::Oid, tenant: Uuid, key: KeyType) -> Result<String, Refusal> {
    let writes = owner::outer_user_is_exempt()
        || session::ask_about(Some(relation), |access, _| access.writes.ids.contains(&tenant));
    let found = hierarchy::tenant(tenant);
    let may_know = writes || session::administers() && found.is_some_and(|tenant| !tenant.active);
    if !may_know {
        may_not_write(relation, |instead| RowRefusal::MayNotWriteTenant { instead })?;
    }
    match found {
        None => Err(ReassignRefusal::UnknownTarget.into()),
        Some(tenant) if !tenant.active => Err(ReassignRefusal::InactiveTarget.into()),
        Some(tenant) => Ok(match key {
            KeyType::Uuid => format!("'{}'::pg_catalog.uuid", tenant.id),
            KeyType::Number => format!("{}::pg_catalog.int8", tenant.number),
        }),
    }
}

/// The same for rows that are to become public.
fn no_tenant(relation: pg_sys::Oid, kind: Kind) -> Result<String, Refusal> {
    if kind != Kind::Optional {
        return Err(RowRefusal::RequiredTenant { table: relations::name(relation) }.into());
    }
    if !owner::outer_user_is_exempt() && !session::ask_about(Some(relation), |access, _| access.writes_public) {
        may_not_write(relation, |instead| RowRefusal::MayNotWritePublic { instead })?;
    }
    Ok("null".into())
}

fn may_not_write(relation: pg_sys::Oid, refusal: impl FnOnce(MayWrite) -> RowRefusal) -> Result<(), Refusal> {
    let outside = session::ask_about(Some(relation), |access, _| access.only_limited);
    modes::refuse(match outside {
        true => ModuleRefusal::Outside { table: relations::name(relation) }.into(),
        false => refusal(session::may_write(Some(relation), "tenancy.writable_tenant")).into(),
    })
}
