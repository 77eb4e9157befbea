//! New keys for rows that come in, and the references among them: which columns hold keys that change, and the table that
//! says what each becomes. Rows of archives and of template tenants go the same way.
//!
//! The table is a temporary one, so that a million keys cost no memory, and filled and read by whole tables.

use pgrx::pg_sys::{self, Oid};
use pgrx::spi::quote_identifier;

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

    /// The join that finds what the keys in a column become, and the value that the column gets; None where it keeps its own.
    pub fn renewed(&self, relation: Oid, column: &str, read: &str, kind: &str) -> Option<(String, String)> {
        let source = self.source_of(relation, column)?;
        let alias = quote_identifier(format!("key of {column}"));
        let join = format!(
            " left join {TABLE} {alias} on {alias}.source operator(pg_catalog.=) {source} \
             and {alias}.old operator(pg_catalog.=) {read}::pg_catalog.text"
        );
        Some((join, format!("coalesce({alias}.new, {read}::pg_catalog.text)::{kind}")))
    }
}

/// Makes the table of keys: a superuser's, so that no code of anybody's hangs on it, for the caller to fill and to read.
/// Another operation of the same session that has not come to its end keeps it from being made.
pub fn create_table() {
    let name = TABLE.trim_start_matches("pg_temp.");
    ours(|| {
        spi::run(&format!(
            "create temporary table {name} (source integer, old text, new text, primary key (source, old)) on commit drop"
        ));
        spi::run(&format!("grant select, insert, update on {TABLE} to public"));
    });
}

/// Removes the table of keys.
pub fn drop_table() {
    ours(|| spi::run(&format!("drop table {TABLE}")));
}

/// Notes keys: `rows` gives old ones as `old` and new ones as `new`. Says how many they are.
pub fn fill(source: usize, rows: &str) -> i64 {
    spi::count(&format!("insert into {TABLE} (source, old, new) select {source}, x.old, x.new from ({rows}) x"))
}

/// Notes old keys and makes the new ones, as the table's owner: whoever may insert rows need not have rights on the sequence
/// behind an identity column.
pub fn make(nth: usize, source: &Source, rows: &str, sees: Sees) {
    let text = format!("insert into {TABLE} (source, old) select {nth}, x.old from ({rows}) x");
    spi::once(&text, &[], &[], sees, |_| ());
    if let Some(generator) = &source.generator {
        let text = format!("update {TABLE} set new = ({generator})::text where source = {nth}");
        owner::run_writing_as_owner_of(source.relation, || spi::run(&text));
    }
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
