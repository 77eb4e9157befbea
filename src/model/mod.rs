//! Pure Rust, without PostgreSQL: tested by ordinary unit and property tests.

pub mod archive;
pub mod archive_reader;
pub mod built_in;
pub mod domain;
pub mod identity;
pub mod keys;
pub mod order;
pub mod refused_entry;
pub mod scope;
pub mod shape;
pub mod system_group;
pub mod tally;
pub mod template;
pub mod token;
pub mod token_key;
pub mod tree;
