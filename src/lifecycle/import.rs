//! Rows of an archive become rows of this database: `import_tenant`.
//!
//! The archive is read twice: first to see that it is sound, then by the statements that insert its rows, a batch of lines at
//! a time. What the caller may write is asked before; the statements run with the rights of the tables' owners, and rows go
//! through all checks.

use std::collections::HashMap;

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{self, Oid};
use pgrx::{JsonB, Uuid, name, pg_extern};

use super::keys::{self, Keys};
use super::lines;
use super::loading::{Conflict, Loading, Table};
use super::staging::Stage;
use super::{Subject, require_administrator};
use crate::administration::ours;
use crate::catalog::dependencies;
use crate::catalog::{from_pg, hierarchy, to_pg};
use crate::error::{LifecycleRefusal, Refusal, given};
use crate::model::archive::{RowsOf, Tenant};
use crate::pg::deferred::nothing_deferred;
use crate::pg::spi::{Arg, Sees, arg, query};
use crate::pg::{owner, subtransaction};
use crate::privileges;
use crate::progress::{Operation, Phase, Progress};

query!(
    INSERT_TENANT,
    "import_tenant_row.sql",
    &[
        pg_sys::UUIDOID,
        pg_sys::TEXTOID,
        pg_sys::UUIDOID,
        pg_sys::BOOLOID,
        pg_sys::TEXTOID,
        pg_sys::INT8OID,
        pg_sys::TEXTOID,
        pg_sys::TEXTOID,
        pg_sys::TEXTOID,
        pg_sys::TEXTOID,
        pg_sys::TEXTOID,
        pg_sys::TEXTOID,
    ]
);
query!(NAME_TAKEN, "tenant_name_taken.sql", &[pg_sys::TEXTOID]);
query!(SET_CONTACT, "import_tenant_contact.sql", &[pg_sys::UUIDOID, pg_sys::TEXTOID]);

/// Inserts the rows of an archive. See `tenancy.import_tenant`.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)] // what a set-returning function of pgrx returns
fn import_tenant(
    source: Option<Oid>,
    target: Option<Uuid>,
    parent: Option<Uuid>,
    keys: Option<&str>,
    on_conflict: Option<&str>,
    match_public: Option<JsonB>,
    dry_run: Option<bool>,
) -> Result<TableIterator<'static, (name!(relation, Oid), name!(rows, i64), name!(written, i64))>, ErrorReport> {
    let source = given(source, "import_tenant", "source")?;
    let options = Options {
        target: target.map(from_pg),
        parent: parent.map(from_pg),
        new_keys: new_keys(given(keys, "import_tenant", "keys")?)?,
        conflict: Conflict::by_name(given(on_conflict, "import_tenant", "on_conflict")?)?,
        matched: matched(given(match_public, "import_tenant", "match_public")?)?,
    };
    let dry_run = given(dry_run, "import_tenant", "dry_run")?;
    require_administrator("import tenants")?;
    let progress = Progress::start(Operation::Import, source);
    progress.phase(Phase::Verifying);
    let stage = Stage::read(source, &progress)?;
    let run = || nothing_deferred(|| run(&stage, &options, &progress, dry_run));
    let work = || lines::located(&stage, run);
    let report = if dry_run { subtransaction::taken_back(work) } else { work() };
    Ok(TableIterator::new(report?))
}

struct Options {
    target: Option<uuid::Uuid>,
    parent: Option<uuid::Uuid>,
    new_keys: bool,
    conflict: Conflict,
    matched: HashMap<String, Vec<String>>,
}

fn new_keys(keys: &str) -> Result<bool, Refusal> {
    match keys {
        "keep" => Ok(false),
        "new" => Ok(true),
        _ => {
            Err(LifecycleRefusal::UnknownOption { option: "keys", given: keys.into(), known: "'keep' or 'new'" }.into())
        }
    }
}

fn matched(option: JsonB) -> Result<HashMap<String, Vec<String>>, Refusal> {
    let given = option.0.to_string();
    let known = "an object such as {\"shop.models\": [\"maker\", \"name\"]}";
    serde_json::from_value(option.0)
        .map_err(|_| LifecycleRefusal::UnknownOption { option: "match_public", given, known }.into())
}

fn run(stage: &Stage, options: &Options, progress: &Progress, dry_run: bool) -> Result<Vec<(Oid, i64, i64)>, Refusal> {
    let tenants = tenants(&stage.contents.tenants, options)?;
    progress.tenant(tenants[0].id);
    progress.phase(Phase::Importing);
    progress.total(stage.contents.sections.iter().map(|section| section.rows as i64).sum());
    let tables = Table::of(stage)?;
    let relations: Vec<Oid> = tables.iter().filter(|t| t.rows_of == RowsOf::Tenants).map(|t| t.relation).collect();
    check_privileges(&tables, &tenants, options)?;
    let mut keys = Keys::among(&relations);
    keys::create_table();
    stage.begin();
    fill_keys(stage, options, &tables, &mut keys)?;
    let loading = Loading {
        stage,
        tables: &tables,
        keys: &keys,
        tenants: &tenants,
        old: &stage.contents.tenants,
        conflict: options.conflict,
    };
    let mut report = Vec::new();
    let mut done = 0;
    for group in dependencies::parents_first(&relations) {
        pgrx::check_for_interrupts!();
        progress.relation(group.tables[0]);
        for (relation, rows, written) in loading.load(&group.tables, |rows| progress.rows(done + rows))? {
            done += rows;
            report.push((relation, rows, written));
        }
    }
    report.extend(loading.load_user_roles()?);
    keys::drop_table();
    Stage::end();
    for (tenant, old) in tenants.iter().zip(&stage.contents.tenants) {
        let contact = old.contact_id.as_deref().and_then(arg);
        ours(|| SET_CONTACT.with(|q| q.rows(&[arg(to_pg(tenant.id)), contact], Sees::Statement, |_| ())));
    }
    if !dry_run {
        // What no rollback takes back comes last.
        loading.advance_sequences();
    }
    report.retain(|(_, rows, _)| *rows > 0);
    Ok(report)
}

/// What the caller has to be allowed, so that it is not found out one table after the other.
fn check_privileges(tables: &[Table], tenants: &[Subject], options: &Options) -> Result<(), Refusal> {
    let written = tables.iter().filter(|table| table.rows_of == RowsOf::Tenants && table.rows > 0);
    let written: Vec<Oid> = written.map(|table| table.relation).collect();
    let matched = tables.iter().filter(|t| t.rows_of == RowsOf::Public && options.matched.contains_key(&t.qualified()));
    let matched: Vec<Oid> = matched.map(|table| table.relation).collect();
    let needed: &[&str] = match options.conflict {
        Conflict::Replace => &["INSERT", "SELECT", "UPDATE"],
        Conflict::Refuse | Conflict::Skip => &["INSERT"],
    };
    privileges::require("import_tenant()", &written, needed)?;
    privileges::require("import_tenant()", &matched, &["SELECT"])?;
    privileges::refuse_narrowed("import_tenant()", &written, privileges::WRITING)?;
    privileges::refuse_narrowed("import_tenant()", &matched, privileges::READING)?;
    if written.is_empty() { Ok(()) } else { privileges::require_writing(tenants.iter().map(|tenant| tenant.id)) }
}

/// New keys for the tenants' rows, if they are wanted, and the keys here of the public rows that are recognised.
fn fill_keys(stage: &Stage, options: &Options, tables: &[Table], keys: &mut Keys) -> Result<(), Refusal> {
    if options.new_keys {
        for table in tables.iter().filter(|table| table.rows_of == RowsOf::Tenants) {
            if keys.renew(table.relation) {
                let source = keys.sources.len() - 1;
                let found = &keys.sources[source];
                table.old_keys(stage, &found.column, |old| keys::make(source, found, old))?;
            }
        }
    }
    for name in options.matched.keys() {
        if !tables.iter().any(|table| &table.qualified() == name) {
            let refusal = LifecycleRefusal::UnknownOption {
                option: "match_public",
                given: name.clone(),
                known: "tables of the archive, as schema.table",
            };
            return Err(refusal.into());
        }
    }
    for table in tables.iter().filter(|table| table.rows_of == RowsOf::Public) {
        let Some(natural) = options.matched.get(&table.qualified()) else { continue };
        let key = table.key_column()?;
        let mut found = Vec::new();
        table.counterparts(stage, keys, natural, |some| found.extend(some))?;
        let missing = table.rows - found.len() as i64;
        keys::fill(keys.replace(table.relation, &key), &found);
        if missing > 0 {
            return Err(LifecycleRefusal::NoCounterpart { table: table.qualified(), count: missing }.into());
        }
    }
    keys::analyze();
    Ok(())
}

/// The tenants that the archive's become, in the same order: those that are here already, and new ones.
fn tenants(described: &[Tenant], options: &Options) -> Result<Vec<Subject>, Refusal> {
    let mut known: HashMap<&str, uuid::Uuid> = HashMap::new();
    let mut tenants: Vec<Subject> = Vec::new();
    for (nth, tenant) in described.iter().enumerate() {
        let old = uuid::Uuid::parse_str(&tenant.id).map_err(|_| LifecycleRefusal::NoSuchTenant)?;
        let wanted = if options.new_keys { uuid::Uuid::new_v4() } else { old };
        let id = options.target.filter(|_| nth == 0).unwrap_or(wanted);
        if hierarchy::tenant(id).is_none() {
            let parent = tenant.parent_id.as_deref().and_then(|old| known.get(old).copied());
            let parent = if nth == 0 { options.parent.or_else(|| parent_here(tenant)) } else { parent };
            create(tenant, id, parent, options)?;
        }
        known.insert(&tenant.id, id);
        let subject = Subject::find(id)?;
        if let Some(topmost) = tenants.first().filter(|topmost| !hierarchy::is_above(topmost.id, id)) {
            let topmost = topmost.name.clone();
            return Err(LifecycleRefusal::TenantElsewhere { tenant: subject.name, topmost }.into());
        }
        tenants.push(subject);
    }
    Ok(tenants)
}

/// The tenant above the archive's topmost, where there is one of this id.
fn parent_here(tenant: &Tenant) -> Option<uuid::Uuid> {
    let id = uuid::Uuid::parse_str(tenant.parent_id.as_deref()?).ok()?;
    hierarchy::tenant(id).map(|tenant| tenant.id)
}

fn create(tenant: &Tenant, id: uuid::Uuid, parent: Option<uuid::Uuid>, options: &Options) -> Result<(), Refusal> {
    let text = |value: &Option<String>| value.as_deref().and_then(arg);
    let taken = owner::run(|| NAME_TAKEN.with(|q| q.first(&[arg(tenant.name.as_str())], Sees::Latest, |_| ())));
    if taken.is_some() {
        return Err(LifecycleRefusal::TenantNameTaken { name: tenant.name.clone() }.into());
    }
    let number = (!options.new_keys && hierarchy::tenant_by_number(tenant.number).is_none()).then_some(tenant.number);
    let values: [Arg; 12] = [
        arg(to_pg(id)),
        arg(tenant.name.as_str()),
        parent.map(to_pg).and_then(arg),
        arg(tenant.allows_subtenants),
        arg(tenant.status.as_str()),
        number.and_then(arg),
        text(&tenant.description),
        text(&tenant.terms_of_use),
        text(&tenant.logo_url),
        text(&tenant.location),
        arg(tenant.created_at.as_str()),
        arg(tenant.updated_at.as_str()),
    ];
    owner::run(|| INSERT_TENANT.with(|q| q.rows(&values, Sees::Statement, |_| ())));
    Ok(())
}
