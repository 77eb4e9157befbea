//! Answers about our tables that a backend remembers for as long as nothing there changes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

use super::watched;

/// More than a backend needs for the tenants that it acts for; a backend that meets more begins anew.
const MOST: usize = 1000;

/// Remembered answers by their question.
pub struct Memo<K, V> {
    known: RefCell<(u64, HashMap<K, V, RandomState>)>,
    worth_keeping: fn(&V) -> bool,
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    /// Nothing remembered yet.
    pub fn new() -> Self {
        Self::keeping(|_| true)
    }

    /// The same for answers some of which are too large to keep.
    pub fn keeping(worth_keeping: fn(&V) -> bool) -> Self {
        Self { known: RefCell::default(), worth_keeping }
    }

    /// The answer, looked up only if it is not known to be still true.
    pub fn get(&self, question: K, look_up: impl FnOnce(&K) -> V) -> V {
        let known = {
            let memo = self.known.borrow();
            if memo.0 == watched::generation() { memo.1.get(&question).cloned() } else { None }
        };
        known.unwrap_or_else(|| {
            // Looking up may itself find that something changed; what it found is then not kept.
            watched::watch();
            let generation = watched::generation();
            let answer = look_up(&question);
            self.remember(generation, question, answer.clone());
            answer
        })
    }

    fn remember(&self, generation: u64, question: K, answer: V) {
        let mut memo = self.known.borrow_mut();
        if memo.0 != generation || memo.1.len() >= MOST {
            memo.1.clear();
            memo.0 = generation;
        }
        if generation == watched::generation() && (self.worth_keeping)(&answer) {
            memo.1.insert(question, answer);
        }
    }
}
