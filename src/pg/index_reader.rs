//! Rows whose column has one of many values, through the index on it and one after the other: the result of a query would be in
//! memory as a whole.

use std::cell::Cell;
use std::ffi::CStr;

use pgrx::pg_sys::ffi::pg_guard_ffi_boundary;
use pgrx::pg_sys::{self, Datum};
use uuid::Uuid;

use super::{relations, rows, spi};

/// So many values are looked for at once.
const AT_ONCE: usize = 250;

/// Reading a page of the index through takes as long as looking for so many values.
const WORTH_A_PAGE: usize = 20;

mod bare {
    //! PostgreSQL's functions without pgrx's preparation for errors: a row is found and read within one boundary.
    use core::ffi::c_int;

    use pgrx::pg_sys::{IndexScanDesc, ItemPointer, ScanDirection, TupleTableSlot};

    unsafe extern "C-unwind" {
        pub fn index_getnext_tid(scan: IndexScanDesc, direction: ScanDirection::Type) -> ItemPointer;
        pub fn index_fetch_heap(scan: IndexScanDesc, slot: *mut TupleTableSlot) -> bool;
        pub fn slot_getsomeattrs_int(slot: *mut TupleTableSlot, last: c_int);
    }
}

/// A table and a b-tree index on a column of type uuid, open for look-ups that all see the same.
pub struct IndexReader {
    table: pg_sys::Relation,
    index: pg_sys::Relation,
    snapshot: pg_sys::Snapshot,
    slot: *mut pg_sys::TupleTableSlot,
    /// The last of the columns that are read.
    last: Cell<i16>,
}

/// A row that was found. It lasts until the next one is looked for.
pub struct Found(*mut pg_sys::TupleTableSlot);

impl IndexReader {
    /// Opens both for `work`, which sees what is committed at this moment, and what the own transaction has done.
    pub fn with<R>(schema: &CStr, table: &str, index: &str, work: impl FnOnce(&Self) -> R) -> R {
        let named = |name| relations::by_name(schema, name).expect("table and index are those of the extension");
        // SAFETY: all that is opened here is closed in the opposite order, or by the aborting transaction. The index is looked
        // up once the table is locked: REINDEX CONCURRENTLY then leaves it until it is closed.
        unsafe {
            let table = pg_sys::table_open(named(table), pg_sys::AccessShareLock as i32);
            let index = pg_sys::index_open(named(index), pg_sys::AccessShareLock as i32);
            let slot = pg_sys::table_slot_create(table, std::ptr::null_mut());
            if !pg_sys::IsInParallelMode() {
                pg_sys::CommandCounterIncrement();
            }
            let snapshot = pg_sys::RegisterSnapshot(spi::latest());
            let result = work(&Self { table, index, snapshot, slot, last: Cell::new(0) });
            pg_sys::UnregisterSnapshot(snapshot);
            pg_sys::ExecDropSingleTupleTableSlot(slot);
            // The locks are not kept, as those of our queries in passing are not.
            pg_sys::index_close(index, pg_sys::AccessShareLock as i32);
            pg_sys::table_close(table, pg_sys::AccessShareLock as i32);
            result
        }
    }

    /// The position of a column in the rows, which are then read as far as that.
    pub fn column(&self, name: &str) -> i16 {
        // SAFETY: the table is open.
        let column = relations::column_number(unsafe { (*self.table).rd_id }, name);
        let column = column.expect("a column of the extension's table");
        self.last.set(self.last.get().max(column));
        column
    }

    /// Hands out the rows that have one of the values, which must be sorted.
    pub fn rows(&self, values: &[Uuid], mut each: impl FnMut(&Found)) {
        if values.len() > WORTH_A_PAGE * self.pages() {
            return self.rows_between(values, each);
        }
        for values in values.chunks(AT_ONCE) {
            pgrx::check_for_interrupts!();
            let array = array(values);
            let one_of_them = key(pg_sys::SK_SEARCHARRAY, pg_sys::BTEqualStrategyNumber, pg_sys::F_UUID_EQ, array);
            self.scan([one_of_them], |_| true, &mut each);
            // SAFETY: the scan is over, and nothing else knows the array.
            unsafe { pg_sys::pfree(array.cast_mut_ptr()) };
        }
    }

    /// Goes through the entries from the first value to the last, and hands out the rows that have one of the values.
    fn rows_between(&self, values: &[Uuid], mut each: impl FnMut(&Found)) {
        let (Some(first), Some(last)) = (values.first(), values.last()) else { return };
        let bound = |strategy, procedure, value: &Uuid| key(0, strategy, procedure, value.as_bytes().as_ptr().into());
        let bounds = [
            bound(pg_sys::BTGreaterEqualStrategyNumber, pg_sys::F_UUID_GE, first),
            bound(pg_sys::BTLessEqualStrategyNumber, pg_sys::F_UUID_LE, last),
        ];
        let mut rest = values;
        let is_wanted = |entry: &Uuid| {
            while let [value, others @ ..] = rest
                && value < entry
            {
                rest = others;
            }
            rest.first() == Some(entry)
        };
        self.scan(bounds, is_wanted, &mut each);
    }

    /// Hands out the rows whose entries in the index fit the keys and are wanted, which must not panic.
    fn scan<const N: usize>(
        &self,
        mut keys: [pg_sys::ScanKeyData; N],
        mut is_wanted: impl FnMut(&Uuid) -> bool,
        each: &mut impl FnMut(&Found),
    ) {
        // SAFETY: table and index are open. The keys' values stay where they are while the scan goes on.
        unsafe {
            #[cfg(feature = "pg18")]
            let scan = {
                let counts = std::ptr::null_mut();
                pg_sys::index_beginscan(self.table, self.index, self.snapshot, counts, N as i32, 0)
            };
            #[cfg(not(feature = "pg18"))]
            let scan = pg_sys::index_beginscan(self.table, self.index, self.snapshot, N as i32, 0);
            (*scan).xs_want_itup = true;
            pg_sys::index_rescan(scan, keys.as_mut_ptr(), N as i32, std::ptr::null_mut(), 0);
            // What is called in there leaves nothing to drop.
            while pg_guard_ffi_boundary(|| self.fetch(scan, &mut is_wanted)) {
                each(&Found(self.slot));
            }
            pg_sys::index_endscan(scan);
        }
    }

    /// Puts the next row into the slot, read as far as the last column.
    ///
    /// # Safety
    /// Called within a boundary, with a scan of the index that gives entries, all of which have a value.
    unsafe fn fetch(&self, scan: pg_sys::IndexScanDesc, is_wanted: &mut impl FnMut(&Uuid) -> bool) -> bool {
        // SAFETY: by the caller's promise; an entry without NULL has its value right behind its head.
        unsafe {
            while !bare::index_getnext_tid(scan, pg_sys::ScanDirection::ForwardScanDirection).is_null() {
                let value = (*scan).xs_itup.add(1).cast::<Uuid>();
                if is_wanted(&*value) && bare::index_fetch_heap(scan, self.slot) {
                    bare::slot_getsomeattrs_int(self.slot, self.last.get().into());
                    return true;
                }
            }
            false
        }
    }

    /// How large the index is.
    fn pages(&self) -> usize {
        // SAFETY: the index is open.
        unsafe { pg_sys::RelationGetNumberOfBlocksInFork(self.index, pg_sys::ForkNumber::MAIN_FORKNUM) as usize }
    }
}

impl Found {
    /// The value of a column, which must not be NULL and must be of that type.
    pub fn must<T: pgrx::FromDatum>(&self, column: i16) -> T {
        // SAFETY: the slot holds a row of the table, read as far as the columns that the caller has from `IndexReader::column`.
        let value = unsafe { rows::slot_value(self.0, column) };
        rows::value_of(value).expect("a column that is never NULL")
    }
}

/// What the index's only column is compared with.
fn key(flags: u32, strategy: u32, procedure: u32, value: Datum) -> pg_sys::ScanKeyData {
    let mut key = pg_sys::ScanKeyData::default();
    // SAFETY: the procedure is the strategy's; no other type and no collation are needed.
    unsafe {
        let any = pg_sys::InvalidOid;
        pg_sys::ScanKeyEntryInitialize(&mut key, flags as i32, 1, strategy as u16, any, any, procedure.into(), value);
    }
    key
}

fn array(ids: &[Uuid]) -> Datum {
    let mut elements: Vec<_> = ids.iter().map(|id| Datum::from(id.as_bytes().as_ptr())).collect();
    let (count, align) = (elements.len() as i32, pg_sys::TYPALIGN_CHAR as std::ffi::c_char);
    // SAFETY: the elements are uuids, which the callee copies.
    unsafe { pg_sys::construct_array(elements.as_mut_ptr(), count, pg_sys::UUIDOID, 16, false, align) }.into()
}
