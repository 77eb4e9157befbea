//! Giving a protected table back what it lacks: `mend`.

use pgrx::iter::SetOfIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::quote_identifier;
use pgrx::{pg_extern, pg_sys};

use crate::catalog::drift::{self, Drift};
use crate::catalog::protection::{self, Kind, Protection};
use crate::error::{Refusal, given};
use crate::parts::{self, Known};
use crate::pg::spi;
use crate::pg::{locks, owner, quiet, relations};
use crate::{modes, protect};

/// What mending cannot do without deciding for the owner.
const LEFT_ALONE: [&str; 2] = ["policy_permissive", "key_empties_tenant"];

/// Gives a protected table back what it lacks. See `tenancy.mend`.
#[pg_extern(sql = false)]
fn mend(relation: Option<pg_sys::Oid>) -> Result<SetOfIterator<'static, String>, ErrorReport> {
    let relation = given(relation, "mend", "relation")?;
    let name = || relations::qualified(relation);
    if !owner::current_user_is_superuser() && !owner::current_user_owns(relation) {
        return Err(Refusal::NotOwner { relation: name() }.into());
    }
    let protection = protection::protection(relation).ok_or_else(|| Refusal::NotProtected { relation: name() })?;
    if protection.root != relation {
        let root = relations::qualified(protection.root);
        return Err(Refusal::PartOfAnother { relation: name(), root }.into());
    }
    let mended = quiet::run(|| owner::run(|| mend_table(&protection)))?;
    let lines = mended.into_iter().map(|Drift { object, finding, .. }| format!("{object}: {finding}"));
    Ok(SetOfIterator::new(lines.collect::<Vec<_>>()))
}

/// Returns what differed before and no longer does.
fn mend_table(protection: &Protection) -> Result<Vec<Drift>, Refusal> {
    let root = protection.root;
    parts::lock_out_referring(root);
    locks::access_exclusive_with_parts(root);
    let found = drift::of(root);
    if found.iter().any(|drift| drift.code.starts_with("trigger_")) {
        parts::drop_triggers(root);
    }
    mend_column(protection, &found);
    parts::refuse_open_above(root)?;
    parts::absorb(root);
    parts::protect(root, protection, true);
    modes::finish(root);
    restore_references(root)?;
    let left = drift::of(root);
    let is_left = |drift: &Drift| left.iter().any(|l| l.code == drift.code && l.object == drift.object);
    Ok(found.into_iter().filter(|drift| !LEFT_ALONE.contains(&drift.code.as_str()) && !is_left(drift)).collect())
}

fn mend_column(protection: &Protection, found: &[Drift]) {
    let Some(tenant) = &protection.tenant else { return };
    let (table, column) = (relations::qualified(protection.root), quote_identifier(&tenant.name));
    let differs = |code: &str| found.iter().any(|drift| drift.code == code && drift.relation == protection.root);
    if protection.kind == Kind::Required && differs("tenant_column_nullable") {
        let command = format!("alter table {table} alter column {column} set not null");
        owner::run_pinned_as_owner_of(protection.root, || spi::run(&command));
    }
    if differs("tenant_default") {
        let by_reference =
            protection::table(protection.root).is_some_and(|table| table.outgoing.iter().any(|r| r.names_tenant));
        let default = protect::default_of(tenant, by_reference);
        spi::run(&format!("alter table {table} alter column {column} set default {default}"));
    }
}

/// The triggers that references need; and references that are no rules yet become rules.
fn restore_references(root: pg_sys::Oid) -> Result<(), Refusal> {
    for part in parts::with_own_keys(root) {
        parts::follow_references(part);
        parts::follow_naming(part);
        modes::refuse_rows(part, &parts::adopt_references(part, Known::Trusted))?;
    }
    Ok(())
}
