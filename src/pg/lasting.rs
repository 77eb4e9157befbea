//! Values that are made once and handed out for every row. What a scan compares with is not copied by the executor, so that
//! such a value has to outlive the row.

use std::ffi::c_void;

use pgrx::pg_sys;

unsafe extern "C-unwind" {
    // In utils/palloc.h. pgrx's own binding prepares for errors each time; this one may pass only what needs not be dropped.
    fn MemoryContextAlloc(context: pg_sys::MemoryContext, size: usize) -> *mut c_void;
}

type Bytes = [u8; 16];

/// A value, for as long as the transaction lasts.
#[derive(Clone, Copy)]
pub enum Lasting {
    Uuid(Bytes),
    /// Passed by value, or in memory that lasts until the transaction ends.
    Other(pg_sys::Datum),
}

impl Lasting {
    /// A uuid.
    pub const fn uuid(bytes: &Bytes) -> Self {
        Self::Uuid(*bytes)
    }

    /// A number of type bigint, which is passed by value on every supported machine.
    pub fn number(number: i64) -> Self {
        Self::Other(pg_sys::Datum::from(number))
    }

    /// Yes or no.
    pub fn flag(flag: bool) -> Self {
        Self::Other(pg_sys::Datum::from(flag))
    }

    /// An array of uuids. Who calls a procedure with it copies it, before that may commit.
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
            Self::Other(pg_sys::Datum::from(array))
        }
    }

    /// The value as the result of a call. A uuid is in memory that lasts as long as the expression that the call stands in, which
    /// may be longer than the transaction: an argument of a procedure that commits.
    ///
    /// # Safety
    /// PostgreSQL's call by an expression.
    #[inline]
    pub(super) unsafe fn datum(self, call: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
        match self {
            // SAFETY: by the caller's promise.
            Self::Uuid(bytes) => pg_sys::Datum::from(unsafe { kept(call, bytes) }),
            Self::Other(datum) => datum,
        }
    }
}

/// These bytes in the memory of the expression: the same ones as long as they stay the same.
///
/// # Safety
/// PostgreSQL's call by an expression of a function that keeps nothing else with it. No value that needs to be dropped is alive.
#[inline]
unsafe fn kept(call: pg_sys::FunctionCallInfo, bytes: Bytes) -> *mut Bytes {
    // SAFETY: by the caller's promise the expression has its entry of the function, where what was kept before is found again.
    // What was handed out before stays as it is.
    unsafe {
        let function = (*call).flinfo;
        let mut kept: *mut Bytes = (*function).fn_extra.cast();
        if kept.is_null() || *kept != bytes {
            kept = MemoryContextAlloc((*function).fn_mcxt, size_of::<Bytes>()).cast();
            kept.write(bytes);
            (*function).fn_extra = kept.cast();
        }
        kept
    }
}
