//! Variables of a backend.

use std::ops::Deref;

/// A variable of the backend, which has one thread. Thread-local storage of a shared library would cost a call for each use.
pub struct BackendLocal<T>(T);

// SAFETY: PostgreSQL's backends have one thread, and so does everything that calls this library's functions. The unit tests,
// which have several, are pure Rust without backend variables.
unsafe impl<T> Sync for BackendLocal<T> {}

impl<T> BackendLocal<T> {
    /// The variable with its first value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for BackendLocal<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
