//! What is recorded in `tenancy.activity`.

use pgrx::{JsonB, pg_sys};
use uuid::Uuid;

use super::memo::Memo;
use super::{access, to_pg};
use crate::model::identity::Identity;
use crate::model::refused_entry::RefusedEntry;
use crate::pg::recorder::Payload;
use crate::pg::spi::{Arg, Sees, arg, query};
use crate::pg::{owner, relations};

query!(RECORD, "record_activity.sql", &[pg_sys::TEXTOID, pg_sys::UUIDOID, pg_sys::UUIDOID, pg_sys::JSONBOID]);
query!(RECORD_ENTRY, "record_entry.sql", &[pg_sys::TIMESTAMPTZOID, pg_sys::UUIDOID, pg_sys::UUIDOID, pg_sys::TEXTOID]);
query!(
    RECORD_REFUSED,
    "record_refused_entry.sql",
    &[pg_sys::TIMESTAMPTZOID, pg_sys::OIDOID, pg_sys::UUIDOID, pg_sys::TEXTOID, pg_sys::INT8OID]
);
query!(RECORDERS, "recorders.sql", &[]);
query!(RECORD_ENTRIES, "record_entries.sql", &[]);

/// Which successful entries are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    None,
    First,
    All,
}

thread_local! {
    static WANTED: Memo<(), Entries> = Memo::new();
}

/// Is there a table to record in? Not after DROP EXTENSION.
pub fn is_kept() -> bool {
    relations::by_name(c"tenancy", "activity").is_some()
}

/// What `installation.record_entries` says.
pub fn wanted_entries() -> Entries {
    let look_up = |_: &()| {
        let said: Option<String> =
            owner::run(|| RECORD_ENTRIES.with(|q| q.first(&[], Sees::InPassing, |row| row.must(1))));
        match said.as_deref() {
            Some("none") => Entries::None,
            Some("all") => Entries::All,
            _ => Entries::First,
        }
    };
    WANTED.with(|memo| memo.get((), look_up))
}

/// Records an event with a message.
pub fn record(event: &str, tenant: Option<Uuid>, user: Option<Uuid>, message: &str) {
    let detail = JsonB(serde_json::json!({ "message": message }));
    owner::run(|| RECORD.with(|q| q.rows(&[arg(event), id(tenant), id(user), arg(detail)], Sees::Statement, |_| ())));
}

/// Records that somebody acted, at a timestamp of PostgreSQL's.
pub fn record_entry(identity: &Identity, at: i64) {
    let Some(access) = access::resolve(identity) else { return };
    let role = match identity {
        Identity::User { role, .. } => role.as_deref(),
        Identity::Tenant { role, .. } => Some(role.as_str()),
        Identity::Nobody => None,
    };
    let values = [timestamp(at), id(access.home), id(access.user), role.and_then(arg)];
    owner::run(|| RECORD_ENTRY.with(|q| q.rows(&values, Sees::Statement, |_| ())));
}

/// Records a refused entry: what a background worker does.
pub fn record_refused(payload: &Payload) {
    let entry = RefusedEntry::from_bytes(payload);
    let values = [
        timestamp(entry.at),
        arg(pg_sys::Oid::from(entry.login)),
        id(entry.named),
        arg(entry.message.as_str()),
        arg(i64::from(entry.more)),
    ];
    owner::run(|| RECORD_REFUSED.with(|q| q.rows(&values, Sees::Statement, |_| ())));
}

/// How many background workers record refused entries at this moment.
pub fn recorders() -> i64 {
    owner::run(|| RECORDERS.with(|q| q.first(&[], Sees::InPassing, |row| row.must(1)))).unwrap_or(0)
}

fn id(id: Option<Uuid>) -> Arg {
    id.map(to_pg).and_then(arg)
}

fn timestamp(at: i64) -> Arg {
    Some(pg_sys::Datum::from(at))
}
