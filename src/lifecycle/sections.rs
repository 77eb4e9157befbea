//! What an archive consists of: the tenants' rows of every protected table, parents before children, and before them the
//! public rows that they refer to, which an import may have to recognise.
//!
//! The rows of a table are read with the rights of its owner; whose they are is said by the conditions here.

use pgrx::pg_sys::{self, Oid};
use pgrx::spi::{quote_identifier, quote_literal};
use uuid::Uuid;

use super::columns::{self, Column};
use super::{GO_ON_WITHOUT, as_owner};
use crate::catalog::protection::{self, KeyType, Kind, Protection, Reference};
use crate::catalog::reached::{self, Lock};
use crate::catalog::{dependencies, hierarchy, to_pg};
use crate::error::Refusal;
use crate::model::archive::{self, RowsOf, Section};
use crate::parts;
use crate::pg::cursor::Cursor;
use crate::pg::spi::{self, Arg, Row, Sees, arg};
use crate::pg::{owner, relations};
use crate::progress::Progress;
use crate::session;

/// A section and the query that gives its rows as lines. `$1` are the tenants' ids, `$2` their numbers.
pub struct Source {
    pub section: Section,
    pub relation: Oid,
    text: String,
    values: [Arg; 2],
    /// A table of ours, which row security shows the caller, and on which nobody's code hangs.
    is_ours: bool,
}

const TYPES: [Oid; 2] = [pg_sys::UUIDARRAYOID, pg_sys::INT8ARRAYOID];

impl Source {
    /// Begins to read the rows.
    pub fn open(&self) -> Cursor {
        self.reading(|| Cursor::open(&self.text, &TYPES, &self.values))
    }

    /// The next lines; none when there are no more.
    pub fn fetch(&self, cursor: &Cursor, count: i32) -> Vec<String> {
        self.reading(|| cursor.fetch(count, |row| row.must(1)))
    }

    fn count(&self, from: &str) -> u64 {
        let text = format!("select pg_catalog.count(*) from {from}");
        let rows = self.reading(|| {
            let cursor = Cursor::open(&text, &TYPES, &self.values);
            let rows = cursor.fetch(1, |row| row.must::<i64>(1));
            cursor.close();
            rows
        });
        rows.into_iter().sum::<i64>().cast_unsigned()
    }

    fn reading<R>(&self, work: impl FnOnce() -> R) -> R {
        match self.is_ours {
            true => columns::in_portable_form(work),
            false => as_owner(self.relation, GO_ON_WITHOUT, || columns::in_portable_form(work)),
        }
    }

    /// Is there a row that somebody has to be allowed to read?
    pub fn is_to_be_allowed(&self) -> bool {
        !self.is_ours && self.section.rows > 0
    }
}

/// The sections of an archive of these tenants, with the numbers of rows that the calling statement sees.
pub fn of_tenants(tenants: &[Uuid], tables: &[Oid], progress: &Progress) -> Result<Vec<Source>, Refusal> {
    let builder = Builder { values: keys_of(tenants), tables, progress };
    let mut sources = Vec::new();
    // Who may log in with which role is for administrators to know.
    if owner::outer_user_is_exempt() || session::administers() {
        sources.extend(builder.people());
    }
    for &relation in tables {
        pgrx::check_for_interrupts!();
        let Some(table) = protection::table(relation) else { continue };
        progress.relation(relation);
        reached::lock(relation, Lock::ToRead)?;
        sources.extend(builder.public(relation, &table.protection));
        sources.extend(builder.of_tenants(relation, &table.protection));
    }
    Ok(sources)
}

/// The protected tables, or those chosen of them, and their inheritance children, which have columns of their own, parents before
/// children.
pub fn tables(chosen: Option<Vec<Oid>>) -> Result<Vec<Oid>, Refusal> {
    let all = dependencies::protected_roots();
    let wanted = chosen.unwrap_or_else(|| all.clone());
    if let Some(other) = wanted.iter().find(|table| !all.contains(table)) {
        return Err(not_exported(*other));
    }
    let roots = all.into_iter().filter(|root| wanted.contains(root));
    let tables: Vec<Oid> = roots.flat_map(|root| owner::run(|| parts::with_own_constraints(root))).collect();
    Ok(dependencies::parents_first(&tables).into_iter().flat_map(|group| group.tables).collect())
}

fn not_exported(relation: Oid) -> Refusal {
    let name = relations::qualified(relation);
    match protection::protection(relation) {
        Some(found) => Refusal::PartOfAnother { relation: name, root: relations::qualified(found.root) },
        None => Refusal::NotProtected { relation: name },
    }
}

fn keys_of(tenants: &[Uuid]) -> [Arg; 2] {
    let numbers = tenants.iter().filter_map(|id| hierarchy::tenant(*id)).map(|tenant| tenant.number);
    let ids: Vec<pgrx::Uuid> = tenants.iter().copied().map(to_pg).collect();
    [arg(ids), arg(numbers.collect::<Vec<i64>>())]
}

struct Builder<'a> {
    values: [Arg; 2],
    /// Those that are looked at.
    tables: &'a [Oid],
    progress: &'a Progress,
}

impl Builder<'_> {
    fn of_tenants(&self, relation: Oid, protection: &Protection) -> Option<Source> {
        let condition = of_tenants_condition("r", protection)?;
        Some(self.source(relation, protection, RowsOf::Tenants, &condition))
    }

    /// None where nothing refers to public rows of the table.
    fn public(&self, relation: Oid, protection: &Protection) -> Option<Source> {
        let condition = self.referred(relation, protection, "r", &[])?;
        let source = self.source(relation, protection, RowsOf::Public, &condition);
        (source.section.rows > 0).then_some(source)
    }

    fn source(&self, relation: Oid, protection: &Protection, rows_of: RowsOf, condition: &str) -> Source {
        self.progress.relation(relation);
        let columns = columns::of(relation);
        let from = format!("{} r where {condition}", from(relation));
        let values: Vec<String> = columns.iter().map(Column::exported).collect();
        let key: Vec<String> = columns::key(&columns).into_iter().map(Column::ordered).collect();
        let order = if key.is_empty() { String::new() } else { format!("order by {}", key.join(", ")) };
        let rows = format!("select {} from {from} {order}", values.join(", "));
        let mut text = format!("select pg_catalog.row_to_json(x.*)::pg_catalog.text as line from ({rows}) x");
        if key.is_empty() {
            text = format!("select line from ({text}) lines order by line collate pg_catalog.\"C\"");
        }
        let section = Section {
            schema: relations::schema(relation),
            table: relations::name(relation),
            rows_of,
            rows: 0,
            columns: columns.iter().map(Column::listed).collect(),
            tenant_column: protection.tenant.as_ref().map(|tenant| tenant.name.clone()),
        };
        self.counted(Source { section, relation, text, values: self.values, is_ours: false }, &from)
    }

    fn counted(&self, mut source: Source, from: &str) -> Source {
        source.section.rows = source.count(from);
        source
    }

    /// The tenants' contacts, users and their roles, by name. Roles of PostgreSQL belong to a cluster: users' are left out.
    fn people(&self) -> Vec<Source> {
        PEOPLE
            .iter()
            .map(|people| {
                let columns = people
                    .columns
                    .iter()
                    .map(|(name, kind)| archive::Column { name: (*name).into(), kind: (*kind).into() });
                let section = Section {
                    schema: "tenancy".into(),
                    table: people.table.into(),
                    rows_of: RowsOf::Tenants,
                    rows: 0,
                    columns: columns.collect(),
                    tenant_column: people
                        .columns
                        .iter()
                        .find(|(name, _)| *name == "tenant_id")
                        .map(|_| "tenant_id".into()),
                };
                let relation = relations::by_name(c"tenancy", people.table).expect("the extension is installed");
                let source =
                    Source { section, relation, text: people.query.into(), values: self.values, is_ours: true };
                self.counted(source, &format!("({}) people", people.query.trim_end()))
            })
            .collect()
    }
}

/// A table of the extension whose rows go into archives.
struct People {
    table: &'static str,
    columns: &'static [(&'static str, &'static str)],
    query: &'static str,
}

const TIMES: [(&str, &str); 2] =
    [("created_at", "timestamp with time zone"), ("updated_at", "timestamp with time zone")];

const PEOPLE: [People; 3] = [
    People {
        table: "contacts",
        columns: &[("id", "uuid"), ("tenant_id", "uuid"), ("name", "text"), ("email", "text"), TIMES[0], TIMES[1]],
        query: include_str!("../../sql/templates/exported_contacts.sql"),
    },
    People {
        table: "users",
        columns: &[("id", "uuid"), ("tenant_id", "uuid"), ("login_enabled", "boolean"), TIMES[0], TIMES[1]],
        query: include_str!("../../sql/templates/exported_users.sql"),
    },
    People {
        table: "user_roles",
        columns: &[("user_id", "uuid"), ("role", "text")],
        query: include_str!("../../sql/templates/exported_user_roles.sql"),
    },
];

/// Rows of the table itself and of its partitions: inheritance children have sections of their own.
fn from(relation: Oid) -> String {
    let only = if relations::is_partitioned(relation) { "" } else { "only " };
    format!("{only}{}", relations::qualified(relation))
}

fn of_tenants_condition(row: &str, protection: &Protection) -> Option<String> {
    let tenant = protection.tenant.as_ref()?;
    let number = if tenant.key == KeyType::Uuid { 1 } else { 2 };
    Some(format!("{row}.{} operator(pg_catalog.=) any (${number})", quote_identifier(&tenant.name)))
}

fn public_condition(row: &str, protection: &Protection) -> Option<String> {
    match (&protection.tenant, protection.kind) {
        (_, Kind::Required) => None,
        (Some(tenant), _) => Some(format!("{row}.{} is null", quote_identifier(&tenant.name))),
        (None, _) => Some("true".into()),
    }
}

impl Builder<'_> {
    /// Public rows to which the tenants' rows refer, or public rows to which these refer in turn, but for circles: `through` are
    /// the tables on the way.
    fn referred(&self, relation: Oid, protection: &Protection, row: &str, through: &[Oid]) -> Option<String> {
        let public = public_condition(row, protection)?;
        let table = protection::table(relation)?;
        let mut through = through.to_vec();
        through.push(relation);
        let mut keys: Vec<(&[String], Vec<String>)> = Vec::new();
        for reference in table.incoming.iter().filter(|reference| self.tables.contains(&reference.child)) {
            let referring = self.referring(reference, &through);
            match keys.iter_mut().find(|(columns, _)| *columns == reference.parent_columns.as_slice()) {
                Some((_, all)) => all.extend(referring),
                None => keys.push((&reference.parent_columns, referring)),
            }
        }
        let any: Vec<String> = (keys.iter().filter(|(_, referring)| !referring.is_empty()))
            .map(|(columns, referring)| format!("({}) in ({})", listed(row, columns), referring.join(" union ")))
            .collect();
        (!any.is_empty()).then(|| format!("{public} and ({})", any.join(" or ")))
    }

    /// The queries for the keys by which the tenants' rows of a table, and its public rows, refer.
    fn referring(&self, reference: &Reference, through: &[Oid]) -> Vec<String> {
        let row = format!("c{}", through.len());
        let columns = listed(&row, &reference.child_columns);
        let child = &reference.child_protection;
        let of_one_owner = owner::owner_of(reference.child) == owner::owner_of(reference.parent);
        let keys = |condition: String| {
            let text = format!("select {columns} from {} {row} where {condition}", from(reference.child));
            if of_one_owner { text } else { self.keys_of_another_owner(reference, &text) }
        };
        let public = if through.contains(&reference.child) {
            None
        } else {
            self.referred(reference.child, child, &row, through)
        };
        of_tenants_condition(&row, child).into_iter().chain(public).map(keys).collect()
    }

    /// The keys that the query gives, which only the owner of the referring table may ask, as a query for anybody. They go through
    /// memory.
    fn keys_of_another_owner(&self, reference: &Reference, text: &str) -> String {
        let names: Vec<String> = (1..=reference.child_columns.len()).map(|nth| format!("c{nth}")).collect();
        let values =
            names.iter().map(|name| format!("pg_catalog.format('%s', x.{name})")).collect::<Vec<_>>().join(", ");
        let given = names.iter().map(|name| format!("x.{name} is not null")).collect::<Vec<_>>().join(" and ");
        let text = format!("select distinct {values} from ({text}) x ({}) where {given}", names.join(", "));
        let read = |row: &Row| (1..=names.len()).map(|column| row.must::<String>(column)).collect::<Vec<_>>();
        let ask = || spi::once(&text, &TYPES, &self.values, Sees::Caller, read);
        let rows = as_owner(reference.child, GO_ON_WITHOUT, || columns::in_portable_form(ask));
        let kinds = columns::of(reference.parent);
        let kind =
            |name: &String| kinds.iter().find(|column| column.name == *name).map_or("pg_catalog.text", |c| &c.kind);
        let casts =
            names.iter().zip(&reference.parent_columns).map(|(name, column)| format!("k.{name}::{}", kind(column)));
        let texts = |nth: usize| array_literal(rows.iter().map(|row| row[nth].as_str()));
        let arrays = (0..names.len()).map(|nth| format!("pg_catalog.unnest({})", texts(nth)));
        format!(
            "select {} from rows from ({}) k ({})",
            casts.collect::<Vec<_>>().join(", "),
            arrays.collect::<Vec<_>>().join(", "),
            names.join(", ")
        )
    }
}

/// Texts as an array in SQL.
fn array_literal<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let texts = texts.map(quoted).collect::<Vec<_>>().join(",");
    format!("{}::pg_catalog.text[]", quote_literal(format!("{{{texts}}}")))
}

fn listed(row: &str, columns: &[String]) -> String {
    columns.iter().map(|column| format!("{row}.{}", quote_identifier(column))).collect::<Vec<_>>().join(", ")
}
