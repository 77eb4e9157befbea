//! What a row trigger answers: go on with the row, with a changed row, or leave it out.

use pgrx::heap_tuple::PgHeapTuple;
use pgrx::{AllocatedByPostgres, PgTrigger, PgTupleDesc, pg_sys};

use super::spi::Arg;

/// The result of a trigger function. Errors are raised, not returned: pgrx would lose their SQLSTATE.
pub type Answer<'a> = Result<Option<PgHeapTuple<'a, AllocatedByPostgres>>, std::convert::Infallible>;

/// Leave the row out; for AFTER triggers and statement triggers, which are not asked, nothing.
pub const fn nothing<'a>() -> Answer<'a> {
    Ok(None)
}

/// Go on with the row as it is.
pub fn unchanged<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    Ok(trigger.new().or_else(|| trigger.old()))
}

/// Go on with other values in some columns, given by attribute number. Their types must be the columns'.
pub fn changed<'a>(trigger: &'a PgTrigger<'a>, changes: &[(i16, Arg)]) -> Answer<'a> {
    if changes.is_empty() {
        return unchanged(trigger);
    }
    let mut columns: Vec<i32> = changes.iter().map(|(column, _)| i32::from(*column)).collect();
    let mut values: Vec<pg_sys::Datum> =
        changes.iter().map(|(_, value)| value.unwrap_or(pg_sys::Datum::from(0))).collect();
    let mut nulls: Vec<bool> = changes.iter().map(|(_, value)| value.is_none()).collect();
    let data = trigger.trigger_data();
    let row = if trigger.event().fired_by_update() { data.tg_newtuple } else { data.tg_trigtuple };
    // SAFETY: row and shape are the trigger's and belong together; the callee makes a new row from as many values as there
    // are columns.
    unsafe {
        let shape = (*data.tg_relation).rd_att;
        let row = pg_sys::heap_modify_tuple_by_cols(
            row,
            shape,
            columns.len() as i32,
            columns.as_mut_ptr(),
            values.as_mut_ptr(),
            nulls.as_mut_ptr(),
        );
        Ok(Some(PgHeapTuple::from_heap_tuple(PgTupleDesc::from_pg_unchecked(shape), row)))
    }
}
