//! Building expressions.

use pgrx::pg_sys::{self, Oid};

use super::functions;

/// A call of a function by its name, without arguments or with a table; None if there is none.
pub fn call(function: &'static str, table: Option<Oid>, kind: Oid) -> Option<*mut pg_sys::Node> {
    let Some(table) = table else {
        return Some(call_of(functions::find(function, "()")?, kind, std::ptr::null_mut()));
    };
    let function = functions::find(function, "(pg_catalog.regclass)")?;
    // SAFETY: a list of one node that was just made.
    let args = unsafe { pg_sys::lappend(std::ptr::null_mut(), table_constant(table).cast()) };
    Some(call_of(function, kind, args))
}

pub(super) fn call_of(function: Oid, kind: Oid, args: *mut pg_sys::List) -> *mut pg_sys::Node {
    let (none, form) = (pg_sys::InvalidOid, pg_sys::CoercionForm::COERCE_EXPLICIT_CALL);
    // SAFETY: a node made of valid parts.
    unsafe { pg_sys::makeFuncExpr(function, kind, args, none, none, form).cast() }
}

pub(super) fn table_constant(table: Oid) -> *mut pg_sys::Const {
    // SAFETY: a constant of a type of four bytes, passed by value.
    unsafe { pg_sys::makeConst(pg_sys::REGCLASSOID, -1, pg_sys::InvalidOid, 4, table.into(), false, true) }
}

/// `a or b`.
pub fn either(a: *mut pg_sys::Node, b: *mut pg_sys::Node) -> *mut pg_sys::Node {
    joined(pg_sys::BoolExprType::OR_EXPR, a, b)
}

/// `a and b`.
pub fn both(a: *mut pg_sys::Node, b: *mut pg_sys::Node) -> *mut pg_sys::Node {
    joined(pg_sys::BoolExprType::AND_EXPR, a, b)
}

fn joined(kind: pg_sys::BoolExprType::Type, a: *mut pg_sys::Node, b: *mut pg_sys::Node) -> *mut pg_sys::Node {
    // SAFETY: both are boolean expressions made by this module.
    unsafe {
        let list = pg_sys::lappend(pg_sys::lappend(std::ptr::null_mut(), a.cast()), b.cast());
        pg_sys::makeBoolExpr(kind, list, -1).cast()
    }
}

/// # Safety
/// `T` is the struct of nodes with the tag.
pub unsafe fn make_node<T>(tag: pg_sys::NodeTag) -> *mut T {
    // SAFETY: zeroed memory of the node's size, with its tag set, is what makeNode gives.
    unsafe {
        let node: *mut T = pg_sys::palloc0(std::mem::size_of::<T>()).cast();
        (*node.cast::<pg_sys::Node>()).type_ = tag;
        node
    }
}
