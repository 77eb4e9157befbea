//! What PostgreSQL does for foreign keys, without the locks that its commands take on the table referred to.

use pgrx::{PgTrigger, pg_sys};

use super::rows::TriggerRows;

/// The oid of `pg_constraint`, which pgrx does not bind.
const CONSTRAINTS: pg_sys::Oid = pg_sys::Oid::from_u32(2606);

unsafe extern "C-unwind" {
    // In utils/fmgrprotos.h.
    fn RI_FKey_noaction_del(call: pg_sys::FunctionCallInfo) -> pg_sys::Datum;
    fn RI_FKey_noaction_upd(call: pg_sys::FunctionCallInfo) -> pg_sys::Datum;
}

/// Drops a foreign key and those of its table's partitions. ALTER TABLE would lock the table referred to, which nobody could read
/// then, even if nothing there belongs to the foreign key. The caller has locked the table that refers.
pub fn drop_key(constraint: pg_sys::Oid) {
    let object = pg_sys::ObjectAddress { classId: CONSTRAINTS, objectId: constraint, objectSubId: 0 };
    // SAFETY: the address of an object; what does not exist raises an error. What is gone is gone for the next command.
    unsafe {
        pg_sys::performDeletion(&object, pg_sys::DropBehavior::DROP_RESTRICT, 0);
        pg_sys::CommandCounterIncrement();
    }
}

/// A foreign key and its referring table.
pub type Key = (pg_sys::Oid, pg_sys::Oid);

/// Defines the C function `$name` of a trigger that fires after a row of a table referred to was deleted or has changed its key, and
/// the record by which PostgreSQL knows its convention. For each foreign key that `$keys` gives it does what PostgreSQL's trigger for
/// NO ACTION would do that is not there: raises an error where a row that refers to the old one is left.
macro_rules! no_action {
    ($name:ident, $record:ident, $keys:expr) => {
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        #[doc(hidden)]
        pub extern "C" fn $record() -> &'static pgrx::pg_sys::Pg_finfo_record {
            const VERSION_1: pgrx::pg_sys::Pg_finfo_record = pgrx::pg_sys::Pg_finfo_record { api_version: 1 };
            &VERSION_1
        }

        /// # Safety
        /// For PostgreSQL to call.
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        #[doc(hidden)]
        pub unsafe extern "C-unwind" fn $name(call: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
            #[pgrx::pg_guard]
            unsafe extern "C-unwind" fn guarded(call: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
                // SAFETY: PostgreSQL calls it as a trigger.
                unsafe { $crate::pg::foreign_keys::listed(call, $keys) }
            }
            // SAFETY: as above.
            unsafe { $crate::pg::foreign_keys::check(call, guarded(call)) }
        }
    };
}
pub(crate) use no_action;

/// The keys as a list of PostgreSQL's that takes turns: a foreign key, its referring table.
///
/// # Safety
/// The call of a trigger.
pub unsafe fn listed(call: pg_sys::FunctionCallInfo, keys: impl FnOnce(&TriggerRows) -> Vec<Key>) -> pg_sys::Datum {
    // SAFETY: by the caller's promise; anything else is refused.
    let trigger = unsafe { call.as_ref().and_then(|call| PgTrigger::from_fcinfo(call).ok()) };
    let Some(trigger) = trigger else { pgrx::error!("not called as a trigger") };
    let oids = keys(&TriggerRows::of(&trigger)).into_iter().flat_map(|(key, referring)| [key, referring]);
    let list = oids.fold(std::ptr::null_mut(), |list, oid| {
        // SAFETY: a list of oids, or the empty one.
        unsafe { pg_sys::lappend_oid(list, oid) }
    });
    pg_sys::Datum::from(list)
}

/// Not guarded against errors: pgrx would leave the names of the constraint and the tables out of them. There is nothing to drop.
///
/// # Safety
/// The call of a trigger, and what [`listed`] gave for it.
pub unsafe fn check(call: pg_sys::FunctionCallInfo, keys: pg_sys::Datum) -> pg_sys::Datum {
    // SAFETY: calls as PostgreSQL's trigger manager makes them: the data are those of the row's event, but for the trigger, of which
    // the callee reads the foreign key and the referring table, and compares both with pg_constraint.
    unsafe {
        let list = keys.cast_mut_ptr::<pg_sys::List>();
        let count = if list.is_null() { 0 } else { (*list).length };
        let mut data = *(*call).context.cast::<pg_sys::TriggerData>();
        let deleted = data.tg_event & pg_sys::TRIGGER_EVENT_OPMASK == pg_sys::TRIGGER_EVENT_DELETE;
        let mut nth = 0;
        while nth + 1 < count {
            let oid = |nth: i32| (*(*list).elements.add(nth as usize)).oid_value;
            let mut as_if =
                pg_sys::Trigger { tgconstraint: oid(nth), tgconstrrelid: oid(nth + 1), ..Default::default() };
            data.tg_trigger = &raw mut as_if;
            let called = if deleted { pg_sys::F_RI_FKEY_NOACTION_DEL } else { pg_sys::F_RI_FKEY_NOACTION_UPD };
            let mut function =
                pg_sys::FmgrInfo { fn_oid: called.into(), fn_mcxt: pg_sys::CurrentMemoryContext, ..Default::default() };
            let mut inner = pg_sys::FunctionCallInfoBaseData {
                flinfo: &raw mut function,
                context: (&raw mut data).cast(),
                ..Default::default()
            };
            if deleted {
                RI_FKey_noaction_del(&raw mut inner);
            } else {
                RI_FKey_noaction_upd(&raw mut inner);
            }
            nth += 2;
        }
        pg_sys::Datum::from(0)
    }
}
