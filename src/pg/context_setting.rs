//! The settings that carry the context; they follow transactions and savepoints and reach parallel workers by themselves.
//! `tenancy.context` is written by C code only, so that an ordinary role cannot say who it is. `tenancy.token` may be set by
//! everybody, because it proves itself.

use std::cell::Cell;
use std::ffi::{CStr, CString, c_char, c_void};
use std::sync::atomic::{AtomicBool, Ordering};

use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, pg_guard, pg_sys};

const NAME: &CStr = c"tenancy.context";
const TOKEN_NAME: &CStr = c"tenancy.token";
static CONTEXT: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
static TOKEN: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
/// Set whenever a value changes, by whatever way: entry, leaving, rollback, RESET.
static CHANGED: AtomicBool = AtomicBool::new(true);
/// Set likewise, until the transaction is over.
static CHANGED_IN_TRANSACTION: AtomicBool = AtomicBool::new(false);

thread_local! {
    static LISTENERS: Cell<Option<Listeners>> = const { Cell::new(None) };
    /// Whether a value is changing because this module writes it.
    static SETTING: Cell<bool> = const { Cell::new(false) };
}

/// What hears of changes that do not come from here. It runs in the middle of transaction ends and may only take notes.
#[derive(Clone, Copy)]
pub struct Listeners {
    /// The context changed: rolled back, or reset.
    pub context: fn(to_nobody: bool),
    /// The token changed: set by anybody, rolled back, or reset. None where there is none any more.
    pub token: fn(Option<&str>),
}

/// Defines the settings. Call from `_PG_init`.
pub fn init(listeners: Listeners) {
    LISTENERS.set(Some(listeners));
    // SAFETY: the hooks cannot panic.
    unsafe {
        GucRegistry::define_string_guc_with_hooks(
            NAME,
            c"On whose behalf the session acts.",
            c"Written by tenancy.enter() and tenancy.leave() only.",
            &CONTEXT,
            GucContext::Suset,
            GucFlags::NO_SHOW_ALL | GucFlags::DISALLOW_IN_FILE,
            None,
            Some(context_assigned),
            None,
        );
        // Who can send SQL in a session must not be able to carry its token away. set_config(), which returns what SHOW shows,
        // has to work for everybody.
        GucRegistry::define_string_guc_with_hooks(
            TOKEN_NAME,
            c"A signed token that names on whose behalf the session acts.",
            c"Looked at when a statement first needs it.",
            &TOKEN,
            GucContext::Userset,
            GucFlags::NO_SHOW_ALL | GucFlags::DISALLOW_IN_FILE,
            None,
            Some(token_assigned),
            Some(token_shown),
        );
        pg_sys::MarkGUCPrefixReserved(c"tenancy".as_ptr());
    }
    // Defining them was no change.
    transaction_over();
}

#[pg_guard]
extern "C-unwind" fn context_assigned(value: *const c_char, _extra: *mut c_void) {
    assigned(value, |listeners, value| (listeners.context)(value.is_none()));
}

#[pg_guard]
extern "C-unwind" fn token_assigned(value: *const c_char, _extra: *mut c_void) {
    assigned(value, |listeners, value| (listeners.token)(value));
}

#[pg_guard]
extern "C-unwind" fn token_shown() -> *const c_char {
    if token().is_some() { c"(hidden)".as_ptr() } else { c"".as_ptr() }
}

fn assigned(value: *const c_char, tell: fn(Listeners, Option<&str>)) {
    CHANGED.store(true, Ordering::Relaxed);
    CHANGED_IN_TRANSACTION.store(true, Ordering::Relaxed);
    if let (false, Some(listeners)) = (SETTING.get(), LISTENERS.get()) {
        // SAFETY: PostgreSQL passes NULL or a NUL-terminated string.
        let value = (!value.is_null()).then(|| unsafe { CStr::from_ptr(value) });
        // What is not UTF-8 is something, though nothing that anybody remembers.
        tell(listeners, value.map(|text| text.to_str().unwrap_or("?")).filter(|text| !text.is_empty()));
    }
}

/// Has the value been assigned since this was last asked? Costs a load.
pub fn take_changed() -> bool {
    CHANGED.load(Ordering::Relaxed) && CHANGED.swap(false, Ordering::Relaxed)
}

/// Will the values be the same when the transaction is over, if nobody changes them on purpose?
pub fn outlive_transaction() -> bool {
    !CHANGED_IN_TRANSACTION.load(Ordering::Relaxed)
}

/// The transaction is over. What it undoes is undone after this: that counts as a change in the next one.
pub fn transaction_over() {
    CHANGED_IN_TRANSACTION.store(false, Ordering::Relaxed);
}

/// The context that was entered, or None where nobody entered.
pub fn get() -> Option<String> {
    read(&CONTEXT)
}

/// The token, or None where there is none.
pub fn token() -> Option<String> {
    read(&TOKEN)
}

fn read(setting: &GucSetting<Option<CString>>) -> Option<String> {
    // What is not UTF-8 is something, though nothing that could be read.
    setting.get().map(|value| value.into_string().unwrap_or_else(|_| "?".into())).filter(|value| !value.is_empty())
}

/// Writes the context for the rest of the transaction or, with `for_session`, for the rest of the session.
pub fn set(value: &str, for_session: bool) {
    write(NAME, value, for_session);
}

/// The same for the token.
pub fn set_token(value: &str, for_session: bool) {
    write(TOKEN_NAME, value, for_session);
}

fn write(name: &CStr, value: &str, for_session: bool) {
    let value = CString::new(value).expect("a setting without NUL bytes");
    SETTING.set(true);
    // SAFETY: both strings are NUL-terminated and copied by the callee; PGC_SUSET is the right that this module holds.
    unsafe {
        pg_sys::set_config_option(
            name.as_ptr(),
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
