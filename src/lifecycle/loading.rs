//! The statements that make rows of an archive's lines.

use std::ffi::CString;

use pgrx::pg_sys::Oid;
use pgrx::spi::{quote_identifier, quote_literal};

use super::Subject;
use super::arranging::{self, BATCH};
use super::columns::{self, Column};
use super::keys::{self, Arguments, Keys, Renewed};
use super::lines;
use super::staging::{LINES, Stage};
use super::{as_owner, one_owner};
use crate::catalog::protection::{self, KeyType, TenantColumn};
use crate::catalog::reached::{self, Lock};
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
    fn rows_from(&self) -> String {
        let defined: Vec<String> = self.columns.iter().map(Column::defined).collect();
        let defined = defined.join(", ");
        format!("{LINES} s cross join lateral pg_catalog.json_to_record({}) as x({defined})", lines::ROW)
    }

    /// A table of ours, on which nobody's code hangs.
    fn is_ours(&self) -> bool {
        self.section.schema == "tenancy"
    }

    /// Runs what reads values of the table's types or writes its rows: with the rights of its owner, but into our own tables with those
    /// of the caller.
    pub(super) fn with_rights<R>(&self, work: impl FnOnce() -> R) -> R {
        match self.is_ours() {
            true => columns::in_readable_form(work),
            false => as_owner(self.relation, "", || columns::in_readable_form(work)),
        }
    }

    /// Calls `work` for a batch of lines after the other.
    pub fn in_batches(&self, mut work: impl FnMut((i64, i64)) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let (mut first, last) = self.lines;
        while first <= last {
            pgrx::check_for_interrupts!();
            work((first, last.min(first + BATCH - 1)))?;
            first += BATCH;
        }
        Ok(())
    }

    /// Gives `each` the keys of the rows, a batch at a time.
    pub fn old_keys(&self, stage: &Stage, column: &str, mut each: impl FnMut(Vec<String>)) -> Result<(), Refusal> {
        let (column, rows) = (quote_identifier(column), self.rows_from());
        let text = format!("select x.{column}::pg_catalog.text from {rows} where x.{column} is not null");
        self.in_batches(|lines| {
            stage.show(&[lines]);
            each(self.with_rights(|| spi::once(&text, &[], &[], Sees::Statement, |row| row.must::<String>(1))));
            Ok(())
        })
    }

    /// The column by which rows of others refer to rows of the table.
    pub fn key_column(&self) -> Result<String, Refusal> {
        match columns::key(&self.columns).as_slice() {
            [column] => Ok(column.name.clone()),
            _ => Err(LifecycleRefusal::NoSingleKey { table: self.qualified() }.into()),
        }
    }

    /// Gives `each` public rows of the archive by their keys, and the keys of the only rows here that have the same natural keys.
    pub fn counterparts(
        &self,
        stage: &Stage,
        keys: &Keys,
        natural: &[String],
        mut each: impl FnMut(Vec<(String, String)>),
    ) -> Result<(), Refusal> {
        let key = quote_identifier(self.key_column()?);
        for name in natural {
            if !self.columns.iter().any(|column| &column.name == name) {
                return Err(LifecycleRefusal::NoSuchColumn { table: self.qualified(), column: name.clone() }.into());
            }
        }
        self.in_batches(|lines| {
            stage.show(&[lines]);
            let mut arguments = Arguments::default();
            let renewed = self.renewed(keys, &mut arguments, &between(lines), |name| natural.contains(name));
            let mut same: Vec<String> = (self.columns.iter().filter(|column| natural.contains(&column.name)))
                .map(|column| format!("p.{} is not distinct from {}", column.quoted(), value(column, &renewed)))
                .collect();
            if let Some(tenant) = &self.tenant {
                same.push(format!("p.{} is null", quote_identifier(&tenant.name)));
            }
            let (rows, here) = (self.rows_from(), relations::qualified(self.relation));
            let text = format!(
                "select x.{key}::pg_catalog.text, pg_catalog.min(p.{key}::pg_catalog.text) from {rows}{} \
                 join {here} p on {} group by 1 having pg_catalog.count(*) operator(pg_catalog.=) 1",
                renewed.joins,
                same.join(" and ")
            );
            let read = |row: &Row| (row.must(1), row.must(2));
            each(self.with_rights(|| spi::once_with_texts(&text, &arguments.0, Sees::Statement, read)));
            Ok(())
        })
    }

    /// What the keys in some lines become, in the columns that are wanted.
    fn renewed(
        &self,
        keys: &Keys,
        arguments: &mut Arguments,
        lines: &str,
        wanted: impl Fn(&String) -> bool,
    ) -> Renewed {
        let mut changing = keys.changing(self.relation, &self.columns);
        changing.retain(|(column, _)| wanted(&column.name));
        Renewed::of("x", &changing, arguments, |listed| {
            let text = format!("select {listed} from {} where {lines}", self.rows_from());
            let read = |row: &Row| (1..=changing.len()).map(|column| row.get::<String>(column)).collect();
            self.with_rights(|| spi::once(&text, &[], &[], Sees::Statement, read))
        })
    }
}

/// The value that a column gets.
fn value(column: &Column, renewed: &Renewed) -> String {
    let read = || column.imported(&format!("x.{}", column.quoted()));
    renewed.value(&column.name).map_or_else(read, str::to_owned)
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
        one_owner(group)?;
        for table in tables.iter().filter(|table| !table.is_ours() && table.rows > 0) {
            reached::lock(table.relation, Lock::ToWrite)?;
        }
        let written = if links.is_empty() {
            vec![self.one_by_one(tables[0], done)?]
        } else if tables.iter().map(|table| table.rows).sum::<i64>() <= BATCH {
            self.stage.show(&tables.iter().map(|table| table.lines).collect::<Vec<_>>());
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

    fn one_by_one(&self, table: &Table, done: impl Fn(i64)) -> Result<i64, Refusal> {
        let mut written = 0;
        table.in_batches(|lines| {
            self.stage.show(&[lines]);
            written += self.insert(&[(table, between(lines))]).into_iter().sum::<i64>();
            done(written);
            Ok(())
        })?;
        Ok(written)
    }

    /// One statement for some lines of each table, those for which a condition holds; says how many rows of each were written.
    pub(super) fn insert(&self, parts: &[(&Table, String)]) -> Vec<i64> {
        let named = |nth: usize, text: String| format!("w{nth} as ({text})");
        let mut arguments = Arguments::default();
        let statements: Vec<String> = (parts.iter().enumerate())
            .map(|(nth, (table, lines))| named(nth, self.statement(table, lines, &mut arguments)))
            .collect();
        let counts: Vec<String> =
            (0..parts.len()).map(|nth| format!("(select pg_catalog.count(*) from w{nth})")).collect();
        let text = format!("with {} select {}", statements.join(", "), counts.join(", "));
        let read = |row: &Row| -> Vec<i64> { (1..=parts.len()).map(|column| row.must(column)).collect() };
        let insert = || spi::once_with_texts(&text, &arguments.0, Sees::Statement, read);
        parts[0].0.with_rights(insert).into_iter().flatten().collect()
    }

    fn statement(&self, table: &Table, lines: &str, arguments: &mut Arguments) -> String {
        let renewed = table.renewed(self.keys, arguments, lines, |_| true);
        let values: Vec<String> = table
            .columns
            .iter()
            .map(|column| match &table.tenant {
                Some(tenant) if tenant.name == column.name => self.tenant(column, tenant.key),
                _ => value(column, &renewed),
            })
            .collect();
        let names: Vec<String> = table.columns.iter().map(Column::quoted).collect();
        format!(
            "insert into {} as t ({}) overriding system value select {} from {}{} \
             where {lines} order by s.line {} returning 1",
            relations::qualified(table.relation),
            names.join(", "),
            values.join(", "),
            table.rows_from(),
            renewed.joins,
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
            "{LINES} s cross join lateral pg_catalog.json_to_record({}) as x(user_id pg_catalog.uuid, role pg_catalog.text)",
            lines::ROW
        );
        self.stage.show(&[*lines]);
        let lines = between(*lines);
        let missing = format!(
            "select distinct x.role from {from} where {lines} and not exists (select from tenancy.roles r where r.name operator(pg_catalog.=) x.role) order by 1"
        );
        let roles = spi::once(&missing, &[], &[], Sees::Statement, |row| row.must::<String>(1));
        if !roles.is_empty() {
            return Err(LifecycleRefusal::UnknownRoles { roles }.into());
        }
        let relation = relations::by_name(c"tenancy", "user_roles").expect("the extension is installed");
        let contacts = relations::by_name(c"tenancy", "contacts").expect("the extension is installed");
        let (join, user, arguments) = self.users(contacts, &from);
        // An archive from elsewhere gives nobody else roles.
        let tenants: Vec<String> = self.tenants.iter().map(|tenant| tenant.id.to_string()).collect();
        let theirs = format!(
            "exists (select from tenancy.users u where u.id operator(pg_catalog.=) {user} \
             and u.tenant_id operator(pg_catalog.=) any ({}::pg_catalog.uuid[]))",
            quote_literal(format!("{{{}}}", tenants.join(",")))
        );
        let others = format!("select pg_catalog.count(*) from {from}{join} where {lines} and not {theirs}");
        let count = |text: &str| -> i64 {
            let read = |row: &Row| row.must::<i64>(1);
            spi::once_with_texts(text, &arguments.0, Sees::Statement, read).into_iter().sum()
        };
        let count_others = count(&others);
        if count_others > 0 && self.conflict != Conflict::Skip {
            return Err(LifecycleRefusal::RolesOfOthers { count: count_others }.into());
        }
        let text = format!(
            "with w as (insert into tenancy.user_roles (user_id, role_id) select {user}, r.id from {from}{join} \
             join tenancy.roles r on r.name operator(pg_catalog.=) x.role where {lines} and {theirs} on conflict do nothing returning 1) \
             select pg_catalog.count(*) from w"
        );
        Ok(Some((relation, section.rows as i64, count(&text))))
    }

    /// The join that finds the users of the lines shown, and their ids here.
    fn users(&self, contacts: Oid, from: &str) -> (String, String, Arguments) {
        let mut arguments = Arguments::default();
        let column = Column::named("user_id", "pg_catalog.uuid");
        let changing: Vec<_> =
            self.keys.source_of(contacts, "id").map(|source| (&column, source)).into_iter().collect();
        let renewed = Renewed::of("x", &changing, &mut arguments, |listed| {
            let text = format!("select {listed} from {from}");
            spi::once(&text, &[], &[], Sees::Statement, |row| vec![row.get::<String>(1)])
        });
        let user = renewed.value(&column.name).unwrap_or("x.user_id").to_owned();
        (renewed.joins, user, arguments)
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
