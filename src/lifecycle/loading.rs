//! The statements that make rows of an archive's lines.

use std::ffi::CString;

use pgrx::pg_sys::Oid;
use pgrx::spi::{quote_identifier, quote_literal};

use super::Subject;
use super::arranging::{self, BATCH};
use super::columns::{self, Column};
use super::keys::{self, Keys};
use super::lines;
use super::staging::Stage;
use crate::catalog::protection::{self, KeyType, TenantColumn};
use crate::error::{LifecycleRefusal, Refusal};
use crate::model::archive::{RowsOf, Section, Tenant};
use crate::model::template;
use crate::pg::spi::{self, Row, Sees};
use crate::pg::{owner, relations};

/// What is done about a row whose key is here already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    Refuse,
    Skip,
    Replace,
}

impl Conflict {
    /// The policy with this name.
    pub fn by_name(name: &str) -> Result<Self, Refusal> {
        Ok(match name {
            "refuse" => Self::Refuse,
            "skip" => Self::Skip,
            "replace" => Self::Replace,
            _ => {
                let known = "'refuse', 'skip' or 'replace'";
                return Err(LifecycleRefusal::UnknownOption { option: "on_conflict", given: name.into(), known }.into());
            }
        })
    }
}

/// A section of the archive and the table here that has its rows.
pub struct Table<'a> {
    pub relation: Oid,
    pub rows_of: RowsOf,
    pub rows: i64,
    section: &'a Section,
    pub(super) lines: (i64, i64),
    pub(super) columns: Vec<Column>,
    tenant: Option<TenantColumn>,
}

impl<'a> Table<'a> {
    /// The tables of an archive, but for users' roles, which are named otherwise there.
    pub fn of(stage: &'a Stage) -> Result<Vec<Self>, Refusal> {
        let sections = stage.contents.sections.iter().zip(&stage.lines);
        sections.filter(|(section, _)| !is_user_roles(section)).map(|(s, lines)| Self::find(s, *lines)).collect()
    }

    fn find(section: &'a Section, lines: (i64, i64)) -> Result<Self, Refusal> {
        let named = format!("{}.{}", section.schema, section.table);
        let missing = || LifecycleRefusal::NoSuchTable { table: named.clone() };
        let schema = CString::new(section.schema.as_str()).map_err(|_| missing())?;
        let relation = relations::by_name(&schema, &section.table).ok_or_else(missing)?;
        let ours = section.schema == "tenancy" && matches!(section.table.as_str(), "contacts" | "users");
        let tenant = match protection::protection(relation) {
            Some(protection) => protection.tenant,
            None if ours => Some(TenantColumn { name: "tenant_id".into(), key: KeyType::Uuid }),
            None => return Err(missing().into()),
        };
        if tenant.as_ref().map(|tenant| &tenant.name) != section.tenant_column.as_ref() {
            return Err(missing().into());
        }
        let mut here = columns::of(relation);
        let columns = section.columns.iter().map(|wanted| {
            let at = here.iter().position(|column| column.name == wanted.name);
            at.map(|at| here.swap_remove(at)).ok_or_else(|| {
                LifecycleRefusal::NoSuchColumn { table: named.clone(), column: wanted.name.clone() }.into()
            })
        });
        let columns = columns.collect::<Result<Vec<_>, Refusal>>()?;
        Ok(Self { relation, rows_of: section.rows_of, rows: section.rows as i64, section, lines, columns, tenant })
    }

    /// The name in the archive.
    pub fn qualified(&self) -> String {
        format!("{}.{}", self.section.schema, self.section.table)
    }

    /// The rows `x` of some lines.
    fn rows_from(&self, stage: &Stage) -> String {
        let defined: Vec<String> = self.columns.iter().map(Column::defined).collect();
        format!(
            "only {} s cross join lateral pg_catalog.json_to_record({}) as x({})",
            stage.name,
            lines::ROW,
            defined.join(", ")
        )
    }

    pub(super) fn all_lines(&self) -> String {
        between(self.lines)
    }

    /// The keys of the rows, as `old`.
    pub fn old_keys(&self, stage: &Stage, column: &str) -> String {
        let (rows, lines) = (self.rows_from(stage), self.all_lines());
        format!("select x.{}::pg_catalog.text as old from {rows} where {lines}", quote_identifier(column))
    }

    /// The column by which rows of others refer to rows of the table.
    pub fn key_column(&self) -> Result<String, Refusal> {
        match columns::key(&self.columns).as_slice() {
            [column] => Ok(column.name.clone()),
            _ => Err(LifecycleRefusal::NoSingleKey { table: self.qualified() }.into()),
        }
    }

    /// Public rows of the archive by their keys, `old`, and the only row here that has the same natural key, `new`.
    pub fn counterparts(&self, stage: &Stage, keys: &Keys, natural: &[String]) -> Result<String, Refusal> {
        let key = quote_identifier(self.key_column()?);
        let (mut joins, mut same) = (String::new(), Vec::new());
        for name in natural {
            let column = self
                .columns
                .iter()
                .find(|column| &column.name == name)
                .ok_or_else(|| LifecycleRefusal::NoSuchColumn { table: self.qualified(), column: name.clone() })?;
            let value = self.value(column, keys, &mut joins);
            same.push(format!("p.{} is not distinct from {value}", column.quoted()));
        }
        if let Some(tenant) = &self.tenant {
            same.push(format!("p.{} is null", quote_identifier(&tenant.name)));
        }
        let (rows, here) = (self.rows_from(stage), relations::qualified(self.relation));
        Ok(format!(
            "select x.{key}::pg_catalog.text as old, pg_catalog.min(p.{key}::pg_catalog.text) as new from {rows}{joins} \
             join {here} p on {} where {} group by 1 having pg_catalog.count(*) operator(pg_catalog.=) 1",
            same.join(" and "),
            self.all_lines()
        ))
    }

    /// The value that a column gets, and the join that finds it.
    fn value(&self, column: &Column, keys: &Keys, joins: &mut String) -> String {
        let read = format!("x.{}", column.quoted());
        match keys.renewed(self.relation, &column.name, &read, &column.kind) {
            Some((join, value)) => {
                joins.push_str(&join);
                value
            }
            None => column.imported(&read),
        }
    }
}

/// Row `s` of the stage is one of these lines.
pub fn between(lines: (i64, i64)) -> String {
    format!("s.line between {} and {}", lines.0, lines.1)
}

fn is_user_roles(section: &Section) -> bool {
    section.schema == "tenancy" && section.table == "user_roles"
}

/// An archive on its way in.
pub struct Loading<'a> {
    pub stage: &'a Stage,
    pub tables: &'a [Table<'a>],
    pub keys: &'a Keys,
    /// The archive's tenants, and what they become.
    pub old: &'a [Tenant],
    pub tenants: &'a [Subject],
    pub conflict: Conflict,
}

impl Loading<'_> {
    /// Inserts the rows of a table, or of tables that refer to each other in a circle, a batch at a time; says for each table
    /// how many there are and how many were written.
    pub fn load(&self, group: &[Oid], done: impl Fn(i64)) -> Result<Vec<(Oid, i64, i64)>, Refusal> {
        let tables: Vec<&Table> = group.iter().flat_map(|relation| self.of_tenants(*relation)).collect();
        let links = arranging::links_among(group);
        let written = if links.is_empty() {
            vec![self.in_batches(tables[0], done)]
        } else if tables.iter().map(|table| table.rows).sum::<i64>() <= BATCH {
            self.insert(&tables.iter().map(|table| (*table, between(table.lines))).collect::<Vec<_>>())
        } else {
            self.in_order(&tables, &links, done)
        };
        let report: Vec<_> = tables.iter().zip(written).map(|(t, written)| (t.relation, t.rows, written)).collect();
        let lost = report.iter().zip(&tables).find(|((_, rows, written), _)| written < rows);
        match lost {
            Some((_, table)) if self.conflict != Conflict::Skip => {
                Err(LifecycleRefusal::KeyOfAnother { table: table.qualified() }.into())
            }
            _ => Ok(report),
        }
    }

    pub(super) fn of_tenants(&self, relation: Oid) -> Option<&Table<'_>> {
        self.tables.iter().find(|table| table.relation == relation && table.rows_of == RowsOf::Tenants)
    }

    fn in_batches(&self, table: &Table, done: impl Fn(i64)) -> i64 {
        let (mut first, last) = table.lines;
        let mut written = 0;
        while first <= last {
            pgrx::check_for_interrupts!();
            written += self.insert(&[(table, between((first, last.min(first + BATCH - 1))))]).into_iter().sum::<i64>();
            first += BATCH;
            done(written);
        }
        written
    }

    /// One statement for some lines of each table, those for which a condition holds; says how many rows of each were written.
    pub(super) fn insert(&self, parts: &[(&Table, String)]) -> Vec<i64> {
        let named = |nth: usize, text: String| format!("w{nth} as ({text})");
        let statements: Vec<String> =
            parts.iter().enumerate().map(|(nth, (table, lines))| named(nth, self.statement(table, lines))).collect();
        let counts: Vec<String> =
            (0..parts.len()).map(|nth| format!("(select pg_catalog.count(*) from w{nth})")).collect();
        let text = format!("with {} select {}", statements.join(", "), counts.join(", "));
        let read = |row: &Row| -> Vec<i64> { (1..=parts.len()).map(|column| row.must(column)).collect() };
        columns::in_readable_form(|| spi::once(&text, &[], &[], Sees::Statement, read)).into_iter().flatten().collect()
    }

    fn statement(&self, table: &Table, lines: &str) -> String {
        let mut joins = String::new();
        let values: Vec<String> = table
            .columns
            .iter()
            .map(|column| match &table.tenant {
                Some(tenant) if tenant.name == column.name => self.tenant(column, tenant.key),
                _ => table.value(column, self.keys, &mut joins),
            })
            .collect();
        let names: Vec<String> = table.columns.iter().map(Column::quoted).collect();
        format!(
            "insert into {} as t ({}) overriding system value select {} from {}{joins} \
             where {lines} order by s.line {} returning 1",
            relations::qualified(table.relation),
            names.join(", "),
            values.join(", "),
            table.rows_from(self.stage),
            self.on_conflict(table)
        )
    }

    /// The tenant that a row's tenant becomes.
    fn tenant(&self, column: &Column, key: KeyType) -> String {
        let (old, new): (Vec<String>, Vec<String>) = match key {
            KeyType::Uuid => {
                let new = self.tenants.iter().map(|tenant| tenant.id.to_string());
                (self.old.iter().map(|tenant| tenant.id.clone()).collect(), new.collect())
            }
            KeyType::Number => {
                let new = self.tenants.iter().map(|tenant| tenant.number.to_string());
                (self.old.iter().map(|tenant| tenant.number.to_string()).collect(), new.collect())
            }
        };
        let read = format!("x.{}", column.quoted());
        if old == new {
            return read;
        }
        let kind = if key == KeyType::Uuid { "pg_catalog.uuid" } else { "pg_catalog.int8" };
        let array = |values: Vec<String>| format!("{}::{kind}[]", quote_literal(format!("{{{}}}", values.join(","))));
        let (old, new) = (array(old), array(new));
        format!("({new})[pg_catalog.array_position({old}, {read}::{kind})]::{}", column.kind)
    }

    fn on_conflict(&self, table: &Table) -> String {
        let key: Vec<String> = columns::key(&table.columns).into_iter().map(Column::quoted).collect();
        match self.conflict {
            Conflict::Refuse => String::new(),
            Conflict::Skip => "on conflict do nothing".into(),
            Conflict::Replace if key.is_empty() => String::new(),
            Conflict::Replace => {
                let others = table.columns.iter().filter(|column| column.in_key.is_none() && !column.identity);
                let set: Vec<String> =
                    others.map(Column::quoted).map(|name| format!("{name} = excluded.{name}")).collect();
                let tenant = table.tenant.as_ref().map_or_else(String::new, |tenant| quote_identifier(&tenant.name));
                format!(
                    "on conflict ({}) do update set {} where t.{tenant} operator(pg_catalog.=) excluded.{tenant}",
                    key.join(", "),
                    set.join(", ")
                )
            }
        }
    }

    /// The roles of the archive's users, by their names here.
    pub fn load_user_roles(&self) -> Result<Option<(Oid, i64, i64)>, Refusal> {
        let sections = self.stage.contents.sections.iter().zip(&self.stage.lines);
        let Some((section, lines)) = sections.into_iter().find(|(section, _)| is_user_roles(section)) else {
            return Ok(None);
        };
        let from = format!(
            "only {} s cross join lateral pg_catalog.json_to_record({}) as x(user_id pg_catalog.uuid, role pg_catalog.text)",
            self.stage.name,
            lines::ROW
        );
        let lines = format!("s.line between {} and {}", lines.0, lines.1);
        let missing = format!(
            "select distinct x.role from {from} where {lines} and not exists (select from tenancy.roles r where r.name operator(pg_catalog.=) x.role) order by 1"
        );
        let roles = spi::once(&missing, &[], &[], Sees::Statement, |row| row.must::<String>(1));
        if !roles.is_empty() {
            return Err(LifecycleRefusal::UnknownRoles { roles }.into());
        }
        let relation = relations::by_name(c"tenancy", "user_roles").expect("the extension is installed");
        let contacts = relations::by_name(c"tenancy", "contacts").expect("the extension is installed");
        let (join, user) = self
            .keys
            .renewed(contacts, "id", "x.user_id", "pg_catalog.uuid")
            .unwrap_or_else(|| (String::new(), "x.user_id".into()));
        // An archive from elsewhere gives nobody else roles.
        let tenants: Vec<String> = self.tenants.iter().map(|tenant| tenant.id.to_string()).collect();
        let theirs = format!(
            "exists (select from tenancy.users u where u.id operator(pg_catalog.=) {user} \
             and u.tenant_id operator(pg_catalog.=) any ({}::pg_catalog.uuid[]))",
            quote_literal(format!("{{{}}}", tenants.join(",")))
        );
        let others = format!("select pg_catalog.count(*) from {from}{join} where {lines} and not {theirs}");
        let count = spi::once(&others, &[], &[], Sees::Statement, |row| row.must::<i64>(1)).into_iter().sum();
        if count > 0 && self.conflict != Conflict::Skip {
            return Err(LifecycleRefusal::RolesOfOthers { count }.into());
        }
        let text = format!(
            "with w as (insert into tenancy.user_roles (user_id, role_id) select {user}, r.id from {from}{join} \
             join tenancy.roles r on r.name operator(pg_catalog.=) x.role where {lines} and {theirs} on conflict do nothing returning 1) \
             select pg_catalog.count(*) from w"
        );
        let written = spi::once(&text, &[], &[], Sees::Statement, |row| row.must::<i64>(1));
        Ok(Some((relation, section.rows as i64, written.into_iter().sum())))
    }

    /// Sequences go on after the keys that were kept, but for those that would take more than half of what a sequence has
    /// left: a row with the last key of all does not leave the others without any.
    pub fn advance_sequences(&self) {
        for table in self.tables.iter().filter(|table| table.rows_of == RowsOf::Tenants && table.rows > 0) {
            for (column, sequence) in keys::sequences(table.relation) {
                let (column, from) = (quote_identifier(column), relations::qualified(table.relation));
                let text = advance(&sequence, &column, &from);
                owner::run_pinned_as_owner_of(table.relation, || spi::once(&text, &[], &[], Sees::Latest, |_| ()));
            }
        }
        let text = advance("tenancy.tenants_number_seq", "number", "tenancy.tenants");
        owner::run(|| spi::once(&text, &[], &[], Sees::Latest, |_| ()));
    }
}

fn advance(sequence: &str, column: &str, from: &str) -> String {
    let values = [
        ("name", quote_literal(sequence)),
        ("sequence", sequence.into()),
        ("column", column.into()),
        ("table", from.into()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    template::fill(include_str!("../../sql/templates/advanced_sequence.sql"), &values)
}
