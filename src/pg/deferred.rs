//! Letting nothing wait for the commit.
//!
//! What a table's owner has written runs with his rights only while we make it do so; a deferred trigger runs when the
//! transaction commits, with the context of the session and before 18 with its rights. So what would be looked at then is
//! looked at when its statement ends.

use super::owner;
use super::spi::{self, Sees, query};

query!(DEFERRABLE, "deferrable_constraints.sql", &[]);

/// Runs `work`, whose statements are checked when they end. What the transaction has deferred before is checked first, with the
/// rights and in the context in which it would be at its commit. Afterwards constraints are deferred as they are declared to be,
/// whatever SET CONSTRAINTS said before.
pub fn nothing_deferred<R>(work: impl FnOnce() -> R) -> R {
    let found = owner::run(|| DEFERRABLE.with(|q| q.first(&[], Sees::Latest, |row| row.get::<String>(1))));
    let Some(declared_immediate) = found else { return work() };
    spi::run("set constraints all immediate");
    let result = work();
    spi::run("set constraints all deferred");
    if let Some(names) = declared_immediate {
        spi::run(&format!("set constraints {names} immediate"));
    }
    result
}
