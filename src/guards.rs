//! Guards: DDL that would take something from the protection of a table is refused.
//!
//! They run after the command, in its transaction, and after what `ddl` did to follow it: the parse tree says what a command
//! may have done, `catalog::drift` whether the table still has what it must have. A superuser is only told, but for a
//! foreign key that would break the rules for rows, which hold for superusers, too.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{pg_extern, pg_sys};

use crate::catalog::drift::{self, Drift};
use crate::catalog::{protection, published};
use crate::error::{GuardRefusal, Refusal, UnregisteredRefusal};
use crate::pg::ddl_commands;
use crate::pg::ddl_risks::{self, Risk};
use crate::pg::ddl_rows::{self, Keys, LookedUp};
use crate::pg::spi::{self, Row, Sees, arg, query};
use crate::pg::{owner, quiet, recorder, relations};
use crate::{parts, referring, unregistered};

query!(GUARDED, "guarded_relations.sql", &[]);
query!(ROBBED, "robbed_relations.sql", &[]);
query!(KEYS_TOLD, "keys_told.sql", &[pg_sys::OIDOID, pg_sys::OIDOID, pg_sys::TEXTOID, pg_sys::OIDOID]);
query!(TYPED_TABLES, "typed_tables.sql", &[pg_sys::OIDOID]);
query!(DOMAIN_USED, "domain_used.sql", &[pg_sys::OIDOID, pg_sys::OIDOID]);
query!(KEYS_TO_OTHERS, "keys_to_others.sql", &[pg_sys::OIDOID, pg_sys::OIDOID]);

/// What a command did to one table.
struct Touched {
    relation: pg_sys::Oid,
    /// The table given to protect(); None where the relation is neither it nor a part of it.
    root: Option<pg_sys::Oid>,
    /// Codes of differences that the command is answerable for.
    codes: Vec<&'static str>,
    /// The same where the relation is in no registry: drops of what only others made are not among them.
    codes_of_ours: Vec<&'static str>,
}

/// At the end of DDL. See `tenancy.guard_ddl`.
#[pg_extern(sql = false)]
fn guard_ddl(fcinfo: pg_sys::FunctionCallInfo) -> Result<(), ErrorReport> {
    if own_ddl() {
        return Ok(());
    }
    let risks = ddl_risks::risks(fcinfo);
    if risks.is_empty() {
        return Ok(());
    }
    let who = owner::current_user();
    let superuser = owner::current_user_is_superuser();
    let refuse = |refusal: GuardRefusal| refuse(refusal, superuser);
    if risks.contains(&Risk::Publication) {
        published::whole().map_or(Ok(()), |published| refuse(GuardRefusal::PublishedWhole { published }))?;
    }
    if risks.contains(&Risk::NewPlace) {
        let there = published::there(ddl_commands::new_part(fcinfo));
        there.map_or(Ok(()), |published| refuse(GuardRefusal::PublishedWhole { published }))?;
    }
    let all_touched = touched(&risks);
    for touched in &all_touched {
        match touched.root {
            Some(root) => {
                look(touched, root).map_or(Ok(()), refuse)?;
                others(touched, &risks).map_or(Ok(()), refuse)?;
            }
            None => {
                unregistered(touched, &risks)?;
                trigger_of_other(touched, &risks).map_or(Ok(()), refuse)?;
                if risks.contains(&Risk::NewKey) {
                    key_to_others(touched, who).map_or(Ok(()), refuse)?;
                }
            }
        }
    }
    if risks.contains(&Risk::NewKey) || risks.contains(&Risk::NewOwner) {
        let tables: Vec<pg_sys::Oid> = all_touched.iter().map(|touched| touched.relation).collect();
        referring::undeclared(&tables).map_or(Ok(()), refuse)?;
    }
    Ok(())
}

/// Before ALTER TABLE, ALTER TYPE and ALTER DOMAIN. See `tenancy.guard_rows`.
#[pg_extern(sql = false)]
fn guard_rows(fcinfo: pg_sys::FunctionCallInfo) -> Result<(), ErrorReport> {
    if let Some((table, partition)) = ddl_commands::detaching_concurrently(fcinfo) {
        rows_out_of_sight(table, partition).map_or(Ok(()), |refusal| Err(Refusal::from(refusal)))?;
    }
    if owner::current_user_is_superuser() {
        return Ok(());
    }
    for looked_up in ddl_rows::looked_up(fcinfo).into_iter().flat_map(of_tables) {
        rows_told(&looked_up).map_or(Ok(()), |refusal| Err(Refusal::from(refusal)))?;
    }
    if let Some(domain) = ddl_rows::constrained_domain(fcinfo) {
        rows_shown(domain).map_or(Ok(()), |refusal| Err(Refusal::from(refusal)))?;
    }
    Ok(())
}

/// Until it is detached, no query of the table sees the partition's rows, and by these references are kept and rows counted.
fn rows_out_of_sight(table: pg_sys::Oid, partition: pg_sys::Oid) -> Option<GuardRefusal> {
    let matter = owner::run(|| {
        let protected = protection::table(partition)?;
        Some(protected.has_quotas || protected.outgoing.iter().any(|key| key.child != partition))
    });
    matter.filter(|matter| *matter).map(|_| GuardRefusal::RowsOutOfSight {
        table: relations::qualified(table),
        partition: relations::qualified(partition),
    })
}

/// What a composite type is altered in, the tables made of it are.
fn of_tables(looked_up: LookedUp) -> Vec<LookedUp> {
    let typed = |column: &Option<String>| {
        let read = |row: &Row| LookedUp { rows_of: row.must(1), by: Keys::Of(row.must(1), column.clone()) };
        owner::run(|| TYPED_TABLES.with(|q| q.rows(&[arg(looked_up.rows_of)], Sees::Latest, read)))
    };
    match &looked_up.by {
        Keys::Of(altered, column) if *altered == looked_up.rows_of && relations::is_composite_type(*altered) => {
            typed(column)
        }
        _ => vec![looked_up],
    }
}

/// PostgreSQL calls a domain's new constraint with the values that are there, in whosever tables.
fn rows_shown(domain: pg_sys::Oid) -> Option<GuardRefusal> {
    let args = [arg(domain), arg(owner::current_user())];
    let table = owner::run(|| DOMAIN_USED.with(|q| q.first(&args, Sees::Latest, |row| row.must::<pg_sys::Oid>(1))))?;
    Some(GuardRefusal::RowsShown { table: relations::qualified(table) })
}

/// PostgreSQL refuses rows that refer to nothing before anybody can say the same of those that refer to hidden rows.
fn rows_told(looked_up: &LookedUp) -> Option<GuardRefusal> {
    // Who does not own the table is about to be refused.
    if !owner::current_user_owns(looked_up.rows_of) {
        return None;
    }
    let (referenced, table, column) = match &looked_up.by {
        Keys::New(referenced) => (Some(*referenced), None, None),
        Keys::Of(table, column) => (None, Some(*table), column.as_deref()),
    };
    let args = [referenced.and_then(arg), table.and_then(arg), column.and_then(arg), arg(owner::current_user())];
    let of_other = || KEYS_TOLD.with(|q| q.first(&args, Sees::Latest, |row| row.must::<pg_sys::Oid>(1)));
    owner::run(|| {
        let referenced = of_other()?;
        // Rows that others have written by now are to be seen, and none are to come until the command looks.
        parts::lock_out_writers(looked_up.rows_of);
        parts::with_rows(looked_up.rows_of).into_iter().any(has_rows).then(|| GuardRefusal::RowsTold {
            table: relations::qualified(looked_up.rows_of),
            referenced: relations::qualified(referenced),
        })
    })
}

/// Nothing of the table's owner runs: neither policies nor what row triggers do.
fn has_rows(relation: pg_sys::Oid) -> bool {
    let query = format!("select from only {} limit 1", relations::qualified(relation));
    !spi::once(&query, &[], &[], Sees::Latest, |_| ()).is_empty()
}

/// After objects were dropped. See `tenancy.guard_drops`.
#[pg_extern(sql = false)]
fn guard_drops(_fcinfo: pg_sys::FunctionCallInfo) -> Result<(), ErrorReport> {
    if own_ddl() {
        return Ok(());
    }
    let superuser = owner::current_user_is_superuser();
    for touched in robbed() {
        match touched.root {
            Some(root) => look(&touched, root).map_or(Ok(()), |refusal| refuse(refusal, superuser))?,
            None => unregistered(&touched, &[])?,
        }
    }
    Ok(())
}

/// Is it ours? Where our own DDL runs code of a table's owner, it runs as that owner, and is not.
fn own_ddl() -> bool {
    quiet::is_quiet() && owner::current_user_is_superuser()
}

fn refuse(refusal: GuardRefusal, superuser: bool) -> Result<(), Refusal> {
    if superuser && !refusal.holds_for_superusers() {
        Refusal::from(GuardRefusal::Told(Box::new(refusal))).warn();
        return Ok(());
    }
    Err(refusal.into())
}

fn touched(risks: &[Risk]) -> Vec<Touched> {
    let codes: Vec<&'static str> = risks.iter().flat_map(|risk| codes_of_risk(*risk)).copied().collect();
    let read = |row: &Row| Touched {
        relation: row.must(1),
        root: row.get(2),
        codes: codes.clone(),
        // These are of what was dropped.
        codes_of_ours: codes
            .iter()
            .copied()
            .filter(|code| !code.ends_with("_missing") || *code == "tenant_key_missing")
            .collect(),
    };
    owner::run(|| GUARDED.with(|q| q.rows(&[], Sees::Latest, read)))
}

/// The differences that a command may have brought.
const fn codes_of_risk(risk: Risk) -> &'static [&'static str] {
    match risk {
        Risk::RowSecurity => &["row_security_disabled", "row_security_not_forced"],
        Risk::ChangedPolicy => &["policy_changed", "policy_missing"],
        Risk::SwitchedTriggers => &["trigger_disabled"],
        Risk::ChangedTrigger => &["trigger_missing", "trigger_changed"],
        Risk::NewTrigger => &["trigger_changed"],
        Risk::ChangedColumn => &["tenant_column_nullable", "tenant_column_type"],
        Risk::NewKey => &["key_empties_tenant"],
        Risk::ChangedKey => &["tenant_key_missing"],
        Risk::NewRule | Risk::NewOwner | Risk::Publication | Risk::NewPlace => &[],
    }
}

fn robbed() -> Vec<Touched> {
    let read = |row: &Row| {
        let codes = |kinds: Vec<String>| kinds.iter().flat_map(|kind| codes_of_dropped(kind)).copied().collect();
        let ours: Option<Vec<String>> = row.get(4);
        Touched {
            relation: row.must(1),
            root: row.get(2),
            codes: codes(row.must(3)),
            codes_of_ours: codes(ours.unwrap_or_default()),
        }
    };
    owner::run(|| ROBBED.with(|q| q.rows(&[], Sees::Latest, read)))
}

fn codes_of_dropped(kind: &str) -> &'static [&'static str] {
    match kind {
        "policy" => &["policy_missing"],
        "trigger" => &["trigger_missing"],
        "table constraint" => &["tenant_key_missing", "tenant_column_nullable"],
        _ => &["tenant_column_missing"],
    }
}

/// A table that is in no registry and has something of tenancy keeps it until it is mended.
fn unregistered(touched: &Touched, risks: &[Risk]) -> Result<(), Refusal> {
    if touched.codes_of_ours.is_empty() && !risks.contains(&Risk::NewRule) {
        return Ok(());
    }
    let found = unregistered::remains(touched.relation).filter(|found| found.is_guarded);
    let Some(found) = found else { return Ok(()) };
    let superuser = owner::current_user_is_superuser();
    if let Some(what) = unregistered::lacks(touched.relation, &found, &touched.codes_of_ours) {
        let (table, top) = (relations::qualified(touched.relation), relations::qualified(found.top));
        let refusal = Refusal::from(UnregisteredRefusal::Loses { table, what, top });
        if !superuser {
            return Err(refusal);
        }
        if !recorder::restores_dump() {
            refusal.warn();
        }
    }
    others(touched, risks).map_or(Ok(()), |refusal| refuse(refusal, superuser))
}

/// The first difference of the table that the command is answerable for.
fn look(touched: &Touched, root: pg_sys::Oid) -> Option<GuardRefusal> {
    if touched.codes.is_empty() {
        return None;
    }
    let answerable = |found: &Drift| found.relation == touched.relation && touched.codes.contains(&found.code.as_str());
    let found = drift::of(root).into_iter().find(answerable)?;
    Some(explain(found, root))
}

fn explain(found: Drift, root: pg_sys::Oid) -> GuardRefusal {
    let (table, root) = (relations::qualified(found.relation), relations::qualified(root));
    let what = format!("{}: {}", found.object, found.finding);
    match found.code.as_str() {
        "row_security_disabled" | "row_security_not_forced" => GuardRefusal::RowSecurity { table, what, root },
        "policy_changed" | "policy_missing" => GuardRefusal::Policy { table, what, root },
        "trigger_disabled" => GuardRefusal::TriggerDisabled { table, what, root },
        "trigger_missing" | "trigger_changed" => GuardRefusal::Trigger { table, what, root },
        "tenant_key_missing" => GuardRefusal::TenantKey { table, what, root },
        "key_empties_tenant" => GuardRefusal::EmptiesTenant { table, what, remedy: found.remedy },
        _ => GuardRefusal::TenantColumn { table, what, root },
    }
}

/// Triggers and rules that do not belong on a protected table.
fn others(touched: &Touched, risks: &[Risk]) -> Option<GuardRefusal> {
    let table = || relations::qualified(touched.relation);
    if risks.contains(&Risk::NewTrigger) && !owner::current_user_owns(touched.relation) {
        return Some(GuardRefusal::TriggerOfOther { table: table() });
    }
    risks.contains(&Risk::NewRule).then(|| GuardRefusal::Rule { table: table() })
}

/// On a table that is not protected, but written with one that is.
fn trigger_of_other(touched: &Touched, risks: &[Risk]) -> Option<GuardRefusal> {
    let is_others = risks.contains(&Risk::NewTrigger) && !owner::current_user_owns(touched.relation);
    (is_others && referring::is_written(touched.relation))
        .then(|| GuardRefusal::TriggerOnWritten { table: relations::qualified(touched.relation) })
}

fn key_to_others(touched: &Touched, who: pg_sys::Oid) -> Option<GuardRefusal> {
    let args = [arg(touched.relation), arg(who)];
    let referenced =
        owner::run(|| KEYS_TO_OTHERS.with(|q| q.first(&args, Sees::Latest, |row| row.must::<pg_sys::Oid>(1))))?;
    Some(GuardRefusal::KeyToOther {
        table: relations::qualified(touched.relation),
        referenced: relations::qualified(referenced),
    })
}
