//! The tenants of rows that this transaction refers to, for the next row that refers to the same.
//!
//! A row referred to is locked KEY SHARE until the transaction ends, so that nobody else deletes it, gives its key up or
//! changes its tenant (which takes FOR UPDATE). What the own transaction does to it, and a rollback to a savepoint, which
//! may give the lock back, make everything be forgotten.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use uuid::Uuid;

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

type Tenants = Rc<[Option<Uuid>]>;
type ByImage = HashMap<Box<[u8]>, Tenants>;

impl Held {
    /// The tenants of the rows with a key. `look_up` locks the rows; that there is none is not remembered.
    pub fn tenants(&self, image: &[u8], look_up: impl FnOnce() -> Vec<Option<Uuid>>) -> Tenants {
        if let Some(known) = self.known(image) {
            return known;
        }
        let tenants: Tenants = look_up().into();
        if !tenants.is_empty() {
            let mut held = self.0.borrow_mut();
            if held.0 != STAMP.get() || held.1.len() >= MOST {
                held.1.clear();
                held.0 = STAMP.get();
            }
            held.1.insert(image.into(), Rc::clone(&tenants));
        }
        tenants
    }

    fn known(&self, image: &[u8]) -> Option<Tenants> {
        let held = self.0.borrow();
        if held.0 == STAMP.get() { held.1.get(image).cloned() } else { None }
    }
}
