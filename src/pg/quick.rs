//! C functions for what is asked for every row, by PostgreSQL's version-1 convention and nothing more: what pgrx does around
//! a call costs more than the answer.

use pgrx::pg_sys;
use pgrx::pg_sys::panic::{ErrorReport, ErrorReportable};

use super::lasting::Lasting;

/// Defines the C function `$name` that answers a call by a closure with one argument or none, and the record by which
/// PostgreSQL knows its convention. `$at_hand` is a closure that gives an answer that may be there already, Some or None: it is
/// asked before anything is prepared for errors, which costs more than handing it out, and so may raise none.
macro_rules! quick {
    ($name:ident, $record:ident, $at_hand:expr, $answer:expr) => {
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        #[doc(hidden)]
        pub extern "C" fn $record() -> &'static pgrx::pg_sys::Pg_finfo_record {
            const VERSION_1: pgrx::pg_sys::Pg_finfo_record = pgrx::pg_sys::Pg_finfo_record { api_version: 1 };
            &VERSION_1
        }

        /// # Safety
        /// For PostgreSQL to call.
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        #[doc(hidden)]
        pub unsafe extern "C-unwind" fn $name(call: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
            #[pgrx::pg_guard]
            unsafe extern "C-unwind" fn guarded(call: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
                // SAFETY: PostgreSQL passes a valid call with the arguments of the function's declaration.
                unsafe { $crate::pg::quick::answer(call, $answer) }
            }
            // SAFETY: as above.
            unsafe { $crate::pg::quick::at_hand(call, $at_hand).unwrap_or_else(|| guarded(call)) }
        }
    };
    ($name:ident, $record:ident, $answer:expr) => {
        $crate::pg::quick::quick!($name, $record, || None::<bool>, $answer);
    };
}
pub(crate) use quick;

/// What a function may take.
pub trait Argument: Sized {
    /// # Safety
    /// The value is of the type.
    unsafe fn of(value: pg_sys::Datum) -> Self;
}

impl Argument for uuid::Uuid {
    #[inline]
    unsafe fn of(value: pg_sys::Datum) -> Self {
        // SAFETY: a uuid is passed as a pointer to its 16 bytes.
        unsafe { Self::from_bytes(value.cast_mut_ptr::<[u8; 16]>().read_unaligned()) }
    }
}

impl Argument for i64 {
    #[inline]
    unsafe fn of(value: pg_sys::Datum) -> Self {
        value.value() as Self
    }
}

impl Argument for i32 {
    #[inline]
    unsafe fn of(value: pg_sys::Datum) -> Self {
        value.value() as Self
    }
}

/// What a function may give; None is NULL.
pub trait Outcome {
    /// # Safety
    /// The call that it is the result of.
    unsafe fn datum(self, call: pg_sys::FunctionCallInfo) -> Option<pg_sys::Datum>;
}

impl Outcome for bool {
    #[inline]
    unsafe fn datum(self, _call: pg_sys::FunctionCallInfo) -> Option<pg_sys::Datum> {
        Some(pg_sys::Datum::from(self))
    }
}

impl Outcome for Option<Lasting> {
    #[inline]
    unsafe fn datum(self, call: pg_sys::FunctionCallInfo) -> Option<pg_sys::Datum> {
        // SAFETY: by the caller's promise.
        self.map(|value| unsafe { value.datum(call) })
    }
}

impl<T: Outcome> Outcome for Result<T, ErrorReport> {
    #[inline]
    unsafe fn datum(self, call: pg_sys::FunctionCallInfo) -> Option<pg_sys::Datum> {
        // SAFETY: by the caller's promise.
        unsafe { self.unwrap_or_report().datum(call) }
    }
}

/// A closure that answers calls with as many arguments as `Arguments` has.
pub trait Answer<Arguments> {
    type Outcome;

    /// # Safety
    /// The call has the arguments that the closure takes.
    unsafe fn to(self, call: pg_sys::FunctionCallInfo) -> Self::Outcome;
}

impl<R, F: FnOnce() -> R> Answer<()> for F {
    type Outcome = R;

    #[inline]
    unsafe fn to(self, _call: pg_sys::FunctionCallInfo) -> R {
        self()
    }
}

impl<A: Argument, R, F: FnOnce(Option<A>) -> R> Answer<(A,)> for F {
    type Outcome = R;

    #[inline]
    unsafe fn to(self, call: pg_sys::FunctionCallInfo) -> R {
        // SAFETY: by the caller's promise there is an argument, and it is of the type.
        let argument = unsafe {
            let first = &*(*call).args.as_ptr();
            if first.isnull { None } else { Some(A::of(first.value)) }
        };
        self(argument)
    }
}

/// Answers a call.
///
/// # Safety
/// PostgreSQL's call of a function that is declared with the arguments that `answer` takes and the result that it gives.
#[inline]
pub unsafe fn answer<Arguments, F: Answer<Arguments>>(call: pg_sys::FunctionCallInfo, answer: F) -> pg_sys::Datum
where
    F::Outcome: Outcome,
{
    // SAFETY: by the caller's promise.
    unsafe { give(call, answer.to(call)) }
}

/// Answers a call if the answer is there.
///
/// # Safety
/// As `answer`.
#[inline]
pub unsafe fn at_hand<Arguments, R: Outcome, F: Answer<Arguments, Outcome = Option<R>>>(
    call: pg_sys::FunctionCallInfo,
    answer: F,
) -> Option<pg_sys::Datum> {
    // SAFETY: by the caller's promise.
    unsafe { answer.to(call).map(|outcome| give(call, outcome)) }
}

/// # Safety
/// A call of PostgreSQL's.
#[inline]
unsafe fn give(call: pg_sys::FunctionCallInfo, outcome: impl Outcome) -> pg_sys::Datum {
    // SAFETY: by the caller's promise.
    unsafe {
        let datum = outcome.datum(call);
        (*call).isnull = datum.is_none();
        datum.unwrap_or(pg_sys::Datum::from(0usize))
    }
}
