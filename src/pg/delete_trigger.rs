//! A trigger for deleted rows that is enabled always from the beginning. SQL takes an ALTER TABLE to say so, which is refused
//! for a table that the session is at work on.

use std::ffi::CString;

use pgrx::pg_sys;

/// Gives a table and its partitions a trigger that fires after each row that is deleted, as CREATE OR REPLACE TRIGGER does:
/// waits for writers, not for readers.
pub fn give(relation: pg_sys::Oid, name: &str, function: pg_sys::Oid) {
    let name = CString::new(name).expect("a name without NUL bytes");
    // SAFETY: a statement with its tag and otherwise only what the callee looks at where it gets oids; the name is a copy in
    // the current memory context, which outlives the call. What was written is made visible to what comes next.
    unsafe {
        let mut statement = pg_sys::CreateTrigStmt {
            type_: pg_sys::NodeTag::T_CreateTrigStmt,
            replace: true,
            trigname: pg_sys::pstrdup(name.as_ptr()),
            row: true,
            events: pg_sys::TRIGGER_TYPE_DELETE as i16,
            ..Default::default()
        };
        pg_sys::CreateTriggerFiringOn(
            &mut statement,
            std::ptr::null(),
            relation,
            pg_sys::InvalidOid,
            pg_sys::InvalidOid,
            pg_sys::InvalidOid,
            function,
            pg_sys::InvalidOid,
            std::ptr::null_mut(),
            false,
            false,
            pg_sys::TRIGGER_FIRES_ALWAYS as core::ffi::c_char,
        );
        pg_sys::CommandCounterIncrement();
    }
}
