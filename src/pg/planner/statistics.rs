//! Which share of the rows passes, by the statistics.

use std::cell::{Cell, RefCell};

use pgrx::pg_guard;
use pgrx::pg_sys::{self, Oid};

use super::column::Column;
use super::nodes::items;
use crate::pg::backend_local::BackendLocal;

unsafe extern "C-unwind" {
    // In utils/syscache.h, for PostgreSQL itself to call.
    fn ReleaseSysCache(tuple: pg_sys::HeapTuple);
}

thread_local! {
    /// Functions with which columns are compared whose value is the same for a whole execution.
    static VALUES: RefCell<Vec<Oid>> = const { RefCell::new(Vec::new()) };
}
static OTHERS: BackendLocal<Cell<pg_sys::get_relation_stats_hook_type>> = BackendLocal::new(Cell::new(None));

pub(super) fn init() {
    // SAFETY: hooks are there to be chained; the function stays for the life of the backend.
    unsafe {
        OTHERS.set(pg_sys::get_relation_stats_hook);
        pg_sys::get_relation_stats_hook = Some(of_whole_table);
    }
}

/// Notes the function that this node calls: a column is compared with its value.
pub(super) fn note_value(call: *mut pg_sys::Node) {
    // SAFETY: a call that `nodes` made.
    let function = unsafe { (*call.cast::<pg_sys::FuncExpr>()).funcid };
    VALUES.with_borrow_mut(|values| {
        if !values.contains(&function) {
            values.push(function);
        }
    });
}

/// Is it such a function?
pub(super) fn is_value(function: Oid) -> bool {
    VALUES.with_borrow(|values| values.contains(&function))
}

/// Where a query compares the column of a partitioned table with a value that only the execution knows, all partitions are
/// planned, though one has the rows. Each partition's own statistics say which share of its rows a tenant has that has rows there;
/// their sum would be too large by the number of partitions. So the whole table's statistics count for the column in each of them.
#[pg_guard]
unsafe extern "C-unwind" fn of_whole_table(
    root: *mut pg_sys::PlannerInfo,
    table: *mut pg_sys::RangeTblEntry,
    column: pg_sys::AttrNumber,
    found: *mut pg_sys::VariableStatData,
) -> bool {
    // SAFETY: the planner passes its state, a table of the query, and where to put the statistics; whoever asks releases them.
    unsafe {
        if let Some(next) = OTHERS.get()
            && next(root, table, column, found)
        {
            return true;
        }
        let Some((whole, number)) = compared_above(root, table, column) else { return false };
        let statistics = pg_sys::SearchSysCache3(
            pg_sys::SysCacheIdentifier::STATRELATTINH as i32,
            pg_sys::Datum::from(whole),
            pg_sys::Datum::from(number),
            pg_sys::Datum::from(true),
        );
        if statistics.is_null() {
            return false;
        }
        (*found).statsTuple = statistics;
        (*found).freefunc = Some(ReleaseSysCache);
        true
    }
}

/// The table and the column above a partition's, if the query compares it with such a value.
///
/// # Safety
/// The planner's state, and a table that it knows.
unsafe fn compared_above(
    root: *mut pg_sys::PlannerInfo,
    table: *mut pg_sys::RangeTblEntry,
    number: i16,
) -> Option<(Oid, i16)> {
    // SAFETY: `above` gives an answer only for places within the arrays, and only such places, each with a table.
    unsafe {
        let whole = Place { table: place_of(root, table)?, number }.topmost(root)?;
        let planned = *(*root).simple_rel_array.add(whole.table);
        if planned.is_null() {
            return None;
        }
        let conditions = items::<pg_sys::RestrictInfo>((*planned).baserestrictinfo);
        let compared = conditions.iter().any(|condition| compares((**condition).clause.cast(), whole.number));
        compared.then(|| ((**(*root).simple_rte_array.add(whole.table)).relid, whole.number))
    }
}

/// Where the planner has the table, in a query with partitions. Whoever asks the hook may have a variable at hand that counts in
/// another query, where a subquery's column is looked through, or none at all and memory that nobody has filled, as for BRIN.
///
/// # Safety
/// The planner's state.
unsafe fn place_of(root: *mut pg_sys::PlannerInfo, table: *mut pg_sys::RangeTblEntry) -> Option<usize> {
    // SAFETY: the array of tables is as long as it says; the other one is there only where there are partitions.
    unsafe {
        if (*root).append_rel_array.is_null() || VALUES.with_borrow(Vec::is_empty) {
            return None;
        }
        let tables = std::slice::from_raw_parts((*root).simple_rte_array, (*root).simple_rel_array_size as usize);
        tables.iter().position(|known| *known == table)
    }
}

/// Is it `column = value`, or such a comparison and others joined by OR?
///
/// # Safety
/// `node` is a condition of the query.
unsafe fn compares(node: *mut pg_sys::Node, column: i16) -> bool {
    // SAFETY: looked at only as what its tag says.
    unsafe {
        let arguments = match (*node).type_ {
            pg_sys::NodeTag::T_BoolExpr => {
                let parts = items::<pg_sys::Node>((*node.cast::<pg_sys::BoolExpr>()).args);
                return parts.iter().any(|part| compares(*part, column));
            }
            pg_sys::NodeTag::T_OpExpr => items::<pg_sys::Node>((*node.cast::<pg_sys::OpExpr>()).args),
            _ => return false,
        };
        let [left, right] = *arguments else { return false };
        (*left).type_ == pg_sys::NodeTag::T_Var
            && (*left.cast::<pg_sys::Var>()).varattno == column
            && (*right).type_ == pg_sys::NodeTag::T_FuncExpr
            && is_value((*right.cast::<pg_sys::FuncExpr>()).funcid)
    }
}

/// A column of a table of this query level.
struct Place {
    table: usize,
    number: i16,
}

impl Place {
    /// A partition's column in the partitioned table: None where the table is no partition, or the column is only the partition's.
    ///
    /// # Safety
    /// The planner's state.
    unsafe fn above(&self, root: *mut pg_sys::PlannerInfo) -> Option<Place> {
        // SAFETY: the planner's arrays are of one size; append_rel_array is there only where there are partitions. A parent's
        // columns are counted by its child's entry.
        unsafe {
            let (parents, size) = ((*root).append_rel_array, (*root).simple_rel_array_size as usize);
            if parents.is_null() || self.table >= size {
                return None;
            }
            let parent = *parents.add(self.table);
            if parent.is_null() || self.number < 1 || i32::from(self.number) > (*parent).num_child_cols {
                return None;
            }
            let number = *(*parent).parent_colnos.add(self.number as usize - 1);
            let table = (*parent).parent_relid as usize;
            if number < 1 || table >= size {
                return None;
            }
            let entry = *(*root).simple_rte_array.add(table);
            let is_table = !entry.is_null() && (*entry).rtekind == pg_sys::RTEKind::RTE_RELATION;
            is_table.then_some(Place { table, number })
        }
    }

    /// The column in the table above all.
    ///
    /// # Safety
    /// The planner's state.
    unsafe fn topmost(&self, root: *mut pg_sys::PlannerInfo) -> Option<Place> {
        // SAFETY: as `above`.
        std::iter::successors(unsafe { self.above(root) }, |place| unsafe { place.above(root) }).last()
    }
}

impl Column {
    /// The column as the statistics are asked about it: a partition's tell nothing of the tenants in other partitions, so that it is
    /// the whole table's instead.
    pub(super) fn in_whole_table(&self) -> *mut pg_sys::Expr {
        // SAFETY: the expression is a column of this query level.
        unsafe {
            let place = Place { table: (*self.column).varno as usize, number: (*self.column).varattno };
            let Some(whole) = place.topmost(self.root) else { return self.column.cast() };
            let column = pg_sys::copyObjectImpl(self.column.cast()).cast::<pg_sys::Var>();
            (*column).varno = whole.table as _;
            (*column).varattno = whole.number;
            column.cast()
        }
    }
}
