//! What tenants have: `refresh_statistics`, `tenant_statistics_exact`, and what is used of a quota.

use pgrx::datum::TimestampWithTimeZone as Time;
use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{Uuid, name, pg_extern, pg_sys};

use crate::administration::knows;
use crate::catalog::reached::{self, Lock};
use crate::catalog::statistics::{self, Counted};
use crate::catalog::{from_pg, protection, quotas};
use crate::error::Refusal;
use crate::pg::{owner, relations, transactions};
use crate::progress::{Operation, Phase, Progress};
use crate::session;

/// Counts the rows of all tenants, for the view. See `tenancy.refresh_statistics`.
#[pg_extern(sql = false)]
fn refresh_statistics(relation: Option<pg_sys::Oid>) -> Result<(), ErrorReport> {
    if !session::administers() {
        return Err(Refusal::AdministratorsOnly { what: "count the rows of all tenants" }.into());
    }
    let tables = match relation {
        None => statistics::tables(),
        Some(relation) if statistics::tables().contains(&relation) => vec![relation],
        Some(relation) => return Err(not_counted(relation).into()),
    };
    let progress = Progress::start(Operation::Count, pg_sys::InvalidOid);
    progress.phase(Phase::Counting);
    for table in tables {
        pgrx::check_for_interrupts!();
        progress.relation(table);
        match reached::lock(table, Lock::ToRead) {
            Err(held) if relation.is_none() => {
                held.warn();
                continue;
            }
            outcome => outcome?,
        }
        let as_of = transactions::time_of_day();
        statistics::keep(table, as_of, &statistics::count(table, None));
    }
    Ok(())
}

fn not_counted(relation: pg_sys::Oid) -> Refusal {
    let name = relations::qualified(relation);
    match protection::protection(relation) {
        Some(found) if found.root != relation => {
            Refusal::PartOfAnother { relation: name, root: relations::qualified(found.root) }
        }
        Some(_) => crate::error::QuotaRefusal::Untenanted { relation: name }.into(),
        None => Refusal::NotProtected { relation: name },
    }
}

fn may_know(tenant: uuid::Uuid, relation: Option<pg_sys::Oid>) -> bool {
    owner::outer_user_is_exempt() || knows(&tenant, relation)
}

/// Counts the rows of one tenant. See `tenancy.tenant_statistics_exact`.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)] // what a set-returning function of pgrx returns
fn tenant_statistics_exact(
    tenant: Uuid,
) -> TableIterator<
    'static,
    (
        name!(relation, pg_sys::Oid),
        name!(rows, i64),
        name!(bytes, i64),
        name!(last_write, Option<Time>),
        name!(as_of, Time),
    ),
> {
    let tenant = from_pg(tenant);
    let tables = statistics::tables().into_iter().filter(|relation| may_know(tenant, Some(*relation)));
    let free = |relation: &pg_sys::Oid| reached::lock(*relation, Lock::ToRead).map_err(|held| held.warn()).is_ok();
    let counted = tables.filter(free).map(|relation| {
        let as_of = transactions::time_of_day();
        match statistics::count(relation, Some(tenant)).pop() {
            Some(Counted { rows, bytes, written, .. }) => (relation, rows, bytes, written, as_of),
            None => (relation, 0, 0, None, as_of),
        }
    });
    TableIterator::new(counted.collect::<Vec<_>>())
}

/// What is used of a quota. See `tenancy.quota_used`.
#[pg_extern(sql = false)]
fn quota_used(quota: Uuid) -> Option<i64> {
    let found = quotas::used(from_pg(quota))?;
    found.used.filter(|_| may_know(found.tenant, found.relation))
}
