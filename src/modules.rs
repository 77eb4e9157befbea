//! Modules: named sets of protected tables that roles can be limited to. The rules behind their tables.

use pgrx::{PgTrigger, pg_sys, pg_trigger};

use crate::administration::{check_kept, enforce, updated};
use crate::catalog::protection::{self, Kind};
use crate::error::{ModuleRefusal, Refusal};
use crate::pg::answers::{Answer, changed, nothing, unchanged};
use crate::pg::rows::TriggerRows;
use crate::pg::spi::{Row, Sees, arg, query};
use crate::pg::{owner, relations};

query!(RELATION_FACTS, "relation_facts.sql", &[pg_sys::OIDOID]);

/// BEFORE INSERT OR UPDATE, for each module. See `tenancy.complete_module`.
#[pg_trigger(sql = false)]
fn complete_module<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    const ID: i16 = 1;
    const CREATED_AT: i16 = 4;
    const UPDATED_AT: i16 = 5;
    let rows = TriggerRows::of(trigger);
    enforce(check_kept(&rows, "tenancy.modules", &[(ID, "id"), (CREATED_AT, "created_at")]));
    changed(trigger, updated(&rows, UPDATED_AT).as_slice())
}

/// BEFORE INSERT OR UPDATE, for each table of a module. See `tenancy.check_module_table`.
#[pg_trigger(sql = false)]
fn check_module_table<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    const RELATION: i16 = 2;
    let Some(new) = TriggerRows::of(trigger).new else { return nothing() };
    // NULL is left to the column's NOT NULL.
    if let Some(relation) = new.get::<pg_sys::Oid>(RELATION) {
        enforce(owner::run(|| check_table(relation)));
    }
    unchanged(trigger)
}

fn check_table(relation: pg_sys::Oid) -> Result<(), Refusal> {
    let refuse =
        |what: String| Err(ModuleRefusal::NotForModules { relation: relations::qualified(relation), what }.into());
    let read = |row: &Row| [row.must::<String>(1), row.must(3)];
    let facts = RELATION_FACTS.with(|q| q.first(&[arg(relation)], Sees::Latest, read));
    match facts.as_ref().map(|[kind, schema]| (kind.as_str(), schema.as_str())) {
        Some((_, "tenancy" | "pg_catalog" | "information_schema")) => return refuse("a table of the system".into()),
        Some(("r" | "p", _)) => (),
        _ => return refuse("not a table".into()),
    }
    match protection::protection(relation) {
        Some(protection) if protection.root != relation => {
            refuse(format!("a part of table {}, with which it goes", relations::qualified(protection.root)))
        }
        Some(protection) if protection.kind == Kind::Untenanted => refuse("untenanted".into()),
        // One that is not protected yet may come: a dump can bring it before its protection.
        _ => Ok(()),
    }
}
