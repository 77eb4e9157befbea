//! What administrators have set about references stays when a table is released and protected again, or its foreign key is
//! replaced.

use std::rc::Rc;

use pgrx::pg_sys;
use pgrx::spi::quote_identifier;

use super::{ensure_naming_triggers, with_own_keys};
use crate::catalog::dropped_rules::{self, Rule};
use crate::catalog::protection::{self, KeyType, OnChange, Reference, TenantColumn};
use crate::pg::relations;
use crate::pg::spi::{self, Sees, arg, query};

query!(
    CHANGE_REFERENCE,
    "change_reference.sql",
    &[pg_sys::REGCLASSOID, pg_sys::TEXTOID, pg_sys::BOOLOID, pg_sys::TEXTOID, pg_sys::BOOLOID]
);
query!(DIVIDED_BY, "divided_by.sql", &[pg_sys::REGCLASSOID, pg_sys::TEXTOID]);

/// Once a table is protected again, and its references are rules again: what their rows need. What can no longer be, because a
/// table has no tenant column now, is told.
pub fn restore_rules(relation: pg_sys::Oid) {
    for part in with_own_keys(relation) {
        let Some(table) = protection::table(part) else { continue };
        let incoming = table.incoming.iter().filter(|r| r.parent == part && r.child != part);
        for reference in table.outgoing_from(part).chain(incoming) {
            put_in_place(reference, rule_of(reference));
        }
    }
}

fn rule_of(reference: &Reference) -> Rule {
    Rule {
        service_provider_eligible: reference.service_provider_eligible,
        on_change: reference.on_change,
        names_tenant: reference.names_tenant,
    }
}

/// Makes the rule that of the reference, with what it needs. The reference as it is then, where it was changed.
pub fn put_in_place(reference: &Reference, mut rule: Rule) -> Option<Rc<Reference>> {
    let have_tenants = reference.child_protection.tenant.is_some() && reference.parent_protection.tenant.is_some();
    let mut lost = Rule { service_provider_eligible: false, on_change: OnChange::Restrict, names_tenant: false };
    if rule.names_tenant && !(have_tenants && !is_divided_by_tenant(reference) && !another_names(reference)) {
        (rule.names_tenant, lost.names_tenant) = (false, true);
    }
    if rule.on_change == OnChange::Cascade && !have_tenants {
        (rule.on_change, lost.on_change) = (OnChange::Restrict, OnChange::Cascade);
    }
    if lost.names_tenant || lost.on_change != OnChange::Restrict {
        dropped_rules::told(reference.child, &reference.constraint, lost).warn();
    }
    if rule.names_tenant {
        ensure_naming_triggers(reference);
        set_default(reference, true);
    }
    let before = rule_of(reference);
    let same = before.service_provider_eligible == rule.service_provider_eligible
        && before.on_change == rule.on_change
        && before.names_tenant == rule.names_tenant;
    if same {
        return None;
    }
    let args = [
        arg(reference.child),
        arg(reference.constraint.as_str()),
        arg(rule.service_provider_eligible),
        arg(rule.on_change.name()),
        arg(rule.names_tenant),
    ];
    CHANGE_REFERENCE.with(|q| q.rows(&args, Sees::LatestToWrite, |_| ()));
    let table = protection::table(reference.child)?;
    table.outgoing.iter().find(|end| end.oid == reference.oid).map(|end| Rc::clone(&end.reference))
}

fn another_names(reference: &Reference) -> bool {
    let table = protection::table(reference.child);
    table.is_some_and(|table| table.outgoing.iter().any(|other| other.names_tenant && other.oid != reference.oid))
}

/// A trigger on a row cannot move it to another partition.
pub fn is_divided_by_tenant(reference: &Reference) -> bool {
    reference.child_protection.tenant.as_ref().is_some_and(|tenant| {
        let args = [arg(reference.child), arg(tenant.name.as_str())];
        !DIVIDED_BY.with(|q| q.rows(&args, Sees::Latest, |_| ())).is_empty()
    })
}

/// The default of a tenant column, as SQL.
pub fn default_of(tenant: &TenantColumn, by_reference: bool) -> String {
    let function = match tenant.key {
        KeyType::Uuid => "tenancy.writable_tenant",
        KeyType::Number => "tenancy.writable_tenant_number",
    };
    if by_reference { format!("{function}(true)") } else { format!("{function}()") }
}

/// Gives the tenant column of the referring table its default.
pub fn set_default(reference: &Reference, by_reference: bool) {
    let Some(tenant) = &reference.child_protection.tenant else { return };
    spi::run(&format!(
        "alter table {} alter column {} set default {}",
        relations::qualified(reference.child),
        quote_identifier(&tenant.name),
        default_of(tenant, by_reference),
    ));
}
