//! Which tables are protected and how, and their foreign keys: what a row trigger needs to know about its table.
//!
//! Kept for each relation until any relation that was looked at changes.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::rc::Rc;

use foldhash::fast::RandomState;
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

use super::held::Held;
use super::{deletes, hierarchy, public_keys, quotas};
use crate::pg::key_index::{KeyColumn, KeyIndex};
use crate::pg::key_places::KeyPlaces;
use crate::pg::spi::{Plan, Row, Sees, arg, query};
use crate::pg::{locks, owner, relations};

query!(PROTECTION_OF, "protection_of.sql", &[pg_sys::OIDOID]);
query!(REFERENCES_OF, "references_of.sql", &[pg_sys::OIDOID]);

/// What a tenant column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    Uuid,
    Number,
}

impl KeyType {
    /// The column of `tenancy.tenants` that a tenant column refers to.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Uuid => "id",
            Self::Number => "number",
        }
    }
}

/// The kind of a protected table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Required,
    Optional,
    Untenanted,
}

impl Kind {
    /// The kind with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "required" => Self::Required,
            "optional" => Self::Optional,
            "untenanted" => Self::Untenanted,
            _ => return None,
        })
    }
}

/// What happens to referring rows when a row changes its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChange {
    /// If they could no longer refer to it, the change is refused.
    Restrict,
    /// They always have its tenant.
    Cascade,
    /// If they can no longer refer to it, they are deleted.
    Delete,
}

impl OnChange {
    /// The one with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "restrict" => Self::Restrict,
            "cascade" => Self::Cascade,
            "delete" => Self::Delete,
            _ => return None,
        })
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Restrict => "restrict",
            Self::Cascade => "cascade",
            Self::Delete => "delete",
        }
    }
}

/// The tenant column of a table.
#[derive(Clone, Debug)]
pub struct TenantColumn {
    pub name: String,
    pub key: KeyType,
}

/// How a table is protected.
#[derive(Clone, Debug)]
pub struct Protection {
    /// The table that protect() was called for.
    pub root: Oid,
    pub kind: Kind,
    /// None for untenanted tables.
    pub tenant: Option<TenantColumn>,
}

/// A foreign key between two protected tables.
pub struct Reference {
    /// In `pg_constraint`; that of the table that it was created on, not those of partitions.
    pub oid: Oid,
    pub constraint: String,
    pub child: Oid,
    pub child_columns: Vec<String>,
    pub child_protection: Protection,
    pub parent: Oid,
    pub parent_columns: Vec<String>,
    pub parent_protection: Protection,
    /// `operator(schema.=)`, with a collation before it where the columns' differ, parent's column on the left, one for
    /// each column.
    pub operators: Vec<String>,
    pub deferrable: bool,
    /// Is it what public rows refer to by a foreign key, whose tenant column is left out here?
    pub only_public: bool,
    /// The reference that public rows have by the same foreign key, where PostgreSQL does not look at it.
    pub of_public_rows: Option<Rc<Reference>>,
    /// Is nothing done to the referring rows when the row referred to is deleted, or its key is changed?
    pub no_action_on_delete: bool,
    pub no_action_on_update: bool,
    /// Has every referring row something to refer to? Not where the foreign key is NOT VALID or NOT ENFORCED, and not for
    /// sure where a partitioned table refers to itself.
    pub validated: bool,
    /// Is it heard of when a row that may be referred to is deleted?
    pub deletes_heard_of: bool,
    pub service_provider_eligible: bool,
    pub on_change: OnChange,
    pub names_tenant: bool,
    /// Is it in `tenancy.reference_settings`, so that its rows have been checked once?
    pub registered: bool,
    /// Are two keys of the table referred to equal only if they are so byte for byte?
    pub equal_by_image: bool,
    /// The rows referred to that this transaction holds.
    pub held: Held,
    /// The index by which the row referred to is found; None where it takes queries.
    pub key_index: Option<KeyIndex>,
    /// The number of the tenant column of the table referred to.
    pub parent_tenant_number: Option<i16>,
    /// The query that locks the row referred to; made when first needed, like the others.
    pub lock_parent: OnceCell<Plan>,
    /// The query for the tenant of the row referred to.
    pub parent_tenant: OnceCell<Plan>,
    /// The query for the tenants of the rows that refer to a key.
    pub child_tenants: OnceCell<Plan>,
    /// The statement by which the rows that refer to a key follow its row's tenant.
    pub follow: OnceCell<Plan>,
}

impl Reference {
    /// The reference rule, by the rows' tenants alone (None is public): may a row of `child` refer to a row of `parent`? A
    /// decision that leans on the hierarchy keeps it still until the end of the transaction.
    pub fn allows(&self, child: Option<Uuid>, parent: Option<Uuid>) -> bool {
        self.without_hierarchy(child, parent).unwrap_or_else(|(child, parent)| {
            locks::row_share(hierarchy::lock());
            hierarchy::is_above(parent, child)
        })
    }

    /// The same by the hierarchy as it is at this moment, without waiting for whoever changes it: that would tell that there is a row.
    pub fn seems_to_allow(&self, child: Option<Uuid>, parent: Option<Uuid>) -> bool {
        self.without_hierarchy(child, parent).unwrap_or_else(|(child, parent)| hierarchy::seems_above(parent, child))
    }

    /// Whether it may where that does not depend on the hierarchy; else the tenants that it depends on.
    fn without_hierarchy(&self, child: Option<Uuid>, parent: Option<Uuid>) -> Result<bool, (Uuid, Uuid)> {
        if self.on_change == OnChange::Cascade {
            return Ok(child == parent);
        }
        let Some(parent) = parent else { return Ok(true) };
        if child == Some(parent) || self.service_provider_eligible && hierarchy::service_provider() == Some(parent) {
            return Ok(true);
        }
        child.map_or(Ok(false), |child| Err((child, parent)))
    }

    /// May rows still refer to a key that was given up, by deletion or otherwise, until the foreign key is checked?
    pub const fn leaves_referring_rows(&self, deleted: bool) -> bool {
        if deleted { self.no_action_on_delete } else { self.no_action_on_update }
    }
}

/// A reference as one of the two relations that it connects sees it, which may be a part of the table that has the key.
pub struct End {
    pub reference: Rc<Reference>,
    /// The numbers of the key's columns in this relation.
    pub columns: Vec<i16>,
}

impl Deref for End {
    type Target = Reference;

    fn deref(&self) -> &Reference {
        &self.reference
    }
}

impl End {
    fn new(reference: &Rc<Reference>, relation: Oid, columns: &[String]) -> Self {
        Self { reference: Rc::clone(reference), columns: relations::column_numbers(relation, columns) }
    }
}

/// A protected relation with the references from it and to it.
pub struct Table {
    pub protection: Protection,
    /// The number of the tenant column.
    pub tenant_number: Option<i16>,
    pub outgoing: Vec<End>,
    pub incoming: Vec<End>,
    /// The same of its public rows, where PostgreSQL does not look at them.
    pub public_outgoing: Vec<End>,
    pub public_incoming: Vec<End>,
    /// The columns that say whose a row is, what it refers to, and by what others refer to it.
    pub decisive: Vec<i16>,
    /// Is there a quota for any tenant's rows of the table?
    pub has_quotas: bool,
    /// The query for the row at a place; made when first needed.
    pub row_at: OnceCell<Plan>,
    /// The query that locks the row at a place; made when first needed.
    pub lock_at: OnceCell<Plan>,
}

impl Table {
    /// The references whose foreign keys are the relation's own, not those of a table that it is a partition of.
    pub fn outgoing_from(&self, relation: Oid) -> impl Iterator<Item = &End> {
        self.outgoing.iter().filter(move |reference| reference.child == relation)
    }
}

#[derive(Default)]
struct Known {
    tables: HashMap<Oid, Option<Rc<Table>>, RandomState>,
    looked_at: HashSet<Oid>,
    generation: u64,
}

thread_local! {
    // Never dropped: at the end of the backend PostgreSQL is no longer there to free plans.
    static KNOWN: ManuallyDrop<RefCell<Known>> = ManuallyDrop::new(RefCell::new(Known::default()));
}

/// Takes note of a changed relation; `InvalidOid` stands for any. Runs when no catalog may be read and no plan be freed.
pub fn changed(relation: Oid) {
    // Where the cache is in use, the change concerns a look-up that is under way: its result is not to be kept.
    KNOWN.with(|known| match known.try_borrow_mut() {
        Ok(mut known) if relation == pg_sys::InvalidOid || known.looked_at.contains(&relation) => {
            known.generation += 1;
            known.looked_at.clear();
        }
        _ => (),
    });
}

/// The relation as a protected table or a part of one; None if it is neither.
pub fn table(relation: Oid) -> Option<Rc<Table>> {
    if let Some(table) = remembered(relation) {
        return table;
    }
    // Note what is looked at before looking, so that a change in between counts.
    let registry = ["protection", "reference_settings", "quotas"].map(|name| relations::by_name(c"tenancy", name));
    let generation = KNOWN.with(|known| {
        let mut known = known.borrow_mut();
        known.looked_at.extend(registry.into_iter().flatten());
        known.looked_at.insert(relation);
        known.generation
    });
    let table = owner::run(|| load(relation)).map(Rc::new);
    KNOWN.with(|known| {
        let mut known = known.borrow_mut();
        if known.generation == generation {
            let references = table.iter().flat_map(|t| t.outgoing.iter().chain(&t.incoming));
            known.looked_at.extend(references.flat_map(|r| [r.child, r.parent]));
            known.tables.insert(relation, table.clone());
        }
    });
    table
}

fn remembered(relation: Oid) -> Option<Option<Rc<Table>>> {
    KNOWN.with(|known| {
        let mut known = known.borrow_mut();
        if known.looked_at.is_empty() {
            known.tables.clear();
        }
        known.tables.get(&relation).cloned()
    })
}

fn load(relation: Oid) -> Option<Table> {
    let protection = protection(relation)?;
    let (mut outgoing, mut incoming) = (Vec::new(), Vec::new());
    let found = |row: &Row| reference(row).map(|found| (Rc::new(found), row.must(10), row.must(11)));
    let found = REFERENCES_OF.with(|q| q.rows(&[arg(relation)], Sees::InPassing, found));
    for (reference, from_here, to_here) in found.into_iter().flatten() {
        if from_here {
            outgoing.push(End::new(&reference, relation, &reference.child_columns));
        }
        if to_here {
            incoming.push(End::new(&reference, relation, &reference.parent_columns));
        }
    }
    let public = |ends: &[End], columns: fn(&Reference) -> &[String]| -> Vec<End> {
        let references = ends.iter().filter_map(|end| end.of_public_rows.as_ref());
        references.map(|reference| End::new(reference, relation, columns(reference))).collect()
    };
    let public_outgoing = public(&outgoing, |reference| &reference.child_columns);
    let public_incoming = public(&incoming, |reference| &reference.parent_columns);
    let tenant_number = protection.tenant.as_ref().and_then(|tenant| relations::column_number(relation, &tenant.name));
    let has_quotas = quotas::exist_for(protection.root);
    let (row_at, lock_at) = (OnceCell::new(), OnceCell::new());
    let mut decisive: Vec<_> = outgoing.iter().chain(&incoming).flat_map(|end| &end.columns).copied().collect();
    decisive.extend(tenant_number);
    decisive.sort_unstable();
    decisive.dedup();
    Some(Table {
        protection,
        tenant_number,
        outgoing,
        incoming,
        public_outgoing,
        public_incoming,
        decisive,
        has_quotas,
        row_at,
        lock_at,
    })
}

/// A foreign key, whether its tables are protected or not.
pub struct ForeignKey {
    pub parent: Oid,
    pub child_columns: Vec<String>,
    pub parent_columns: Vec<String>,
    /// As those of a [`Reference`].
    pub operators: Vec<String>,
}

/// The foreign key of this name.
pub fn foreign_key(relation: Oid, constraint: &str) -> Option<ForeignKey> {
    let read = |row: &Row| {
        let found = row.must::<bool>(10) && row.must::<String>(2) == constraint;
        found.then(|| ForeignKey {
            parent: row.must(3),
            child_columns: row.must(4),
            parent_columns: row.must(5),
            operators: row.must(6),
        })
    };
    owner::run(|| REFERENCES_OF.with(|q| q.rows(&[arg(relation)], Sees::InPassing, read))).into_iter().flatten().next()
}

/// How the relation is protected, itself or as a part.
pub fn protection(relation: Oid) -> Option<Protection> {
    let read = |row: &Row| {
        let key = row.get::<String>(4).map(|key| if key == "number" { KeyType::Number } else { KeyType::Uuid });
        Protection {
            root: row.must(1),
            kind: Kind::by_name(&row.must::<String>(2)).expect("a check constraint lists the kinds"),
            tenant: row.get::<String>(3).zip(key).map(|(name, key)| TenantColumn { name, key }),
        }
    };
    owner::run(|| PROTECTION_OF.with(|q| q.first(&[arg(relation)], Sees::InPassing, read)))
}

/// How the index of a foreign key, in a row of `references_of.sql`, is searched.
fn key_columns(row: &Row) -> Vec<KeyColumn> {
    let (positions, procedures, types): (Vec<i16>, Vec<Oid>, Vec<Oid>) = (row.must(17), row.must(18), row.must(19));
    let columns = positions.into_iter().zip(procedures).zip(types);
    columns.map(|((position, procedure), value_type)| KeyColumn { position, procedure, value_type }).collect()
}

/// Where rows were found by such a key, if what has its image is the same key.
fn key_places(row: &Row) -> Option<KeyPlaces> {
    let columns = || relations::column_numbers(row.must(3), &row.must::<Vec<String>>(5));
    row.must::<bool>(23).then(|| KeyPlaces::new(columns()))
}

/// The foreign keys to a table, be it protected or not, from tables that are not protected.
pub fn references_of_others(relation: Oid) -> Vec<Reference> {
    let read = |row: &Row| {
        let (child, to_here): (Oid, bool) = (row.must(1), row.must(11));
        let untenanted = |root| Protection { root, kind: Kind::Untenanted, tenant: None };
        let parent = protection(row.must(3)).unwrap_or(untenanted(row.must(3)));
        (to_here && protection(child).is_none()).then(|| reference_between(row, untenanted(child), parent))
    };
    owner::run(|| REFERENCES_OF.with(|q| q.rows(&[arg(relation)], Sees::Latest, read))).into_iter().flatten().collect()
}

/// The foreign key of a row of `references_of.sql`, if both ends are protected.
fn reference(row: &Row) -> Option<Reference> {
    Some(reference_between(row, protection(row.must(1))?, protection(row.must(3))?))
}

fn reference_between(row: &Row, child_protection: Protection, parent_protection: Protection) -> Reference {
    let (child, parent): (Oid, Oid) = (row.must(1), row.must(3));
    let tenant = parent_protection.tenant.as_ref();
    let whole = Reference {
        oid: row.must(21),
        key_index: row.get(16).map(|index| KeyIndex::new(parent, index, key_columns(row), key_places(row))),
        parent_tenant_number: tenant.and_then(|tenant| relations::column_number(parent, &tenant.name)),
        child,
        child_protection,
        constraint: row.must(2),
        parent,
        parent_protection,
        child_columns: row.must(4),
        parent_columns: row.must(5),
        operators: row.must(6),
        deferrable: row.must(7),
        only_public: false,
        of_public_rows: None,
        service_provider_eligible: row.must(8),
        names_tenant: row.must(9),
        registered: row.must(12),
        no_action_on_delete: row.must(13),
        no_action_on_update: row.must(14),
        on_change: OnChange::by_name(&row.must::<String>(20)).expect("a check constraint lists them"),
        validated: row.must(15),
        deletes_heard_of: deletes::are_heard_of(parent),
        equal_by_image: row.must(22),
        held: Held::new(),
        lock_parent: OnceCell::new(),
        parent_tenant: OnceCell::new(),
        child_tenants: OnceCell::new(),
        follow: OnceCell::new(),
    };
    Reference { of_public_rows: public_keys::of(&whole), ..whole }
}
