//! A tenant gets copies of a template tenant's rows: `initialize_tenant`.
//!
//! The rows are those that the calling statement sees, in all tables. They are read and written with the rights of the tables'
//! owners; what the caller may read and write is asked before. A few are copied in one statement, many in batches, those
//! that are referred to before those that refer to them; see `arranging`.

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{self, Oid};
use pgrx::spi::quote_identifier;
use pgrx::{Uuid, name, pg_extern};

use super::arranging::{self, BATCH, BATCHES, LINKS, Link, ROWS};
use super::columns::{self, Column};
use super::keys::{self, Arguments, Keys, Renewed};
use super::{GO_ON_WITHOUT, Subject, as_owner, delete, one_owner, require_administrator};
use crate::catalog::protection::{self, KeyType, TenantColumn};
use crate::catalog::reached::{self, Lock};
use crate::catalog::{dependencies, from_pg};
use crate::error::{LifecycleRefusal, Refusal, given};
use crate::parts;
use crate::pg::cursor::Cursor;
use crate::pg::deferred::nothing_deferred;
use crate::pg::spi::{self, Row, Sees};
use crate::pg::{owner, relations};
use crate::privileges;
use crate::progress::{Operation, Phase, Progress};

/// Copies a template's rows. See `tenancy.initialize_tenant`.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)] // what a set-returning function of pgrx returns
fn initialize_tenant(
    tenant: Option<Uuid>,
    template: Option<Uuid>,
    only_tables: Option<Vec<Option<Oid>>>,
) -> Result<TableIterator<'static, (name!(relation, Oid), name!(rows, i64))>, ErrorReport> {
    let tenant = from_pg(given(tenant, "initialize_tenant", "tenant")?);
    let template = from_pg(given(template, "initialize_tenant", "template")?);
    let chosen = only_tables.map(|tables| {
        tables.into_iter().map(|table| given(table, "initialize_tenant", "only_tables")).collect::<Result<Vec<_>, _>>()
    });
    require_administrator("initialize tenants")?;
    let progress = Progress::start(Operation::Initialize, pg_sys::InvalidOid);
    progress.tenant(tenant);
    progress.phase(Phase::Importing);
    let (tenant, template) = (Subject::find(tenant)?, Subject::find(template)?);
    if tenant.id == template.id {
        return Err(Refusal::from(LifecycleRefusal::OwnTemplate { tenant: tenant.name }).into());
    }
    let copying = Copying { tenant, template, progress };
    let chosen = delete::tables(chosen.transpose()?)?;
    Ok(TableIterator::new(nothing_deferred(|| copying.run(chosen))?))
}

struct Copying {
    tenant: Subject,
    template: Subject,
    progress: Progress,
}

impl Copying {
    fn run(&self, chosen: Vec<Oid>) -> Result<Vec<(Oid, i64)>, Refusal> {
        // Inheritance children have columns of their own.
        let all: Vec<Oid> =
            chosen.into_iter().flat_map(|table| owner::run(|| parts::with_own_constraints(table))).collect();
        let mut tables = Vec::new();
        for table in all {
            reached::lock(table, Lock::ToRead)?;
            if self.count(table) > 0 {
                reached::lock(table, Lock::ToWrite)?;
                tables.push(table);
            }
        }
        let mut keys = Keys::among(&tables);
        for table in &tables {
            keys.renew(*table);
        }
        for table in &tables {
            self.check_key(*table, &keys)?;
        }
        self.check_caller(&tables)?;
        keys::create_table();
        for (nth, source) in keys.sources.iter().enumerate() {
            pgrx::check_for_interrupts!();
            let column = quote_identifier(&source.column);
            let old = format!("select r.{column}::pg_catalog.text from {}", self.rows_of(source.relation, ""));
            let cursor = as_owner(source.relation, GO_ON_WITHOUT, || Cursor::open(&old, &[], &[]));
            loop {
                let fetch = || cursor.fetch(BATCH as i32, |row| row.must::<String>(1));
                let some = as_owner(source.relation, GO_ON_WITHOUT, fetch);
                if some.is_empty() {
                    break;
                }
                keys::make(nth, source, some);
            }
            cursor.close();
        }
        keys::analyze();
        let (mut copied, mut done) = (Vec::new(), 0);
        for group in dependencies::parents_first(&tables) {
            pgrx::check_for_interrupts!();
            self.progress.relation(group.tables[0]);
            one_owner(&group.tables)?;
            copied.extend(self.copy(&group.tables, &keys, |rows| self.progress.rows(done + rows)));
            done = copied.iter().map(|(_, rows)| rows).sum();
        }
        keys::drop_table();
        copied.retain(|(_, rows)| *rows > 0);
        Ok(copied)
    }

    /// As row security would, but for all tables at once.
    fn check_caller(&self, tables: &[Oid]) -> Result<(), Refusal> {
        const WHAT: &str = "initialize_tenant()";
        if tables.is_empty() {
            return Ok(());
        }
        privileges::require(WHAT, tables, &["SELECT", "INSERT"])?;
        privileges::refuse_narrowed(WHAT, tables, privileges::READING)?;
        privileges::refuse_narrowed(WHAT, tables, privileges::WRITING)?;
        if !privileges::reads(self.template.id) {
            return Err(LifecycleRefusal::TemplateUnread { tenant: self.template.name.clone() }.into());
        }
        privileges::require_writing([self.tenant.id])
    }

    /// A copy needs another key: one that is made anew, or one with the tenant or with something that is made anew in it.
    fn check_key(&self, table: Oid, keys: &Keys) -> Result<(), Refusal> {
        let tenant = column_of(table);
        let all = columns::of(table);
        let key = columns::key(&all);
        let changes = |column: &&&Column| column.name == tenant.name || keys.source_of(table, &column.name).is_some();
        if key.is_empty() || key.iter().any(|column| changes(&column)) {
            return Ok(());
        }
        Err(LifecycleRefusal::KeyStays { table: relations::qualified(table) }.into())
    }

    /// The template's rows `r` of a table, with what is joined to them.
    fn rows_of(&self, table: Oid, joins: &str) -> String {
        let only = if relations::is_partitioned(table) { "" } else { "only " };
        let tenant = column_of(table);
        let (column, key) = (quote_identifier(&tenant.name), self.template.literal(tenant.key));
        format!("{only}{} r{joins} where r.{column} operator(pg_catalog.=) {key}", relations::qualified(table))
    }

    /// Copies the rows of a table, or of tables that refer to each other in a circle.
    fn copy(&self, tables: &[Oid], keys: &Keys, done: impl Fn(i64)) -> Vec<(Oid, i64)> {
        let mut copied = vec![0; tables.len()];
        if tables.iter().map(|table| self.count(*table)).sum::<i64>() <= BATCH {
            copied = self.copy_where(tables, keys, None);
        } else {
            arranging::begin();
            self.arrange(tables);
            for batch in 0..arranging::batches() {
                pgrx::check_for_interrupts!();
                let new = self.copy_where(tables, keys, Some(batch));
                copied.iter_mut().zip(new).for_each(|(all, new)| *all += new);
                done(copied.iter().sum());
            }
            arranging::end();
        }
        tables.iter().copied().zip(copied).collect()
    }

    fn count(&self, table: Oid) -> i64 {
        let text = format!("select pg_catalog.count(*) from {}", self.rows_of(table, ""));
        let read = |row: &Row| row.must::<i64>(1);
        as_owner(table, GO_ON_WITHOUT, || spi::once(&text, &[], &[], Sees::Caller, read)).into_iter().sum()
    }

    /// Notes the rows, and what they refer to among each other.
    fn arrange(&self, tables: &[Oid]) {
        let links = arranging::links_among(tables);
        for (nth, table) in tables.iter().enumerate() {
            let rows = self.rows_of(*table, "");
            let text = if links.is_empty() {
                let batch = format!("(pg_catalog.row_number() over () - 1) / {BATCH}");
                format!(
                    "insert into {BATCHES} (batch, nth, part, tid) select {batch}, {nth}, r.tableoid, r.ctid from {rows}"
                )
            } else {
                format!("insert into {ROWS} (nth, part, tid) select {nth}, r.tableoid, r.ctid from {rows}")
            };
            as_owner(*table, GO_ON_WITHOUT, || spi::once(&text, &[], &[], Sees::Caller, |_| ()));
        }
        links.iter().for_each(|link| self.note(link));
        if !links.is_empty() {
            arranging::arrange();
        }
    }

    /// A row that refers to another one comes after it.
    fn note(&self, link: &Link) {
        let rows = |table: Oid| format!("(select r.tableoid, r.ctid, r.* from {})", self.rows_of(table, ""));
        let text = format!(
            "insert into {LINKS} (first, later) select b.id, a.id from {} c join {} p on {} \
             join {ROWS} a on a.part operator(pg_catalog.=) c.tableoid and a.tid operator(pg_catalog.=) c.ctid \
             join {ROWS} b on b.part operator(pg_catalog.=) p.tableoid and b.tid operator(pg_catalog.=) p.ctid \
             where a.id operator(pg_catalog.<>) b.id",
            rows(link.child),
            rows(link.parent),
            link.condition
        );
        as_owner(link.child, GO_ON_WITHOUT, || spi::once(&text, &[], &[], Sees::Caller, |_| ()));
    }

    /// One statement for all tables of a group: for a batch, or for all rows. Says how many rows of each table were copied.
    fn copy_where(&self, tables: &[Oid], keys: &Keys, batch: Option<i64>) -> Vec<i64> {
        let (mut statements, mut counts, mut arguments) = (Vec::new(), Vec::new(), Arguments::default());
        for (nth, table) in tables.iter().enumerate() {
            let in_batch = batch.map_or_else(String::new, |batch| arranging::in_batch(*table, nth, batch));
            statements.push(format!("w{nth} as ({})", self.statement(*table, keys, &in_batch, &mut arguments)));
            counts.push(format!("(select pg_catalog.count(*) from w{nth})"));
        }
        let text = format!("with {} select {}", statements.join(", "), counts.join(", "));
        let read = |row: &Row| -> Vec<i64> { (1..=tables.len()).map(|column| row.must(column)).collect() };
        let copy = || spi::once_with_texts(&text, &arguments.0, Sees::Caller, read);
        as_owner(tables[0], GO_ON_WITHOUT, copy).into_iter().flatten().collect()
    }

    fn statement(&self, table: Oid, keys: &Keys, in_batch: &str, arguments: &mut Arguments) -> String {
        let tenant = column_of(table);
        let columns = columns::of(table);
        let mut changing = keys.changing(table, &columns);
        changing.retain(|(column, _)| column.name != tenant.name);
        let renewed = Renewed::of("r", &changing, arguments, |listed| {
            let text = format!("select {listed} from {}{in_batch}", self.rows_of(table, ""));
            let read = |row: &Row| (1..=changing.len()).map(|column| row.get::<String>(column)).collect();
            as_owner(table, GO_ON_WITHOUT, || spi::once(&text, &[], &[], Sees::Caller, read))
        });
        let value = |column: &Column| match renewed.value(&column.name) {
            _ if column.name == tenant.name => self.tenant.literal(tenant.key),
            Some(value) => value.to_owned(),
            None => format!("r.{}", column.quoted()),
        };
        let names: Vec<String> = columns.iter().map(Column::quoted).collect();
        let values: Vec<String> = columns.iter().map(value).collect();
        let rows = self.rows_of(table, &renewed.joins);
        format!(
            "insert into {} ({}) overriding system value select {} from {rows}{in_batch} returning 1",
            relations::qualified(table),
            names.join(", "),
            values.join(", ")
        )
    }
}

fn column_of(table: Oid) -> TenantColumn {
    protection::protection(table)
        .and_then(|protection| protection.tenant)
        .unwrap_or(TenantColumn { name: "tenant_id".into(), key: KeyType::Uuid })
}
