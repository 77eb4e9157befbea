//! Deleting a tenant's rows from a table, or from tables that refer to each other in a circle, with the rights of their owner.
//!
//! A few rows go in one statement, at whose end foreign keys look at them. Many go in batches, those that refer before those
//! that they refer to; see `arranging`. From a table with many parts they go part by part: a place is a place in every part, and
//! would be looked at in each.

use pgrx::pg_sys::{self, Oid};

use super::arranging::{self, BATCH, BATCHES, LINKS, Link, ROWS, in_batch};
use super::delete::{Deletion, Went};
use super::{GO_ON_WITHOUT, as_owner, one_owner, tenant_column};
use crate::catalog::dependencies::Group;
use crate::catalog::protection;
use crate::catalog::reached::{self, Lock};
use crate::error::{LifecycleRefusal, Refusal};
use crate::pg::spi::{self, Arg, Row, Sees, arg, query};
use crate::pg::{owner, relations};

query!(PARTS_APART, "parts_apart.sql", &[pg_sys::OIDOID]);

impl Deletion {
    /// Deletes the tenant's rows from the tables of a group.
    pub(super) fn delete(&self, group: &Group) -> Result<Vec<Went>, Refusal> {
        let first = group.tables[0];
        one_owner(&group.tables)?;
        for table in &group.tables {
            reached::lock(*table, Lock::ToWrite)?;
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
            as_owner(first, GO_ON_WITHOUT, || spi::once(&text, &[kind], &[key], Sees::Latest, |_| ()));
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
        as_owner(first, GO_ON_WITHOUT, || spi::once(&text, &types, &values, Sees::Latest, |_| ()));
    }

    /// How many rows a batch has, and how many of each table went.
    fn delete_batch(&self, group: &Group, batch: i64) -> Result<(i64, Vec<i64>), Refusal> {
        let text = format!("select count(*) from {BATCHES} b where b.batch = {batch}");
        let wanted = owner::run(|| spi::once(&text, &[], &[], Sees::Statement, |row| row.must::<i64>(1)));
        Ok((wanted.into_iter().sum(), self.delete_where(group, Some(batch))?))
    }

    /// One statement for all tables of a group: for a batch, or for all rows. Says how many rows of each table went.
    fn delete_where(&self, group: &Group, batch: Option<i64>) -> Result<Vec<i64>, Refusal> {
        let (mut deletes, mut counts, mut args) = (Vec::new(), Vec::new(), Vec::new());
        for (nth, table) in group.tables.iter().enumerate() {
            let (condition, key) = self.condition("r", &tenant_column(*table)?, nth + 1);
            let name = relations::qualified(*table);
            let rows = match batch {
                None => vec![format!("{name} r where {condition}")],
                Some(batch) => batch_rows(*table, nth, batch, &condition),
            };
            let mut of_table = vec!["0".to_owned()];
            for rows in rows {
                of_table.push(format!("(select pg_catalog.count(*) from d{})", deletes.len()));
                deletes.push(format!("d{} as (delete from {rows} returning 1)", deletes.len()));
            }
            counts.push(of_table.join(" operator(pg_catalog.+) "));
            args.push(key);
        }
        if deletes.is_empty() {
            return Ok(vec![0; group.tables.len()]);
        }
        let text = format!("with {} select {}", deletes.join(", "), counts.join(", "));
        let (types, values): (Vec<Oid>, Vec<Arg>) = args.into_iter().unzip();
        let read = |row: &Row| -> Vec<i64> { (1..=group.tables.len()).map(|column| row.must(column)).collect() };
        let counts = as_owner(group.tables[0], GO_ON_WITHOUT, || spi::once(&text, &types, &values, Sees::Latest, read));
        Ok(counts.into_iter().flatten().collect())
    }
}

/// A batch's rows `r` of a table, as what follows DELETE FROM: those of each part by themselves, where that is the same.
fn batch_rows(table: Oid, nth: usize, batch: i64, condition: &str) -> Vec<String> {
    let apart = owner::run(|| PARTS_APART.with(|q| q.first(&[arg(table)], Sees::Latest, |row| row.must(1))));
    if apart != Some(true) {
        let in_batch = in_batch(table, nth, batch);
        return vec![format!("{} r where {condition}{in_batch}", relations::qualified(table))];
    }
    let text = format!("select distinct b.part from {BATCHES} b where b.batch = {batch} and b.nth = {nth} order by 1");
    let parts = owner::run(|| spi::once(&text, &[], &[], Sees::Statement, |row| row.must::<Oid>(1)));
    let rows = |part: Oid| {
        let array = format!(
            "array(select b.tid from {BATCHES} b where b.batch = {batch} and b.nth = {nth} and b.part = {})",
            part.to_u32()
        );
        format!("only {} r where {condition} and r.ctid = any ({array})", relations::qualified(part))
    };
    parts.into_iter().map(rows).collect()
}
