//! Rows of tables that are not protected and refer to a tenant's rows: PostgreSQL's foreign keys keep these from being deleted, or
//! delete or change the rows that refer to them.

use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

use super::references::staying;
use super::{TenantKey, from, look, tenant_of};
use crate::catalog::protection::{self, Protection, Reference};
use crate::pg::spi::{Arg, Sees, arg, query};
use crate::pg::{owner, relations};

query!(ON_DELETE, "on_delete.sql", &[pg_sys::OIDOID]);

/// What happens to rows outside when a tenant's rows of a table are deleted.
#[derive(Default)]
pub struct Outside {
    /// Rows that keep them from being deleted, by foreign key.
    pub stay: Vec<(Oid, String, i64)>,
    /// Rows that are deleted, by table.
    pub go: Vec<(Oid, i64)>,
}

/// Looks at all tables that refer to the tenant's rows of a protected table, and to rows that are deleted with these.
pub fn outside(table: Oid, tenant: Uuid) -> Outside {
    let mut found = Outside::default();
    let Some(Protection { tenant: Some(column), .. }) = protection::protection(table) else { return found };
    let rows = Rows {
        relation: table,
        that_go: format!("{} operator(pg_catalog.=) $1", tenant_of("t0", Some(&column))),
        argument: TenantKey::argument(column.key, tenant),
        above: vec![table],
    };
    rows.look(tenant, &mut found);
    found
}

/// Rows of a table that are deleted: those for which the condition on its row `tN` holds, N being how far it is from the tenant.
struct Rows {
    relation: Oid,
    that_go: String,
    argument: (Oid, Arg),
    /// The tables on the way here, this one included.
    above: Vec<Oid>,
}

impl Rows {
    fn look(&self, tenant: Uuid, found: &mut Outside) {
        let depth = self.above.len();
        let mut children: Vec<(Oid, Vec<String>)> = Vec::new();
        // Those to a table above are looked at there.
        let references = protection::references_of_others(self.relation);
        for reference in references.into_iter().filter(|reference| reference.parent == self.relation) {
            let refers = self.referring(&reference, depth);
            // Between owners only the first step is looked at: nobody may read both tables, and the way there row by row.
            let of_one_owner = owner::owner_of(reference.child) == owner::owner_of(self.relation);
            let count = || match of_one_owner {
                true => self.count(reference.child, &refers, depth),
                false if depth == 1 => staying(&reference, tenant, false),
                false => 0,
            };
            match on_delete(&reference).as_str() {
                "a" | "r" => {
                    let rows = count();
                    if rows > 0 {
                        found.stay.push((reference.child, reference.constraint.clone(), rows));
                    }
                }
                "c" if self.above.contains(&reference.child) => (),
                "c" if of_one_owner => match children.iter_mut().find(|(child, _)| *child == reference.child) {
                    Some((_, conditions)) => conditions.push(refers),
                    None => children.push((reference.child, vec![refers])),
                },
                "c" => found.go.push((reference.child, count())),
                _ => (),
            }
        }
        for (child, conditions) in children {
            let that_go = format!("({})", conditions.join(" or "));
            let rows = self.count(child, &that_go, depth);
            if rows > 0 {
                found.go.push((child, rows));
                let above = self.above.iter().copied().chain([child]).collect();
                Self { relation: child, that_go, argument: self.argument, above }.look(tenant, found);
            }
        }
    }

    /// The condition on row `tN` of the referring table.
    fn referring(&self, reference: &Reference, depth: usize) -> String {
        let pairs = reference.parent_columns.iter().zip(&reference.child_columns).zip(&reference.operators);
        let equal = pairs.map(|((parent, child), operator)| {
            let (parent, child) = (pgrx::spi::quote_identifier(parent), pgrx::spi::quote_identifier(child));
            format!("t{}.{parent} {operator} t{depth}.{child}", depth - 1)
        });
        let equal = equal.collect::<Vec<_>>().join(" and ");
        format!("exists (select from {} t{} where {equal} and {})", from(reference.parent), depth - 1, self.that_go)
    }

    fn count(&self, child: Oid, refers: &str, depth: usize) -> i64 {
        let text = format!("select count(*) from {} t{depth} where {refers}", from(child));
        look(child, &text, &[self.argument], |row| row.must::<i64>(1)).into_iter().sum()
    }
}

fn on_delete(reference: &Reference) -> String {
    let read = |row: &crate::pg::spi::Row| row.must(1);
    owner::run(|| ON_DELETE.with(|q| q.first(&[arg(reference.oid)], Sees::Latest, read))).unwrap_or_default()
}

/// The table's name and the foreign key's, as a refusal lists them.
pub fn named((table, constraint, rows): &(Oid, String, i64)) -> String {
    format!("{rows} of {} by foreign key \"{constraint}\"", relations::qualified(*table))
}
