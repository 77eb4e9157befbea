//! Triggers that belong to a foreign key, as PostgreSQL's own do: `SET CONSTRAINTS` and `ALTER CONSTRAINT` decide for them and
//! for PostgreSQL's alike when they fire. No SQL command makes one.

use std::ffi::CString;

use pgrx::{PgList, pg_sys};

/// The oid of `pg_constraint`, which pgrx does not bind.
const CONSTRAINTS: pg_sys::Oid = pg_sys::Oid::from_u32(2606);

/// A trigger that is to fire after a row of the referring table was inserted or updated.
pub struct ConstraintTrigger {
    /// The referring table: an ordinary table or a leaf of a partitioned one.
    pub relation: pg_sys::Oid,
    /// Its entry in `pg_constraint`.
    pub constraint: pg_sys::Oid,
    pub function: pg_sys::Oid,
    pub deferrable: bool,
    pub initially_deferred: bool,
}

impl ConstraintTrigger {
    /// Creates it, enabled always, with `arguments`. PostgreSQL appends a number to the name. pg_dump does not dump it.
    pub fn create(&self, name: &str, arguments: &[&str]) {
        let copy = |text: &str| {
            let text = CString::new(text).expect("a text without NUL bytes");
            // SAFETY: copies a NUL-terminated string into the current memory context.
            unsafe { pg_sys::pstrdup(text.as_ptr()) }
        };
        // SAFETY: a statement with its tag and otherwise only what the callee looks at where it gets oids; memory of the
        // current context, which outlives the call.
        let trigger = unsafe {
            let mut list = PgList::<pg_sys::String>::new();
            arguments.iter().for_each(|argument| list.push(pg_sys::makeString(copy(argument))));
            let mut statement = pg_sys::CreateTrigStmt {
                type_: pg_sys::NodeTag::T_CreateTrigStmt,
                isconstraint: true,
                trigname: copy(name),
                args: list.into_pg(),
                row: true,
                events: (pg_sys::TRIGGER_TYPE_INSERT | pg_sys::TRIGGER_TYPE_UPDATE) as i16,
                deferrable: self.deferrable,
                initdeferred: self.initially_deferred,
                ..Default::default()
            };
            pg_sys::CreateTriggerFiringOn(
                &mut statement,
                std::ptr::null(),
                self.relation,
                pg_sys::InvalidOid,
                self.constraint,
                pg_sys::InvalidOid,
                self.function,
                pg_sys::InvalidOid,
                std::ptr::null_mut(),
                true,
                false,
                pg_sys::TRIGGER_FIRES_ALWAYS as core::ffi::c_char,
            )
        };
        self.depend(&trigger);
    }

    /// The trigger goes with the foreign key. As PostgreSQL made it, the foreign key would go with the trigger, too, and so
    /// with its function.
    fn depend(&self, trigger: &pg_sys::ObjectAddress) {
        let object = |class, oid| pg_sys::ObjectAddress { classId: class, objectId: oid, objectSubId: 0 };
        // SAFETY: addresses of objects that exist; what was written is made visible before it is looked for.
        unsafe {
            pg_sys::CommandCounterIncrement();
            pg_sys::deleteDependencyRecordsFor(pg_sys::TriggerRelationId, trigger.objectId, true);
            let on = |referenced, kind| pg_sys::recordDependencyOn(trigger, &referenced, kind);
            on(object(CONSTRAINTS, self.constraint), pg_sys::DependencyType::DEPENDENCY_AUTO);
            on(object(pg_sys::RelationRelationId, self.relation), pg_sys::DependencyType::DEPENDENCY_AUTO);
            on(object(pg_sys::ProcedureRelationId, self.function), pg_sys::DependencyType::DEPENDENCY_NORMAL);
            pg_sys::CommandCounterIncrement();
        }
    }
}
