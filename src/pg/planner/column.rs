//! The column that a policy function is called for, and conditions on it.

use pgrx::pg_sys::{self, Oid};

use super::nodes::{call, call_of, call_on_column, compare, items, make_node, same_column, table_constant};
use super::{functions, kept, statistics};
use crate::pg::relations;

/// The column that a policy function is called for.
pub struct Column {
    pub(super) root: *mut pg_sys::PlannerInfo,
    /// As the function is called with it.
    expression: *mut pg_sys::Expr,
    pub(super) column: *mut pg_sys::Var,
    /// Has PostgreSQL put something around the column? It must stay there, and such a thing serves no index.
    pub wrapped: bool,
    /// The table that the query names.
    pub table: Oid,
    /// The table that the call names in its second argument.
    pub asked_about: Option<Oid>,
    pub kind: Oid,
    /// Does the call stand where there is a row of the table, so that the column is NULL only if the table may hold that?
    of_row: bool,
    /// Does it stand for a row that the statement is about to write?
    pub of_new_row: bool,
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
            let args = items::<pg_sys::Node>(args);
            let argument = *args.first()?;
            let asked_about = match args.get(1) {
                Some(table) => Some(constant_table(*table)?),
                None => None,
            };
            let column = column_in(argument)?;
            let var = &*column;
            if var.varlevelsup != 0 || var.varno <= 0 {
                return None;
            }
            let tables = items::<pg_sys::RangeTblEntry>((*(*root).parse).rtable);
            let table = *tables.get(var.varno as usize - 1)?;
            if (*table).rtekind != pg_sys::RTEKind::RTE_RELATION {
                return None;
            }
            Some(Self {
                root,
                expression: argument.cast(),
                column,
                wrapped: argument != column.cast(),
                table: (*table).relid,
                asked_about,
                kind: var.vartype,
                of_row: true,
                of_new_row: false,
                opfamily: default_opfamily(var.vartype),
            })
        }
    }

    /// Where the call stands. Only the table's policy surely has a row: an outer join may give NULL where a condition of the user's
    /// stands, and some of a subquery's conditions are asked about as if they were those of the query around it.
    ///
    /// # Safety
    /// The planner's present state, and the call that the column is an argument of.
    pub(super) unsafe fn stands_in(&mut self, call: *mut pg_sys::FuncExpr) {
        // SAFETY: the expression is a column of a table of this query; its policies are expressions.
        unsafe {
            let column = self.column;
            let query = &*(*self.root).parse;
            let table = items::<pg_sys::RangeTblEntry>(query.rtable)[(*column).varno as usize - 1];
            let is_policy = items((*table).securityQuals).iter().any(|policy| {
                call_on_column(*policy)
                    .is_some_and(|(function, of)| function == (*call).funcid && same_column(column, of))
            });
            // What is stored has no place in the statement's text.
            #[cfg(feature = "pg15")]
            let as_read = (*column).location < 0;
            #[cfg(not(feature = "pg15"))]
            let as_read = (*column).location < 0 && (*column).varnullingrels.is_null();
            self.of_row = is_policy && as_read;
            let written = !query.withCheckOptions.is_null() && query.resultRelation as u32 == (*column).varno as u32;
            self.of_new_row = written && as_read && !is_policy;
        }
    }

    /// May its table hold NULL there?
    pub fn nullable(&self) -> bool {
        // SAFETY: the expression is a column.
        !relations::is_never_null(self.table, unsafe { (*self.column).varattno })
    }

    /// Is it known to have a value where the call stands?
    pub fn not_null(&self) -> bool {
        self.of_row && !self.nullable()
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
        let (operator, stands_for) = match (self.kind, kind) {
            (pg_sys::UUIDOID, pg_sys::UUIDOID) => UUID_EQUALS,
            (pg_sys::INT8OID, pg_sys::INT8OID) => INT8_EQUALS,
            (pg_sys::INT4OID, pg_sys::INT8OID) => INT48_EQUALS,
            _ => return None,
        };
        let value = call(function, table, kind)?;
        statistics::note_value(value);
        // SAFETY: both operands are of the operator's types, and made for it.
        Some(unsafe { compare(Oid::from(operator), Oid::from(stands_for), self.copy(), value) })
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

// The operators and their functions, from pg_operator.dat and pg_proc.dat, which pgrx does not bind.
const UUID_EQUALS: (u32, u32) = (2972, 2956);
const INT8_EQUALS: (u32, u32) = (410, 467);
const INT48_EQUALS: (u32, u32) = (15, 852);

/// The column that an argument is. Where a table has virtual columns, PostgreSQL 18 puts something around all of its columns below
/// grouping sets, so that these do not empty them.
///
/// # Safety
/// `node` is a node of the query.
unsafe fn column_in(node: *mut pg_sys::Node) -> Option<*mut pg_sys::Var> {
    // SAFETY: looked at only as what its tag says.
    unsafe {
        let inner = match (*node).type_ {
            pg_sys::NodeTag::T_PlaceHolderVar => (*node.cast::<pg_sys::PlaceHolderVar>()).phexpr.cast(),
            _ => node,
        };
        ((*inner).type_ == pg_sys::NodeTag::T_Var).then(|| inner.cast())
    }
}

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
