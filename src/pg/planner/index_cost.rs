//! What looking for several tenants in an index costs.

use pgrx::{PgList, pg_guard, pg_sys};

use super::nodes::items;
use super::statistics::is_value;

unsafe extern "C-unwind" {
    // In utils/index_selfuncs.h.
    fn btcostestimate(
        root: *mut pg_sys::PlannerInfo,
        path: *mut pg_sys::IndexPath,
        loops: f64,
        startup: *mut f64,
        total: *mut f64,
        share: *mut f64,
        correlation: *mut f64,
        pages: *mut f64,
    );
}

/// The planner counts a descent for each value that it looks for in a B-tree, and takes an array for ten values if it is not a
/// constant. From here on it sees the array of a `column = any (function())` of ours as it is now while it works out what a scan
/// of this index costs: as by hand.
///
/// # Safety
/// An index as the planner knows it for one query.
pub(super) unsafe fn count_values(index: *mut pg_sys::IndexOptInfo) {
    // SAFETY: the planner calls it with what B-trees' own function takes; up to 16 its field is declared without arguments.
    unsafe {
        if (*index).relam == pg_sys::BTREE_AM_OID {
            (&raw mut (*index).amcostestimate).cast::<pg_sys::amcostestimate_function>().write(Some(cost));
        }
    }
}

#[allow(clippy::too_many_arguments)] // PostgreSQL's
#[pg_guard]
unsafe extern "C-unwind" fn cost(
    root: *mut pg_sys::PlannerInfo,
    path: *mut pg_sys::IndexPath,
    loops: f64,
    startup: *mut f64,
    total: *mut f64,
    share: *mut f64,
    correlation: *mut f64,
    pages: *mut f64,
) {
    // SAFETY: what the planner passes is passed on; the path's conditions are put back.
    unsafe {
        let conditions = (*path).indexclauses;
        let is_partition = (*(*(*path).indexinfo).rel).reloptkind == pg_sys::RelOptKind::RELOPT_OTHER_MEMBER_REL;
        let mut seen = PgList::<pg_sys::IndexClause>::new();
        for condition in items::<pg_sys::IndexClause>(conditions) {
            seen.push(with_array(root, *condition, is_partition).unwrap_or(*condition));
        }
        (*path).indexclauses = seen.into_pg();
        btcostestimate(root, path, loops, startup, total, share, correlation, pages);
        (*path).indexclauses = conditions;
    }
}

/// A copy of the condition with the array in the place of the function that gives it, if it is such a condition.
///
/// # Safety
/// The planner's state, and a condition of a path on an index.
unsafe fn with_array(
    root: *mut pg_sys::PlannerInfo,
    condition: *mut pg_sys::IndexClause,
    is_partition: bool,
) -> Option<*mut pg_sys::IndexClause> {
    // SAFETY: nodes are looked at only as what their tags say; the function takes no arguments and gives an array.
    unsafe {
        let part = *items::<pg_sys::RestrictInfo>((*condition).indexquals).first()?;
        let comparison: *mut pg_sys::ScalarArrayOpExpr = (*part).clause.cast();
        if (*comparison).xpr.type_ != pg_sys::NodeTag::T_ScalarArrayOpExpr {
            return None;
        }
        let [column, value] = *items::<pg_sys::Node>((*comparison).args) else { return None };
        if (*value).type_ != pg_sys::NodeTag::T_FuncExpr {
            return None;
        }
        let function = &*value.cast::<pg_sys::FuncExpr>();
        if !function.args.is_null() || !is_value(function.funcid) {
            return None;
        }
        // The share of rows is kept with a condition, and so with its copies, once it was asked for. It is the policy's, from which
        // this condition follows; asked for itself, PostgreSQL would look at the statistics once for each value. Not in partitions:
        // a policy's is that of the whole table.
        let asked = if is_partition { part } else { (*condition).rinfo };
        (*part).norm_selec =
            pg_sys::clause_selectivity(root, asked.cast(), 0, pg_sys::JoinType::JOIN_INNER, std::ptr::null_mut());
        let array = pg_sys::OidFunctionCall0Coll(function.funcid, pg_sys::InvalidOid);
        let constant = pg_sys::makeConst(function.funcresulttype, -1, pg_sys::InvalidOid, -1, array, false, false);
        let known = copy(comparison);
        (*known).args = pg_sys::lappend(pg_sys::lappend(std::ptr::null_mut(), column.cast()), constant.cast());
        let known_part = copy(part);
        (*known_part).clause = known.cast();
        let known_condition = copy(condition);
        (*known_condition).indexquals = pg_sys::lappend(std::ptr::null_mut(), known_part.cast());
        Some(known_condition)
    }
}

/// # Safety
/// `T` is the struct of the node.
unsafe fn copy<T>(node: *const T) -> *mut T {
    // SAFETY: new memory of the same size.
    unsafe {
        let copy: *mut T = pg_sys::palloc(std::mem::size_of::<T>()).cast();
        copy.copy_from_nonoverlapping(node, 1);
        copy
    }
}
