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

/// More than this many rows of one table are not remembered at once: they take less than a hundred bytes each.
const MOST: usize = 100_000;
/// Room for more than this many is given back when they are forgotten.
const USUAL: usize = 1_000;

/// The tenants of the rows with one key: of one row, but for keys with a period.
pub type Holders = SmallVec<[Option<Uuid>; 1]>;
type ByImage = HashMap<Image, Holders, RandomState>;

/// The tenants that a look-up found.
pub enum Looked {
    /// Of rows that this transaction holds by now.
    Held(Holders),
    /// Of rows that it does not hold.
    At(Holders),
}

thread_local! {
    /// By the references that rows of this transaction have; few.
    static HELD: RefCell<Vec<(u64, ByImage)>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// Forgets all rows, of all references.
pub fn forget() {
    HELD.with_borrow_mut(|held| {
        held.retain(|(_, rows)| !rows.is_empty() && rows.capacity() <= USUAL);
        held.iter_mut().for_each(|(_, rows)| rows.clear());
    });
}

/// The rows referred to by one reference.
pub struct Held(u64);

impl Held {
    /// None yet.
    pub fn new() -> Self {
        Self(NEXT.replace(NEXT.get() + 1))
    }

    /// The tenants of the rows with a key, given as its image. Remembered are those of rows that `look_up` has locked; that there is
    /// none is not.
    pub fn tenants(&self, image: &[u8], look_up: impl FnOnce() -> Looked) -> Holders {
        if let Some(known) = HELD.with_borrow(|held| self.rows(held)?.get(image).cloned()) {
            return known;
        }
        match look_up() {
            Looked::Held(tenants) => {
                if !tenants.is_empty() {
                    HELD.with_borrow_mut(|held| self.note(held, image, tenants.clone()));
                }
                tenants
            }
            Looked::At(tenants) => tenants,
        }
    }

    fn rows<'a>(&self, held: &'a [(u64, ByImage)]) -> Option<&'a ByImage> {
        held.iter().find(|(of, _)| *of == self.0).map(|(_, rows)| rows)
    }

    fn note(&self, held: &mut Vec<(u64, ByImage)>, image: &[u8], tenants: Holders) {
        let place = held.iter().position(|(of, _)| *of == self.0).unwrap_or_else(|| {
            held.push((self.0, ByImage::default()));
            held.len() - 1
        });
        let rows = &mut held[place].1;
        if rows.len() >= MOST {
            rows.clear();
        }
        rows.insert(Image::from_slice(image), tenants);
    }
}
