//! Deleting a tenant's rows from a table, or from tables that refer to each other in a circle, with the rights of their owner.
//!
//! A few rows go in one statement, at whose end foreign keys look at them. Many go in batches, those that refer before those
//! that they refer to; see `arranging`.

use pgrx::pg_sys::Oid;

use super::arranging::{self, BATCH, BATCHES, LINKS, Link, ROWS};
use super::delete::{Deletion, Went};
use super::tenant_column;
use crate::catalog::dependencies::Group;
use crate::catalog::protection;
use crate::error::{LifecycleRefusal, Refusal};
use crate::parts;
use crate::pg::spi::{self, Arg, Row, Sees};
use crate::pg::{owner, relations};

impl Deletion {
    /// Deletes the tenant's rows from the tables of a group.
    pub(super) fn delete(&self, group: &Group) -> Result<Vec<Went>, Refusal> {
        let first = group.tables[0];
        if group.tables.iter().any(|table| owner::owner_of(*table) != owner::owner_of(first)) {
            let tables = group.tables.iter().map(|table| relations::qualified(*table)).collect();
            return Err(LifecycleRefusal::CircleOfOwners { tables }.into());
        }
        self.progress.relation(first);
        let there: i64 = self.count(group)?.iter().map(|(_, rows)| rows).sum();
        let went = if there > BATCH { self.delete_many(group)? } else { self.delete_where(group, None)? };
        for table in &group.tables {
            match self.rows_of(*table)? {
                0 => (),
                count => {
                    let (tenant, table) = (self.subject.name.clone(), relations::qualified(*table));
                    return Err(LifecycleRefusal::RowsLeft { tenant, table, count }.into());
                }
            }
        }
        Ok(group.tables.iter().copied().zip(went).collect())
    }

    /// Deletes the rows in batches. Where a trigger has meanwhile written rows that were to go later, these are arranged anew.
    fn delete_many(&self, group: &Group) -> Result<Vec<i64>, Refusal> {
        let mut went = vec![0; group.tables.len()];
        loop {
            let before: i64 = went.iter().sum();
            arranging::begin();
            self.arrange(group)?;
            let mut whole = true;
            for batch in 0..arranging::batches() {
                pgrx::check_for_interrupts!();
                let (wanted, gone) = self.delete_batch(group, batch)?;
                whole = gone.iter().sum::<i64>() >= wanted;
                went.iter_mut().zip(gone).for_each(|(all, gone)| *all += gone);
                self.progress.rows(self.done.get() + went.iter().sum::<i64>());
                if !whole {
                    break;
                }
            }
            arranging::end();
            if whole || went.iter().sum::<i64>() == before {
                return Ok(went);
            }
        }
    }

    /// Notes the rows, and what they refer to among each other. Where their order matters they are locked, so that nobody else
    /// moves them.
    fn arrange(&self, group: &Group) -> Result<(), Refusal> {
        let links = arranging::links_among(&group.tables);
        let first = group.tables[0];
        for (nth, table) in group.tables.iter().enumerate() {
            let (condition, (kind, key)) = self.condition("r", &tenant_column(*table)?, 1);
            let from = relations::qualified(*table);
            let locked = if links.is_empty() { "" } else { " for update" };
            let rows = format!("(select r.tableoid, r.ctid from {from} r where {condition}{locked}) x");
            let text = if links.is_empty() {
                let batch = format!("(row_number() over () - 1) / {BATCH}");
                format!(
                    "insert into {BATCHES} (batch, nth, part, tid) select {batch}, {nth}, x.tableoid, x.ctid from {rows}"
                )
            } else {
                format!("insert into {ROWS} (nth, part, tid) select {nth}, x.tableoid, x.ctid from {rows}")
            };
            owner::run_pinned_as_owner_of(first, || spi::once(&text, &[kind], &[key], Sees::Latest, |_| ()));
        }
        links.iter().for_each(|link| self.note(link, first));
        if !links.is_empty() {
            arranging::arrange();
        }
        Ok(())
    }

    /// A row that refers to another one goes before it.
    fn note(&self, link: &Link, first: Oid) {
        let column = |table: Oid| protection::protection(table).and_then(|protection| protection.tenant);
        let Some((child, parent)) = column(link.child).zip(column(link.parent)) else { return };
        let (child, child_key) = self.condition("c", &child, 1);
        let (parent, parent_key) = self.condition("p", &parent, 2);
        let text = format!(
            "insert into {LINKS} (first, later) select a.id, b.id \
             from {} c join {} p on {} \
             join {ROWS} a on a.part = c.tableoid and a.tid = c.ctid \
             join {ROWS} b on b.part = p.tableoid and b.tid = p.ctid \
             where {child} and {parent} and a.id <> b.id",
            relations::qualified(link.child),
            relations::qualified(link.parent),
            link.condition
        );
        let (types, values): (Vec<Oid>, Vec<Arg>) = [child_key, parent_key].into_iter().unzip();
        owner::run_pinned_as_owner_of(first, || spi::once(&text, &types, &values, Sees::Latest, |_| ()));
    }

    /// How many rows a batch has, and how many of each table went.
    fn delete_batch(&self, group: &Group, batch: i64) -> Result<(i64, Vec<i64>), Refusal> {
        let text = format!("select count(*) from {BATCHES} b where b.batch = {batch}");
        let wanted = owner::run(|| spi::once(&text, &[], &[], Sees::Statement, |row| row.must::<i64>(1)));
        Ok((wanted.into_iter().sum(), self.delete_where(group, Some(batch))?))
    }

    /// One statement for all tables of a group: for a batch, or for all rows. Says how many rows of each table went.
    fn delete_where(&self, group: &Group, batch: Option<i64>) -> Result<Vec<i64>, Refusal> {
        let (mut parts, mut counts, mut args) = (Vec::new(), Vec::new(), Vec::new());
        for (nth, table) in group.tables.iter().enumerate() {
            let (condition, key) = self.condition("r", &tenant_column(*table)?, nth + 1);
            let in_batch = batch.map_or_else(String::new, |batch| in_batch(*table, nth, batch));
            let table = relations::qualified(*table);
            parts.push(format!("d{nth} as (delete from {table} r where {condition}{in_batch} returning 1)"));
            counts.push(format!("(select pg_catalog.count(*) from d{nth})"));
            args.push(key);
        }
        let text = format!("with {} select {}", parts.join(", "), counts.join(", "));
        let (types, values): (Vec<Oid>, Vec<Arg>) = args.into_iter().unzip();
        let read = |row: &Row| -> Vec<i64> { (1..=group.tables.len()).map(|column| row.must(column)).collect() };
        let counts =
            owner::run_pinned_as_owner_of(group.tables[0], || spi::once(&text, &types, &values, Sees::Latest, read));
        Ok(counts.into_iter().flatten().collect())
    }
}

/// Further conditions for a row `r` of a table, which is a batch's. An array by itself has rows looked up by their places,
/// however many there are; to the planner it has few. `is true` keeps the second condition from becoming a join.
fn in_batch(table: Oid, nth: usize, batch: i64) -> String {
    let rows = format!("from {BATCHES} b where b.batch = {batch} and b.nth = {nth}");
    let by_place = format!(" and r.ctid = any (array(select b.tid {rows}))");
    if owner::run(|| parts::all(table)).len() == 1 {
        return by_place;
    }
    format!("{by_place} and ((r.tableoid, r.ctid) in (select b.part, b.tid {rows})) is true")
}
