//! The parts of a protected table: it, its partitions and its inheritance children, each with what PostgreSQL does not pass
//! on by itself. Policies belong to the table that a query names, so that every part needs its own.

mod kept;
mod tenant_keys;
mod triggers;
mod unfit;

use pgrx::{pg_sys, spi::quote_identifier};

use crate::catalog::offenders::{self, Offender};
use crate::catalog::protection::{self, Protection, Reference, TenantColumn};
use crate::catalog::{dropped_rules, policies, quotas};
use crate::pg::spi::{self, Row, Sees, arg, query};
use crate::pg::{locks, owner, relations};

pub use kept::{default_of, is_divided_by_tenant, restore_rules, set_default};
pub use tenant_keys::take_over as take_over_tenant_keys;
use triggers::fill;
pub use triggers::{
    drop_naming_triggers, drop_trigger, drop_triggers, ensure_naming_triggers, follow_naming, follow_references,
    has_trigger, make_room,
};
pub use unfit::{
    before_commit, policies_of_others, refuse_foreign, refuse_open_above, refuse_open_above_at_commit,
    refuse_permissive, refuse_planted_triggers, refuse_taken_names, transaction_over,
};

query!(PARTS, "parts.sql", &[pg_sys::OIDOID]);
query!(POLICIES_OF, "policies_of.sql", &[pg_sys::OIDOID]);
query!(REGISTER_REFERENCE, "register_reference.sql", &[pg_sys::REGCLASSOID, pg_sys::TEXTOID]);
query!(OUR_CONSTRAINTS, "our_constraints.sql", &[pg_sys::OIDOID, pg_sys::TEXTOID]);
query!(HAS_TENANT_KEY, "has_tenant_key.sql", &[pg_sys::OIDOID, pg_sys::TEXTOID]);
query!(TRUST_TENANT_KEY, "trust_tenant_key.sql", &[pg_sys::OIDOID, pg_sys::TEXTOID]);
query!(MISSING_DEFAULT, "missing_default.sql", &[pg_sys::OIDOID, pg_sys::OIDOID, pg_sys::TEXTOID]);
query!(ABSORB_PARTS, "absorb_parts.sql", &[pg_sys::OIDOID]);
query!(COUNTED_PARTS, "counted_parts.sql", &[pg_sys::OIDOID]);
query!(OWN_KEYS, "own_keys.sql", &[pg_sys::OIDOID]);
query!(REFERRED, "referred_tables.sql", &[pg_sys::OIDOID]);
query!(REFERRING, "referring_tables.sql", &[pg_sys::OIDOID]);
query!(MAY_NOT_REFER, "may_not_refer.sql", &[pg_sys::OIDOID]);

/// What is to be done about references that have been registered before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// They have been in force ever since.
    Trusted,
    /// One of their tables was not protected for a while.
    LookedAtAgain,
}

struct Part {
    relation: pg_sys::Oid,
    is_partition: bool,
    has_truncate_trigger: bool,
    has_row_trigger: bool,
}

fn of(relation: pg_sys::Oid) -> Vec<Part> {
    let read = |row: &Row| Part {
        relation: row.must(1),
        is_partition: row.must(2),
        has_truncate_trigger: row.must(3),
        has_row_trigger: row.must(4),
    };
    PARTS.with(|q| q.rows(&[arg(relation)], Sees::Latest, read))
}

/// The table and all its parts.
pub fn all(relation: pg_sys::Oid) -> Vec<pg_sys::Oid> {
    of(relation).into_iter().map(|part| part.relation).collect()
}

/// The table and its inheritance children: what a constraint or row trigger has to be given to one by one.
pub fn with_own_constraints(relation: pg_sys::Oid) -> Vec<pg_sys::Oid> {
    of(relation).into_iter().filter(|p| p.relation == relation || !p.is_partition).map(|p| p.relation).collect()
}

/// The table and its parts, without those that have no rows of their own.
pub fn with_rows(relation: pg_sys::Oid) -> Vec<pg_sys::Oid> {
    of(relation).into_iter().map(|p| p.relation).filter(|part| !relations::is_partitioned(*part)).collect()
}

/// The table and those of its parts that have foreign keys of their own.
pub fn with_own_keys(relation: pg_sys::Oid) -> Vec<pg_sys::Oid> {
    OWN_KEYS.with(|q| q.rows(&[arg(relation)], Sees::Latest, |row| row.must(1)))
}

/// Gives a table and all its parts what they do not have yet; returns the parts that had no protection. With `valid`,
/// their rows are known to have tenants that exist, or are to be refused if not.
pub fn protect(relation: pg_sys::Oid, protection: &Protection, valid: bool) -> Vec<pg_sys::Oid> {
    owner::run(|| {
        let mut new = Vec::new();
        let counted = quotas::exist_for(relation);
        for part in of(relation) {
            // In a governed schema it had that until now.
            drop_trigger(part.relation, "00_tenancy_undeclared");
            // Of a part of an untenanted table nothing tells whether its rows were looked at.
            let is_new = protection.tenant.as_ref().is_none_or(|tenant| protect_visibility(&part, tenant));
            if is_new {
                new.push(part.relation);
            }
            if let Some(tenant) = &protection.tenant {
                default_tenant(part.relation, relation, tenant);
            }
            if part.relation == relation || !part.is_partition {
                protect_integrity(&part, protection.tenant.as_ref(), valid);
                if counted {
                    triggers::ensure_delete_trigger(part.relation);
                }
            }
        }
        tenant_keys::take_over();
        new
    })
}

/// What every part needs: queries that name it ask its policies only.
/// True if the part did not have it yet.
fn protect_visibility(part: &Part, tenant: &TenantColumn) -> bool {
    let name = relations::qualified(part.relation);
    let listed =
        POLICIES_OF.with(|q| q.first(&[arg(part.relation)], Sees::Latest, |row| row.get::<String>(1))).flatten();
    let new = listed.as_ref() != Some(&policies::as_listed(tenant));
    if new {
        // Somebody's own, that only bear our names.
        let listed = listed.iter().flat_map(|listed| listed.lines());
        for policy in listed.filter_map(|line| line.split(' ').next()) {
            spi::run(&format!("drop policy {policy} on {name}"));
        }
        spi::run(&policies::commands(tenant, &name));
    }
    if !part.has_truncate_trigger {
        fill(include_str!("../sql/templates/truncate_trigger.sql"), &name);
    }
    new
}

/// Has a table policies that bear the names of ours?
pub fn has_policies_named_as_ours(relation: pg_sys::Oid) -> bool {
    POLICIES_OF.with(|q| q.first(&[arg(relation)], Sees::Latest, |row| row.get::<String>(1))).flatten().is_some()
}

/// The default of the tenant column holds for the statements that name the part, too.
fn default_tenant(part: pg_sys::Oid, top: pg_sys::Oid, tenant: &TenantColumn) {
    let args = [arg(part), arg(top), arg(tenant.name.as_str())];
    let read = |row: &Row| row.must::<String>(1);
    if let Some(default) = MISSING_DEFAULT.with(|q| q.first(&args, Sees::Latest, read)) {
        let (name, column) = (relations::qualified(part), quote_identifier(&tenant.name));
        spi::run(&format!("alter table {name} alter column {column} set default {default}"));
    }
}

/// What PostgreSQL passes on to partitions but not to inheritance children.
fn protect_integrity(part: &Part, tenant: Option<&TenantColumn>, valid: bool) {
    let name = relations::qualified(part.relation);
    if !part.has_row_trigger {
        fill(include_str!("../sql/templates/row_trigger.sql"), &name);
    }
    let Some(tenant) = tenant else { return };
    if has_tenant_key(part.relation, tenant) {
        return;
    }
    if relations::is_partitioned(part.relation) {
        // Cannot be NOT VALID before PostgreSQL 18. Not valid yet, it is left to set_mode('enforce').
        if valid {
            lend_references(part.relation, || spi::run(&tenant_key(part.relation, tenant)));
        }
        return;
    }
    add_tenant_key(part.relation, tenant);
    if valid {
        validate_tenant_key(part.relation, tenant);
    }
}

/// Has a table the foreign key from its tenant column?
pub fn has_tenant_key(relation: pg_sys::Oid, tenant: &TenantColumn) -> bool {
    let args = [arg(relation), arg(tenant.name.as_str())];
    !HAS_TENANT_KEY.with(|q| q.rows(&args, Sees::Latest, |_| ())).is_empty()
}

/// The foreign keys from the tenant column to tenants.
pub fn tenant_keys(relation: pg_sys::Oid, tenant: &TenantColumn) -> Vec<String> {
    HAS_TENANT_KEY.with(|q| q.rows(&[arg(relation), arg(tenant.name.as_str())], Sees::Latest, |row| row.must(1)))
}

fn tenant_key(relation: pg_sys::Oid, tenant: &TenantColumn) -> String {
    format!(
        "alter table {} add foreign key ({}) references tenancy.tenants ({})",
        relations::qualified(relation),
        quote_identifier(&tenant.name),
        tenant.key.column(),
    )
}

/// Gives a table the foreign key from its tenant column, if it has none: not valid yet, because adding it looks at no row.
pub fn add_tenant_key(relation: pg_sys::Oid, tenant: &TenantColumn) {
    if !has_tenant_key(relation, tenant) {
        spi::run(&format!("{} not valid", tenant_key(relation, tenant)));
    }
}

/// Validates it. VALIDATE CONSTRAINT by an owner, who sees only some tenants, would ask once a row; here the owner is asked
/// which tenants the rows name, and whether these exist is known. Since the foreign key is there, it looks at what is written.
pub fn validate_tenant_key(relation: pg_sys::Oid, tenant: &TenantColumn) {
    // As VALIDATE CONSTRAINT does: nobody exchanges it meanwhile.
    locks::share_update_exclusive(relation);
    let args = [arg(relation), arg(tenant.name.as_str())];
    let read = |row: &Row| (!row.must::<bool>(2)).then(|| row.must::<String>(1));
    let unproven: Vec<_> = HAS_TENANT_KEY.with(|q| q.rows(&args, Sees::Latest, read)).into_iter().flatten().collect();
    let all_exist = unproven.is_empty() || offenders::unknown_tenants(relation, tenant).is_empty();
    for constraint in unproven {
        if all_exist {
            TRUST_TENANT_KEY.with(|q| q.rows(&[arg(relation), arg(constraint)], Sees::Statement, |_| ()));
        } else {
            let constraint = quote_identifier(&constraint);
            let command = format!("alter table {} validate constraint {constraint}", relations::qualified(relation));
            owner::run_pinned_as_owner_of(relation, || spi::run(&command));
        }
    }
}

/// Runs `work` as the owner of a table, who may meanwhile refer to tenants.
pub fn lend_references(relation: pg_sys::Oid, work: impl FnOnce()) {
    let role = [arg(owner::owner_of(relation))];
    // Others who lend change the same entry of the catalog.
    relations::by_name(c"tenancy", "tenants").into_iter().for_each(locks::share_row_exclusive);
    let borrower: Option<String> = MAY_NOT_REFER.with(|q| q.first(&role, Sees::Latest, |row| row.must(1)));
    if let Some(role) = &borrower {
        spi::run(&format!("grant references on tenancy.tenants to {}", quote_identifier(role)));
    }
    owner::run_pinned_as_owner_of(relation, work);
    if let Some(role) = &borrower {
        spi::run(&format!("revoke references on tenancy.tenants from {}", quote_identifier(role)));
    }
}

/// Tables that were protected in their own right and became parts: from now on they go with the table above them.
pub fn absorb(relation: pg_sys::Oid) {
    quotas::forget_tables(COUNTED_PARTS.with(|q| q.rows(&[arg(relation)], Sees::Latest, |row| row.must(1))));
    for part in ABSORB_PARTS.with(|q| q.rows(&[arg(relation)], Sees::Latest, |row| row.must(1))) {
        fill(include_str!("../sql/templates/release_part.sql"), &relations::qualified(part));
    }
}

/// The same for parts of a table that is about to be protected, whose partitions will get copies of its row triggers.
pub fn absorb_before_protection(relation: pg_sys::Oid) {
    triggers::make_room_below(relation);
    absorb(relation);
}

/// Takes everything back from a table and its parts.
pub fn release(relation: pg_sys::Oid, protection: &Protection) {
    triggers::drop_all_triggers(relation);
    let Some(tenant) = &protection.tenant else { return };
    tenant_keys::take_over();
    for part in of(relation) {
        let name = relations::qualified(part.relation);
        fill(include_str!("../sql/templates/release_part.sql"), &name);
        if part.is_partition && part.relation != relation {
            continue;
        }
        let read = |row: &Row| row.must::<String>(1);
        tenant_keys::drop_ours(part.relation, tenant, relation);
        let args = [arg(part.relation), arg(tenant.name.as_str())];
        for change in OUR_CONSTRAINTS.with(|q| q.rows(&args, Sees::Latest, read)) {
            spi::run(&format!("alter table {name} {change}"));
        }
    }
}

/// From now on the rows of the table and its parts are counted. Waits for those who write it.
pub fn count_rows(relation: pg_sys::Oid) {
    lock_out_writers(relation);
    with_own_constraints(relation).into_iter().for_each(triggers::ensure_delete_trigger);
}

/// Makes reference rules of the foreign keys of a table that are none yet; returns the rows that break them.
pub fn adopt_references(relation: pg_sys::Oid, known: Known) -> Vec<Offender> {
    let Some(table) = protection::table(relation) else { return Vec::new() };
    let incoming = table.incoming.iter().filter(|r| r.parent == relation && r.child != relation);
    let mut found = Vec::new();
    for reference in table.outgoing_from(relation).chain(incoming) {
        if reference.registered && known == Known::Trusted {
            continue;
        }
        // Who has written on either side without the rule is to be seen; who comes later is to wait for the rule.
        lock_out_both(reference);
        let args = [arg(reference.child), arg(reference.constraint.as_str())];
        let is_new = !REGISTER_REFERENCE.with(|q| q.rows(&args, Sees::Latest, |_| ())).is_empty();
        let replaced = is_new.then(|| dropped_rules::take(reference)).flatten();
        let changed = replaced.and_then(|rule| kept::put_in_place(reference, rule));
        let reference = changed.as_deref().unwrap_or(reference);
        triggers::ensure_reference_triggers(reference);
        if !owner::outer_user_is_exempt() {
            found.extend(offenders::dangling(reference));
        }
        found.extend(offenders::of_reference(reference, None));
    }
    found
}

/// Waits for those who write the table, be it through its partitions, and makes others wait until the transaction ends.
pub fn lock_out_writers(relation: pg_sys::Oid) {
    locks::share_row_exclusive_with_parts(relation);
}

/// The same for both tables of a reference: whoever writes both writes the row referred to first.
pub fn lock_out_both(reference: &Reference) {
    lock_out_writers(reference.parent);
    lock_out_writers(reference.child);
}

/// The same for all that a table has references with, before the table itself is locked against everybody: first those that it refers
/// to, then those that refer to it, a statement on which locks them first and then the table.
pub fn lock_out_around(relation: pg_sys::Oid) {
    let referred: Vec<pg_sys::Oid> = REFERRED.with(|q| q.rows(&[arg(relation)], Sees::Latest, |row| row.must(1)));
    referred.into_iter().filter(|r| protection::protection(*r).is_some()).for_each(lock_out_writers);
    lock_out_referring(relation);
}

fn lock_out_referring(relation: pg_sys::Oid) {
    let referring: Vec<pg_sys::Oid> = REFERRING.with(|q| q.rows(&[arg(relation)], Sees::Latest, |row| row.must(1)));
    referring.into_iter().filter(|r| protection::protection(*r).is_some()).for_each(lock_out_writers);
}
