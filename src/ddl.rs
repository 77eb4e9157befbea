//! Event triggers: protection follows what happens to protected tables, in the same transaction.
//!
//! They answer what a command *did*, never what state they find: while a dump is being restored the tables, our registry
//! and the policies arrive one after the other, and mending what is not there yet would get in the way of what comes.
//!
//! Like the guards they look at what is committed by then, as DDL itself does, however old the transaction's snapshot is.

use std::thread::LocalKey;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{pg_extern, pg_sys};

use crate::catalog::protection::{self, Kind, Protection};
use crate::catalog::{dropped_rules, offenders, quotas as catalog_quotas};
use crate::error::{PolicyRefusal, Refusal};
use crate::pg::ddl_commands::{self, Change};
use crate::pg::spi::{Query, Row, Sees, arg, query};
use crate::pg::{locks, owner, quiet, relations};
use crate::{distributed, modes, parts, quotas, unregistered};

query!(TOUCHED_RELATIONS, "touched_relations.sql", &[]);
query!(TOPMOST_PROTECTED, "topmost_protected.sql", &[pg_sys::OIDOID]);
query!(FORGET_DROPPED, "forget_dropped.sql", &[]);
query!(RENAME_TENANT_COLUMN, "rename_tenant_column.sql", &[pg_sys::REGCLASSOID, pg_sys::TEXTOID, pg_sys::TEXTOID]);
query!(RENAME_REFERENCE, "rename_reference.sql", &[pg_sys::REGCLASSOID, pg_sys::TEXTOID, pg_sys::TEXTOID]);
query!(PROTECT_LOST_PART, "protect_lost_part.sql", &[pg_sys::REGCLASSOID]);
query!(PROTECT_LOST_UNTENANTED, "protect_lost_untenanted.sql", &[pg_sys::REGCLASSOID]);
query!(KEEP_MODULES, "keep_modules.sql", &[pg_sys::REGCLASSOID, pg_sys::REGCLASSOID]);
query!(KEEP_REFERRING_OWNERS, "keep_referring_owners.sql", &[pg_sys::REGCLASSOID, pg_sys::REGCLASSOID]);
query!(KEEP_RULES, "keep_rules.sql", &[pg_sys::REGCLASSOID, pg_sys::REGCLASSOID]);
query!(COUNTED_DROPPED, "counted_dropped.sql", &[]);
query!(PART_DROPPED, "part_dropped.sql", &[]);
query!(LOST_PARTS, "lost_parts.sql", &[]);

/// At the end of DDL on tables and policies. See `tenancy.follow_ddl`.
#[pg_extern(sql = false)]
fn follow_ddl(fcinfo: pg_sys::FunctionCallInfo) -> Result<(), ErrorReport> {
    if own_ddl(fcinfo) {
        return Ok(());
    }
    let changes = ddl_commands::changes(fcinfo);
    if changes.is_empty() {
        return Ok(());
    }
    Ok(quiet::run(|| owner::run(|| follow(&changes)))?)
}

/// Before ATTACH PARTITION. See `tenancy.prepare_attach`.
#[pg_extern(sql = false)]
fn prepare_attach(fcinfo: pg_sys::FunctionCallInfo) {
    if own_ddl(fcinfo) {
        return;
    }
    if let Some((parent, partition)) = ddl_commands::attaching(fcinfo) {
        // Who owns not both is about to be refused. Whatever fails later takes this back.
        if owner::current_user_owns(parent) && owner::current_user_owns(partition) {
            quiet::run(|| {
                owner::run(|| {
                    if protection::protection(parent).is_some() {
                        parts::make_room(partition, parent);
                    }
                })
            });
        }
    }
}

/// Is it ours? What runs within it is not, if it is the code of a table's owner and alters another table.
fn own_ddl(fcinfo: pg_sys::FunctionCallInfo) -> bool {
    quiet::is_quiet()
        && (owner::current_user_is_superuser()
            || ddl_commands::altered_table(fcinfo).is_some_and(|altered| owner::looked_into() == Some(altered)))
}

/// After objects were dropped. See `tenancy.forget_dropped`.
#[pg_extern(sql = false)]
fn forget_dropped(_fcinfo: pg_sys::FunctionCallInfo) {
    owner::run(|| {
        dropped_rules::note();
        catalog_quotas::forget_tables(COUNTED_DROPPED.with(|q| q.rows(&[], Sees::Latest, |row| row.must(1))));
        FORGET_DROPPED.with(|q| q.rows(&[], Sees::LatestToWrite, |_| ()));
        if PART_DROPPED.with(|q| q.first(&[], Sees::Latest, |row| row.must(1))) == Some(true) {
            quotas::note_losses();
        }
    });
}

fn follow(changes: &[Change]) -> Result<(), Refusal> {
    let touched: Vec<pg_sys::Oid> = TOUCHED_RELATIONS.with(|q| q.rows(&[], Sees::Latest, |row: &Row| row.must(1)));
    // A detached part is asked after by itself: no longer a part, it is not protected as one.
    for change in changes {
        match change {
            Change::LostPart(part) => keep_detached(*part, &touched),
            Change::LostParent(parent) => keep_disinherited(*parent, &touched),
            _ => (),
        }
    }
    for relation in touched {
        if changes.contains(&Change::NewPart) || changes.contains(&Change::NewTable) {
            parts::refuse_open_above(relation)?;
        }
        if changes.contains(&Change::NewPart) {
            let top = TOPMOST_PROTECTED.with(|q| q.first(&[arg(relation)], Sees::Latest, |row| row.must(1)));
            top.into_iter().for_each(|top| take_in(relation, top));
        }
        let Some(protection) = protection::protection(relation) else {
            refuse_opening(relation, changes)?;
            continue;
        };
        for change in changes {
            follow_one(relation, &protection, change)?;
        }
        if changes.iter().any(|change| matches!(change, Change::LostPart(_))) {
            keep_referred_to(relation)?;
        }
        parts::take_over_tenant_keys();
    }
    Ok(())
}

/// PostgreSQL detaches no rows to which others refer, but at public rows, by a key with the tenant in it, it does not look.
fn keep_referred_to(relation: pg_sys::Oid) -> Result<(), Refusal> {
    let Some(table) = protection::table(relation) else { return Ok(()) };
    for reference in &table.public_incoming {
        modes::refuse_rows(reference.child, &offenders::of_public_rows(reference.child, reference))?;
    }
    Ok(())
}

/// What became a part of a protected table, of which `relation` tells: INHERIT, of the child, which it has locked; ATTACH PARTITION, of
/// the partitioned table, and it has locked all that is below the partition.
fn take_in(relation: pg_sys::Oid, top: pg_sys::Oid) {
    if !relations::is_partitioned(relation) {
        locks::access_exclusive_with_parts(relation);
    }
    parts::absorb(top);
}

fn follow_one(relation: pg_sys::Oid, protection: &protection::Protection, change: &Change) -> Result<(), Refusal> {
    match change {
        Change::NewTable | Change::NewPart => {
            parts::refuse_foreign(protection.root)?;
            if protection.tenant.is_some() {
                parts::refuse_permissive(protection.root)?;
            }
            let new = parts::protect(protection.root, protection, true);
            // Of a part of an untenanted table nothing tells whether it is new.
            if protection.tenant.is_some() {
                new.iter().copied().try_for_each(parts::refuse_planted_triggers)?;
            }
            new.iter().for_each(|part| quotas::note_part(protection.root, *part));
            modes::refuse_rows(protection.root, &new.into_iter().flat_map(offenders::of_part).collect::<Vec<_>>())?;
            adopt_references(protection.root)
        }
        Change::NewValues { column } => {
            let tables = parts::with_own_keys(protection.root);
            // The foreign keys of a column of another type are made anew.
            tables.iter().copied().for_each(parts::follow_references);
            modes::refuse_rows(
                protection.root,
                &tables.into_iter().flat_map(|t| offenders::of_column(t, column)).collect::<Vec<_>>(),
            )
        }
        Change::NewConstraint => adopt_references(protection.root),
        Change::ChangedConstraint => {
            parts::with_own_keys(protection.root).into_iter().for_each(parts::follow_references);
            Ok(())
        }
        Change::NewPolicy => {
            if protection.tenant.is_some() {
                refuse_new_policy(protection.root)?;
            }
            distributed::refuse_restrictive(relation)
        }
        Change::RenamedColumn { from, to } if relation == protection.root => {
            let args = [arg(relation), arg(from.as_str()), arg(to.as_str())];
            RENAME_TENANT_COLUMN.with(|q| q.rows(&args, Sees::LatestToWrite, |_| ()));
            Ok(())
        }
        Change::RenamedConstraint { from, to } => {
            let args = [arg(relation), arg(from.as_str()), arg(to.as_str())];
            RENAME_REFERENCE.with(|q| q.rows(&args, Sees::LatestToWrite, |_| ()));
            Ok(())
        }
        Change::RenamedColumn { .. } | Change::LostPart(_) | Change::LostParent(_) => Ok(()),
    }
}

/// New foreign keys become reference rules; rows that break them are refused as a new foreign key's own are.
fn adopt_references(root: pg_sys::Oid) -> Result<(), Refusal> {
    let adopt = |part| parts::adopt_references(part, parts::Known::Trusted);
    let tables = parts::with_own_keys(root);
    modes::refuse_rows(root, &tables.iter().copied().flat_map(adopt).collect::<Vec<_>>())?;
    // Of a foreign key that a restore or a partition brings the rule is known, its triggers are not there.
    tables.into_iter().for_each(parts::follow_references);
    Ok(())
}

fn refuse_new_policy(root: pg_sys::Oid) -> Result<(), Refusal> {
    match parts::policies_of_others(root) {
        Some((policies, _)) => {
            Err(PolicyRefusal::NewPermissivePolicy { relation: relations::qualified(root), policies }.into())
        }
        None => Ok(()),
    }
}

/// A table that has our policies and is in no registry may not get a further permissive policy, nor others in their place.
fn refuse_opening(relation: pg_sys::Oid, changes: &[Change]) -> Result<(), Refusal> {
    if !changes.contains(&Change::NewPolicy) {
        return Ok(());
    }
    match unregistered::remains(relation) {
        Some(found) if unregistered::is_opened(relation, &found) => {
            Err(Refusal::PermissivePolicy { relation: relations::qualified(relation) })
        }
        _ => Ok(()),
    }
}

/// What was a partition of a protected table stays protected, now in its own right.
fn keep_detached(part: pg_sys::Oid, touched: &[pg_sys::Oid]) {
    let of_kind = |untenanted: bool| {
        let is = |p: Protection| (p.kind == Kind::Untenanted) == untenanted;
        touched.iter().any(|parent| protection::protection(*parent).is_some_and(is))
    };
    if of_kind(false) {
        // Meanwhile somebody else can have its name: look for tables that have our policies but no protection.
        let lost = match part {
            pg_sys::InvalidOid => LOST_PARTS.with(|q| q.rows(&[], Sees::Latest, |row| row.must(1))),
            part => vec![part],
        };
        lost.into_iter().for_each(|part| keep(part, &PROTECT_LOST_PART, touched));
    }
    if of_kind(true) {
        // Without policies, and DETACH takes our trigger from it.
        let lost = Some(part).filter(|part| *part != pg_sys::InvalidOid);
        lost.into_iter().for_each(|part| keep(part, &PROTECT_LOST_UNTENANTED, touched));
    }
}

/// What inherited from a protected table stays protected, now in its own right. The command was about it.
fn keep_disinherited(parent: pg_sys::Oid, touched: &[pg_sys::Oid]) {
    let Some(above) = protection::protection(parent) else { return };
    let how = if above.kind == Kind::Untenanted { &PROTECT_LOST_UNTENANTED } else { &PROTECT_LOST_PART };
    let lost = touched.iter().filter(|part| **part != parent && protection::protection(**part).is_none());
    lost.for_each(|part| keep(*part, how, &[parent]));
}

/// Protects a table that was a part, as `protection` says.
fn keep(part: pg_sys::Oid, protection: &'static LocalKey<Query>, touched: &[pg_sys::Oid]) {
    quotas::note_losses();
    protection.with(|q| q.rows(&[arg(part)], Sees::LatestToWrite, |_| ()));
    let Some(protection) = protection::protection(part) else { return };
    for parent in touched {
        let root = protection::protection(*parent).map_or(*parent, |above| above.root);
        KEEP_MODULES.with(|q| q.rows(&[arg(part), arg(root)], Sees::LatestToWrite, |_| ()));
        KEEP_REFERRING_OWNERS.with(|q| q.rows(&[arg(part), arg(*parent)], Sees::LatestToWrite, |_| ()));
        KEEP_RULES.with(|q| q.rows(&[arg(part), arg(*parent)], Sees::LatestToWrite, |_| ()));
    }
    parts::protect(part, &protection, true);
    parts::follow_references(part);
}
