//! E-mail domains: the rules behind INSERT and UPDATE on `tenancy.domains`, and which tenant an address belongs to.

use pgrx::{PgTrigger, Uuid, pg_extern, pg_sys, pg_trigger};

use crate::administration::{check_kept, enforce, updated};
use crate::catalog::from_pg;
use crate::error::{PeopleRefusal, Refusal};
use crate::model::{built_in, domain};
use crate::pg::answers::{Answer, changed, nothing};
use crate::pg::owner;
use crate::pg::rows::TriggerRows;
use crate::pg::spi::{Sees, arg, query};

query!(TENANT_OF_DOMAINS, "tenant_of_domains.sql", &[pg_sys::TEXTARRAYOID]);

/// BEFORE INSERT OR UPDATE, for each domain. See `tenancy.complete_domain`.
#[pg_trigger(sql = false)]
fn complete_domain<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    const DOMAIN: i16 = 1;
    const TENANT_ID: i16 = 2;
    const CREATED_AT: i16 = 4;
    const UPDATED_AT: i16 = 5;
    let rows = TriggerRows::of(trigger);
    let Some(new) = rows.new else { return nothing() };
    enforce(check_kept(&rows, "tenancy.domains", &[(CREATED_AT, "created_at")]));
    if new.get(TENANT_ID).map(from_pg) == Some(built_in::NO_TENANT) {
        enforce(Err(Refusal::BuiltIn { what: "tenant", name: "no-tenant".into(), change: "given domains" }));
    }
    let mut changes: Vec<_> = updated(&rows, UPDATED_AT).into_iter().collect();
    // NULL is left to the column's NOT NULL.
    if let Some(given) = new.get::<String>(DOMAIN) {
        match domain::normalised(&given) {
            Some(name) => changes.push((DOMAIN, arg(name))),
            None => enforce(Err(PeopleRefusal::NotADomain { given }.into())),
        }
    }
    changed(trigger, &changes)
}

/// The tenant whose domain the address has. See `tenancy.tenant_for_email`.
#[pg_extern(sql = false)]
fn tenant_for_email(email: &str) -> Option<Uuid> {
    let domains = domain::of_email(email);
    owner::run(|| TENANT_OF_DOMAINS.with(|q| q.first(&[arg(domains)], Sees::Statement, |row| row.must(1))))
}
