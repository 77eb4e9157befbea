//! Telling changes that logical replication applies from those of sessions.

use pgrx::pg_sys;

/// Does this process apply changes of another server? It fires no triggers for statements, only those for rows.
pub fn applies_changes() -> bool {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::IsLogicalWorker() }
}
