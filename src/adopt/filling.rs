//! Giving the rows of a relation their tenant, some blocks at a time.

use std::ops::Range;
use std::time::{Duration, Instant};

use pgrx::{pg_sys, spi::quote_identifier};

use super::Adopting;
use crate::catalog::offenders;
use crate::catalog::protection::{KeyType, Kind};
use crate::error::{AdoptionRefusal, Refusal};
use crate::model::template;
use crate::pg::deferred::nothing_deferred;
use crate::pg::procedures::Steps;
use crate::pg::spi::{Plan, Row, Sees, arg, query};
use crate::pg::{owner, relations, rows};

query!(ROW_ESTIMATE, "row_estimate.sql", &[pg_sys::OIDOID]);

/// For so long a batch may hold the rows that it has changed.
const BATCH: Duration = Duration::from_millis(100);
/// How many blocks a batch begins with, and the most it may grow to where there is little to do.
const BLOCKS: Range<i64> = 64..1024;

/// The statements that give rows of one relation their tenant, run with the rights of whoever owns the table under adoption:
/// what a tenant is, and most of what else runs, is his to say, also for a part that somebody else owns.
pub struct Filling<'a> {
    adopting: &'a Adopting<'a>,
    part: pg_sys::Oid,
    batch: Plan,
    waiting: Plan,
    left: Plan,
}

impl<'a> Filling<'a> {
    /// Plans the statements for a relation and what the tenant of a row of it is, as SQL.
    pub fn of(adopting: &'a Adopting<'a>, part: pg_sys::Oid, value: &str) -> Self {
        // Where rows may stay without a tenant, those whose tenant is none are not looked for again and again.
        let may_stay = adopting.protection.kind == Kind::Optional;
        let root = adopting.relation();
        let alias = quote_identifier(relations::name(root));
        let (rows, in_part) = rows_of(root, part, &alias);
        let values = [
            ("rows", rows),
            ("in_part", in_part),
            ("alias", alias),
            ("column", adopting.column()),
            ("value", value.to_owned()),
            ("wanted", if may_stay { format!("{value} is not null") } else { "true".into() }),
            ("key", if adopting.tenant.key == KeyType::Uuid { "uuid" } else { "bigint" }.into()),
        ];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        let plan = |text: &str| {
            let text = template::fill(text, &values);
            owner::run_pinned_as_owner_of(root, || Plan::new(&text, &[pg_sys::TIDOID, pg_sys::TIDOID]))
        };
        let batch = plan(include_str!("../../sql/templates/adopt_batch.sql"));
        let waiting = plan(include_str!("../../sql/templates/adopt_waiting.sql"));
        let left = plan(include_str!("../../sql/templates/adopt_left.sql"));
        Self { adopting, part, batch, waiting, left }
    }

    /// Runs the statement on no rows.
    pub fn try_out(&self) -> Result<(), Refusal> {
        self.run(&self.batch, &(0..0)).map(drop)
    }

    /// Goes through all blocks, batch by batch; returns those where somebody else held rows.
    pub fn all(&self, steps: &Steps) -> Result<Vec<(pg_sys::Oid, Range<i64>)>, Refusal> {
        let progress = self.adopting.progress;
        let (rows, end) = self.estimate();
        if let Some(rows) = rows {
            progress.total(rows);
        }
        let (mut at, mut blocks, mut done, mut left) = (0, BLOCKS.start, 0, Vec::new());
        while at < end {
            let began = Instant::now();
            let batch = at..at + blocks;
            done += self.run(&self.batch, &batch)?;
            progress.rows(done);
            at = batch.end;
            if self.is_left(&batch) {
                left.push((self.part, batch));
            }
            steps.commit();
            blocks = if began.elapsed() > BATCH { (blocks / 2).max(1) } else { (blocks * 2).min(BLOCKS.end) };
        }
        Ok(left)
    }

    /// The rows that somebody else held, one by one.
    pub fn wait(&self, blocks: &Range<i64>, steps: &Steps) -> Result<(), Refusal> {
        while self.is_left(blocks) {
            self.run(&self.waiting, blocks)?;
            steps.commit();
        }
        Ok(())
    }

    /// How many rows there are, if that is known, and how many blocks.
    fn estimate(&self) -> (Option<i64>, i64) {
        let read = |row: &Row| (row.get::<i64>(1), row.must::<i64>(2));
        owner::run(|| ROW_ESTIMATE.with(|q| q.first(&[arg(self.part)], Sees::Latest, read))).unwrap_or((None, 0))
    }

    /// Runs one of the statements on some blocks; how many rows got their tenant.
    fn run(&self, plan: &Plan, blocks: &Range<i64>) -> Result<i64, Refusal> {
        let key = self.adopting.tenant.key;
        let read = |row: &Row| (offenders::TenantKey::read(key, row, 1), row.must::<i64>(2));
        let given = self.ask(plan, blocks, read);
        let unknown: Vec<_> =
            given.iter().filter_map(|(tenant, _)| *tenant).filter(|tenant| !tenant.exists()).collect();
        if unknown.is_empty() && given.iter().all(|(tenant, _)| tenant.is_some()) {
            return Ok(given.iter().map(|(_, rows)| rows).sum());
        }
        let found = offenders::just_adopted(self.part, &self.adopting.tenant, &unknown);
        Err(AdoptionRefusal::RowsWithoutTenant {
            relation: self.adopting.name(),
            count: found.len(),
            offenders: offenders::named(&found),
        }
        .into())
    }

    fn is_left(&self, blocks: &Range<i64>) -> bool {
        !self.ask(&self.left, blocks, |_| ()).is_empty()
    }

    fn ask<R>(&self, plan: &Plan, blocks: &Range<i64>, each: impl FnMut(&Row) -> R) -> Vec<R> {
        let args = [arg(rows::first_of_block(blocks.start)), arg(rows::first_of_block(blocks.end))];
        let relation = self.adopting.relation();
        nothing_deferred(|| owner::run_pinned_as_owner_of(relation, || plan.rows(&args, Sees::Statement, each)))
    }
}

/// The rows of a part, as what follows FROM and as a condition: by its own name, on which somebody else who owns it may have granted
/// nothing, or by the name of the table.
fn rows_of(root: pg_sys::Oid, part: pg_sys::Oid, alias: &str) -> (String, String) {
    if owner::owner_of(part) == owner::owner_of(root) {
        return (format!("only {}", relations::qualified(part)), "true".into());
    }
    let in_part = format!("{alias}.tableoid operator(pg_catalog.=) {}::pg_catalog.oid", part.to_u32());
    (relations::qualified(root), in_part)
}
