//! The reference rule: a row refers only to public rows, rows of its own tenant, rows of a tenant above it and, where the
//! reference is marked so, rows of the service provider.
//!
//! Decided by the rows' tenants alone, never by what the session may read. Both sides are checked after the row is final:
//! the referring row by [`check_referring`], the row referred to by [`check_referred`].

mod following;

use pgrx::pg_sys::Oid;
use pgrx::spi::quote_identifier;
use smallvec::{SmallVec, smallvec};
use uuid::Uuid;

use crate::catalog::held::{Holders, Looked};
use crate::catalog::protection::{KeyType, OnChange, Protection, Reference, TenantColumn};
use crate::catalog::public_keys::is_public;
use crate::catalog::{from_pg, hierarchy};
use crate::error::{Refusal, RowRefusal};
use crate::modes;
use crate::pg::key_index::{Found, KeyIndex, WantedKey};
use crate::pg::rows::{Image, StoredRow, value_of};
use crate::pg::spi::{Arg, Plan, Row, Sees};
use crate::pg::{owner, relations};
use crate::session;

/// A row's tenant; None is public, and every row of an untenanted table.
pub type Tenant = Option<Uuid>;

/// When a row is checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// At the end of the statement: references that cannot be deferred.
    Statement,
    /// At the end of the transaction: those that can.
    Commit,
    /// When a foreign key that can be deferred is checked: the row that refers.
    Key(Oid),
}

/// The tenant of a row as its trigger sees it, in the column with this number.
pub fn tenant_of(row: &StoredRow, number: i16, column: &TenantColumn) -> Tenant {
    match column.key {
        KeyType::Uuid => row.get::<pgrx::Uuid>(number).map(from_pg),
        KeyType::Number => row.integer(number).map(tenant_with_number),
    }
}

/// A number that no tenant has is not "no tenant": the foreign key to tenants refuses the row, now or at commit.
fn tenant_with_number(number: i64) -> Uuid {
    hierarchy::tenant_by_number(number).unwrap_or_else(|| Uuid::from_u64_pair(0, number.cast_unsigned()))
}

/// The values of a key in a row.
pub struct Key {
    values: SmallVec<[Arg; 4]>,
    image: Image,
}

impl Key {
    /// None if one of the values is NULL, so that the row refers to nothing.
    pub fn of(row: &StoredRow, columns: &[i16]) -> Option<Self> {
        let mut key = Self { values: SmallVec::new(), image: Image::new() };
        for &column in columns {
            let value = row.datum(column)?;
            row.append_image(column, value, &mut key.image);
            key.values.push(Some(value));
        }
        Some(key)
    }
}

/// Checks that a row of `tenant` may refer to the row with this key. Locks that row KEY SHARE, as its foreign key will.
pub fn check_referring(reference: &Reference, tenant: Tenant, key: &Key) -> Result<(), Refusal> {
    let may = |parent: Tenant| reference.seems_to_allow(tenant, parent);
    let public = reference.on_change != OnChange::Cascade || tenant.is_none();
    let holders = holders(reference, key, &WaitFor::Allowed { own: tenant, public, may: &may });
    match holders.iter().find(|parent| !(may(**parent) && reference.allows(tenant, **parent))) {
        Some(parent) => Err(not_allowed(reference, tenant, *parent)),
        None if holders.is_empty() => missing(reference),
        None => Ok(()),
    }
}

/// The row referred to is not there. Not left to the foreign key even where nobody would learn from it what is hidden: by
/// the time that looks, another tenant's row may have come.
fn missing(reference: &Reference) -> Result<(), Refusal> {
    if owner::applies_replicated_changes() {
        return Ok(());
    }
    Err(if reference.only_public { not_public(reference) } else { hidden(reference) })
}

/// Makes the rows that refer to the row with this key, now of `tenant`, follow it where the rule says so, and checks that
/// all that are left still may.
pub fn check_referred(reference: &Reference, tenant: Tenant, key: &Key) -> Result<(), Refusal> {
    following::follow(reference, tenant, key);
    let children = ask(reference, Side::Children, key, |row| column_tenant(&reference.child_protection, row));
    if children.into_iter().all(|child| reference.allows(child, tenant)) {
        return Ok(());
    }
    Err(referenced_from(reference, true))
}

fn referenced_from(reference: &Reference, moved: bool) -> Refusal {
    let with_tenants = reference.child_protection.tenant.is_some() && reference.parent_protection.tenant.is_some();
    RowRefusal::ReferencedFrom {
        table: relations::name(reference.parent),
        referencing: relations::name(reference.child),
        constraint: reference.constraint.clone(),
        moved: (moved && with_tenants).then(|| relations::qualified(reference.child)),
        may_wait: owner::looked_into().is_none(),
    }
    .into()
}

/// Checks that no row refers to a key that no row has.
pub fn check_not_referred(reference: &Reference, key: &Key) -> Result<(), Refusal> {
    if ask(reference, Side::Children, key, |_| ()).is_empty() { Ok(()) } else { Err(referenced_from(reference, false)) }
}

/// For which row that has a key it may be waited, if others hold it. Whoever waits knows that there is a row.
pub enum WaitFor<'a> {
    Any,
    Allowed {
        /// A tenant of whose rows nothing needs to be asked, and whether that is so of public rows.
        own: Option<Uuid>,
        public: bool,
        may: &'a dyn Fn(Tenant) -> bool,
    },
}

impl WaitFor<'_> {
    fn may(&self, tenant: Tenant) -> bool {
        match self {
            Self::Any => true,
            Self::Allowed { may, .. } => may(tenant),
        }
    }
}

/// The tenants of the rows that now hold a key: of one at most, but of several where a key has a period. The rows are locked
/// first and read after: whoever changes a tenant keeps the lock waiting, and may have committed a new version when it is
/// granted on the old one. Rows for which it may not be waited are only looked at.
pub fn holders(reference: &Reference, key: &Key, wait_for: &WaitFor<'_>) -> Holders {
    reference.held.tenants(&key.image, || {
        let found =
            reference.key_index.as_ref().map_or(Found::NoIndex, |index| holder(reference, index, key, wait_for));
        match found {
            Found::Row(tenant) => Looked::Held(smallvec![tenant]),
            Found::Unwanted(tenant) => Looked::At(smallvec![tenant]),
            Found::Nothing => Looked::At(Holders::new()),
            Found::NoIndex => holders_by_query(reference, key, wait_for),
        }
    })
}

/// The same without a query.
fn holder(reference: &Reference, index: &KeyIndex, key: &Key, wait_for: &WaitFor<'_>) -> Found<Tenant, Tenant> {
    let column = reference.parent_protection.tenant.as_ref().map(|column| column.key);
    let tenant = |value: Arg| match Stored::of(column, value)? {
        Stored::Uuid(tenant) => Some(tenant),
        Stored::Number(number) => Some(tenant_with_number(number)),
    };
    let (mut own, mut public) = match wait_for {
        WaitFor::Any => (None, true),
        WaitFor::Allowed { own, public, .. } => (own.and_then(|own| Stored::as_in(column, own)), *public),
    };
    let any = matches!(wait_for, WaitFor::Any);
    loop {
        let wants = |value: Arg| any || Stored::of(column, value).map_or(public, |stored| Some(stored) == own);
        let wanted = WantedKey { values: &key.values, image: &key.image };
        match index.lock(&wanted, reference.parent_tenant_number, &wants) {
            Found::Unwanted(value) if wait_for.may(tenant(value)) => match Stored::of(column, value) {
                None => public = true,
                stored => own = stored,
            },
            Found::Unwanted(value) => return Found::Unwanted(tenant(value)),
            Found::Row(value) => return Found::Row(tenant(value)),
            Found::Nothing => return Found::Nothing,
            Found::NoIndex => return Found::NoIndex,
        }
    }
}

/// What a tenant column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stored {
    Uuid(Uuid),
    Number(i64),
}

impl Stored {
    /// An integer of four bytes is passed like one of eight.
    fn of(column: Option<KeyType>, value: Arg) -> Option<Self> {
        match column? {
            KeyType::Uuid => value_of::<pgrx::Uuid>(value).map(from_pg).map(Self::Uuid),
            KeyType::Number => value_of(value).map(Self::Number),
        }
    }

    fn as_in(column: Option<KeyType>, tenant: Uuid) -> Option<Self> {
        match column? {
            KeyType::Uuid => Some(Self::Uuid(tenant)),
            KeyType::Number => hierarchy::number_of(tenant).map(Self::Number),
        }
    }
}

fn holders_by_query(reference: &Reference, key: &Key, wait_for: &WaitFor<'_>) -> Looked {
    let look = || -> Holders {
        ask(reference, Side::Parent, key, |row| column_tenant(&reference.parent_protection, row)).into()
    };
    // SKIP LOCKED waits, too, for whoever holds the version that he is making.
    if let WaitFor::Allowed { may, .. } = wait_for {
        let found = look();
        if !found.iter().all(|tenant| may(*tenant)) {
            return Looked::At(found);
        }
    }
    if ask(reference, Side::LockedParent, key, |_| ()).is_empty() {
        return Looked::At(Holders::new());
    }
    Looked::Held(look())
}

/// Asks one side of a reference with the rights of the table's owner.
fn ask<R>(reference: &Reference, side: Side, key: &Key, each: impl FnMut(&Row) -> R) -> Vec<R> {
    let (relation, kept) = match side {
        Side::LockedParent => (reference.parent, &reference.lock_parent),
        Side::Parent => (reference.parent, &reference.parent_tenant),
        Side::Children => (reference.child, &reference.child_tenants),
    };
    owner::run_as_owner_of(relation, || {
        kept.get_or_init(|| plan(reference, side)).rows(&key.values, Sees::Latest, each)
    })
}

fn not_allowed(reference: &Reference, child: Tenant, parent: Tenant) -> Refusal {
    let may_see = |tenant: Tenant| {
        owner::outer_user_is_exempt()
            || session::ask_about(Some(reference.parent), |access, _| {
                tenant.is_none_or(|tenant| access.reads.ids.contains(&tenant))
            })
    };
    if !may_see(parent) {
        return hidden(reference);
    }
    if reference.on_change == OnChange::Cascade {
        let (table, referenced) = (relations::name(reference.child), relations::name(reference.parent));
        return RowRefusal::TenantInherited { table, referenced, constraint: reference.constraint.clone() }.into();
    }
    let name = |tenant: Tenant| match tenant.and_then(hierarchy::name) {
        Some(name) => format!("tenant \"{name}\""),
        None => "no tenant".into(),
    };
    RowRefusal::ReferenceNotAllowed {
        table: relations::name(reference.child),
        referenced: relations::name(reference.parent),
        constraint: reference.constraint.clone(),
        tenant: name(parent),
        of: match child {
            Some(_) => format!("a row of {}", name(child)),
            None => "a public row".into(),
        },
    }
    .into()
}

fn hidden(reference: &Reference) -> Refusal {
    RowRefusal::ReferenceHidden { table: relations::name(reference.child), constraint: reference.constraint.clone() }
        .into()
}

fn not_public(reference: &Reference) -> Refusal {
    RowRefusal::RefersToNoPublic {
        table: relations::name(reference.child),
        referenced: relations::name(reference.parent),
        constraint: reference.constraint.clone(),
    }
    .into()
}

/// Refuses, warns or passes over, as the mode says.
pub fn enforce(outcome: Result<(), Refusal>) -> Result<(), Refusal> {
    outcome.or_else(modes::refuse)
}

/// The tenant that the first column of a row names.
fn column_tenant(protection: &Protection, row: &Row) -> Tenant {
    match protection.tenant.as_ref()?.key {
        KeyType::Uuid => row.get::<pgrx::Uuid>(1).map(from_pg),
        KeyType::Number => row.get::<i64>(1).map(tenant_with_number),
    }
}

#[derive(Clone, Copy)]
enum Side {
    /// The row referred to, to lock it.
    LockedParent,
    /// The row referred to.
    Parent,
    /// The different tenants of the rows that refer to a key.
    Children,
}

/// The tenants on one side of a reference, by the key on the other side. Names and operators are all qualified, because
/// the plan is made and remade under the caller's search_path.
fn plan(reference: &Reference, side: Side) -> Plan {
    let (relation, conditions) = match side {
        Side::Children => referring(reference),
        Side::LockedParent | Side::Parent => referred(reference),
    };
    let types = match side {
        Side::LockedParent | Side::Parent => column_types(reference.child, &reference.child_columns),
        Side::Children => column_types(reference.parent, &reference.parent_columns),
    };
    let protection = match side {
        Side::Children => &reference.child_protection,
        Side::LockedParent | Side::Parent => &reference.parent_protection,
    };
    let from = format!("from {relation} r where {conditions}");
    let tenant = tenant_expression(protection);
    let text = match side {
        Side::LockedParent => format!("select {from} for key share of r"),
        Side::Parent => format!("select {tenant} {from}"),
        Side::Children => format!("select distinct {tenant} {from}"),
    };
    Plan::new(&text, &types)
}

/// The referring table, and the condition on its row `r` to refer to a key.
fn referring(reference: &Reference) -> (String, String) {
    let pairs = reference.child_columns.iter().zip(&reference.operators).enumerate();
    let conditions =
        pairs.map(|(nth, (column, operator))| format!("${} {operator} r.{}", nth + 1, quote_identifier(column)));
    let conditions: Vec<_> = conditions.chain(is_public(reference, "r", &reference.child_protection)).collect();
    (own_rows(reference.child), conditions.join(" and "))
}

/// The table referred to, and the condition on its row `r` to have a key.
fn referred(reference: &Reference) -> (String, String) {
    let pairs = reference.parent_columns.iter().zip(&reference.operators).enumerate();
    let conditions =
        pairs.map(|(nth, (column, operator))| format!("r.{} {operator} ${}", quote_identifier(column), nth + 1));
    let conditions: Vec<_> = conditions.chain(is_public(reference, "r", &reference.parent_protection)).collect();
    (own_rows(reference.parent), conditions.join(" and "))
}

fn own_rows(relation: Oid) -> String {
    let only = if relations::is_partitioned(relation) { "" } else { "only " };
    format!("{only}{}", relations::qualified(relation))
}

/// The tenant column of row `r`: a uuid or a bigint.
fn tenant_expression(protection: &Protection) -> String {
    let Some(tenant) = &protection.tenant else { return "null::pg_catalog.uuid".into() };
    let column = format!("r.{}", quote_identifier(&tenant.name));
    match tenant.key {
        KeyType::Uuid => column,
        KeyType::Number => format!("{column}::pg_catalog.int8"),
    }
}

fn column_types(relation: Oid, columns: &[String]) -> Vec<Oid> {
    relations::column_numbers(relation, columns)
        .into_iter()
        .map(|number| relations::column_type(relation, number))
        .collect()
}
