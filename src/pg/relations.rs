//! Names and numbers of relations.

use std::ffi::{CStr, CString};

use pgrx::pg_sys;

/// The oid of a relation by schema and name; None where there is none.
pub fn by_name(schema: &CStr, name: &str) -> Option<pg_sys::Oid> {
    let name = CString::new(name).ok()?;
    // SAFETY: plain catalog look-ups by name.
    unsafe {
        let schema = pg_sys::get_namespace_oid(schema.as_ptr(), true);
        let relation = pg_sys::get_relname_relid(name.as_ptr(), schema);
        (relation != pg_sys::InvalidOid).then_some(relation)
    }
}

/// The number of a column by its name; None where there is none.
pub fn column_number(relation: pg_sys::Oid, name: &str) -> Option<i16> {
    let name = CString::new(name).ok()?;
    // SAFETY: a plain catalog look-up.
    let number = unsafe { pg_sys::get_attnum(relation, name.as_ptr()) };
    (number > 0).then_some(number)
}

/// The numbers of columns by their names; a column that is gone is left out.
pub fn column_numbers(relation: pg_sys::Oid, names: &[String]) -> Vec<i16> {
    names.iter().filter_map(|name| column_number(relation, name)).collect()
}

/// The relation's name, not qualified; "?" for one that is gone.
pub fn name(relation: pg_sys::Oid) -> String {
    // SAFETY: the callee returns a palloc'd copy or NULL.
    unsafe {
        let name = pg_sys::get_rel_name(relation);
        if name.is_null() { "?".into() } else { CStr::from_ptr(name).to_string_lossy().into_owned() }
    }
}

/// The relation's name with its schema's, quoted for SQL.
pub fn qualified(relation: pg_sys::Oid) -> String {
    if !exists(relation) {
        return relation.to_u32().to_string();
    }
    pgrx::spi::quote_qualified_identifier(schema(relation), name(relation))
}

/// The name of the relation's schema; empty for a relation that is gone.
pub fn schema(relation: pg_sys::Oid) -> String {
    // SAFETY: the callees return palloc'd copies or NULL.
    unsafe {
        let schema = pg_sys::get_namespace_name(pg_sys::get_rel_namespace(relation));
        if schema.is_null() { String::new() } else { CStr::from_ptr(schema).to_string_lossy().into_owned() }
    }
}

/// Is there such a relation?
pub fn exists(relation: pg_sys::Oid) -> bool {
    // SAFETY: a plain catalog look-up.
    unsafe { pg_sys::get_rel_relkind(relation) != 0 }
}

/// Is it a table that is neither partitioned nor anything else?
pub fn is_ordinary_table(relation: pg_sys::Oid) -> bool {
    // SAFETY: a plain catalog look-up.
    unsafe { pg_sys::get_rel_relkind(relation) as u8 == pg_sys::RELKIND_RELATION }
}

/// Is it a temporary table?
pub fn is_temporary(relation: pg_sys::Oid) -> bool {
    // SAFETY: a plain catalog look-up.
    unsafe { pg_sys::get_rel_persistence(relation) as u8 == pg_sys::RELPERSISTENCE_TEMP }
}

/// Is it what stands for a composite type?
pub fn is_composite_type(relation: pg_sys::Oid) -> bool {
    // SAFETY: a plain catalog look-up.
    unsafe { pg_sys::get_rel_relkind(relation) as u8 == pg_sys::RELKIND_COMPOSITE_TYPE }
}

/// Is it a partitioned table?
pub fn is_partitioned(relation: pg_sys::Oid) -> bool {
    // SAFETY: a plain catalog look-up.
    unsafe { pg_sys::get_rel_relkind(relation) as u8 == pg_sys::RELKIND_PARTITIONED_TABLE }
}

/// The type of the relation's rows.
pub fn row_type(relation: pg_sys::Oid) -> pg_sys::Oid {
    // SAFETY: a plain catalog look-up.
    unsafe { pg_sys::get_rel_type_id(relation) }
}

/// The type of a column.
pub fn column_type(relation: pg_sys::Oid, column: i16) -> pg_sys::Oid {
    // SAFETY: a plain catalog look-up.
    unsafe { pg_sys::get_atttype(relation, column) }
}

/// Can no row that a query of the relation finds be without the column? Inheritance children may have such rows where the
/// table itself has none, and since PostgreSQL 18 a column may be NOT NULL for new rows only.
pub fn is_never_null(relation: pg_sys::Oid, column: i16) -> bool {
    // SAFETY: the relation is locked by the query that names it; the column is looked up among its attributes.
    unsafe {
        let open = pgrx::PgRelation::open(relation);
        let class = &*(*open.as_ptr()).rd_rel;
        let shape = (*open.as_ptr()).rd_att;
        if column < 1
            || i32::from(column) > (*shape).natts
            || class.relhassubclass && class.relkind as u8 != pg_sys::RELKIND_PARTITIONED_TABLE
        {
            return false;
        }
        let nth = column as usize - 1;
        #[cfg(feature = "pg18")]
        let never = (*shape).compact_attrs.as_ptr().add(nth).read().attnullability as u8 == pg_sys::ATTNULLABLE_VALID;
        #[cfg(not(feature = "pg18"))]
        let never = (*(*shape).attrs.as_ptr().add(nth)).attnotnull;
        never
    }
}

/// Is it a partition of another table?
pub fn is_partition(relation: pg_sys::Oid) -> bool {
    // SAFETY: a plain catalog look-up.
    unsafe { pg_sys::get_rel_relispartition(relation) }
}
