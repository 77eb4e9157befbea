//! The setting that carries the context. Only C code writes it, so that an ordinary role cannot say who it is; it follows
//! transactions and savepoints and reaches parallel workers by itself.

use std::cell::Cell;
use std::ffi::{CString, c_char, c_void};
use std::sync::atomic::{AtomicBool, Ordering};

use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, pg_guard, pg_sys};

const NAME: &std::ffi::CStr = c"tenancy.context";
static CONTEXT: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
/// Set whenever the value changes, by whatever way: entry, leaving, rollback, RESET.
static CHANGED: AtomicBool = AtomicBool::new(true);

thread_local! {
    static REVERTED: Cell<Option<fn(to_nobody: bool)>> = const { Cell::new(None) };
    /// Whether the value is changing because `set` says so.
    static SETTING: Cell<bool> = const { Cell::new(false) };
}

/// Defines the setting. Call from `_PG_init`. `reverted` hears of changes that do not come from `set`; it runs in the
/// middle of transaction ends and may only take notes.
pub fn init(reverted: fn(to_nobody: bool)) {
    REVERTED.set(Some(reverted));
    // SAFETY: the hook cannot panic.
    unsafe {
        GucRegistry::define_string_guc_with_hooks(
            NAME,
            c"On whose behalf the session acts.",
            c"Written by tenancy.enter() and tenancy.leave() only.",
            &CONTEXT,
            GucContext::Suset,
            GucFlags::NO_SHOW_ALL | GucFlags::DISALLOW_IN_FILE,
            None,
            Some(assigned),
            None,
        );
        pg_sys::MarkGUCPrefixReserved(c"tenancy".as_ptr());
    }
}

#[pg_guard]
extern "C-unwind" fn assigned(value: *const c_char, _extra: *mut c_void) {
    CHANGED.store(true, Ordering::Relaxed);
    // SAFETY: PostgreSQL passes NULL or a NUL-terminated string.
    let to_nobody = value.is_null() || unsafe { *value == 0 };
    if let (false, Some(reverted)) = (SETTING.get(), REVERTED.get()) {
        reverted(to_nobody);
    }
}

/// Has the value been assigned since this was last asked? Costs a load.
pub fn take_changed() -> bool {
    CHANGED.load(Ordering::Relaxed) && CHANGED.swap(false, Ordering::Relaxed)
}

/// The value, or None where nobody entered.
pub fn get() -> Option<String> {
    CONTEXT.get().and_then(|value| value.into_string().ok()).filter(|value| !value.is_empty())
}

/// Writes the value for the rest of the transaction or, with `for_session`, for the rest of the session.
pub fn set(value: &str, for_session: bool) {
    let value = CString::new(value).expect("a context without NUL bytes");
    SETTING.set(true);
    // SAFETY: both strings are NUL-terminated and copied by the callee; PGC_SUSET is the right that this module holds.
    unsafe {
        pg_sys::set_config_option(
            NAME.as_ptr(),
            value.as_ptr(),
            pg_sys::GucContext::PGC_SUSET,
            pg_sys::GucSource::PGC_S_SESSION,
            if for_session { pg_sys::GucAction::GUC_ACTION_SET } else { pg_sys::GucAction::GUC_ACTION_LOCAL },
            true,
            0,
            false,
        );
    }
    SETTING.set(false);
}
