//! Giving a protected table back what it lacks, be it its entry in the registry: `mend`.

use pgrx::iter::SetOfIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::quote_identifier;
use pgrx::{pg_extern, pg_sys};

use crate::catalog::drift::{self, Drift};
use crate::catalog::protection::{self, Kind, Protection};
use crate::error::{Refusal, UnregisteredRefusal, given};
use crate::parts::{self, Known};
use crate::pg::spi::{self, Row, Sees, arg, query};
use crate::pg::{locks, owner, quiet, relations};
use crate::progress::{Operation, Phase, Progress};
use crate::unregistered::{self, Remains};
use crate::{distributed, modes, protect, reference_rules, referring};

query!(UNREGISTERED, "unregistered.sql", &[]);
query!(ROOTS, "drift_roots.sql", &[]);
query!(MAY_PROTECT, "may_protect.sql", &[pg_sys::OIDOID]);
query!(REFERENCE_NAMES, "reference_names.sql", &[]);

/// What mending cannot do without deciding for the owner.
const LEFT_ALONE: [&str; 2] = ["policy_permissive", "key_empties_tenant"];

/// Gives a protected table back what it lacks. See `tenancy.mend`.
#[pg_extern(sql = false)]
fn mend(relation: Option<pg_sys::Oid>) -> Result<SetOfIterator<'static, String>, ErrorReport> {
    let relation = given(relation, "mend", "relation")?;
    protect::check_owner(relation)?;
    let mended = match protection::protection(relation) {
        Some(protection) if protection.root != relation => {
            let root = relations::qualified(protection.root);
            return Err(Refusal::PartOfAnother { relation: relations::qualified(relation), root }.into());
        }
        Some(protection) => quiet::run(|| owner::run(|| mend_table(&protection)))?,
        None => return_to_registry(&[relation])?,
    };
    Ok(lines(mended))
}

/// The same for all tables of the caller's that lack something, be it their entry in the registry. See `tenancy.mend`.
#[pg_extern(sql = false)]
fn mend_all() -> Result<SetOfIterator<'static, String>, ErrorReport> {
    let (superuser, read) = (owner::current_user_is_superuser(), |row: &Row| row.must::<pg_sys::Oid>(1));
    let is_theirs = |relation: &pg_sys::Oid| superuser || owner::current_user_owns(*relation);
    let lost: Vec<_> = owner::run(|| UNREGISTERED.with(|q| q.rows(&[], Sees::Latest, read)));
    let mut mended = return_to_registry(&lost.into_iter().filter(is_theirs).collect::<Vec<_>>())?;
    let roots: Vec<_> = owner::run(|| ROOTS.with(|q| q.rows(&[], Sees::Latest, read)));
    for root in roots.into_iter().filter(is_theirs) {
        if let Some(protection) = protection::protection(root).filter(|_| !drift::of(root).is_empty()) {
            mended.extend(quiet::run(|| owner::run(|| mend_table(&protection)))?);
        }
    }
    Ok(lines(mended))
}

fn lines(mended: Vec<Drift>) -> SetOfIterator<'static, String> {
    let lines = mended.into_iter().map(|Drift { object, finding, .. }| format!("{object}: {finding}"));
    SetOfIterator::new(lines.collect::<Vec<_>>())
}

/// Protects tables that have something of tenancy and are in no registry, as what they have says.
fn return_to_registry(lost: &[pg_sys::Oid]) -> Result<Vec<Drift>, Refusal> {
    let who = [arg(owner::current_user())];
    let may_protect = owner::run(|| !MAY_PROTECT.with(|q| q.rows(&who, Sees::Latest, |_| ())).is_empty());
    // Of all tables at once, so that one command declares all.
    referring::refuse_keys_of_others(lost)?;
    let known = rules();
    let (mut returned, mut naming) = (Vec::new(), Vec::new());
    for relation in lost.iter().copied() {
        let table = relations::qualified(relation);
        let Some(found) = unregistered::remains(relation) else {
            return Err(Refusal::NotProtected { relation: table });
        };
        if found.top != relation {
            return Err(Refusal::PartOfAnother { relation: table, root: relations::qualified(found.top) });
        }
        if !may_protect {
            return Err(UnregisteredRefusal::MayNotProtect { table }.into());
        }
        returned.push(quiet::run(|| owner::run(|| protect_again(relation, &found)))?);
        if found.names_tenant {
            naming.push(relation);
        }
    }
    quiet::run(|| owner::run(|| naming.into_iter().try_for_each(reference_rules::name_again)))?;
    for (relation, constraint) in rules().into_iter().filter(|rule| !known.contains(rule)) {
        let table = relations::qualified(relation);
        Refusal::from(UnregisteredRefusal::RuleUnknown { table, constraint }).warn();
    }
    Ok(returned)
}

fn protect_again(relation: pg_sys::Oid, found: &Remains) -> Result<Drift, Refusal> {
    let table = relations::qualified(relation);
    let (kind, column) = match (found.tenant(), found.tenant_columns.len()) {
        (Some(tenant), _) if found.nullable => (Kind::Optional, tenant.name.clone()),
        (Some(tenant), _) => (Kind::Required, tenant.name.clone()),
        // Only a table whose rows have no tenants has no trigger for TRUNCATE.
        (None, 0) if !parts::has_trigger(relation, "00_tenancy_truncate") => (Kind::Untenanted, String::new()),
        _ => return Err(UnregisteredRefusal::Unclear { table }.into()),
    };
    protect::protect_again(relation, kind, column)?;
    let code = "policies_without_protection".into();
    let finding = "it was in no registry".into();
    Ok(Drift { code, relation, object: format!("table {table}"), finding, remedy: String::new() })
}

fn rules() -> Vec<(pg_sys::Oid, String)> {
    let read = |row: &Row| (row.must(1), row.must(2));
    owner::run(|| REFERENCE_NAMES.with(|q| q.rows(&[], Sees::Latest, read)))
}

/// Returns what differed before and no longer does.
fn mend_table(protection: &Protection) -> Result<Vec<Drift>, Refusal> {
    let root = protection.root;
    distributed::refuse(root, "tenancy.mend()")?;
    let progress = Progress::start(Operation::Mend, root);
    progress.phase(Phase::Waiting);
    parts::lock_out_around(root);
    locks::access_exclusive_with_parts(root);
    progress.phase(Phase::Protecting);
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
        let default = parts::default_of(tenant, by_reference);
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
