//! The only code that names our tables: queries with kept plans, and what backends remember of their answers.

pub mod access;
pub mod activity;
pub mod checked;
pub mod deletes;
pub mod dependencies;
pub mod distributed;
pub mod drift;
pub mod dropped_rules;
pub mod freed;
pub mod held;
pub mod hierarchy;
pub mod memo;
pub mod modules;
pub mod offenders;
pub mod policies;
pub mod protection;
pub mod public_keys;
pub mod published;
pub mod quotas;
pub mod reached;
pub mod statistics;
pub mod tokens;
pub mod watched;

use uuid::Uuid;

/// PostgreSQL's uuid as the model's.
pub fn from_pg(id: pgrx::Uuid) -> Uuid {
    Uuid::from_bytes(*id.as_bytes())
}

/// The model's uuid as PostgreSQL's.
pub fn to_pg(id: Uuid) -> pgrx::Uuid {
    pgrx::Uuid::from_bytes(*id.as_bytes())
}
