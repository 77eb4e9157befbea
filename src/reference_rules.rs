//! Administering reference rules, and keeping them when a tenant moves: `set_reference_rule`, `check_moved`.

use std::ffi::CStr;
use std::rc::Rc;

use pgrx::heap_tuple::PgHeapTuple;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{AllocatedByRust, PgTrigger, pg_extern, pg_sys, pg_trigger};
use uuid::Uuid;

use crate::administration::enforce;
use crate::catalog::offenders;
use crate::catalog::protection::{self, End, OnChange, Reference};
use crate::catalog::{from_pg, hierarchy};
use crate::error::{ReferenceRuleRefusal, Refusal, TenantRefusal, UnregisteredRefusal, given};
use crate::model::system_group::Relation;
use crate::pg::spi::{self, Sees, arg, query};
use crate::pg::{owner, quiet, relations};
use crate::progress::{Operation, Phase, Progress};
use crate::{distributed, modes, parts};

query!(
    CHANGE_REFERENCE,
    "change_reference.sql",
    &[pg_sys::REGCLASSOID, pg_sys::TEXTOID, pg_sys::BOOLOID, pg_sys::TEXTOID, pg_sys::BOOLOID]
);

/// Changes the rule of a foreign key. See `tenancy.set_reference_rule`.
#[pg_extern(sql = false)]
fn set_reference_rule(
    relation: Option<pg_sys::Oid>,
    constraint_name: Option<&CStr>,
    service_provider_eligible: Option<bool>,
    on_tenant_change: Option<&str>,
    names_tenant: Option<bool>,
) -> Result<(), ErrorReport> {
    let relation = given(relation, "set_reference_rule", "relation")?;
    let constraint = given(constraint_name, "set_reference_rule", "constraint_name")?.to_string_lossy().into_owned();
    if !owner::current_user_is_superuser() && !owner::current_user_owns(relation) {
        return Err(Refusal::NotOwner { relation: relations::qualified(relation) }.into());
    }
    let change = RuleChange { service_provider_eligible, on_tenant_change, names_tenant };
    Ok(quiet::run(|| owner::run(|| change.apply(relation, &constraint)))?)
}

/// What is to be changed; None leaves it as it is.
struct RuleChange<'a> {
    service_provider_eligible: Option<bool>,
    on_tenant_change: Option<&'a str>,
    names_tenant: Option<bool>,
}

impl RuleChange<'_> {
    fn apply(&self, relation: pg_sys::Oid, constraint: &str) -> Result<(), Refusal> {
        let unknown = |given: &str| Refusal::UnknownTenantChange { given: given.to_owned() };
        let wanted = self.on_tenant_change.map(|given| OnChange::by_name(given).ok_or_else(|| unknown(given)));
        let wanted = wanted.transpose()?;
        let reference = find(relation, constraint)?;
        distributed::refuse_any(&[reference.child, reference.parent], "tenancy.set_reference_rule()")?;
        let progress = Progress::start(Operation::Validate, relation);
        progress.phase(Phase::Waiting);
        parts::lock_out_both(&reference);
        let before = find(relation, constraint)?;
        let eligible = self.service_provider_eligible.unwrap_or(before.service_provider_eligible);
        let on_change = wanted.unwrap_or(before.on_change);
        let begins_to_cascade = on_change == OnChange::Cascade && before.on_change != OnChange::Cascade;
        let may_begin = || names_nothing(relation) && !parts::is_divided_by_tenant(&before);
        let naming = self.names_tenant.unwrap_or(before.names_tenant || begins_to_cascade && may_begin());
        if begins_to_cascade {
            refuse_without_tenants(&before)?;
        }
        if naming && !before.names_tenant {
            start_naming(&before)?;
        } else if !naming && before.names_tenant {
            stop_naming(&before);
        }
        let args = [arg(relation), arg(constraint), arg(eligible), arg(on_change.name()), arg(naming)];
        CHANGE_REFERENCE.with(|q| q.rows(&args, Sees::LatestToWrite, |_| ()));
        if begins_to_cascade || before.service_provider_eligible && !eligible {
            progress.phase(Phase::CheckingReferences);
            modes::refuse_rows(relation, &offenders::of_reference(&*find(relation, constraint)?, None))?;
        }
        Ok(())
    }
}

/// A table's rows took their tenant from a reference before; where there is but one that can name it, they do again.
pub fn name_again(relation: pg_sys::Oid) -> Result<(), Refusal> {
    let table = protection::table(relation);
    let can_name = |r: &&End| refuse_without_tenants(r).is_ok() && !parts::is_divided_by_tenant(r);
    let found: Vec<_> = table.iter().flat_map(|t| t.outgoing_from(relation)).filter(can_name).collect();
    let [reference] = found.as_slice() else {
        Refusal::from(UnregisteredRefusal::NamingUnknown { table: relations::qualified(relation) }).warn();
        return Ok(());
    };
    let change = RuleChange { service_provider_eligible: None, on_tenant_change: None, names_tenant: Some(true) };
    change.apply(relation, &reference.constraint)
}

fn find(relation: pg_sys::Oid, constraint: &str) -> Result<Rc<Reference>, Refusal> {
    let unknown =
        || Refusal::UnknownReference { relation: relations::qualified(relation), constraint: constraint.to_owned() };
    let table = protection::table(relation).ok_or_else(unknown)?;
    let found = table.outgoing.iter().find(|r| r.child == relation && r.constraint == constraint);
    found.map(|end| Rc::clone(&end.reference)).ok_or_else(unknown)
}

/// Does no reference of the table name the tenant of its rows?
fn names_nothing(relation: pg_sys::Oid) -> bool {
    protection::table(relation).is_none_or(|table| !table.outgoing.iter().any(|r| r.names_tenant))
}

/// Where one of the tables has no tenant column there is no tenant to take.
fn refuse_without_tenants(reference: &Reference) -> Result<(), Refusal> {
    if reference.child_protection.tenant.is_none() || reference.parent_protection.tenant.is_none() {
        return Err(Refusal::NamesNoTenant { relation: relations::qualified(reference.child) });
    }
    Ok(())
}

/// From now on a row that names no tenant takes the one of the row that it refers to by this reference.
fn start_naming(reference: &Reference) -> Result<(), Refusal> {
    let name = relations::qualified(reference.child);
    let table = protection::table(reference.child);
    if let Some(other) = table.iter().flat_map(|t| &t.outgoing).find(|r| r.names_tenant) {
        return Err(Refusal::TwoNamingReferences { relation: name, other: other.constraint.clone() });
    }
    refuse_without_tenants(reference)?;
    if parts::is_divided_by_tenant(reference) {
        return Err(ReferenceRuleRefusal::DividedByTenant { relation: name }.into());
    }
    parts::ensure_naming_triggers(reference);
    parts::set_default(reference, true);
    Ok(())
}

fn stop_naming(reference: &Reference) {
    parts::drop_naming_triggers(reference.child);
    parts::set_default(reference, false);
}

/// AFTER UPDATE of tenants, a statement: what the moved tenants' rows refer to must still be above them. The statement
/// holds hierarchy_lock in EXCLUSIVE mode, so that nobody who leans on the hierarchy is under way.
#[pg_trigger(sql = false)]
fn check_moved<'a>(
    trigger: &'a PgTrigger<'a>,
) -> Result<Option<PgHeapTuple<'a, AllocatedByRust>>, std::convert::Infallible> {
    let moved = owner::run(|| {
        let text = include_str!("../sql/queries/moved_tenants.sql");
        spi::with_transition_tables(trigger, text, Sees::Statement, |row| from_pg(row.must(1)))
    });
    if !moved.is_empty() {
        enforce(distributed::refuse_all("to move a tenant"));
    }
    for tenant in moved {
        if let Err(refusal) = check_one_moved(tenant) {
            ErrorReport::from(refusal).report(pgrx::PgLogLevel::ERROR);
        }
    }
    Ok(None)
}

fn check_one_moved(tenant: Uuid) -> Result<(), Refusal> {
    let below: Vec<Uuid> = hierarchy::related(tenant, Relation::Subtenants).into_iter().map(|t| t.id).collect();
    let mut found = Vec::new();
    for relation in offenders::protected_relations() {
        let Some(table) = protection::table(relation) else { continue };
        offenders::reach(relation)?;
        found.extend(table.outgoing_from(relation).flat_map(|r| offenders::of_reference(r, Some(&below))));
    }
    if found.is_empty() {
        return Ok(());
    }
    modes::refuse(
        TenantRefusal::MoveBreaksReferences {
            tenant: hierarchy::name(tenant).unwrap_or_default(),
            offenders: offenders::named(&found),
        }
        .into(),
    )
}
