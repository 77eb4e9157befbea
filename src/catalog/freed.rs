//! Keys that this transaction's rows gave up, and references to whose keys its rows took any.
//!
//! A key can become another row's only after it was given up, and only by the same transaction, for whose end everybody else
//! waits. Whichever of the two is heard of second has something to look at; most transactions do only one of them. Nothing
//! is taken back with a savepoint: what is noted too much costs a look.

use std::cell::RefCell;
use std::collections::BTreeSet;

use pgrx::pg_sys::Oid;

/// More than this many keys are not noted one by one.
const MOST: usize = 100_000;

struct Notes {
    /// By the oid of the reference and the mark of the key.
    freed: BTreeSet<(u32, u32)>,
    /// Were there more?
    freed_many: bool,
    taken: BTreeSet<u32>,
}

thread_local! {
    static NOTES: RefCell<Notes> =
        const { RefCell::new(Notes { freed: BTreeSet::new(), freed_many: false, taken: BTreeSet::new() }) };
}

/// Notes that a row gave up a key by which a reference may refer to it. Equal keys have the same mark.
pub fn note_freed(reference: Oid, mark: u32) {
    NOTES.with_borrow_mut(|notes| {
        notes.freed_many |= notes.freed.len() >= MOST;
        if !notes.freed_many {
            notes.freed.insert((reference.to_u32(), mark));
        }
    });
}

/// Notes that a row took a key by which a reference may refer to it.
pub fn note_taken(reference: Oid) {
    NOTES.with_borrow_mut(|notes| notes.taken.insert(reference.to_u32()));
}

/// May a row have given up a key with this mark?
pub fn was_freed(reference: Oid, mark: u32) -> bool {
    NOTES.with_borrow(|notes| notes.freed_many || notes.freed.contains(&(reference.to_u32(), mark)))
}

/// May a row have taken a key?
pub fn was_taken(reference: Oid) -> bool {
    NOTES.with_borrow(|notes| notes.taken.contains(&reference.to_u32()))
}

/// The transaction is over.
pub fn transaction_over() {
    NOTES.with_borrow_mut(|notes| {
        notes.freed.clear();
        notes.freed_many = false;
        notes.taken.clear();
    });
}
