//! Pure Rust, without PostgreSQL: tested by unit tests, and by properties (modules of that name) of what reads text.

pub mod archive;
mod archive_contents;
pub mod archive_reader;
pub mod built_in;
pub mod domain;
pub mod identity;
pub mod keys;
#[cfg(test)]
mod made_up;
pub mod order;
pub mod refused_entry;
pub mod scope;
pub mod shape;
#[cfg(test)]
mod signing;
pub mod system_group;
pub mod tally;
pub mod template;
pub mod token;
pub mod token_key;
pub mod tree;
