//! The life of a tenant's rows: going out, coming in, going away.

mod arranging;
mod circles;
mod columns;
mod delete;
mod emptying;
mod export;
mod import;
mod initialize;
mod keys;
mod lines;
mod loading;
mod sections;
mod staging;

use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

use crate::catalog::protection::{self, KeyType, TenantColumn};
use crate::catalog::to_pg;
use crate::error::{LifecycleRefusal, Refusal, TenantRefusal};
use crate::pg::spi::{Arg, Query, Row, Sees, arg, query};
use crate::pg::{owner, quiet, relations, told};
use crate::session;

query!(TENANT_FACTS, "tenant_facts.sql", &[pg_sys::UUIDOID]);
query!(TENANT_TO_DELETE, "tenant_to_delete.sql", &[pg_sys::UUIDOID]);

/// The tenant that an operation is about.
struct Subject {
    id: Uuid,
    name: String,
    kind: String,
    active: bool,
    number: i64,
}

impl Subject {
    fn find(id: Uuid) -> Result<Self, Refusal> {
        Self::read(id, &TENANT_FACTS)
    }

    /// Locks it, so that nobody else writes rows of it until the end of the transaction.
    fn lock(id: Uuid) -> Result<Self, Refusal> {
        Self::read(id, &TENANT_TO_DELETE)
    }

    fn read(id: Uuid, query: &'static std::thread::LocalKey<Query>) -> Result<Self, Refusal> {
        let read =
            |row: &Row| Self { id, name: row.must(1), kind: row.must(2), active: row.must(3), number: row.must(4) };
        owner::run(|| query.with(|q| q.first(&[arg(to_pg(id))], Sees::Latest, read)))
            .ok_or_else(|| LifecycleRefusal::NoSuchTenant.into())
    }

    /// The tenant as a column of this type names it.
    fn key(&self, key: KeyType) -> (Oid, Arg) {
        match key {
            KeyType::Uuid => (pg_sys::UUIDOID, arg(to_pg(self.id))),
            KeyType::Number => (pg_sys::INT8OID, arg(self.number)),
        }
    }

    /// The same as SQL.
    fn literal(&self, key: KeyType) -> String {
        match key {
            KeyType::Uuid => format!("'{}'::pg_catalog.uuid", self.id),
            KeyType::Number => self.number.to_string(),
        }
    }

    /// The service provider and the built-in tenants stay.
    fn check_ordinary(&self, change: &'static str) -> Result<(), Refusal> {
        match self.kind.as_str() {
            "service_provider" => Err(TenantRefusal::ServiceProvider { tenant: self.name.clone(), change }.into()),
            "default" | "none" => Err(Refusal::BuiltIn { what: "tenant", name: self.name.clone(), change }),
            _ => Ok(()),
        }
    }
}

fn require_administrator(what: &'static str) -> Result<(), Refusal> {
    if session::administers() { Ok(()) } else { Err(Refusal::AdministratorsOnly { what }) }
}

/// Runs what we do with temporary tables of our own: a superuser's, so that no code of anybody's hangs on them.
fn ours(work: impl FnOnce()) {
    quiet::run(|| owner::run(work));
}

/// What is to be done about an error in a table's own code.
const GO_ON_WITHOUT: &str = " To go on without the table, name the others in only_tables. What its owner has put there can be taken away by him or a superuser, a trigger by ALTER TABLE … DISABLE TRIGGER.";

/// Runs statements on a table with the rights of its owner; an error says which table it was.
fn as_owner<R>(table: Oid, hint: &str, work: impl FnOnce() -> R) -> R {
    let hint = format!("This is about table {}.{hint}", relations::qualified(table));
    told::with_hint(&hint, || owner::run_pinned_as_owner_of(table, work))
}

/// Tables whose rows come or go in one statement, which one owner sends.
fn one_owner(tables: &[Oid]) -> Result<(), Refusal> {
    if tables.iter().all(|table| owner::owner_of(*table) == owner::owner_of(tables[0])) {
        return Ok(());
    }
    let tables = tables.iter().map(|table| relations::qualified(*table)).collect();
    Err(LifecycleRefusal::CircleOfOwners { tables }.into())
}

/// The column of a table that says whose each row is.
fn tenant_column(relation: Oid) -> Result<TenantColumn, Refusal> {
    let protection = protection::protection(relation).filter(|protection| protection.root == relation);
    protection
        .and_then(|protection| protection.tenant)
        .ok_or_else(|| LifecycleRefusal::NoTenantColumn { relation: relations::qualified(relation) }.into())
}
