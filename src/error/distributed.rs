//! What is refused because Citus keeps a table on several nodes.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum DistributedRefusal {
    /// A function, or a change.
    NotSupported {
        table: String,
        what: &'static str,
    },
    Restrictive {
        table: String,
    },
}

impl Explained for DistributedRefusal {
    fn parts(&self) -> Parts {
        use DistributedRefusal::*;
        match self {
            NotSupported { table, what } => parts(
                Code::ERRCODE_FEATURE_NOT_SUPPORTED,
                format!("{what} is not supported while table {table} is distributed by Citus"),
                "Rows of the table are on other nodes, which know neither who acts nor what is protected: they would be left out.",
                format!("Call undistribute_table('{table}') first."),
            ),
            Restrictive { table } => parts(
                Code::ERRCODE_FEATURE_NOT_SUPPORTED,
                format!("table {table}, which is distributed by Citus, may not have a restrictive policy"),
                "Citus makes permissive policies of restrictive ones on its shards: they would show the rows of all tenants.",
                "Drop the policy, or put its condition into the queries.",
            ),
        }
    }
}
