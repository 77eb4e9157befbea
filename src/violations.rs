//! Rows that break a rule of tenancy, wherever they come from: `violations`.

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{JsonB, name, pg_extern, pg_sys};

use crate::error::Refusal;
use crate::{distributed, modes, session};

/// All rows that break a rule. See `tenancy.violations`.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)] // what a set-returning function of pgrx returns
fn violations()
-> Result<TableIterator<'static, (name!(relation, pg_sys::Oid), name!(rule, String), name!(key, JsonB))>, ErrorReport> {
    if !session::administers() {
        return Err(Refusal::AdministratorsOnly { what: "look at the rows of all tenants" }.into());
    }
    distributed::refuse_all("tenancy.violations()")?;
    let warn = |held: Refusal| {
        held.warn();
        Ok(())
    };
    let rows = modes::violations(warn)?.into_iter().map(|offender| (offender.relation, offender.rule, offender.key));
    Ok(TableIterator::new(rows.collect::<Vec<_>>()))
}
