//! Tenant groups: the view `tenancy.tenant_groups`, which shows custom groups and the system groups that every hierarchy
//! has by itself, and the members of custom groups.

use std::cell::Cell;

use pgrx::{PgTrigger, Uuid, pg_sys, pg_trigger};

use crate::administration::{enforce, is_ours, offender, ours, text};
use crate::catalog::{from_pg, hierarchy};
use crate::error::Refusal;
use crate::model::system_group::Relation;
use crate::pg::answers::{Answer, changed, nothing, unchanged};
use crate::pg::rows::{StoredRow, TriggerRows};
use crate::pg::spi::{self, Arg, Sees, arg, query};
use crate::pg::{owner, transactions};

query!(INSERT_GROUP, "insert_group.sql", &[pg_sys::UUIDOID, pg_sys::TEXTOID, pg_sys::TEXTOID]);
query!(UPDATE_GROUP, "update_group.sql", &[pg_sys::UUIDOID, pg_sys::TEXTOID, pg_sys::TEXTOID]);
query!(DELETE_GROUP, "delete_group.sql", &[pg_sys::UUIDOID]);
query!(GROUP_NAMED, "group_named.sql", &[pg_sys::TEXTOID, pg_sys::UUIDOID]);
query!(SYSTEM_GROUP_TEXTS, "system_group_texts.sql", &[pg_sys::UUIDOID, pg_sys::TEXTOID]);
query!(NAME_OF_GROUP, "name_of_group.sql", &[pg_sys::UUIDOID, pg_sys::TEXTOID]);
query!(CUSTOM_GROUP_EXISTS, "custom_group_exists.sql", &[pg_sys::UUIDOID]);
query!(
    SET_SYSTEM_GROUP_TEXTS,
    "set_system_group_texts.sql",
    &[pg_sys::UUIDOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID,]
);

const VIEW: &str = "tenancy.tenant_groups";

/// The columns of the view, by number.
mod column {
    pub const ID: i16 = 1;
    pub const NAME: i16 = 2;
    pub const DESCRIPTION: i16 = 3;
    pub const KIND: i16 = 4;
    pub const TENANT_ID: i16 = 5;
}

/// INSTEAD OF INSERT OR UPDATE OR DELETE on the view. See `tenancy.change_tenant_group`.
#[pg_trigger(sql = false)]
fn change_tenant_group<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let rows = TriggerRows::of(trigger);
    match (rows.old, rows.new) {
        (None, Some(new)) => match insert(&new) {
            Ok(id) => changed(trigger, &[(column::ID, arg(id)), (column::KIND, arg("custom"))]),
            Err(refusal) => {
                enforce(Err(refusal));
                nothing()
            }
        },
        (Some(old), Some(new)) => {
            enforce(update(&rows, &old, &new));
            unchanged(trigger)
        }
        (Some(old), None) => {
            enforce(delete(&old));
            unchanged(trigger)
        }
        (None, None) => nothing(),
    }
}

fn insert(new: &StoredRow) -> Result<Uuid, Refusal> {
    let kind: Option<&str> = new.get(column::KIND);
    if kind.is_some_and(|kind| kind != "custom") || new.datum(column::TENANT_ID).is_some() {
        return Err(Refusal::SystemGroup { name: name_of(new), change: "created" });
    }
    let values = [new.datum(column::ID), new.datum(column::NAME), new.datum(column::DESCRIPTION)];
    check_name(new.datum(column::NAME), None, new)?;
    let id = owner::run(|| INSERT_GROUP.with(|q| q.first(&values, Sees::Latest, |row| row.must(1))));
    Ok(id.expect("a group was inserted"))
}

fn update(rows: &TriggerRows, old: &StoredRow, new: &StoredRow) -> Result<(), Refusal> {
    let fixed = [(column::ID, "id"), (column::KIND, "kind"), (column::TENANT_ID, "tenant_id")];
    let given = fixed.into_iter().find(|(column, _)| rows.differs(*column));
    let id = old.datum(column::ID);
    let (name, description) = (new.datum(column::NAME), new.datum(column::DESCRIPTION));
    let Some((tenant, relation)) = system_group(old) else {
        if let Some((_, column)) = given {
            return Err(Refusal::GivenByExtension { table: VIEW.into(), column });
        }
        check_name(name, id, new)?;
        owner::run(|| UPDATE_GROUP.with(|q| q.rows(&[id, name, description], Sees::Latest, |_| ())));
        return Ok(());
    };
    if given.is_some() {
        return Err(Refusal::SystemGroup { name: name_of(old), change: "given another id, kind or tenant" });
    }
    check_name(name, id, new)?;
    let key = [tenant, arg(relation.name())];
    let (own_name, given_name, given_description) = owner::run(|| {
        SYSTEM_GROUP_TEXTS.with(|q| {
            q.first(&key, Sees::Latest, |row| (row.get::<String>(1), row.get::<String>(2), row.get::<String>(3)))
        })
    })
    .unwrap_or_default();
    // What the group has by itself is not stored, so that it goes on following the tenant's name.
    let name = if rows.differs(column::NAME) { new.get(column::NAME) } else { given_name }
        .filter(|name| Some(name) != own_name.as_ref());
    let description = if rows.differs(column::DESCRIPTION) { new.get(column::DESCRIPTION) } else { given_description };
    let values = [tenant, arg(relation.name()), name.and_then(arg), description.and_then(arg)];
    owner::run(|| SET_SYSTEM_GROUP_TEXTS.with(|q| q.rows(&values, Sees::Latest, |_| ())));
    Ok(())
}

fn delete(old: &StoredRow) -> Result<(), Refusal> {
    if system_group(old).is_some() {
        return Err(Refusal::SystemGroup { name: name_of(old), change: "deleted" });
    }
    owner::run(|| DELETE_GROUP.with(|q| q.rows(&[old.datum(column::ID)], Sees::Latest, |_| ())));
    Ok(())
}

/// Tenant and relation of a row of the view, where it shows a system group.
fn system_group(row: &StoredRow) -> Option<(Arg, Relation)> {
    let relation = row.get::<&str>(column::KIND).and_then(Relation::by_name)?;
    Some((row.datum(column::TENANT_ID), relation))
}

fn name_of(row: &StoredRow) -> String {
    row.get(column::NAME).unwrap_or_default()
}

/// No other group than the one with the id may have the name. Its writers exclude each other by the hierarchy's lock.
fn check_name(name: Arg, id: Arg, new: &StoredRow) -> Result<(), Refusal> {
    let taken = owner::run(|| GROUP_NAMED.with(|q| q.first(&[name, id], Sees::Latest, |_| ())));
    match taken {
        Some(()) => Err(Refusal::GroupNameTaken { name: name_of(new) }),
        None => Ok(()),
    }
}

/// AFTER INSERT OR UPDATE, for the statement, on the tables behind the view. See `tenancy.check_group_names`.
#[pg_trigger(sql = false)]
fn check_group_names<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let query = match trigger.extra_args().unwrap_or_default().first().map(String::as_str) {
        Some("system") => text!("system_group_name_taken.sql"),
        _ => text!("group_name_taken.sql"),
    };
    if let Some(name) = offender(trigger, query, |row| row.must(1)) {
        enforce(Err(Refusal::GroupNameTaken { name }));
    }
    nothing()
}

/// BEFORE UPDATE, for each row of `custom_groups`. See `tenancy.complete_group`.
#[pg_trigger(sql = false)]
fn complete_group<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    const ID: i16 = 1;
    const CREATED_AT: i16 = 4;
    const UPDATED_AT: i16 = 5;
    let rows = TriggerRows::of(trigger);
    if is_ours() {
        return unchanged(trigger);
    }
    for (column, name) in [(ID, "id"), (CREATED_AT, "created_at")] {
        if rows.differs(column) {
            enforce(Err(Refusal::GivenByExtension { table: "tenancy.custom_groups".into(), column: name }));
        }
    }
    if rows.differs(UPDATED_AT) {
        return unchanged(trigger);
    }
    changed(trigger, &[(UPDATED_AT, Some(transactions::began()))])
}

/// AFTER DELETE, for the statement, on `custom_groups`: no role may use them. See `tenancy.check_groups_unused`.
#[pg_trigger(sql = false)]
fn check_groups_unused<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let used = offender(trigger, text!("role_of_deleted_group.sql"), |row| (row.must(1), row.must(2)));
    if let Some((group, role)) = used {
        enforce(Err(Refusal::GroupInUse { group, role }));
    }
    nothing()
}

thread_local! {
    /// The group that the last member was added to: usually that of the next one too.
    static LAST_GROUP: Cell<Option<uuid::Uuid>> = const { Cell::new(None) };
}

/// BEFORE INSERT, for the statement. See `tenancy.begin_members`.
#[pg_trigger(sql = false)]
fn begin_members<'a>(_trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    LAST_GROUP.set(None);
    nothing()
}

/// BEFORE INSERT OR UPDATE, for each member. See `tenancy.complete_member`.
#[pg_trigger(sql = false)]
fn complete_member<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    const GROUP_ID: i16 = 1;
    const TENANT_ID: i16 = 2;
    const ADDED_WITH: i16 = 3;
    let rows = TriggerRows::of(trigger);
    if is_ours() {
        return unchanged(trigger);
    }
    if rows.old.is_some() {
        for (column, name) in [(GROUP_ID, "group_id"), (TENANT_ID, "tenant_id"), (ADDED_WITH, "added_with")] {
            if rows.differs(column) {
                enforce(Err(Refusal::GivenByExtension { table: "tenancy.tenant_group_members".into(), column: name }));
            }
        }
    }
    let group = rows.new.and_then(|new| new.get(GROUP_ID)).map(from_pg);
    if let Some(group) = group.filter(|group| LAST_GROUP.get() != Some(*group)) {
        enforce(check_custom(group));
        LAST_GROUP.set(Some(group));
    }
    unchanged(trigger)
}

/// Only custom groups are given members.
fn check_custom(group: uuid::Uuid) -> Result<(), Refusal> {
    let id = arg(crate::catalog::to_pg(group));
    if owner::run(|| CUSTOM_GROUP_EXISTS.with(|q| q.first(&[id], Sees::Latest, |_| ()))).is_some() {
        return Ok(());
    }
    let Some((tenant, relation)) = hierarchy::system_group(group) else {
        return Err(Refusal::UnknownGroup);
    };
    let key = [arg(crate::catalog::to_pg(tenant)), arg(relation.name())];
    let name =
        owner::run(|| NAME_OF_GROUP.with(|q| q.first(&key, Sees::Latest, |row| row.must(1)))).unwrap_or_default();
    Err(Refusal::SystemGroup { name, change: "given members" })
}

/// AFTER INSERT, for the statement: new members bring their subtenants along. Restored ones, which say with whom they came,
/// do not. See `tenancy.take_subtenants_in`.
#[pg_trigger(sql = false)]
fn take_subtenants_in<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    if !is_ours() {
        ours(|| spi::with_transition_tables(trigger, text!("take_subtenants_in.sql"), Sees::Latest, |_| ()));
    }
    nothing()
}

/// AFTER DELETE, for the statement: removed members take their subtenants along. See `tenancy.take_subtenants_out`.
#[pg_trigger(sql = false)]
fn take_subtenants_out<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    if !is_ours() {
        ours(|| spi::with_transition_tables(trigger, text!("take_subtenants_out.sql"), Sees::Latest, |_| ()));
    }
    nothing()
}
