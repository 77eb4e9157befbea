//! Removing a tenant and all its rows, or its rows from some tables: `delete_tenant`.
//!
//! The tenant's row is locked first: whoever writes a row of the tenant locks it, too, by the foreign key of the tenant
//! column, so that all rows that there will be are seen. A new reference from another tenant's rows leans on the hierarchy,
//! which is locked where there can be one.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{self, Oid};
use pgrx::spi::quote_identifier;
use pgrx::{Uuid, name, pg_extern};

use super::{GO_ON_WITHOUT, Subject, as_owner, require_administrator, tenant_column};
use crate::catalog::access::Mode;
use crate::catalog::dependencies::{self, Group};
use crate::catalog::protection::{self, Reference, TenantColumn};
use crate::catalog::reached::{self, Lock};
use crate::catalog::{access, from_pg, hierarchy, offenders, to_pg};
use crate::error::{LifecycleRefusal, Refusal, TenantRefusal, given};
use crate::model::system_group::Relation;
use crate::pg::deferred::nothing_deferred;
use crate::pg::spi::{self, Arg, Sees, arg, query};
use crate::pg::{locks, owner, relations};
use crate::progress::{Operation, Phase, Progress};
use crate::{distributed, parts, session};

query!(ROLES_OF_TENANT, "roles_of_tenant.sql", &[pg_sys::UUIDOID, pg_sys::UUIDARRAYOID]);
query!(HAS_SUBTENANTS, "has_subtenants.sql", &[pg_sys::UUIDOID]);
query!(OWN_TABLES, "own_tables_with_tenants.sql", &[]);
query!(COUNT_USER_ROLES, "count_user_roles.sql", &[pg_sys::UUIDOID]);
query!(DELETE_USER_ROLES, "delete_user_roles.sql", &[pg_sys::UUIDOID]);
query!(DELETE_TENANT_ROW, "delete_tenant_row.sql", &[pg_sys::UUIDOID]);
query!(
    RECORD,
    "record_deleted_tenant.sql",
    &[pg_sys::UUIDOID, pg_sys::UUIDOID, pg_sys::UUIDOID, pg_sys::TEXTOID, pg_sys::INT8OID]
);

/// A table and how many rows of it went.
pub type Went = (Oid, i64);

/// Removes a tenant, or rows of it. See `tenancy.delete_tenant`.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)] // what a set-returning function of pgrx returns
fn delete_tenant(
    tenant: Option<Uuid>,
    only_tables: Option<Vec<Option<Oid>>>,
    dry_run: Option<bool>,
) -> Result<TableIterator<'static, (name!(relation, Oid), name!(rows, i64))>, ErrorReport> {
    let tenant = from_pg(given(tenant, "delete_tenant", "tenant")?);
    let dry_run = given(dry_run, "delete_tenant", "dry_run")?;
    let chosen = only_tables.map(|tables| {
        tables.into_iter().map(|table| given(table, "delete_tenant", "only_tables")).collect::<Result<Vec<_>, _>>()
    });
    require_administrator("delete tenants")?;
    let work = Deletion::begin(tenant, chosen.transpose()?, dry_run)?;
    Ok(TableIterator::new(nothing_deferred(|| work.run(dry_run))?))
}

/// A tenant on its way out.
pub struct Deletion {
    pub(super) subject: Subject,
    /// Children before parents.
    groups: Vec<Group>,
    tables: Vec<Oid>,
    /// The tenant itself goes, too.
    whole: bool,
    /// Rows of tables that are not protected, which PostgreSQL deletes with those that they refer to.
    outside: RefCell<Vec<Went>>,
    /// How many rows went from the tables before this one.
    pub(super) done: Cell<i64>,
    pub(super) progress: Progress,
}

impl Deletion {
    fn begin(tenant: uuid::Uuid, chosen: Option<Vec<Oid>>, dry_run: bool) -> Result<Self, Refusal> {
        let progress = Progress::start(Operation::Delete, pg_sys::InvalidOid);
        progress.tenant(tenant);
        Subject::find(tenant)?.check_ordinary("deleted")?;
        let whole = chosen.is_none();
        let tables = tables(chosen)?;
        // References of tables that are not chosen count, too.
        distributed::refuse_all("tenancy.delete_tenant()")?;
        let subject = if dry_run { Subject::find(tenant)? } else { lock(tenant)? };
        if subject.active && !dry_run {
            return Err(LifecycleRefusal::StillActive { tenant: subject.name }.into());
        }
        let mut groups = dependencies::parents_first(&tables);
        groups.reverse();
        let outside = RefCell::default();
        Ok(Self { subject, groups, tables, whole, outside, done: Cell::new(0), progress })
    }

    fn run(&self, dry_run: bool) -> Result<Vec<Went>, Refusal> {
        self.check_references()?;
        if self.whole {
            self.check_tenant()?;
        }
        self.progress.phase(if dry_run { Phase::Counting } else { Phase::Deleting });
        let mut went = Vec::new();
        for group in &self.groups {
            pgrx::check_for_interrupts!();
            went.extend(if dry_run { self.count(group)? } else { self.delete(group)? });
            self.done.set(went.iter().map(|(_, rows)| rows).sum());
            self.progress.rows(self.done.get());
        }
        went.extend(self.outside.take());
        if self.whole {
            went.extend(self.own_rows(dry_run));
            if !dry_run {
                self.delete_tenant(went.iter().map(|(_, rows)| rows).sum());
            }
            went.push((own_table("tenants"), 1));
        }
        Ok(went.into_iter().filter(|(_, rows)| *rows > 0).collect())
    }

    /// Rows of other tenants, and of tables that were not chosen, must not lose what they refer to: whatever the foreign
    /// key's action would do to them. Rows of tables that are not protected do as their foreign keys say.
    fn check_references(&self) -> Result<(), Refusal> {
        self.progress.phase(Phase::CheckingReferences);
        let mut looked_at = HashSet::new();
        let mut references = Vec::new();
        for root in &self.tables {
            for part in owner::run(|| parts::all(*root)) {
                let outside = offenders::outside(part, self.subject.id);
                references.extend(outside.stay.iter().map(offenders::named_outside));
                self.note_outside(outside.go);
                let table = protection::table(part);
                for reference in table.iter().flat_map(|table| &table.incoming) {
                    if looked_at.insert((reference.child, reference.constraint.clone())) {
                        self.progress.relation(reference.child);
                        reached::lock(reference.child, Lock::ToRead)?;
                        reached::lock(reference.parent, Lock::ToRead)?;
                        references.extend(self.staying(reference));
                    }
                }
            }
        }
        if references.is_empty() {
            return Ok(());
        }
        Err(LifecycleRefusal::StillReferredTo { tenant: self.subject.name.clone(), references }.into())
    }

    fn note_outside(&self, go: Vec<Went>) {
        let mut outside = self.outside.borrow_mut();
        for (table, rows) in go {
            match outside.iter_mut().find(|(there, _)| *there == table) {
                Some((_, all)) => *all += rows,
                None => outside.push((table, rows)),
            }
        }
    }

    fn staying(&self, reference: &Reference) -> Option<String> {
        let table_goes = self.tables.contains(&reference.child_protection.root);
        match offenders::staying(reference, self.subject.id, table_goes) {
            0 => None,
            rows => {
                let table = relations::qualified(reference.child);
                Some(format!("{rows} of {table} by foreign key \"{}\"", reference.constraint))
            }
        }
    }

    /// What else keeps the tenant itself from going.
    fn check_tenant(&self) -> Result<(), Refusal> {
        let id = arg(to_pg(self.subject.id));
        let count = owner::run(|| HAS_SUBTENANTS.with(|q| q.first(&[id], Sees::Latest, |row| row.must(1))));
        if let Some(count @ 1..) = count {
            return Err(TenantRefusal::HasSubtenants { tenant: self.subject.name.clone(), count }.into());
        }
        let groups: Vec<_> = Relation::ALL.iter().map(|relation| to_pg(relation.group_of(self.subject.id))).collect();
        let read = |row: &spi::Row| row.must::<String>(1);
        let roles = owner::run(|| ROLES_OF_TENANT.with(|q| q.rows(&[id, arg(groups)], Sees::Latest, read)));
        if !roles.is_empty() {
            return Err(LifecycleRefusal::NamedByRoles { tenant: self.subject.name.clone(), roles }.into());
        }
        Ok(())
    }

    pub(super) fn count(&self, group: &Group) -> Result<Vec<Went>, Refusal> {
        group.tables.iter().map(|table| Ok((*table, self.rows_of(*table)?))).collect()
    }

    pub(super) fn rows_of(&self, table: Oid) -> Result<i64, Refusal> {
        self.progress.relation(table);
        reached::lock(table, Lock::ToRead)?;
        let (condition, (kind, key)) = self.condition("r", &tenant_column(table)?, 1);
        let text = format!("select pg_catalog.count(*) from {} r where {condition}", relations::qualified(table));
        let read = |row: &spi::Row| row.must::<i64>(1);
        let rows = as_owner(table, GO_ON_WITHOUT, || spi::once(&text, &[kind], &[key], Sees::Latest, read));
        Ok(rows.into_iter().sum())
    }

    /// A row is the tenant's, which the argument of this number names as the column does.
    pub(super) fn condition(&self, row: &str, column: &TenantColumn, number: usize) -> (String, (Oid, Arg)) {
        let text = format!("{row}.{} operator(pg_catalog.=) ${number}", quote_identifier(&column.name));
        (text, self.subject.key(column.key))
    }

    /// The tenant's people, quotas and whatever else our own tables say of it.
    fn own_rows(&self, dry_run: bool) -> Vec<Went> {
        let id = [arg(to_pg(self.subject.id))];
        owner::run_leaving_nothing(|| {
            let roles = if dry_run {
                COUNT_USER_ROLES.with(|q| q.first(&id, Sees::Latest, |row| row.must(1))).unwrap_or(0)
            } else {
                DELETE_USER_ROLES.with(|q| q.rows(&id, Sees::Latest, |_| ())).len() as i64
            };
            let mut went = vec![(own_table("user_roles"), roles)];
            let tables: Vec<Oid> = OWN_TABLES.with(|q| q.rows(&[], Sees::Latest, |row| row.must(1)));
            for table in dependencies::parents_first(&tables).into_iter().rev().flat_map(|group| group.tables) {
                let name = relations::qualified(table);
                let text = if dry_run {
                    format!("select count(*) from {name} where tenant_id = $1")
                } else {
                    format!("with d as (delete from {name} where tenant_id = $1 returning 1) select count(*) from d")
                };
                let rows = spi::once(&text, &[pg_sys::UUIDOID], &id, Sees::Latest, |row| row.must::<i64>(1));
                went.push((table, rows.into_iter().sum()));
            }
            went
        })
    }

    fn delete_tenant(&self, rows: i64) {
        let id = arg(to_pg(self.subject.id));
        let (home, user) = session::ask(|access, _| (access.home, access.user));
        let actor = [home, user].map(|id| id.map(to_pg).and_then(arg));
        owner::run_leaving_nothing(|| {
            DELETE_TENANT_ROW.with(|q| q.rows(&[id], Sees::Latest, |_| ()));
            let values = [actor[0], actor[1], id, arg(self.subject.name.as_str()), arg(rows)];
            RECORD.with(|q| q.rows(&values, Sees::Statement, |_| ()));
        });
    }
}

/// Locks the tenant against new rows and, where rows of others can come to refer to its rows, the hierarchy against those.
/// The hierarchy first, as everybody does who needs both.
fn lock(tenant: uuid::Uuid) -> Result<Subject, Refusal> {
    let has_subtenants = || hierarchy::related(tenant, Relation::Subtenants).len() > 1;
    let lax = || !matches!(access::mode(), Mode::Enforce);
    if has_subtenants() || lax() {
        locks::exclusive(hierarchy::lock());
    }
    let subject = Subject::lock(tenant)?;
    // A subtenant that came meanwhile: the lock on the tenant's row keeps further ones out.
    if has_subtenants() {
        locks::exclusive(hierarchy::lock());
    }
    Ok(subject)
}

/// The tables whose rows go: those chosen, or all that have tenants.
pub fn tables(chosen: Option<Vec<Oid>>) -> Result<Vec<Oid>, Refusal> {
    let Some(mut chosen) = chosen else {
        return Ok(dependencies::protected_roots().into_iter().filter(|table| tenant_column(*table).is_ok()).collect());
    };
    let mut seen = HashSet::new();
    chosen.retain(|table| seen.insert(*table));
    for table in &chosen {
        tenant_column(*table)?;
    }
    Ok(chosen)
}

fn own_table(name: &str) -> Oid {
    relations::by_name(c"tenancy", name).expect("the extension is installed")
}
