//! Values that last as long as the transaction. What a scan compares with is not copied by the executor, so that a value
//! handed out for every row has to outlive the statement, and should not be made for every row.

use pgrx::pg_sys;

/// A value in memory that lasts until the transaction ends.
#[derive(Clone, Copy)]
pub struct Lasting(pg_sys::Datum);

impl Lasting {
    /// A uuid.
    pub fn uuid(bytes: &[u8; 16]) -> Self {
        // SAFETY: the copied bytes fit into the new memory.
        unsafe {
            let copy: *mut u8 = pg_sys::MemoryContextAlloc(pg_sys::TopTransactionContext, bytes.len()).cast();
            copy.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            Self(pg_sys::Datum::from(copy))
        }
    }

    /// A number of type bigint, which is passed by value on every supported machine.
    pub fn number(number: i64) -> Self {
        Self(pg_sys::Datum::from(number))
    }

    /// Yes or no.
    pub fn flag(flag: bool) -> Self {
        Self(pg_sys::Datum::from(flag))
    }

    /// An array of uuids.
    pub fn uuids(ids: &[uuid::Uuid]) -> Self {
        let elements = ids.iter().map(|id| pg_sys::Datum::from(id.as_bytes().as_ptr())).collect();
        Self::array(elements, pg_sys::UUIDOID, 16, false, pg_sys::TYPALIGN_CHAR)
    }

    /// An array of bigints.
    pub fn numbers(numbers: &[i64]) -> Self {
        let elements = numbers.iter().map(|number| pg_sys::Datum::from(*number)).collect();
        Self::array(elements, pg_sys::INT8OID, 8, true, pg_sys::TYPALIGN_DOUBLE)
    }

    fn array(mut elements: Vec<pg_sys::Datum>, of: pg_sys::Oid, size: i32, by_value: bool, align: u8) -> Self {
        // SAFETY: the elements are valid values of the type, of which the rest is told; the callee copies them.
        unsafe {
            let before = pg_sys::MemoryContextSwitchTo(pg_sys::TopTransactionContext);
            let array = pg_sys::construct_array(
                elements.as_mut_ptr(),
                elements.len() as i32,
                of,
                size,
                by_value,
                align as std::ffi::c_char,
            );
            pg_sys::MemoryContextSwitchTo(before);
            Self(pg_sys::Datum::from(array))
        }
    }

    pub(super) fn datum(self) -> pg_sys::Datum {
        self.0
    }
}
