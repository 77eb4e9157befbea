//! A tenant as lines of JSON: `export_tenant`.
//!
//! What the caller may read is asked before anything is read, table by table: the rows themselves are read with the rights of
//! the tables' owners, whose code runs meanwhile. Everything is read under the snapshot of the calling statement, and a batch of
//! rows at a time.

use std::collections::VecDeque;

use pgrx::iter::SetOfIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{self, Oid};
use pgrx::{Uuid, pg_extern};

use super::columns;
use super::sections::{self, Source};
use crate::administration::enforce;
use crate::catalog::{from_pg, hierarchy, to_pg};
use crate::error::{LifecycleRefusal, Refusal, given};
use crate::model::archive::{Contents, Tenant, Writer};
use crate::model::system_group::Relation;
use crate::pg::cursor::Cursor;
use crate::pg::owner;
use crate::pg::spi::{Sees, arg, query};
use crate::privileges;
use crate::progress::{Operation, Phase, Progress};
use crate::session;

query!(TENANTS_TO_EXPORT, "tenants_to_export.sql", &[pg_sys::UUIDARRAYOID]);

query!(NOW, "exported_at.sql", &[]);

/// How many rows are read at a time.
const BATCH: i32 = 1000;

/// The lines of an archive. See `tenancy.export_tenant`.
#[pg_extern(sql = false)]
fn export_tenant(
    tenant: Option<Uuid>,
    with_subtenants: Option<bool>,
    only_tables: Option<Vec<Option<Oid>>>,
) -> Result<SetOfIterator<'static, String>, ErrorReport> {
    let tenant = from_pg(given(tenant, "export_tenant", "tenant")?);
    let with_subtenants = given(with_subtenants, "export_tenant", "with_subtenants")?;
    let chosen = only_tables.map(|tables| {
        tables.into_iter().map(|table| given(table, "export_tenant", "only_tables")).collect::<Result<Vec<_>, _>>()
    });
    Ok(SetOfIterator::new(Export::begin(tenant, with_subtenants, chosen.transpose()?)?))
}

struct Export {
    /// Lines that are ready.
    ready: VecDeque<String>,
    /// What is still to be read, the next one first.
    sources: VecDeque<Source>,
    open: Option<Cursor>,
    /// None once the last line was written.
    writer: Option<Writer>,
    rows: i64,
    /// How many of them are in the section that is being read.
    rows_of_section: u64,
    /// Those with which it began: rows are read without asking for each.
    rights: u64,
    progress: Progress,
}

impl Export {
    fn begin(tenant: uuid::Uuid, with_subtenants: bool, chosen: Option<Vec<Oid>>) -> Result<Self, Refusal> {
        let progress = Progress::start(Operation::Export, pg_sys::InvalidOid);
        progress.tenant(tenant);
        let tenants = tenants(tenant, with_subtenants);
        check_readable(&tenants)?;
        let rights = session::rights();
        progress.phase(Phase::Counting);
        let sources = sections::of_tenants(&tenants, &sections::tables(chosen)?, &progress)?;
        let mut read: Vec<Oid> =
            sources.iter().filter(|source| source.is_to_be_allowed()).map(|s| s.relation).collect();
        read.dedup();
        privileges::require("export_tenant()", &read, &["SELECT"])?;
        privileges::refuse_narrowed("export_tenant()", &read, privileges::READING)?;
        let contents = Contents {
            tenants: described(&tenants)?,
            sections: sources.iter().map(|source| source.section.clone()).collect(),
        };
        progress.phase(Phase::Exporting);
        progress.total(contents.sections.iter().map(|section| section.rows as i64).sum());
        let (writer, first) = Writer::begin(env!("CARGO_PKG_VERSION"), exported_at(), &contents);
        let (ready, sources) = (first.into(), sources.into());
        Ok(Self { ready, sources, open: None, writer: Some(writer), rows: 0, rows_of_section: 0, rights, progress })
    }

    /// Reads the next rows, or writes the line that ends what there was to read.
    fn advance(&mut self) -> Result<(), Refusal> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let Some(source) = self.sources.front() else {
            self.ready.extend(self.writer.take().map(Writer::end));
            return Ok(());
        };
        if session::rights() != self.rights {
            // Half an archive is none.
            return Err(LifecycleRefusal::MayNotExport.into());
        }
        let cursor = self.open.take().unwrap_or_else(|| {
            self.progress.relation(source.relation);
            source.open()
        });
        let rows = source.fetch(&cursor, BATCH);
        if rows.is_empty() {
            cursor.close();
            if std::mem::take(&mut self.rows_of_section) != source.section.rows {
                // The row security of our own tables has hidden some.
                return Err(LifecycleRefusal::MayNotExport.into());
            }
            self.ready.push_back(writer.end_section(&source.section));
            self.sources.pop_front();
            return Ok(());
        }
        self.rows += rows.len() as i64;
        self.rows_of_section += rows.len() as u64;
        self.progress.rows(self.rows);
        for row in &rows {
            writer.row(row);
        }
        self.ready.extend(rows);
        self.open = Some(cursor);
        Ok(())
    }
}

impl Iterator for Export {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        while self.ready.is_empty() && self.writer.is_some() {
            pgrx::check_for_interrupts!();
            enforce(self.advance());
        }
        self.ready.pop_front()
    }
}

/// The beginning of the transaction, in UTC.
fn exported_at() -> String {
    let read = |row: &crate::pg::spi::Row| row.must(1);
    owner::run(|| NOW.with(|q| q.first(&[], Sees::Statement, read))).expect("there is always a time")
}

/// The tenant and, where they are wanted, those below it.
fn tenants(tenant: uuid::Uuid, with_subtenants: bool) -> Vec<uuid::Uuid> {
    if !with_subtenants {
        return hierarchy::tenant(tenant).into_iter().map(|tenant| tenant.id).collect();
    }
    hierarchy::related(tenant, Relation::Subtenants).into_iter().map(|tenant| tenant.id).collect()
}

/// One refusal for a tenant that is not there and one that the session may not read.
fn check_readable(tenants: &[uuid::Uuid]) -> Result<(), Refusal> {
    let readable = |id: &uuid::Uuid| session::ask(|access, _| access.reads.ids.contains(id));
    let may = privileges::is_exempt() || tenants.iter().all(readable);
    if tenants.is_empty() || !may { Err(LifecycleRefusal::MayNotExport.into()) } else { Ok(()) }
}

/// What `tenancy.tenants` says of them, from the top down.
fn described(tenants: &[uuid::Uuid]) -> Result<Vec<Tenant>, Refusal> {
    let ids: Vec<Uuid> = tenants.iter().copied().map(to_pg).collect();
    let read = |row: &crate::pg::spi::Row| row.must::<String>(1);
    let texts = columns::in_portable_form(|| {
        owner::run(|| TENANTS_TO_EXPORT.with(|q| q.rows(&[arg(ids)], Sees::Latest, read)))
    });
    let parse = |text: String| serde_json::from_str(&text).expect("the query gives a tenant's columns");
    Ok(texts.into_iter().map(parse).collect())
}
