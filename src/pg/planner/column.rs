//! The column that a policy function is called for, and conditions on it.

use pgrx::PgList;
use pgrx::pg_sys::{self, Oid};

use super::nodes::{call, call_of, make_node, table_constant};
use super::{functions, kept, statistics};
use crate::pg::relations;

/// The column that a policy function is called for.
pub struct Column {
    pub(super) root: *mut pg_sys::PlannerInfo,
    pub(super) expression: *mut pg_sys::Expr,
    /// The table that the query names.
    pub table: Oid,
    /// The table that the call names in its second argument.
    pub asked_about: Option<Oid>,
    pub kind: Oid,
    /// Is it known to have a value wherever the call stands?
    pub not_null: bool,
    /// May its table hold NULL there?
    pub nullable: bool,
    pub(super) opfamily: Oid,
}

impl Column {
    /// The column of a table of this query level that a function's first argument is. A second one is a table that is known.
    ///
    /// # Safety
    /// The planner's present state, and the arguments of a call in the query that is being planned.
    pub(super) unsafe fn of(root: *mut pg_sys::PlannerInfo, args: *mut pg_sys::List) -> Option<Self> {
        // SAFETY: nodes of the query that is being planned; each is looked at only as what its tag says.
        unsafe {
            // Casts of PL/pgSQL are planned without a query.
            if root.is_null() || (*root).parse.is_null() {
                return None;
            }
            let args = PgList::<pg_sys::Node>::from_pg(args);
            let argument = args.get_ptr(0)?;
            let asked_about = match args.get_ptr(1) {
                Some(table) => Some(constant_table(table)?),
                None => None,
            };
            if (*argument).type_ != pg_sys::NodeTag::T_Var {
                return None;
            }
            let var = &*argument.cast::<pg_sys::Var>();
            if var.varlevelsup != 0 || var.varno <= 0 {
                return None;
            }
            let tables = PgList::<pg_sys::RangeTblEntry>::from_pg((*(*root).parse).rtable);
            let table = tables.get_ptr(var.varno as usize - 1)?;
            if (*table).rtekind != pg_sys::RTEKind::RTE_RELATION {
                return None;
            }
            let not_null = relations::is_never_null((*table).relid, var.varattno);
            Some(Self {
                root,
                expression: argument.cast(),
                table: (*table).relid,
                asked_about,
                kind: var.vartype,
                not_null,
                nullable: !not_null,
                opfamily: default_opfamily(var.vartype),
            })
        }
    }

    /// Forgets that the table has no NULL there, unless the call is the table's policy: an outer join may give NULL where a condition
    /// of the user's stands, and some of a subquery's conditions are asked about as if they were those of the query around it.
    ///
    /// # Safety
    /// The planner's present state, and the call that the column is an argument of.
    pub(super) unsafe fn may_be_null_outside_policy(&mut self, call: *mut pg_sys::FuncExpr) {
        // SAFETY: the expression is a column of a table of this query; its policies are expressions, and compared as such.
        unsafe {
            let var = &*self.expression.cast::<pg_sys::Var>();
            let tables = PgList::<pg_sys::RangeTblEntry>::from_pg((*(*self.root).parse).rtable);
            let policies = tables.get_ptr(var.varno as usize - 1).map(|table| (*table).securityQuals);
            let is_policy = policies.is_some_and(|policies| {
                let policies = PgList::<pg_sys::Node>::from_pg(policies);
                policies.iter_ptr().any(|policy| pg_sys::equal(policy.cast(), call.cast()))
            });
            // What is stored has no place in the statement's text.
            #[cfg(feature = "pg15")]
            let as_read = var.location < 0;
            #[cfg(not(feature = "pg15"))]
            let as_read = var.location < 0 && var.varnullingrels.is_null();
            self.not_null &= is_policy && as_read;
        }
    }

    /// The function asked for the column, by the function's name for uuid and for numbers, where `about_table` on the query's
    /// table; None if there is no such function.
    pub fn ask(&self, [by_id, by_number]: [&'static str; 2], about_table: bool) -> Option<*mut pg_sys::Node> {
        let (name, arguments) = match (self.kind, about_table) {
            (pg_sys::UUIDOID, true) => (by_id, "(pg_catalog.uuid,pg_catalog.regclass)"),
            (pg_sys::UUIDOID, false) => (by_id, "(pg_catalog.uuid)"),
            (pg_sys::INT8OID, true) => (by_number, "(pg_catalog.int8,pg_catalog.regclass)"),
            (pg_sys::INT8OID, false) => (by_number, "(pg_catalog.int8)"),
            (pg_sys::INT4OID, true) => (by_number, "(pg_catalog.int4,pg_catalog.regclass)"),
            (pg_sys::INT4OID, false) => (by_number, "(pg_catalog.int4)"),
            _ => return None,
        };
        let function = functions::find(name, arguments)?;
        // SAFETY: a list of nodes that were just made.
        let args = unsafe {
            let column = pg_sys::lappend(std::ptr::null_mut(), self.copy().cast());
            if about_table { pg_sys::lappend(column, table_constant(self.table).cast()) } else { column }
        };
        Some(call_of(function, pg_sys::BOOLOID, args))
    }

    /// `column = function()`, with the function's result type `kind`; None if there is no such operator. With a table, it is the
    /// function's argument.
    pub fn equals(&self, function: &'static str, table: Option<Oid>, kind: Oid) -> Option<*mut pg_sys::Node> {
        let operator = match (self.kind, kind) {
            (pg_sys::UUIDOID, pg_sys::UUIDOID) => UUID_EQUALS,
            (pg_sys::INT8OID, pg_sys::INT8OID) => INT8_EQUALS,
            (pg_sys::INT4OID, pg_sys::INT8OID) => INT48_EQUALS,
            _ => return None,
        };
        let value = call(function, table, kind)?;
        statistics::note_value(value);
        // SAFETY: both operands are of the operator's types; it has no collation.
        unsafe {
            let node = pg_sys::make_opclause(
                Oid::from(operator),
                pg_sys::BOOLOID,
                false,
                self.copy(),
                value.cast(),
                pg_sys::InvalidOid,
                pg_sys::InvalidOid,
            );
            pg_sys::set_opfuncid(node.cast());
            Some(node.cast())
        }
    }

    /// True for all rows, which costs nothing where rows are read: what the caller knows is then asked once more when an execution
    /// of the plan begins. None where the statement may meet rows that are newer than what it knew when it began: one that
    /// changes or locks rows takes their latest versions. `mark` is a support function, by which the plan is known.
    pub fn all_rows_pass(&self, mark: &'static str) -> Option<*mut pg_sys::Node> {
        // SAFETY: the planner's state is as it was when the column was found.
        unsafe { (self.only_read() && kept::mark(self.root, mark)).then(|| pg_sys::makeBoolConst(true, false)) }
    }

    /// # Safety
    /// The planner's state is as it was when the column was found.
    unsafe fn only_read(&self) -> bool {
        // SAFETY: by the caller's promise, each query and those around it are there.
        unsafe {
            let mut around = std::iter::successors(Some(self.root), |level| {
                Some((**level).parent_root).filter(|root| !root.is_null())
            });
            around.all(|level| {
                let query = &*(*level).parse;
                query.commandType == pg_sys::CmdType::CMD_SELECT && query.rowMarks.is_null()
            })
        }
    }

    /// `column is null`, or `column is not null`.
    pub fn is_null_or_not(&self, null: bool) -> *mut pg_sys::Node {
        // SAFETY: a freshly made node, whose fields are all set; the argument is a copy.
        unsafe {
            let test: *mut pg_sys::NullTest = make_node(pg_sys::NodeTag::T_NullTest);
            (*test).arg = self.copy();
            (*test).nulltesttype = if null { pg_sys::NullTestType::IS_NULL } else { pg_sys::NullTestType::IS_NOT_NULL };
            (*test).argisrow = false;
            (*test).location = -1;
            test.cast()
        }
    }

    /// `column = any (function())`, with the array's element type `kind`; None if the index does not know the operator.
    pub fn equals_any(
        &self,
        function: &'static str,
        table: Option<Oid>,
        kind: Oid,
        array: Oid,
    ) -> Option<*mut pg_sys::Node> {
        let value = call(function, table, array)?;
        statistics::note_value(value);
        // SAFETY: a freshly made node, whose fields are all set, for an operator of the index's family.
        unsafe {
            let operator =
                pg_sys::get_opfamily_member(self.opfamily, self.kind, kind, pg_sys::BTEqualStrategyNumber as i16);
            if operator == pg_sys::InvalidOid {
                return None;
            }
            let node: *mut pg_sys::ScalarArrayOpExpr = make_node(pg_sys::NodeTag::T_ScalarArrayOpExpr);
            (*node).opno = operator;
            (*node).useOr = true;
            (*node).args = pg_sys::lappend(std::ptr::null_mut(), self.copy().cast());
            (*node).args = pg_sys::lappend((*node).args, value.cast());
            (*node).location = -1;
            pg_sys::set_sa_opfuncid(node);
            Some(node.cast())
        }
    }

    fn copy(&self) -> *mut pg_sys::Expr {
        // SAFETY: the expression is a node of the query that is being planned.
        unsafe { pg_sys::copyObjectImpl(self.expression.cast()).cast() }
    }
}

/// The family of operators that B-tree indexes on the type use, unless an index says otherwise.
fn default_opfamily(kind: Oid) -> Oid {
    // From pg_opfamily.dat: uuid_ops, integer_ops.
    Oid::from(if kind == pg_sys::UUIDOID { 2968 } else { 1976 })
}

// From pg_operator.dat, which pgrx does not bind.
const UUID_EQUALS: u32 = 2972;
const INT8_EQUALS: u32 = 410;
const INT48_EQUALS: u32 = 15;

/// # Safety
/// `node` is a node of the query.
unsafe fn constant_table(node: *mut pg_sys::Node) -> Option<Oid> {
    // SAFETY: looked at only as what its tag says; a constant that is not NULL has a value of the type it says.
    unsafe {
        if (*node).type_ != pg_sys::NodeTag::T_Const {
            return None;
        }
        let constant = &*node.cast::<pg_sys::Const>();
        let known = constant.consttype == pg_sys::REGCLASSOID && !constant.constisnull;
        known.then(|| Oid::from(constant.constvalue.value() as u32))
    }
}
