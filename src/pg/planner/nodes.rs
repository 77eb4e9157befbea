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

/// The comparison of `a` and `b` by an operator on values that have no order of a language, and the function that it stands for.
///
/// # Safety
/// Both are of the operator's types, and new or copied for this.
pub(super) unsafe fn compare(
    operator: Oid,
    function: Oid,
    a: *mut pg_sys::Expr,
    b: *mut pg_sys::Node,
) -> *mut pg_sys::Node {
    // SAFETY: a freshly made node, whose other fields are zero.
    unsafe {
        let node: *mut pg_sys::OpExpr = make_node(pg_sys::NodeTag::T_OpExpr);
        (*node).opno = operator;
        (*node).opfuncid = function;
        (*node).opresulttype = pg_sys::BOOLOID;
        (*node).args = pair(a.cast(), b);
        (*node).location = -1;
        node.cast()
    }
}

fn pair(a: *mut pg_sys::Node, b: *mut pg_sys::Node) -> *mut pg_sys::List {
    let cell = |node: *mut pg_sys::Node| pg_sys::ListCell { ptr_value: node.cast() };
    // SAFETY: a list of pointers to nodes.
    unsafe { pg_sys::list_make2_impl(pg_sys::NodeTag::T_List, cell(a), cell(b)) }
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
    unsafe { pg_sys::makeBoolExpr(kind, pair(a, b), -1).cast() }
}

/// The function and the column, if the condition is a call of a function with a column as its one argument.
///
/// # Safety
/// A condition of a query, or nothing: what is left of one that the planner has found to be always true.
pub(super) unsafe fn call_on_column(condition: *mut pg_sys::Node) -> Option<(Oid, *mut pg_sys::Var)> {
    // SAFETY: looked at only as what its tag says.
    unsafe {
        if condition.is_null() || (*condition).type_ != pg_sys::NodeTag::T_FuncExpr {
            return None;
        }
        let call = &*condition.cast::<pg_sys::FuncExpr>();
        match items::<pg_sys::Node>(call.args) {
            [argument] if (**argument).type_ == pg_sys::NodeTag::T_Var => Some((call.funcid, argument.cast())),
            _ => None,
        }
    }
}

/// Are both the same column of the same table of a query?
///
/// # Safety
/// Columns of a query.
pub(super) unsafe fn same_column(a: *const pg_sys::Var, b: *const pg_sys::Var) -> bool {
    // SAFETY: by the caller's promise.
    let place = |column: *const pg_sys::Var| unsafe { ((*column).varno, (*column).varattno, (*column).varlevelsup) };
    place(a) == place(b)
}

/// The nodes of a list, as they are there: what is asked of PostgreSQL for each of them adds up.
///
/// # Safety
/// None, or a list of such nodes that stays as it is meanwhile.
pub(super) unsafe fn items<'a, T>(list: *mut pg_sys::List) -> &'a [*mut T] {
    if list.is_null() {
        return &[];
    }
    // SAFETY: by the caller's promise its cells are pointers, as many as it says.
    unsafe { std::slice::from_raw_parts((*list).elements.cast(), (*list).length as usize) }
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
