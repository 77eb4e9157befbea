//! Which share of a table's rows has one of some values, by the statistics of the column.
//!
//! PostgreSQL's own answer for `column = any (array)` looks at all statistics once for each element of the array. This one looks
//! at them once, and gives the same.

use std::slice;

use pgrx::pg_sys;

use super::column::Column;

/// A value of a tenant column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    Id(uuid::Uuid),
    Number(i64),
}

/// What the statistics say of a column.
pub struct Shares {
    /// How many different values there are.
    distinct: f64,
    /// The share of rows without a value.
    pub of_none: f64,
    /// The most common values with their shares, the largest first.
    common: Vec<(Value, f64)>,
}

impl Shares {
    /// The share of rows with one of so many values: each the share that it is known to have, or what is left for one of the others.
    pub fn of(&self, count: usize, is_one: impl Fn(&Value) -> bool) -> f64 {
        let known = self.common.iter().filter(|(value, _)| is_one(value));
        let (named, share) = known.fold((0, 0.0), |(named, share), (_, one)| (named + 1, share + one));
        share + count.saturating_sub(named) as f64 * self.of_another()
    }

    /// The share of a value that is none of the most common.
    fn of_another(&self) -> f64 {
        let known: f64 = self.common.iter().map(|(_, share)| share).sum();
        let others = self.distinct - self.common.len() as f64;
        let each = (1.0 - known - self.of_none).clamp(0.0, 1.0) / others.max(1.0);
        self.common.last().map_or(each, |(_, least)| each.min(*least))
    }
}

impl Column {
    /// The statistics of the column.
    pub fn shares(&self) -> Shares {
        // SAFETY: the expression is a column of this query level. The statistics are released by their own function when they
        // have been read.
        unsafe {
            let mut found = pg_sys::VariableStatData::default();
            pg_sys::examine_variable(self.root, self.in_whole_table().cast(), 0, &mut found);
            let mut is_default = false;
            let distinct = pg_sys::get_variable_numdistinct(&mut found, &mut is_default);
            let mut shares = Shares { distinct, of_none: 0.0, common: Vec::new() };
            if !found.statsTuple.is_null() {
                let statistics = pg_sys::heap_tuple_get_struct::<pg_sys::FormData_pg_statistic>(found.statsTuple);
                shares.of_none = (*statistics).stanullfrac.into();
                shares.common = most_common(found.statsTuple, self.kind);
                if let Some(release) = found.freefunc {
                    release(found.statsTuple);
                }
            }
            shares
        }
    }
}

/// # Safety
/// A row of pg_statistic about a column of the type `kind`, which is one that tenant columns may have.
unsafe fn most_common(statistics: pg_sys::HeapTuple, kind: pg_sys::Oid) -> Vec<(Value, f64)> {
    // SAFETY: by the caller's promise. Values and shares are there as many as they are said to be, until they are freed.
    unsafe {
        let mut slot = pg_sys::AttStatsSlot::default();
        let parts = (pg_sys::ATTSTATSSLOT_VALUES | pg_sys::ATTSTATSSLOT_NUMBERS) as i32;
        let (most_common, any) = (pg_sys::STATISTIC_KIND_MCV as i32, pg_sys::InvalidOid);
        if !pg_sys::get_attstatsslot(&mut slot, statistics, most_common, any, parts) {
            return Vec::new();
        }
        let common = if slot.nvalues == slot.nnumbers && slot.nvalues > 0 {
            let values = slice::from_raw_parts(slot.values, slot.nvalues as usize);
            let shares = slice::from_raw_parts(slot.numbers, slot.nnumbers as usize);
            values
                .iter()
                .map(|value| value_of(*value, kind))
                .zip(shares.iter().map(|share| f64::from(*share)))
                .collect()
        } else {
            Vec::new()
        };
        pg_sys::free_attstatsslot(&mut slot);
        common
    }
}

/// # Safety
/// A value of the type.
unsafe fn value_of(datum: pg_sys::Datum, kind: pg_sys::Oid) -> Value {
    match kind {
        // SAFETY: a uuid is passed as a pointer to its 16 bytes.
        pg_sys::UUIDOID => {
            Value::Id(uuid::Uuid::from_bytes(unsafe { datum.cast_mut_ptr::<[u8; 16]>().read_unaligned() }))
        }
        pg_sys::INT8OID => Value::Number(datum.value() as i64),
        _ => Value::Number(datum.value() as i32 as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(distinct: f64, of_none: f64, common: &[f64]) -> Shares {
        Shares { distinct, of_none, common: (0..).map(Value::Number).zip(common.iter().copied()).collect() }
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn common_values_have_their_own_share_and_others_what_is_left() {
        let shares = shares(12.0, 0.1, &[0.3, 0.2]);
        assert!(close(shares.of(1, |value| *value == Value::Number(0)), 0.3));
        assert!(close(shares.of(3, |value| *value == Value::Number(1)), 0.2 + 2.0 * 0.04));
        assert!(close(shares.of(12, |_| true), 0.9));
    }

    #[test]
    fn a_value_that_is_not_common_is_rarer_than_those_that_are() {
        assert!(close(shares(3.0, 0.0, &[0.1, 0.1]).of(1, |_| false), 0.1));
    }

    #[test]
    fn without_statistics_all_are_alike() {
        assert!(close(shares(200.0, 0.0, &[]).of(20, |_| true), 0.1));
    }
}
