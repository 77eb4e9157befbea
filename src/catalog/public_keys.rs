//! Foreign keys `(tenant, x)` as public rows have them. Where the tenant of a row is NULL, PostgreSQL does not look at such a key
//! (`MATCH SIMPLE`), and the row could hold any `x`. It refers to the public rows that have the same `x`.

use std::cell::OnceCell;
use std::rc::Rc;

use pgrx::spi::quote_identifier;

use super::held::Held;
use super::protection::{Kind, OnChange, Protection, Reference};

/// What a public row refers to by its foreign key; None where that is the same as what any row refers to.
pub(super) fn of(whole: &Reference) -> Option<Rc<Reference>> {
    if whole.child_protection.kind != Kind::Optional || whole.child_columns.len() < 2 {
        return None;
    }
    let (child, parent) = (tenant_column(&whole.child_protection)?, tenant_column(&whole.parent_protection)?);
    let pairs = || whole.child_columns.iter().zip(&whole.parent_columns).zip(&whole.operators);
    let is_tenant = |(own, other): (&String, &String)| own == child && other == parent;
    if !pairs().any(|(pair, _)| is_tenant(pair)) {
        return None;
    }
    let others = || pairs().filter(|(pair, _)| !is_tenant(*pair));
    Some(Rc::new(Reference {
        constraint: whole.constraint.clone(),
        child_columns: others().map(|((own, _), _)| own.clone()).collect(),
        child_protection: whole.child_protection.clone(),
        parent_columns: others().map(|((_, other), _)| other.clone()).collect(),
        parent_protection: whole.parent_protection.clone(),
        operators: others().map(|(_, operator)| operator.clone()).collect(),
        only_public: true,
        of_public_rows: None,
        service_provider_eligible: false,
        on_change: OnChange::Restrict,
        names_tenant: false,
        held: Held::new(),
        key_index: None,
        lock_parent: OnceCell::new(),
        parent_tenant: OnceCell::new(),
        child_tenants: OnceCell::new(),
        follow: OnceCell::new(),
        ..*whole
    }))
}

fn tenant_column(protection: &Protection) -> Option<&String> {
    protection.tenant.as_ref().map(|tenant| &tenant.name)
}

/// The condition on a row to be public, where only such rows count.
pub fn is_public(reference: &Reference, row: &str, protection: &Protection) -> Option<String> {
    let column = tenant_column(protection).filter(|_| reference.only_public)?;
    Some(format!("{row}.{} is null", quote_identifier(column)))
}
