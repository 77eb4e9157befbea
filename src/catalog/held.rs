//! The tenants of rows that this transaction refers to, for the next row that refers to the same.
//!
//! A row referred to is locked KEY SHARE until the transaction ends, so that nobody else deletes it, gives its key up or
//! changes its tenant (which takes FOR UPDATE). What the own transaction does to it, and a rollback to a savepoint, which
//! may give the lock back, make everything be forgotten.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use foldhash::fast::RandomState;
use smallvec::SmallVec;
use uuid::Uuid;

use crate::pg::rows::Image;

/// More than this many rows are not remembered at once.
const MOST: usize = 10_000;

thread_local! {
    static STAMP: Cell<u64> = const { Cell::new(0) };
}

/// Forgets all rows, of all references.
pub fn forget() {
    STAMP.set(STAMP.get().wrapping_add(1));
}

/// The tenants of the rows referred to by one reference, by the image of their key.
#[derive(Default)]
pub struct Held(RefCell<(u64, ByImage)>);

/// The tenants of the rows with one key: of one row, but for keys with a period.
pub type Holders = SmallVec<[Option<Uuid>; 1]>;
type ByImage = HashMap<Image, Holders, RandomState>;

impl Held {
    /// The tenants of the rows with a key. `look_up` locks the rows; that there is none is not remembered.
    pub fn tenants(&self, image: &[u8], look_up: impl FnOnce() -> Holders) -> Holders {
        if let Some(known) = self.known(image) {
            return known;
        }
        let tenants = look_up();
        if !tenants.is_empty() {
            let mut held = self.0.borrow_mut();
            if held.0 != STAMP.get() || held.1.len() >= MOST {
                held.1.clear();
                held.0 = STAMP.get();
            }
            held.1.insert(Image::from_slice(image), tenants.clone());
        }
        tenants
    }

    fn known(&self, image: &[u8]) -> Option<Holders> {
        let held = self.0.borrow();
        if held.0 == STAMP.get() { held.1.get(image).cloned() } else { None }
    }
}
