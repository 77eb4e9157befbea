//! The numbers of new tenants. Numbers may be given by hand, ahead of the sequence, too: it steps over them.

use pgrx::pg_sys;

use crate::pg::spi::{Sees, arg, query};
use crate::pg::{owner, relations, taken};

query!(NEXT, "next_tenant_number.sql", &[]);
query!(NEXT_AFTER, "next_tenant_number_after.sql", &[pg_sys::INT8OID]);

/// The next number of the sequence that no tenant has, nor one whose transaction has not ended yet. Where it meets numbers that were
/// given, it goes on behind them, and leaves room for more of those.
pub fn next() -> i64 {
    let [table, index] = ["tenants", "tenants_number_key"].map(|name| relations::by_name(c"tenancy", name));
    let (table, index) = table.zip(index).expect("the extension is installed");
    owner::run(|| {
        let drawn = |row: Option<i64>| row.expect("a sequence has a next value");
        let mut number = drawn(NEXT.with(|q| q.first(&[], Sees::Latest, |row| row.must(1))));
        while taken::is_taken(table, index, number) {
            pgrx::check_for_interrupts!();
            number = drawn(NEXT_AFTER.with(|q| q.first(&[arg(number)], Sees::Latest, |row| row.must(1))));
        }
        number
    })
}
