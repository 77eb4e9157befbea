//! How the values of a table's columns become JSON and values again, the same on every server.
//!
//! PostgreSQL's own plain types are shown by its functions for JSON, which are read back by the type's own input. Arrays,
//! composite values, values that are JSON themselves (whose null is not NULL) and types that are not PostgreSQL's own are
//! strings, as the type itself writes them.

use pgrx::pg_sys::{self, Oid};
use pgrx::spi::quote_identifier;

use crate::model::archive;
use crate::pg::owner;
use crate::pg::spi::{Row, Sees, arg, query};

query!(TABLE_COLUMNS, "table_columns.sql", &[pg_sys::OIDOID]);

/// A column that holds values of its own: no generated one.
pub struct Column {
    pub name: String,
    /// With its modifiers, as DDL has it.
    pub kind: String,
    plain: bool,
    json: bool,
    collated: bool,
    /// An identity column: its values are not updated.
    pub identity: bool,
    pub in_key: Option<i32>,
}

/// The columns of a table in their order.
pub fn of(relation: Oid) -> Vec<Column> {
    let read = |row: &Row| Column {
        name: row.must(1),
        kind: row.must(2),
        plain: row.must(3),
        json: row.must(4),
        collated: row.must(5),
        identity: row.must(6),
        in_key: row.get(7),
    };
    in_portable_form(|| owner::run(|| TABLE_COLUMNS.with(|q| q.rows(&[arg(relation)], Sees::Latest, read))))
}

/// The primary key, column by column.
pub fn key(columns: &[Column]) -> Vec<&Column> {
    let mut key: Vec<_> = columns.iter().filter(|column| column.in_key.is_some()).collect();
    key.sort_by_key(|column| column.in_key);
    key
}

impl Column {
    /// A column of which no more is known.
    pub fn named(name: &str, kind: &str) -> Self {
        let (name, kind) = (name.to_owned(), kind.to_owned());
        Self { name, kind, plain: true, json: false, collated: false, identity: false, in_key: None }
    }

    /// The name as SQL.
    pub fn quoted(&self) -> String {
        quote_identifier(&self.name)
    }

    /// The column as the archive lists it.
    pub fn listed(&self) -> archive::Column {
        archive::Column { name: self.name.clone(), kind: self.kind.clone() }
    }

    /// The value of row `r` that becomes JSON. No cast to text: who owns the type may have made one.
    pub fn exported(&self) -> String {
        let column = self.quoted();
        if self.plain {
            format!("r.{column}")
        } else {
            // A composite value with nothing but NULL in it is not NULL.
            format!(
                "case when r.{column} is distinct from null then pg_catalog.format('%s', r.{column}) end as {column}"
            )
        }
    }

    /// What rows are ordered by: the same everywhere.
    pub fn ordered(&self) -> String {
        let collation = if self.collated { " collate pg_catalog.\"C\"" } else { "" };
        format!("r.{}{collation}", self.quoted())
    }

    /// The column of a row that is read from JSON, with its type.
    pub fn defined(&self) -> String {
        format!("{} {}", self.quoted(), if self.json { "pg_catalog.text" } else { &self.kind })
    }

    /// What was read from JSON as a value of the column.
    pub fn imported(&self, read: &str) -> String {
        if self.json { format!("{read}::{}", self.kind) } else { read.to_owned() }
    }
}

/// Runs `work` while values that were written in the portable form are read as such. Triggers of the application's run as
/// well: names are looked up where they are ever.
pub fn in_readable_form<R>(work: impl FnOnce() -> R) -> R {
    let settings = [
        (c"datestyle", c"ISO, YMD"),
        (c"intervalstyle", c"postgres"),
        (c"xmloption", c"content"),
        (c"lc_monetary", c"C"),
    ];
    owner::with_settings(&settings, work)
}

/// Runs `work` while values are written in the same way in every session: the time zone is UTC, dates are ISO's, names are
/// qualified.
pub fn in_portable_form<R>(work: impl FnOnce() -> R) -> R {
    let settings = [
        (c"search_path", c"pg_catalog, pg_temp"),
        (c"timezone", c"UTC"),
        (c"datestyle", c"ISO, YMD"),
        (c"intervalstyle", c"postgres"),
        (c"extra_float_digits", c"1"),
        (c"bytea_output", c"hex"),
        (c"xmloption", c"content"),
        (c"lc_monetary", c"C"),
    ];
    owner::with_settings(&settings, work)
}
