//! Deleting a tenant's rows from a table, or from tables that refer to each other in a circle, with the rights of their owner.
//!
//! A few rows go in one statement, at whose end foreign keys look at them. Many go in batches, those that refer before those
//! that they refer to; see `arranging`.

use pgrx::pg_sys::{self, Oid};

use super::arranging::{self, BATCH, BATCHES, LINKS, Link, ROWS};
use super::delete::{Deletion, Went};
use super::tenant_column;
use crate::catalog::dependencies::Group;
use crate::catalog::protection;
use crate::error::{LifecycleRefusal, Refusal};
use crate::pg::spi::{self, Arg, Row, Sees};
use crate::pg::{owner, relations};

/// A statement of several, with its arguments.
type Bound = (String, Vec<(Oid, Arg)>);

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
        let went = if there > BATCH { self.delete_many(group)? } else { self.delete_where(group, |_| None)? };
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

    /// Notes the rows, locked so that nobody else moves them, and what they refer to among each other.
    fn arrange(&self, group: &Group) -> Result<(), Refusal> {
        let links = arranging::links_among(&group.tables);
        let first = group.tables[0];
        for (nth, table) in group.tables.iter().enumerate() {
            let (condition, (kind, key)) = self.condition("r", &tenant_column(*table)?, 1);
            let from = relations::qualified(*table);
            let rows = format!("(select r.tableoid, r.ctid from {from} r where {condition} for update) x");
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
        let of = |nth: usize| {
            format!(", array_agg(b.part) filter (where b.nth = {nth}), array_agg(b.tid) filter (where b.nth = {nth})")
        };
        let arrays: String = (0..group.tables.len()).map(of).collect();
        let text = format!("select count(*){arrays} from {BATCHES} b where b.batch = {batch}");
        let delete = |row: &Row| {
            let rows = |nth: usize| Some([row.datum(2 * nth + 2), row.datum(2 * nth + 3)]);
            self.delete_where(group, rows).map(|gone| (row.must::<i64>(1), gone))
        };
        let as_owner = || spi::once(&text, &[], &[], Sees::Statement, delete);
        owner::run(as_owner).into_iter().next().expect("an aggregate gives one row")
    }

    /// One statement for all tables of a group; says how many rows of each went. `rows` gives, for each table, which rows these
    /// may be: arrays of their tables and of their places. None are all.
    fn delete_where(&self, group: &Group, rows: impl Fn(usize) -> Option<[Arg; 2]>) -> Result<Vec<i64>, Refusal> {
        let (mut parts, mut counts, mut args) = (Vec::new(), Vec::new(), Vec::new());
        for (nth, table) in group.tables.iter().enumerate() {
            let (condition, bound) = self.bound(*table, rows(nth), args.len() + 1)?;
            let table = relations::qualified(*table);
            parts.push(format!("d{nth} as (delete from {table} r where {condition} returning 1)"));
            counts.push(format!("(select pg_catalog.count(*) from d{nth})"));
            args.extend(bound);
        }
        let text = format!("with {} select {}", parts.join(", "), counts.join(", "));
        let (types, values): (Vec<Oid>, Vec<Arg>) = args.into_iter().unzip();
        let read = |row: &Row| -> Vec<i64> { (1..=group.tables.len()).map(|column| row.must(column)).collect() };
        let counts =
            owner::run_pinned_as_owner_of(group.tables[0], || spi::once(&text, &types, &values, Sees::Latest, read));
        Ok(counts.into_iter().flatten().collect())
    }

    /// The condition for the rows of a table, with its arguments, the first of which has this number.
    fn bound(&self, table: Oid, rows: Option<[Arg; 2]>, number: usize) -> Result<Bound, Refusal> {
        let (condition, key) = self.condition("r", &tenant_column(table)?, number);
        let Some([parts, tids]) = rows else { return Ok((condition, vec![key])) };
        let (part, tid) = (number + 1, number + 2);
        let condition = format!(
            "{condition} and r.ctid = any (${tid}) and (r.tableoid, r.ctid) in \
             (select u.part, u.tid from rows from (unnest(${part}), unnest(${tid})) u (part, tid))"
        );
        Ok((condition, vec![key, (pg_sys::OIDARRAYOID, parts), (pg_sys::TIDARRAYOID, tids)]))
    }
}
