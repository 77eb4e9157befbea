//! Governed schemas: a new table there takes rows only once it is declared, which is what `protect()` does.
//!
//! Until then it has a trigger that refuses rows with the words what to do. `protect()` takes it away.

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgTrigger, pg_extern, pg_sys, pg_trigger};

use crate::administration::enforce;
use crate::catalog::protection;
use crate::error::{GovernedRefusal, Refusal};
use crate::model::template;
use crate::pg::answers::{Answer, changed, nothing};
use crate::pg::ddl_tables::{self, Making};
use crate::pg::rows::{TriggerRows, relation_of};
use crate::pg::spi::{self, Row, Sees, arg, query};
use crate::pg::{owner, quiet, relations};

query!(UNDECLARED, "undeclared.sql", &[]);
query!(ROBBED, "undeclared_robbed.sql", &[]);
query!(FORGET_SCHEMAS, "forget_schemas.sql", &[]);
query!(RENAME_SCHEMA, "rename_schema.sql", &[pg_sys::TEXTOID, pg_sys::TEXTOID]);
query!(SCHEMA_EXISTS, "schema_exists.sql", &[pg_sys::TEXTOID]);

struct Undeclared {
    relation: pg_sys::Oid,
    is_foreign: bool,
    /// Has it the trigger, such as it is, and as it was made?
    has_trigger: bool,
    refuses_rows: bool,
    /// Is it a part of a table that takes no rows yet?
    is_part: bool,
    /// Is it a partition of a table that takes rows?
    is_open_above: bool,
}

/// BEFORE INSERT OR UPDATE on governed_schemas, a row. See `tenancy.check_governed_schema`.
#[pg_trigger(sql = false)]
fn check_governed_schema<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    const SCHEMA_NAME: i16 = 1;
    let given = TriggerRows::of(trigger).new.and_then(|new| new.get::<&CStr>(SCHEMA_NAME));
    if let Some(name) = given.map(|name| name.to_string_lossy().into_owned()) {
        let exists = owner::run(|| SCHEMA_EXISTS.with(|q| q.rows(&[arg(name.as_str())], Sees::Latest, |_| ())));
        if exists.is_empty() {
            enforce(Err(GovernedRefusal::UnknownSchema { name }.into()));
        }
    }
    changed(trigger, &[])
}

/// BEFORE INSERT on a table that is not declared, a statement. See `tenancy.refuse_undeclared`.
#[pg_trigger(sql = false)]
fn refuse_undeclared<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let relation = relation_of(trigger);
    if !owner::outer_user_is_exempt() && protection::protection(relation).is_none() {
        enforce(Err(GovernedRefusal::Undeclared { table: relations::qualified(relation) }.into()));
    }
    nothing()
}

/// At the end of DDL. See `tenancy.govern_tables`.
#[pg_extern(sql = false)]
fn govern_tables(fcinfo: pg_sys::FunctionCallInfo) -> Result<(), ErrorReport> {
    if quiet::is_quiet() && owner::current_user_is_superuser() {
        return Ok(());
    }
    let Some(making) = ddl_tables::making(fcinfo) else { return Ok(()) };
    if let Making::RenamedSchema { from, to } = &making {
        let names = [arg(from.as_str()), arg(to.as_str())];
        owner::run(|| RENAME_SCHEMA.with(|q| q.rows(&names, Sees::LatestToWrite, |_| ())));
        return Ok(());
    }
    let superuser = owner::current_user_is_superuser();
    let read = |row: &Row| Undeclared {
        relation: row.must(1),
        is_foreign: row.must::<String>(2) == "f",
        has_trigger: row.must(3),
        refuses_rows: row.must(4),
        is_part: row.must(5),
        is_open_above: row.must(6),
    };
    for table in owner::run(|| UNDECLARED.with(|q| q.rows(&[], Sees::Latest, read))) {
        if !superuser {
            judge(&table, &making)?;
        }
        let is_new = match making {
            Making::ChangedTriggers => false,
            Making::NewPart => table.is_part,
            _ => true,
        };
        if is_new && !table.is_foreign && !table.has_trigger {
            let values = [("relation", &*relations::qualified(table.relation))];
            let command = template::fill(include_str!("../sql/templates/undeclared_trigger.sql"), &values);
            quiet::run(|| owner::run(|| spi::run(&command)));
        }
    }
    Ok(())
}

/// What an ordinary role may not do with a table that is not declared.
fn judge(table: &Undeclared, making: &Making) -> Result<(), Refusal> {
    let name = relations::qualified(table.relation);
    match making {
        _ if table.is_foreign => Err(GovernedRefusal::Foreign { table: name }.into()),
        Making::NewTable | Making::NewPart if table.is_open_above => Err(GovernedRefusal::Below { table: name }.into()),
        Making::FilledTable => Err(GovernedRefusal::Filled { table: name }.into()),
        Making::MovedTable => Err(GovernedRefusal::Moved { table: name }.into()),
        Making::NewPart if table.is_part && !table.refuses_rows => Err(GovernedRefusal::Part { table: name }.into()),
        Making::ChangedTriggers if table.has_trigger && !table.refuses_rows => {
            Err(GovernedRefusal::TriggerNeeded { table: name }.into())
        }
        _ => Ok(()),
    }
}

/// After objects were dropped. See `tenancy.follow_schemas`.
#[pg_extern(sql = false)]
fn follow_schemas(_fcinfo: pg_sys::FunctionCallInfo) -> Result<(), ErrorReport> {
    if quiet::is_quiet() && owner::current_user_is_superuser() {
        return Ok(());
    }
    let superuser = owner::current_user_is_superuser();
    let robbed: Option<pg_sys::Oid> = owner::run(|| {
        FORGET_SCHEMAS.with(|q| q.rows(&[], Sees::LatestToWrite, |_| ()));
        ROBBED.with(|q| q.first(&[], Sees::Latest, |row| row.must(1)))
    });
    match robbed.filter(|table| !superuser && protection::protection(*table).is_none()) {
        Some(table) => Err(Refusal::from(GovernedRefusal::TriggerNeeded { table: relations::qualified(table) }).into()),
        None => Ok(()),
    }
}
