//! Rows whose column has one of many values, through the index on it and one after the other: the result of a query would be in
//! memory as a whole.

use std::ffi::CStr;

use pgrx::pg_sys::{self, Datum};

use super::{relations, rows, spi};

/// A table and a b-tree index on a column of type uuid, open for look-ups that all see the same.
pub struct IndexReader {
    relation: pg_sys::Oid,
    scan: pg_sys::IndexScanDesc,
    slot: *mut pg_sys::TupleTableSlot,
}

/// A row that was found. It lasts until the next one is looked for.
pub struct Found(*mut pg_sys::TupleTableSlot);

impl IndexReader {
    /// Opens both for `work`, which sees what is committed at this moment, and what the own transaction has done.
    pub fn with<R>(schema: &CStr, table: &str, index: &str, work: impl FnOnce(&Self) -> R) -> R {
        let named = |name| relations::by_name(schema, name).expect("table and index are those of the extension");
        // SAFETY: all that is opened here is closed in the opposite order, or by the aborting transaction. The index is looked
        // up once the table is locked: REINDEX CONCURRENTLY then leaves it until the transaction ends.
        unsafe {
            let relation = named(table);
            let table = pg_sys::table_open(relation, pg_sys::AccessShareLock as i32);
            let index = pg_sys::index_open(named(index), pg_sys::AccessShareLock as i32);
            let slot = pg_sys::table_slot_create(table, std::ptr::null_mut());
            if !pg_sys::IsInParallelMode() {
                pg_sys::CommandCounterIncrement();
            }
            let snapshot = pg_sys::RegisterSnapshot(spi::latest());
            #[cfg(feature = "pg18")]
            let scan = pg_sys::index_beginscan(table, index, snapshot, std::ptr::null_mut(), 1, 0);
            #[cfg(not(feature = "pg18"))]
            let scan = pg_sys::index_beginscan(table, index, snapshot, 1, 0);
            let result = work(&Self { relation, scan, slot });
            pg_sys::index_endscan(scan);
            pg_sys::UnregisterSnapshot(snapshot);
            pg_sys::ExecDropSingleTupleTableSlot(slot);
            pg_sys::index_close(index, pg_sys::NoLock as i32);
            pg_sys::table_close(table, pg_sys::NoLock as i32);
            result
        }
    }

    /// The position of a column in the rows.
    pub fn column(&self, name: &str) -> i16 {
        relations::column_number(self.relation, name).expect("a column of the extension's table")
    }

    /// Hands out the rows that have one of the values, which PostgreSQL keeps in memory meanwhile.
    pub fn rows(&self, values: &[uuid::Uuid], mut each: impl FnMut(&Found)) {
        pgrx::check_for_interrupts!();
        // SAFETY: the scan is open and has room for one key, whose values stay where they are while it goes on. The slot is one
        // of the table.
        unsafe {
            let array = array(values);
            let mut key = pg_sys::ScanKeyData::default();
            pg_sys::ScanKeyEntryInitialize(
                &mut key,
                pg_sys::SK_SEARCHARRAY as i32,
                1,
                pg_sys::BTEqualStrategyNumber as u16,
                pg_sys::InvalidOid,
                pg_sys::InvalidOid,
                pg_sys::F_UUID_EQ.into(),
                Datum::from(array),
            );
            pg_sys::index_rescan(self.scan, &mut key, 1, std::ptr::null_mut(), 0);
            while pg_sys::index_getnext_slot(self.scan, pg_sys::ScanDirection::ForwardScanDirection, self.slot) {
                each(&Found(self.slot));
            }
            pg_sys::pfree(array.cast());
        }
    }
}

impl Found {
    /// The value of a column, which must not be NULL and must be of that type.
    pub fn must<T: pgrx::FromDatum>(&self, column: i16) -> T {
        // SAFETY: the slot holds a row of the table, whose columns the caller has from `IndexReader::column`.
        let value = unsafe { rows::slot_value(self.0, column) };
        rows::value_of(value).expect("a column that is never NULL")
    }
}

fn array(ids: &[uuid::Uuid]) -> *mut pg_sys::ArrayType {
    let mut elements: Vec<_> = ids.iter().map(|id| Datum::from(id.as_bytes().as_ptr())).collect();
    let (count, align) = (elements.len() as i32, pg_sys::TYPALIGN_CHAR as std::ffi::c_char);
    // SAFETY: the elements are uuids, which the callee copies.
    unsafe { pg_sys::construct_array(elements.as_mut_ptr(), count, pg_sys::UUIDOID, 16, false, align) }
}
