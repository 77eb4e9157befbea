//! Rules of foreign keys that this transaction has dropped: a key that comes in their place, as migration tools replace one, gets
//! what administrators had set. What nothing got is told before the commit.

use std::cell::RefCell;

use pgrx::pg_sys::{self, Oid};

use super::protection::{OnChange, Reference};
use crate::error::ReferenceRuleRefusal;
use crate::error::Refusal;
use crate::pg::spi::{Row, Sees, query};
use crate::pg::{relations, transactions};

query!(DROPPED_RULES, "dropped_rules.sql", &[]);

/// What `set_reference_rule()` sets.
#[derive(Clone, Copy)]
pub struct Rule {
    pub service_provider_eligible: bool,
    pub on_change: OnChange,
    pub names_tenant: bool,
}

struct Dropped {
    relation: Oid,
    constraint: String,
    rule: Rule,
    /// None are known of a foreign key that is newer than the transaction's snapshot.
    columns: Vec<String>,
    referenced: Oid,
    /// The nesting levels of the savepoints in which it was dropped, and in which another key got the rule.
    level: i32,
    given: Option<i32>,
}

thread_local! {
    static DROPPED: RefCell<Vec<Dropped>> = const { RefCell::new(Vec::new()) };
}

/// Notes what a command has dropped that is about to be forgotten.
pub fn note() {
    let level = transactions::nesting_level();
    let read = |row: &Row| Dropped {
        relation: row.must(1),
        constraint: row.must(2),
        rule: Rule {
            service_provider_eligible: row.must(3),
            on_change: OnChange::by_name(&row.must::<String>(4)).expect("a check constraint lists them"),
            names_tenant: row.must(5),
        },
        columns: row.must(6),
        referenced: row.must(7),
        level,
        given: None,
    };
    // Of the dropped key itself nothing is left but for a snapshot of before.
    let found = DROPPED_RULES.with(|q| q.rows(&[], Sees::BeforeCommand, read));
    DROPPED.with_borrow_mut(|dropped| dropped.extend(found));
}

/// The rule of a key in whose place this one came.
pub fn take(reference: &Reference) -> Option<Rule> {
    DROPPED.with_borrow_mut(|dropped| {
        let replaces = |dropped: &&mut Dropped| {
            dropped.given.is_none()
                && dropped.relation == reference.child
                && if dropped.columns.is_empty() {
                    dropped.constraint == reference.constraint
                } else {
                    dropped.columns == reference.child_columns && dropped.referenced == reference.parent
                }
        };
        let found = dropped.iter_mut().filter(replaces).max_by_key(|d| d.constraint == reference.constraint)?;
        found.given = Some(transactions::nesting_level());
        Some(found.rule)
    })
}

/// A savepoint was rolled back.
pub fn rolled_back_to(level: i32) {
    DROPPED.with_borrow_mut(|dropped| {
        dropped.retain(|dropped| dropped.level < level);
        dropped.iter_mut().for_each(|dropped| dropped.given = dropped.given.filter(|given| *given < level));
    });
}

/// A savepoint was released.
pub fn released(level: i32) {
    DROPPED.with_borrow_mut(|dropped| {
        for dropped in dropped {
            dropped.level = dropped.level.min(level - 1);
            dropped.given = dropped.given.map(|given| given.min(level - 1));
        }
    });
}

/// The transaction is over, with or without success.
pub fn transaction_over() {
    DROPPED.take();
}

/// Tells what is lost with this transaction.
pub fn before_commit() {
    for Dropped { relation, constraint, rule, given, .. } in DROPPED.take() {
        if given.is_none() && relations::exists(relation) {
            told(relation, &constraint, rule).warn();
        }
    }
}

/// What a rule said that is no longer in force.
pub fn told(relation: pg_sys::Oid, constraint: &str, rule: Rule) -> Refusal {
    let mut said = Vec::new();
    if rule.service_provider_eligible {
        said.push("service_provider_eligible".to_owned());
    }
    if rule.on_change != OnChange::Restrict {
        said.push(format!("on_tenant_change '{}'", rule.on_change.name()));
    }
    if rule.names_tenant {
        said.push("names_tenant".to_owned());
    }
    ReferenceRuleRefusal::Lost { relation: relations::qualified(relation), constraint: constraint.to_owned(), said }
        .into()
}
