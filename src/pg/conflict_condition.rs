//! A policy goes before the condition of `ON CONFLICT DO UPDATE`.

use core::ffi::c_int;

use pgrx::{PgList, pg_sys};

use super::planner::make_node;

/// `INSERT … ON CONFLICT DO UPDATE … WHERE condition`: PostgreSQL before its minor releases of November 2026 runs the condition
/// on a row that the policies hide, and asks them after. The planner takes up the policies' calls before the condition, so
/// that there is time to put each of them in front: where a policy hides the row, the condition is not run, and
/// PostgreSQL goes on to refuse. Other calls of the same functions are the statement's own business.
///
/// # Safety
/// `query` is the planner's own copy of a query, `policy` a call in it.
pub unsafe fn ask_before_conflict_condition(query: *mut pg_sys::Query, policy: *mut pg_sys::FuncExpr) {
    // SAFETY: nodes of the planner's own copy of the query, which it is free to change; each is looked at only as what its
    // tag says.
    unsafe {
        let conflict = (*query).onConflict;
        if (*query).commandType != pg_sys::CmdType::CMD_INSERT || conflict.is_null() {
            return;
        }
        let condition = (*conflict).onConflictWhere;
        let argument: *mut pg_sys::Var = PgList::from_pg((*policy).args).get_ptr(0).unwrap_or(std::ptr::null_mut());
        if condition.is_null()
            || argument.is_null()
            || (*argument.cast::<pg_sys::Node>()).type_ != pg_sys::NodeTag::T_Var
            || (*argument).varno as usize != (*query).resultRelation as usize
            || !is_policy(query, policy)
        {
            return;
        }
        let mut inner = condition;
        while let Some(put) = put_in_front(inner) {
            if pg_sys::equal((*put).expr.cast(), policy.cast()) {
                return;
            }
            inner = (*put).result.cast();
        }
        let when: *mut pg_sys::CaseWhen = make_node(pg_sys::NodeTag::T_CaseWhen);
        (*when).expr = pg_sys::copyObjectImpl(policy.cast()).cast();
        (*when).result = condition.cast();
        (*when).location = -1;
        let case: *mut pg_sys::CaseExpr = make_node(pg_sys::NodeTag::T_CaseExpr);
        (*case).casetype = pg_sys::BOOLOID;
        (*case).args = pg_sys::lappend(std::ptr::null_mut(), when.cast());
        (*case).defresult = pg_sys::makeBoolConst(true, false).cast();
        (*case).location = OURS;
        (*conflict).onConflictWhere = case.cast();
    }
}

/// Where a CASE of ours stands in the statement: nowhere, and in no other way than a CASE that was read from the catalog.
const OURS: c_int = -2;

/// The policy in front, and what it guards; None if this was not put there by us, though the statement may say the same.
///
/// # Safety
/// `node` is a condition of the query.
unsafe fn put_in_front(node: *mut pg_sys::Node) -> Option<*mut pg_sys::CaseWhen> {
    // SAFETY: by the caller's promise; looked at only as what its tag says.
    unsafe {
        let case = node.cast::<pg_sys::CaseExpr>();
        let ours = (*node).type_ == pg_sys::NodeTag::T_CaseExpr && (*case).location == OURS;
        ours.then(|| PgList::from_pg((*case).args).get_ptr(0)).flatten()
    }
}

/// Does PostgreSQL refuse to update the row in conflict where this call says no?
///
/// # Safety
/// As for `ask_before_conflict_condition`.
unsafe fn is_policy(query: *mut pg_sys::Query, call: *mut pg_sys::FuncExpr) -> bool {
    // SAFETY: by the caller's promise.
    unsafe {
        let checks = PgList::<pg_sys::WithCheckOption>::from_pg((*query).withCheckOptions);
        checks.iter_ptr().any(|check| {
            (*check).kind == pg_sys::WCOKind::WCO_RLS_CONFLICT_CHECK && pg_sys::equal((*check).qual.cast(), call.cast())
        })
    }
}
