//! Inserting the rows of tables that refer to themselves or to each other in a circle: many of them in batches, those that
//! are referred to before those that refer to them; see `arranging`.

use super::arranging::{self, BATCHES, LINKS, Link, ROWS};
use super::columns::Column;
use super::loading::{Loading, Table, between};
use super::staging::LINES;
use super::{lines, ours};
use crate::pg::spi;

impl Table<'_> {
    /// The rows' lines and the values of some columns; None where the archive does not have these.
    fn keys(&self, names: &[String]) -> Option<String> {
        let defined: Vec<String> =
            self.columns.iter().filter(|column| names.contains(&column.name)).map(Column::defined).collect();
        let (defined_by, wanted) = (defined.join(", "), between(self.lines));
        (defined.len() == names.len()).then(|| {
            format!(
                "select s.line as \"line of the archive\", x.* from {LINES} s \
                 cross join lateral pg_catalog.json_to_record({}) as x({defined_by}) where {wanted}",
                lines::ROW
            )
        })
    }
}

impl Loading<'_> {
    /// Rows that refer to others come after these; see `arranging`. A row is known by its line.
    pub(super) fn in_order(&self, tables: &[&Table], links: &[Link], done: impl Fn(i64)) -> Vec<i64> {
        arranging::begin();
        self.stage.show(&tables.iter().map(|table| table.lines).collect::<Vec<_>>());
        ours(|| {
            spi::run(&format!("create index tenancy_lines_line on {LINES} (line)"));
            spi::run(&format!("analyze {LINES}"));
            spi::run(&format!("insert into {ROWS} (id) select s.line from {LINES} s"));
        });
        for link in links {
            let ends = [(link.child, &link.child_columns), (link.parent, &link.parent_columns)];
            let keys = ends.map(|(relation, columns)| self.of_tenants(relation)?.keys(columns));
            if let [Some(child), Some(parent)] = keys {
                let condition = &link.condition;
                let text = format!(
                    "insert into {LINKS} (first, later) select p.\"line of the archive\", c.\"line of the archive\" \
                     from ({child}) c join ({parent}) p on {condition} \
                     where p.\"line of the archive\" operator(pg_catalog.<>) c.\"line of the archive\""
                );
                tables[0].with_rights(|| spi::run(&text));
            }
        }
        arranging::arrange();
        let mut written = vec![0; tables.len()];
        for batch in 0..arranging::batches() {
            pgrx::check_for_interrupts!();
            let in_batch = format!("s.line in (select b.id from {BATCHES} b where b.batch = {batch})");
            let parts = tables.iter().map(|table| (*table, format!("{} and {in_batch}", between(table.lines))));
            let new = self.insert(&parts.collect::<Vec<_>>());
            written.iter_mut().zip(new).for_each(|(all, new)| *all += new);
            done(written.iter().sum());
        }
        ours(|| spi::run("drop index pg_temp.tenancy_lines_line"));
        arranging::end();
        written
    }
}
