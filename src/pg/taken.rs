//! Keys that are taken, be it by a row whose transaction has not ended yet.

use pgrx::pg_sys;

/// Does a row have this value in the first column of an index, of type bigint, or will it, if its transaction commits? Nobody is
/// waited for.
pub fn is_taken(table: pg_sys::Oid, index: pg_sys::Oid, value: i64) -> bool {
    let mut key = pg_sys::ScanKeyData::default();
    let mut snapshot =
        pg_sys::SnapshotData { snapshot_type: pg_sys::SnapshotType::SNAPSHOT_DIRTY, ..Default::default() };
    // SAFETY: all that is opened here is closed in the opposite order, or by the aborting transaction. The procedure is the
    // strategy's for bigint, which is passed by value. A snapshot of this type needs nothing else, and outlives the scan.
    unsafe {
        let table = pg_sys::table_open(table, pg_sys::AccessShareLock as i32);
        let index = pg_sys::index_open(index, pg_sys::AccessShareLock as i32);
        let slot = pg_sys::table_slot_create(table, std::ptr::null_mut());
        let (equal, procedure) = (pg_sys::BTEqualStrategyNumber as u16, pg_sys::F_INT8EQ.into());
        pg_sys::ScanKeyInit(&mut key, 1, equal, procedure, value.into());
        #[cfg(feature = "pg18")]
        let scan = pg_sys::index_beginscan(table, index, &mut snapshot, std::ptr::null_mut(), 1, 0);
        #[cfg(not(feature = "pg18"))]
        let scan = pg_sys::index_beginscan(table, index, &mut snapshot, 1, 0);
        pg_sys::index_rescan(scan, &mut key, 1, std::ptr::null_mut(), 0);
        let found = pg_sys::index_getnext_slot(scan, pg_sys::ScanDirection::ForwardScanDirection, slot);
        pg_sys::index_endscan(scan);
        pg_sys::ExecDropSingleTupleTableSlot(slot);
        pg_sys::index_close(index, pg_sys::NoLock as i32);
        pg_sys::table_close(table, pg_sys::NoLock as i32);
        found
    }
}
