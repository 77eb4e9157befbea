//! What is refused when reference rules are changed.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, listed, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum ReferenceRuleRefusal {
    DividedByTenant {
        relation: String,
    },
    /// Told only.
    Lost {
        relation: String,
        constraint: String,
        said: Vec<String>,
    },
}

impl Explained for ReferenceRuleRefusal {
    fn parts(&self) -> Parts {
        use ReferenceRuleRefusal::*;
        match self {
            DividedByTenant { relation } => parts(
                Code::ERRCODE_FEATURE_NOT_SUPPORTED,
                format!("no reference of table {relation} can name the tenant of its rows"),
                "It is partitioned by its tenant column: PostgreSQL finds a row's partition before it looks what the row refers to.",
                "Leave names_tenant out, and name the tenant in INSERT.",
            ),
            Lost { relation, constraint, said } => parts(
                Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                format!("what the rule of foreign key \"{constraint}\" of table {relation} said is no longer in force"),
                listed("It said", said),
                "Where another foreign key is in its place, call tenancy.set_reference_rule() for that one.",
            ),
        }
    }
}
