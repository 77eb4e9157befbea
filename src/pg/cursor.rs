//! Queries that are read a batch at a time, across calls of a set-returning function: with constant memory, and all by one
//! snapshot.

use std::ffi::{CStr, CString};

use pgrx::pg_sys;

use super::spi::{self, Arg, Row};

/// An open query; closed when dropped, or by the end of the transaction.
pub struct Cursor(CString);

impl Cursor {
    /// Plans and opens a query that only reads, by the snapshot of the statement that called the function.
    pub fn open(text: &str, types: &[pg_sys::Oid], args: &[Arg]) -> Self {
        Self::open_by(text, types, args, true)
    }

    /// The same by a snapshot that is taken now, as the function's later statements take theirs: what others committed while
    /// a lock was waited for is seen, too.
    pub fn open_now(text: &str) -> Self {
        Self::open_by(text, &[], &[], false)
    }

    fn open_by(text: &str, types: &[pg_sys::Oid], args: &[Arg], callers_snapshot: bool) -> Self {
        let (mut values, nulls) = spi::values_and_nulls(args);
        spi::connected(None, || {
            let plan = spi::parse(text, types);
            // SAFETY: called inside a connection with as many arguments as the plan has parameters. The portal copies plan
            // and arguments and outlives the connection; its name is copied here.
            unsafe {
                let (values, nulls) = (values.as_mut_ptr(), nulls.as_ptr());
                let portal = pg_sys::SPI_cursor_open(std::ptr::null(), plan, values, nulls, callers_snapshot);
                Self(CStr::from_ptr((*portal).name).to_owned())
            }
        })
    }

    /// The next rows, at most `count`; none when there are no more.
    pub fn fetch<R>(&self, count: i32, mut each: impl FnMut(&Row) -> R) -> Vec<R> {
        spi::connected(None, || {
            // SAFETY: the portal is looked up by its name, which fails if somebody closed it; the rows are read before the
            // connection ends.
            unsafe {
                let portal = pg_sys::SPI_cursor_find(self.0.as_ptr());
                assert!(!portal.is_null(), "the cursor is still open");
                pg_sys::SPI_cursor_fetch(portal, true, count.into());
                spi::result_rows(&mut each)
            }
        })
    }

    /// Frees what the query holds.
    pub fn close(self) {
        spi::connected(None, || {
            // SAFETY: as in `fetch`.
            unsafe {
                let portal = pg_sys::SPI_cursor_find(self.0.as_ptr());
                if !portal.is_null() {
                    pg_sys::SPI_cursor_close(portal);
                }
            }
        });
    }
}
