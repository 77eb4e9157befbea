//! Tenants and their hierarchy: the rules behind INSERT, UPDATE and DELETE on `tenancy.tenants`.
//!
//! What can be told from a row alone is told before it is stored; what leans on other rows is looked at once for the whole
//! statement, with the latest rows, under the lock on which everybody meets who leans on the hierarchy or changes it.

mod numbers;

use std::cell::RefCell;
use std::collections::HashMap;

use pgrx::{PgTrigger, pg_sys, pg_trigger};
use uuid::Uuid;

use crate::administration::{enforce, is_ours, limits, offender, ours, tenant_count, text};
use crate::catalog::{from_pg, hierarchy, to_pg};
use crate::error::{Refusal, TenantRefusal};
use crate::model::built_in;
use crate::pg::answers::{Answer, changed, nothing, unchanged};
use crate::pg::rows::{StoredRow, TriggerRows};
use crate::pg::spi::{self, Arg, Sees, arg, query};
use crate::pg::{locks, owner, transactions};

query!(DEPTH_OF_TENANT, "depth_of_tenant.sql", &[pg_sys::UUIDOID]);
query!(HAS_SUBTENANTS, "has_subtenants.sql", &[pg_sys::UUIDOID]);
query!(CONTACTS_EXIST, "contacts_exist.sql", &[]);
query!(
    RESTORE_TENANT,
    "restore_tenant.sql",
    &[
        pg_sys::UUIDOID,
        pg_sys::TEXTOID,
        pg_sys::TEXTOID,
        pg_sys::TEXTOID,
        pg_sys::TEXTOID,
        pg_sys::UUIDOID,
        pg_sys::TEXTOID,
        pg_sys::TIMESTAMPTZOID,
        pg_sys::TIMESTAMPTZOID,
    ]
);

const TABLE: &str = "tenancy.tenants";

/// The columns of the table, by number.
mod column {
    pub const ID: i16 = 1;
    pub const NAME: i16 = 2;
    pub const PARENT_ID: i16 = 3;
    pub const KIND: i16 = 4;
    pub const STATUS: i16 = 5;
    pub const ALLOWS_SUBTENANTS: i16 = 6;
    pub const DEPTH: i16 = 7;
    pub const NUMBER: i16 = 8;
    pub const DESCRIPTION: i16 = 9;
    pub const TERMS_OF_USE: i16 = 10;
    pub const LOGO_URL: i16 = 11;
    pub const CONTACT_ID: i16 = 12;
    pub const LOCATION: i16 = 13;
    pub const CREATED_AT: i16 = 14;
    pub const UPDATED_AT: i16 = 15;
}

/// What an INSERT statement knows from its beginning on.
struct Inserting {
    /// The next tenant without a kind becomes the service provider.
    first: bool,
    /// Every row so far came with its kind and its depth, as the rows of a dump do.
    complete: bool,
    /// Depths of the parents met so far.
    depths: HashMap<Uuid, i32>,
}

thread_local! {
    static INSERTING: RefCell<Inserting> = RefCell::new(Inserting::new(false));
}

impl Inserting {
    fn new(first: bool) -> Self {
        Self { first, complete: true, depths: HashMap::new() }
    }
}

/// BEFORE INSERT, for the statement. See `tenancy.begin_tenants`.
#[pg_trigger(sql = false)]
fn begin_tenants<'a>(_trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    // Those who count, and those who may be the first, meet each other; the others only meet movers.
    let alone = |limits: &crate::administration::Limits| limits.tenants > 0 || !limits.provider_exists;
    if !alone(&limits()) {
        locks::row_share(hierarchy::lock());
    }
    if alone(&limits()) {
        locks::exclusive(hierarchy::lock());
    }
    INSERTING.set(Inserting::new(!limits().provider_exists));
    nothing()
}

/// BEFORE INSERT OR UPDATE OR DELETE, for each row. See `tenancy.complete_tenant`.
#[pg_trigger(sql = false)]
fn complete_tenant<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let rows = TriggerRows::of(trigger);
    match (rows.old, rows.new) {
        (None, Some(new)) => {
            let id = new.get(column::ID).map(from_pg);
            if id.is_some_and(built_in::is_tenant) {
                enforce(take_over(&new));
                return nothing();
            }
            // What another server has checked comes as it is there.
            if is_ours() { unchanged(trigger) } else { changed(trigger, &complete_inserted(&new)) }
        }
        (Some(_), Some(_)) if is_ours() => unchanged(trigger),
        (Some(_), Some(new)) => {
            enforce(check_updated(&rows, &new));
            // Whoever sets the time himself, as some mapping layers do, may.
            if rows.differs(column::UPDATED_AT) {
                return unchanged(trigger);
            }
            changed(trigger, &[(column::UPDATED_AT, Some(transactions::began()))])
        }
        (Some(old), None) => {
            enforce(check_kind(&old, "deleted"));
            unchanged(trigger)
        }
        (None, None) => nothing(),
    }
}

/// A dump inserts the built-in tenants again: what it says of them is taken over.
fn take_over(new: &StoredRow) -> Result<(), Refusal> {
    use column::*;
    let kind = if new.get(ID).map(from_pg) == Some(built_in::NO_TENANT) { "none" } else { "default" };
    if new.get::<&str>(KIND).is_some_and(|given| given != kind) {
        return Err(Refusal::GivenByExtension { table: TABLE.into(), column: "kind" });
    }
    let values: Vec<Arg> =
        [ID, NAME, DESCRIPTION, TERMS_OF_USE, LOGO_URL, CONTACT_ID, LOCATION, CREATED_AT, UPDATED_AT]
            .map(|c| new.datum(c))
            .into();
    ours(|| RESTORE_TENANT.with(|q| q.rows(&values, Sees::Latest, |_| ())));
    Ok(())
}

/// Kind, depth and number of a new tenant, where they were not given. What was given is checked when the statement ends.
fn complete_inserted(new: &StoredRow) -> Vec<(i16, Arg)> {
    let given: (Option<&str>, Option<i32>) = (new.get(column::KIND), new.get(column::DEPTH));
    let parent = new.get(column::PARENT_ID).map(from_pg);
    let mut changes = Vec::new();
    INSERTING.with_borrow_mut(|inserting| {
        inserting.complete &= given.0.is_some() && given.1.is_some();
        let provider = match given.0 {
            None => {
                let kind = if inserting.first { "service_provider" } else { "tenant" };
                changes.push((column::KIND, arg(kind)));
                inserting.first
            }
            Some("service_provider") => {
                enforce(if inserting.first { Ok(()) } else { Err(given_by_extension("kind")) });
                true
            }
            Some("default" | "none") => {
                enforce(Err(given_by_extension("kind")));
                false
            }
            Some(_) => false,
        };
        if provider {
            inserting.first = false;
            enforce(check_provider(new));
        }
    });
    if new.datum(column::NUMBER).is_none() {
        changes.push((column::NUMBER, arg(numbers::next())));
    }
    if parent.is_none() {
        changes.push((column::DEPTH, arg(1)));
    } else if given.1.is_none() {
        // 0 where the parent comes later in the same statement: settled at its end.
        changes.push((column::DEPTH, arg(parent.and_then(depth_of).map_or(0, |depth| depth + 1))));
    }
    changes
}

fn depth_of(parent: Uuid) -> Option<i32> {
    if let Some(depth) = INSERTING.with_borrow(|inserting| inserting.depths.get(&parent).copied()) {
        return Some(depth);
    }
    let depth: i32 =
        owner::run(|| DEPTH_OF_TENANT.with(|q| q.first(&[arg(to_pg(parent))], Sees::Latest, |row| row.must(1))))?;
    INSERTING.with_borrow_mut(|inserting| inserting.depths.insert(parent, depth));
    Some(depth)
}

fn given_by_extension(column: &'static str) -> Refusal {
    Refusal::GivenByExtension { table: TABLE.into(), column }
}

fn check_updated(rows: &TriggerRows, new: &StoredRow) -> Result<(), Refusal> {
    use column::*;
    for (column, name) in [(ID, "id"), (NUMBER, "number"), (KIND, "kind"), (CREATED_AT, "created_at"), (DEPTH, "depth")]
    {
        if rows.differs(column) {
            return Err(given_by_extension(name));
        }
    }
    check_provider(new)?;
    let built_in = |change| check_built_in(new, change);
    if new.datum(PARENT_ID).is_some() {
        built_in("placed below another tenant")?;
    }
    if new.get(ALLOWS_SUBTENANTS) == Some(true) {
        built_in("given subtenants")?;
    }
    if new.get(STATUS) != Some("active") {
        built_in("deactivated")?;
    }
    Ok(())
}

/// The service provider is at the top of a hierarchy and active.
fn check_provider(row: &StoredRow) -> Result<(), Refusal> {
    // A new one has no kind yet.
    if row.get::<&str>(column::KIND).is_some_and(|kind| kind != "service_provider") {
        return Ok(());
    }
    let refuse = |change| Err(TenantRefusal::ServiceProvider { tenant: name_of(row), change }.into());
    if row.datum(column::PARENT_ID).is_some() {
        return refuse("placed below another tenant");
    }
    if row.get(column::STATUS) == Some("inactive") {
        return refuse("deactivated");
    }
    Ok(())
}

fn check_built_in(row: &StoredRow, change: &'static str) -> Result<(), Refusal> {
    match row.get::<&str>(column::KIND) {
        Some("default" | "none") => Err(Refusal::BuiltIn { what: "tenant", name: name_of(row), change }),
        _ => Ok(()),
    }
}

fn check_kind(row: &StoredRow, change: &'static str) -> Result<(), Refusal> {
    match row.get::<&str>(column::KIND) {
        Some("service_provider") => Err(TenantRefusal::ServiceProvider { tenant: name_of(row), change }.into()),
        _ => check_built_in(row, change),
    }
}

fn name_of(row: &StoredRow) -> String {
    row.get(column::NAME).unwrap_or_default()
}

/// AFTER INSERT, for the statement. See `tenancy.check_new_tenants`.
#[pg_trigger(sql = false)]
fn check_new_tenants<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let restoring = INSERTING.with_borrow(|inserting| inserting.complete) && owner::current_user_is_superuser();
    INSERTING.with_borrow_mut(|inserting| inserting.depths = HashMap::new());
    enforce(check_new(trigger, restoring));
    nothing()
}

/// A dump may bring tenants before their contacts, and before the installation's own limits.
fn check_new(trigger: &PgTrigger<'_>, restoring: bool) -> Result<(), Refusal> {
    let limits = limits();
    let count = tenant_count_if(limits.tenants > 0 || !limits.provider_exists);
    if !limits.provider_exists && count > 0 {
        return Err(TenantRefusal::NoServiceProvider.into());
    }
    check_parents(trigger)?;
    settle(trigger)?;
    if !restoring {
        check_depths(trigger, text!("too_deep_inserted.sql"))?;
    }
    if limits.tenants > 0 && count > limits.tenants {
        return Err(TenantRefusal::TooManyTenants { count, limit: limits.tenants }.into());
    }
    let contacts_come_later = || {
        let exist = owner::run(|| CONTACTS_EXIST.with(|q| q.first(&[], Sees::Latest, |row| row.must::<bool>(1))));
        restoring && exist == Some(false)
    };
    if !contacts_come_later() {
        check_contacts(trigger)?;
    }
    check_group_names(trigger)
}

fn tenant_count_if(wanted: bool) -> i64 {
    if wanted { tenant_count() } else { 0 }
}

/// AFTER UPDATE, for the statement. See `tenancy.check_changed_tenants`.
#[pg_trigger(sql = false)]
fn check_changed_tenants<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    enforce(check_changed(trigger));
    nothing()
}

fn check_changed(trigger: &PgTrigger<'_>) -> Result<(), Refusal> {
    if is_ours() {
        // Depths that were settled, or a built-in tenant as a dump has it: only the former have a limit.
        return check_depths(trigger, text!("too_deep_moved.sql"));
    }
    let left = offender(trigger, text!("subtenants_left.sql"), |row| (row.must(1), row.must(2)));
    if let Some((tenant, count)) = left {
        return Err(TenantRefusal::HasSubtenants { tenant, count }.into());
    }
    check_parents(trigger)?;
    settle(trigger)?;
    check_contacts(trigger)?;
    check_group_names(trigger)
}

fn check_parents(trigger: &PgTrigger<'_>) -> Result<(), Refusal> {
    match offender(trigger, text!("unwilling_parent.sql"), |row| (row.must(1), row.must(2))) {
        Some((parent, child)) => Err(TenantRefusal::NoSubtenantsAllowed { parent, child }.into()),
        None => Ok(()),
    }
}

/// Makes the depths right, after making sure that nobody is above himself.
fn settle(trigger: &PgTrigger<'_>) -> Result<(), Refusal> {
    if offender(trigger, text!("wrong_depth.sql"), |_| ()).is_none() {
        return Ok(());
    }
    if let Some(tenant) = offender(trigger, text!("cycle.sql"), |row| row.must(1)) {
        return Err(TenantRefusal::Cycle { tenant }.into());
    }
    // The planner expects many below each and would read all tenants.
    let by_index = [(c"enable_hashjoin", c"off"), (c"enable_mergejoin", c"off"), (c"enable_seqscan", c"off")];
    let settle = || spi::with_transition_tables(trigger, text!("settle_depths.sql"), Sees::Latest, |_| ());
    ours(|| owner::with_settings(&by_index, settle));
    Ok(())
}

fn check_depths(trigger: &PgTrigger<'_>, query: &str) -> Result<(), Refusal> {
    match offender(trigger, query, |row| (row.must(1), row.must(2), row.must(3))) {
        Some((tenant, depth, limit)) => Err(TenantRefusal::TooDeep { tenant, depth, limit }.into()),
        None => Ok(()),
    }
}

fn check_contacts(trigger: &PgTrigger<'_>) -> Result<(), Refusal> {
    match offender(trigger, text!("missing_contact.sql"), |_| ()) {
        Some(()) => Err(Refusal::UnknownContact),
        None => Ok(()),
    }
}

fn check_group_names(trigger: &PgTrigger<'_>) -> Result<(), Refusal> {
    match offender(trigger, text!("tenant_takes_group_name.sql"), |row| row.must(1)) {
        Some(name) => Err(Refusal::GroupNameTaken { name }),
        None => Ok(()),
    }
}

/// AFTER DELETE, for each row; speaks before the foreign key does. See `tenancy.check_subtenants_gone`.
#[pg_trigger(sql = false)]
fn check_subtenants_gone<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    if let Some(old) = TriggerRows::of(trigger).old {
        let count =
            owner::run(|| HAS_SUBTENANTS.with(|q| q.first(&[old.datum(column::ID)], Sees::Latest, |row| row.must(1))));
        if let Some(count @ 1..) = count {
            enforce(Err(TenantRefusal::HasSubtenants { tenant: name_of(&old), count }.into()));
        }
    }
    nothing()
}

/// AFTER DELETE, for the statement: no role may use a group of a tenant that is gone. See `tenancy.check_deleted_tenants`.
#[pg_trigger(sql = false)]
fn check_deleted_tenants<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let used = offender(trigger, text!("role_of_deleted_tenant.sql"), |row| (row.must(1), row.must(2)));
    if let Some((group, role)) = used {
        enforce(Err(Refusal::GroupInUse { group, role }));
    }
    nothing()
}
