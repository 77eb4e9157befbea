//! Recording who acted, and who was refused.
//!
//! A successful entry does not make each transaction one that writes: an identity is recorded once an hour and session, at
//! commit. What a rolled-back or read-only transaction leaves is recorded at the next commit that may write. A refused
//! entry rolls back, so that a background worker records it; one a second and session at most, and two at a time in all.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use pgrx::{PgLogLevel, PgSqlErrorCode, ereport};
use uuid::Uuid;

use crate::catalog::activity::{self, Entries};
use crate::error::Refusal;
use crate::model::identity::Identity;
use crate::model::refused_entry::RefusedEntry;
use crate::pg::{owner, recorder, transactions};

const HOUR: i64 = 3_600_000_000;
const SECOND: i64 = 1_000_000;
/// What a session remembers at most.
const MOST: usize = 1000;
const MOST_WAITING: usize = 100;
const MOST_RECORDERS: i64 = 2;

thread_local! {
    /// When an identity was recorded last.
    static RECORDED: RefCell<HashMap<Identity, i64>> = RefCell::new(HashMap::new());
    static WAITING: RefCell<Vec<(Identity, i64)>> = const { RefCell::new(Vec::new()) };
    /// Whether entries of those that were recorded lately count, too, or it is not known.
    static EVERY: Cell<bool> = const { Cell::new(true) };
    static REFUSED_AT: Cell<i64> = const { Cell::new(i64::MIN) };
    static NOT_RECORDED: Cell<u32> = const { Cell::new(0) };
}

/// Somebody acts in this transaction. Takes a note only.
pub fn acting(identity: &Identity) {
    let now = transactions::statement_mark();
    if !EVERY.get() && recorded_lately(identity, now) {
        return;
    }
    WAITING.with_borrow_mut(|waiting| {
        if waiting.len() < MOST_WAITING {
            waiting.push((identity.clone(), now));
        }
    });
}

fn recorded_lately(identity: &Identity, now: i64) -> bool {
    RECORDED.with_borrow(|recorded| recorded.get(identity).is_some_and(|at| now.saturating_sub(*at) < HOUR))
}

/// The setting may have changed. Runs when no catalog may be read.
pub fn catalog_changed() {
    EVERY.set(true);
}

/// Records what waits, if this transaction may write.
pub fn before_commit() {
    if WAITING.with_borrow(Vec::is_empty) || !(transactions::may_write() || recorder::is_standby()) {
        return;
    }
    // Gone where the transaction drops the extension.
    if !activity::is_kept() {
        return WAITING.with_borrow_mut(Vec::clear);
    }
    transactions::with_snapshot(|| {
        let wanted = activity::wanted_entries();
        for (identity, at) in WAITING.take() {
            if wanted == Entries::None || (wanted == Entries::First && recorded_lately(&identity, at)) {
                continue;
            }
            if recorder::is_standby() {
                ereport!(
                    PgLogLevel::LOG,
                    PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
                    format!("pg_tenancy: entered as {identity}")
                );
            } else {
                activity::record_entry(&identity, at);
            }
            RECORDED.with_borrow_mut(|recorded| {
                if recorded.len() >= MOST {
                    recorded.clear();
                }
                recorded.insert(identity, at);
            });
        }
        EVERY.set(wanted == Entries::All);
    });
}

/// An entry is about to be refused.
pub fn refused(named: Option<&Identity>, refusal: &Refusal) {
    if !transactions::may_change_settings() {
        return;
    }
    let now = recorder::now();
    let more = NOT_RECORDED.get();
    let named = named.and_then(id_of);
    let message = refusal.message();
    let lately = now.saturating_sub(REFUSED_AT.get()) < SECOND;
    let started = !lately && !recorder::is_standby() && activity::recorders() < MOST_RECORDERS && {
        let login = owner::session_user().to_u32();
        recorder::start(&RefusedEntry { login, at: now, more, named, message: message.clone() }.to_bytes())
    };
    if started {
        REFUSED_AT.set(now);
        NOT_RECORDED.set(0);
    } else {
        NOT_RECORDED.set(more.saturating_add(1));
        let named = named.map(|id| format!(" ({id})")).unwrap_or_default();
        ereport!(
            PgLogLevel::LOG,
            PgSqlErrorCode::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
            format!("pg_tenancy: a refused entry was not recorded: {message}{named}")
        );
    }
}

fn id_of(identity: &Identity) -> Option<Uuid> {
    match identity {
        Identity::Nobody => None,
        Identity::User { id, .. } | Identity::Tenant { id, .. } => Some(*id),
    }
}
