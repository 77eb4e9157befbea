//! The only place with `unsafe`: thin, safe faces on what PostgreSQL's C interface offers and pgrx does not.
//!
//! Nothing here knows what a tenant is. Callers hand in names, queries and plain functions.
#![allow(unsafe_code)]

pub mod answers;
pub mod backend_local;
pub mod conflict_condition;
pub mod constraint_triggers;
pub mod context_setting;
pub mod cursor;
pub mod ddl_commands;
pub mod ddl_risks;
pub mod ddl_rows;
pub mod ddl_tables;
pub mod deferred;
pub mod delete_trigger;
pub mod executions;
pub mod expressions;
pub mod foreign_keys;
pub mod hidden_rows;
mod in_passing;
pub mod index_reader;
pub mod invalidation;
pub mod key_index;
pub mod key_places;
mod key_walk;
pub mod lasting;
pub mod locks;
mod one_tenant;
pub mod owner;
pub mod place;
pub mod planner;
pub mod procedures;
pub mod progress;
pub mod quick;
pub mod quiet;
pub mod recorder;
pub mod relations;
pub mod replication;
pub mod rows;
pub mod spi;
pub mod subtransaction;
pub mod taken;
pub mod told;
pub mod transactions;
