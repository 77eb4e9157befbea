//! The triggers of the parts of a protected table: those that each gets, and those that it gets when something refers to it,
//! when a foreign key can be deferred, when rows are counted.

use pgrx::{pg_sys, spi::quote_identifier};

use super::of;
use crate::catalog::deletes;
use crate::catalog::protection::{self, Reference};
use crate::model::template;
use crate::pg::constraint_triggers::ConstraintTrigger;
use crate::pg::spi::{self, Row, Sees, arg, query};
use crate::pg::{delete_trigger, relations};

query!(SAME_TRIGGERS, "same_triggers.sql", &[pg_sys::OIDOID, pg_sys::OIDOID]);
query!(MISSING_KEY_TRIGGERS, "missing_key_triggers.sql", &[pg_sys::OIDOID]);
query!(STALE_KEY_TRIGGERS, "stale_key_triggers.sql", &[pg_sys::OIDOID]);
query!(KEY_TRIGGERS_OF, "key_triggers_of.sql", &[pg_sys::OIDOID]);
query!(OUR_TRIGGERS, "our_triggers.sql", &[pg_sys::OIDOID]);
query!(HAS_TRIGGER, "has_trigger.sql", &[pg_sys::OIDOID, pg_sys::TEXTOID]);

const ROW_TRIGGERS: [&str; 5] =
    ["00_tenancy_row", deletes::TRIGGER, "00_tenancy_deferred", "00_tenancy_name", "zz_tenancy_name"];

/// Makes room for the copies of row triggers that a partition gets when it is attached.
pub fn make_room(partition: pg_sys::Oid, parent: pg_sys::Oid) {
    let read = |row: &Row| row.must::<String>(1);
    for trigger in SAME_TRIGGERS.with(|q| q.rows(&[arg(partition), arg(parent)], Sees::Latest, read)) {
        spi::run(&format!("drop trigger {} on {}", quote_identifier(&trigger), relations::qualified(partition)));
    }
}

/// The same for partitions of a table that is about to be protected.
pub fn make_room_below(relation: pg_sys::Oid) {
    for part in of(relation).into_iter().filter(|part| part.is_partition && part.relation != relation) {
        for trigger in ROW_TRIGGERS {
            drop_trigger(part.relation, trigger);
        }
    }
}

/// Takes all our triggers from a table and its parts, whatever they have become, but for those of foreign keys.
pub fn drop_triggers(relation: pg_sys::Oid) {
    for part in of(relation) {
        let name = relations::qualified(part.relation);
        for trigger in OUR_TRIGGERS.with(|q| q.rows(&[arg(part.relation)], Sees::Latest, |row| row.must::<String>(1))) {
            spi::run(&format!("drop trigger {} on {name}", quote_identifier(&trigger)));
        }
    }
}

/// Takes those of foreign keys, too.
pub fn drop_all_triggers(relation: pg_sys::Oid) {
    drop_triggers(relation);
    for part in of(relation) {
        for trigger in
            KEY_TRIGGERS_OF.with(|q| q.rows(&[arg(part.relation)], Sees::Latest, |row| row.must::<String>(1)))
        {
            drop_trigger(part.relation, &trigger);
        }
    }
}

/// Gives both sides of the table's references the triggers that they need.
pub fn follow_references(relation: pg_sys::Oid) {
    let Some(table) = protection::table(relation) else { return };
    table.outgoing.iter().chain(&table.incoming).for_each(|reference| ensure_reference_triggers(reference));
}

/// Gives the table the triggers that its reference with `names_tenant` needs.
pub fn follow_naming(relation: pg_sys::Oid) {
    let Some(table) = protection::table(relation) else { return };
    for reference in table.outgoing_from(relation).filter(|reference| reference.names_tenant) {
        ensure_naming_triggers(reference);
    }
}

/// Gives the referring side of a reference the triggers that take the tenant from the row referred to.
pub fn ensure_naming_triggers(reference: &Reference) {
    ensure_trigger(reference.child, "00_tenancy_name", include_str!("../../sql/templates/first_naming_trigger.sql"));
    ensure_trigger(reference.child, "zz_tenancy_name", include_str!("../../sql/templates/naming_trigger.sql"));
}

/// What looks at deleted rows of the table referred to and, where the foreign key can be deferred, what checks it later.
pub fn ensure_reference_triggers(reference: &Reference) {
    ensure_delete_trigger(reference.parent);
    ensure_key_triggers(reference);
    if reference.deferrable {
        for side in [reference.child, reference.parent] {
            ensure_trigger(side, "00_tenancy_deferred", include_str!("../../sql/templates/deferred_trigger.sql"));
        }
    }
}

/// Lets deleted rows of a table be heard of, to which something refers or whose rows are counted.
pub fn ensure_delete_trigger(relation: pg_sys::Oid) {
    // A table without the first is being restored: the dump has both.
    let missing = deletes::missing_trigger(relation).filter(|_| has_trigger(relation, "00_tenancy_row"));
    if let Some(function) = missing {
        delete_trigger::give(relation, deletes::TRIGGER, function);
    }
}

/// What fires whenever the foreign key does, also after SET CONSTRAINTS, and before it: a missing key and a hidden one are
/// told apart neither by the words nor by the time.
fn ensure_key_triggers(reference: &Reference) {
    let key = [arg(reference.oid)];
    STALE_KEY_TRIGGERS
        .with(|q| q.rows(&key, Sees::Latest, |row| row.must::<String>(1)))
        .iter()
        .for_each(|command| spi::run(command));
    let read = |row: &Row| ConstraintTrigger {
        relation: row.must(1),
        constraint: row.must(2),
        function: row.must(3),
        deferrable: row.must(4),
        initially_deferred: row.must(5),
    };
    let arguments = ["key", &reference.oid.to_u32().to_string()];
    for trigger in MISSING_KEY_TRIGGERS.with(|q| q.rows(&key, Sees::Latest, read)) {
        trigger.create("00_tenancy_key", &arguments);
    }
}

/// Does a table have this trigger of ours?
pub fn has_trigger(relation: pg_sys::Oid, trigger: &str) -> bool {
    !HAS_TRIGGER.with(|q| q.rows(&[arg(relation), arg(trigger)], Sees::Latest, |_| ())).is_empty()
}

/// Gives a table a trigger that it does not have yet.
fn ensure_trigger(relation: pg_sys::Oid, trigger: &str, template: &str) {
    if !has_trigger(relation, trigger) {
        // The partitions get theirs from the table; one that had its own already, for a foreign key of its own, cannot.
        for part in of(relation).into_iter().filter(|part| part.is_partition && part.relation != relation) {
            drop_trigger(part.relation, trigger);
        }
        fill(template, &relations::qualified(relation));
    }
}

/// Takes a trigger from a table, if it has it.
pub fn drop_trigger(relation: pg_sys::Oid, trigger: &str) {
    if has_trigger(relation, trigger) {
        spi::run(&format!("drop trigger {} on {}", quote_identifier(trigger), relations::qualified(relation)));
    }
}

pub(super) fn fill(template: &str, relation: &str) {
    spi::run(&template::fill(template, &[("relation", relation)]));
}

/// Takes them from it.
pub fn drop_naming_triggers(relation: pg_sys::Oid) {
    ["00_tenancy_name", "zz_tenancy_name"].into_iter().for_each(|trigger| drop_trigger(relation, trigger));
}
