//! Does a stored condition, a publication's row filter or the predicate of a partial index, hold for rows of one tenant only? Read
//! off the tree: its text, which PostgreSQL prints with a lock on the table, would have to be taken apart again.

use std::ffi::{CStr, CString};

use pgrx::{PgList, pg_extern, pg_sys};

/// Does the condition demand, alone or among others joined by AND, that the column equal a constant, or be NULL?
/// See `tenancy.names_one_tenant`.
#[pg_extern(sql = false)]
fn names_one_tenant(condition: &str, tenant_column: i16) -> bool {
    let Ok(condition) = CString::new(condition) else { return false };
    // SAFETY: values of pg_node_tree, as which the function is declared, are of PostgreSQL's own making: nobody can write one.
    unsafe {
        let tree: *mut pg_sys::Node = pg_sys::stringToNode(condition.as_ptr()).cast();
        demands(tree, tenant_column)
    }
}

/// # Safety
/// `condition` is NULL or an expression as PostgreSQL stores it.
unsafe fn demands(condition: *mut pg_sys::Node, column: i16) -> bool {
    if condition.is_null() {
        return false;
    }
    // SAFETY: a node is of the type that its tag says, and its lists hold nodes.
    unsafe {
        match (*condition).type_ {
            pg_sys::NodeTag::T_BoolExpr => {
                let joined = &*condition.cast::<pg_sys::BoolExpr>();
                let is_and = joined.boolop == pg_sys::BoolExprType::AND_EXPR;
                is_and && PgList::from_pg(joined.args).iter_ptr().any(|one: *mut pg_sys::Node| demands(one, column))
            }
            pg_sys::NodeTag::T_NullTest => {
                let test = &*condition.cast::<pg_sys::NullTest>();
                test.nulltesttype == pg_sys::NullTestType::IS_NULL && is_column(test.arg.cast(), column)
            }
            pg_sys::NodeTag::T_OpExpr => {
                let operation = &*condition.cast::<pg_sys::OpExpr>();
                let sides: PgList<pg_sys::Node> = PgList::from_pg(operation.args);
                let Some((left, right)) = sides.get_ptr(0).zip(sides.get_ptr(1)) else { return false };
                let compared = |one, other| is_column(one, column) && is_value(other);
                is_equality(operation.opno) && (compared(left, right) || compared(right, left))
            }
            _ => false,
        }
    }
}

/// One of PostgreSQL's own: somebody else's need not mean it.
fn is_equality(operator: pg_sys::Oid) -> bool {
    if operator.to_u32() >= pg_sys::FirstNormalObjectId {
        return false;
    }
    // SAFETY: looks the operator up; the name is a copy in the current memory context.
    unsafe {
        let name = pg_sys::get_opname(operator);
        !name.is_null() && CStr::from_ptr(name) == c"="
    }
}

/// # Safety
/// `node` is a valid node.
unsafe fn is_column(node: *mut pg_sys::Node, column: i16) -> bool {
    // SAFETY: a node is of the type that its tag says.
    unsafe { (*node).type_ == pg_sys::NodeTag::T_Var && (*node.cast::<pg_sys::Var>()).varattno == column }
}

/// Also by a cast of a constant, as of `1::bigint`, which a row filter keeps as it was written.
///
/// # Safety
/// `node` is a valid node.
unsafe fn is_value(node: *mut pg_sys::Node) -> bool {
    // SAFETY: a node is of the type that its tag says.
    unsafe {
        match (*node).type_ {
            pg_sys::NodeTag::T_Const => !(*node.cast::<pg_sys::Const>()).constisnull,
            pg_sys::NodeTag::T_FuncExpr => {
                let call = &*node.cast::<pg_sys::FuncExpr>();
                let is_cast = call.funcformat == pg_sys::CoercionForm::COERCE_EXPLICIT_CAST
                    || call.funcformat == pg_sys::CoercionForm::COERCE_IMPLICIT_CAST;
                let cast: PgList<pg_sys::Node> = PgList::from_pg(call.args);
                is_cast && cast.get_ptr(0).is_some_and(|value| is_value(value))
            }
            _ => false,
        }
    }
}
