//! New keys for rows that come in, and the references among them: which columns hold keys that change, and the table that
//! says what each becomes. Rows of archives and of template tenants go the same way.
//!
//! The table is a temporary one, so that a million keys cost no memory. Nobody but us fills and reads it: the statements that
//! write rows, which run with the rights of the tables' owners, get as arguments what the keys of these rows become.

use std::collections::BTreeSet;

use pgrx::pg_sys::{self, Oid};
use pgrx::spi::quote_identifier;

use super::columns::Column;
use super::ours;
use crate::pg::owner;
use crate::pg::spi::{self, Row, Sees, arg, query};

query!(KEY_GENERATOR, "key_generator.sql", &[pg_sys::OIDOID]);
query!(OWN_SEQUENCES, "own_sequences.sql", &[pg_sys::OIDOID]);
query!(FOREIGN_KEYS_OF, "foreign_keys_of.sql", &[pg_sys::OIDOID]);

/// The table of old and new keys.
const TABLE: &str = "pg_temp.tenancy_new_keys";

/// A column whose values change: the key of a table.
pub struct Source {
    pub relation: Oid,
    pub column: String,
    /// How a new value is made, as SQL.
    pub generator: Option<String>,
}

/// A foreign key, column by column.
struct ForeignKey {
    child: Oid,
    parent: Oid,
    columns: Vec<(String, String)>,
}

/// Which columns of some tables hold keys that change.
pub struct Keys {
    pub sources: Vec<Source>,
    foreign: Vec<ForeignKey>,
}

impl Keys {
    /// Nothing changes yet.
    pub fn among(tables: &[Oid]) -> Self {
        let foreign = tables.iter().flat_map(|table| {
            let read = |row: &Row| (row.must::<Oid>(1), row.must::<Vec<String>>(2), row.must::<Vec<String>>(3));
            let found = owner::run(|| FOREIGN_KEYS_OF.with(|q| q.rows(&[arg(*table)], Sees::Latest, read)));
            found.into_iter().map(|(parent, child_columns, parent_columns)| ForeignKey {
                child: *table,
                parent,
                columns: child_columns.into_iter().zip(parent_columns).collect(),
            })
        });
        Self { sources: Vec::new(), foreign: foreign.collect() }
    }

    /// Gives the rows of a table new keys, where its key is one column that makes its own values; true if it does.
    pub fn renew(&mut self, relation: Oid) -> bool {
        let read = |row: &Row| (row.must::<String>(1), row.must::<String>(2));
        let found = owner::run(|| KEY_GENERATOR.with(|q| q.first(&[arg(relation)], Sees::Latest, read)));
        let Some((column, generator)) = found else { return false };
        // The key of a row that is a part of another one is that one's.
        if self.foreign.iter().any(|key| key.child == relation && key.columns.iter().any(|(own, _)| *own == column)) {
            return false;
        }
        self.sources.push(Source { relation, column, generator: Some(generator) });
        true
    }

    /// The column of which the values are replaced, with what is found out in another way.
    pub fn replace(&mut self, relation: Oid, column: &str) -> usize {
        if let Some(known) = self.sources.iter().position(|s| s.relation == relation && s.column == column) {
            return known;
        }
        self.sources.push(Source { relation, column: column.to_owned(), generator: None });
        self.sources.len() - 1
    }

    /// The source whose keys a column holds: its own, or by way of foreign keys another one's.
    pub fn source_of(&self, relation: Oid, column: &str) -> Option<usize> {
        self.follow(relation, column, &mut Vec::new())
    }

    fn follow(&self, relation: Oid, column: &str, seen: &mut Vec<(Oid, String)>) -> Option<usize> {
        if let Some(own) = self.sources.iter().position(|s| s.relation == relation && s.column == column) {
            return Some(own);
        }
        if seen.iter().any(|(table, name)| *table == relation && name == column) {
            return None;
        }
        seen.push((relation, column.to_owned()));
        let referred = self.foreign.iter().filter(|key| key.child == relation).flat_map(|key| {
            key.columns.iter().filter(|(own, _)| own == column).map(|(_, other)| (key.parent, other.as_str()))
        });
        referred.into_iter().find_map(|(parent, other)| self.follow(parent, other, seen))
    }

    /// Those of some columns whose values change, and the sources of these.
    pub fn changing<'a>(&self, relation: Oid, columns: &'a [Column]) -> Vec<(&'a Column, usize)> {
        columns.iter().filter_map(|column| Some((column, self.source_of(relation, &column.name)?))).collect()
    }
}

/// The arguments of a statement: arrays of texts.
#[derive(Default)]
pub struct Arguments(pub Vec<Vec<String>>);

impl Arguments {
    fn texts(&mut self, texts: Vec<String>) -> String {
        self.0.push(texts);
        format!("${}", self.0.len())
    }
}

/// What the keys of some rows become.
#[derive(Default)]
pub struct Renewed {
    /// The joins that find it, and the columns with the values that they get.
    pub joins: String,
    pub values: Vec<(String, String)>,
}

impl Renewed {
    /// Looks it up for rows that are called `row` in SQL, of which `ask` gives the values of some expressions, as texts.
    pub fn of(
        row: &str,
        changing: &[(&Column, usize)],
        arguments: &mut Arguments,
        ask: impl FnOnce(&str) -> Vec<Vec<Option<String>>>,
    ) -> Self {
        if changing.is_empty() {
            return Self::default();
        }
        let read = |column: &Column| format!("{row}.{}::pg_catalog.text", column.quoted());
        let listed = changing.iter().map(|(column, _)| read(column)).collect::<Vec<_>>().join(", ");
        let rows = ask(&listed);
        let mut renewed = Self::default();
        for (nth, (column, source)) in changing.iter().enumerate() {
            let old: BTreeSet<&str> = rows.iter().filter_map(|row| row[nth].as_deref()).collect();
            let (old, new) = new_keys(*source, old).into_iter().unzip();
            let (old, new) = (arguments.texts(old), arguments.texts(new));
            let (alias, read) = (quote_identifier(format!("key of {}", column.name)), read(column));
            renewed.joins.push_str(&format!(
                " left join rows from (pg_catalog.unnest({old}), pg_catalog.unnest({new})) as {alias} (old, new) on {alias}.old operator(pg_catalog.=) {read}"
            ));
            let value = format!("coalesce({alias}.new, {read})::{}", column.kind);
            renewed.values.push((column.name.clone(), value));
        }
        renewed
    }

    /// The value that a column gets; None where it keeps its own.
    pub fn value(&self, column: &str) -> Option<&str> {
        self.values.iter().find(|(name, _)| name == column).map(|(_, value)| value.as_str())
    }
}

/// Those of some keys that change, and what they become.
fn new_keys(source: usize, old: BTreeSet<&str>) -> Vec<(String, String)> {
    let text = format!(
        "select k.old, k.new from {TABLE} k where k.source = {source} and k.old = any ($1) and k.new is not null"
    );
    let old = [old.into_iter().map(str::to_owned).collect()];
    owner::run(|| spi::once_with_texts(&text, &old, Sees::Statement, |row: &Row| (row.must(1), row.must(2))))
}

/// Makes the table of keys: a superuser's, so that no code of anybody's hangs on it.
/// Another operation of the same session that has not come to its end keeps it from being made.
pub fn create_table() {
    let name = TABLE.trim_start_matches("pg_temp.");
    ours(|| {
        spi::run(&format!(
            "create temporary table {name} (source integer, old text, new text, primary key (source, old)) on commit drop"
        ));
    });
}

/// Removes the table of keys.
pub fn drop_table() {
    ours(|| spi::run(&format!("drop table {TABLE}")));
}

/// Notes old keys and what they become.
pub fn fill(source: usize, keys: &[(String, String)]) {
    let (old, new): (Vec<String>, Vec<String>) = keys.iter().cloned().unzip();
    note(
        &format!(
            "select {source}, x.old, x.new from rows from (pg_catalog.unnest($1), pg_catalog.unnest($2)) x (old, new)"
        ),
        &[old, new],
    );
}

/// Notes old keys and makes the new ones. That is a sequence's next value or a random one, and nobody's code: whoever may insert
/// rows need not have rights on the sequence behind an identity column.
pub fn make(nth: usize, source: &Source, old: Vec<String>) {
    let generator = source.generator.as_deref().unwrap_or("null");
    note(&format!("select {nth}, x.old, ({generator})::text from pg_catalog.unnest($1) x (old)"), &[old]);
}

fn note(rows: &str, texts: &[Vec<String>]) {
    let text = format!("insert into {TABLE} (source, old, new) {rows}");
    ours(|| drop(spi::once_with_texts(&text, texts, Sees::Statement, |_| ())));
}

/// Lets the planner know how many keys there are.
pub fn analyze() {
    ours(|| spi::run(&format!("analyze {TABLE}")));
}

/// The columns of a table that take their values from sequences of their own, and these.
pub fn sequences(relation: Oid) -> Vec<(String, String)> {
    let read = |row: &Row| (row.must(1), row.must(2));
    owner::run(|| OWN_SEQUENCES.with(|q| q.rows(&[arg(relation)], Sees::Latest, read)))
}
