//! The planner's questions to a support function, and building the expressions that answer them.

use pgrx::pg_sys::{self, Oid};
use pgrx::{Internal, IntoDatum, PgList};

use super::conflict_condition::ask_before_conflict_condition;

/// What the planner asks about a call of a policy function, whose one argument is a tenant column.
pub enum Question {
    /// May the call be replaced by something that the planner can see into?
    Simplify,
    /// Which condition on an index on the column does the call imply?
    IndexCondition,
    /// Which part of the rows passes, as far as the number of tenants tells?
    Selectivity,
}

/// Where a policy function is called: for rows that are there, or for new ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clause {
    Using,
    WithCheck,
}

/// The column that a policy function is called for.
pub struct Column {
    root: *mut pg_sys::PlannerInfo,
    expression: *mut pg_sys::Expr,
    /// The table that the query names.
    pub table: Oid,
    /// The table that the call names in its second argument.
    pub asked_about: Option<Oid>,
    pub kind: Oid,
    pub not_null: bool,
    /// How many different values it has, by the statistics.
    distinct: f64,
    /// Which share of its values is NULL, by the statistics.
    pub null_share: f64,
    opfamily: Oid,
}

/// An answer to a question.
pub enum Answer {
    Expression(*mut pg_sys::Node),
    IndexCondition(*mut pg_sys::Node),
    /// The share of rows that passes.
    Selectivity(f64),
}

/// Answers a request of the planner by `decide`, which gives None where it has no opinion.
pub fn answer(request: Internal, clause: Clause, decide: impl FnOnce(Question, &Column) -> Option<Answer>) -> Internal {
    let no_opinion = || Internal::from(Some(pg_sys::Datum::from(0usize)));
    let Some(request) = request.unwrap() else { return no_opinion() };
    let request: *mut pg_sys::Node = request.cast_mut_ptr();
    // SAFETY: the planner passes one of the request nodes, whose tag tells which; its fields are valid meanwhile.
    let answered = unsafe {
        match (*request).type_ {
            pg_sys::NodeTag::T_SupportRequestSimplify => simplify(&*request.cast(), clause, decide),
            pg_sys::NodeTag::T_SupportRequestIndexCondition => index_condition(&mut *request.cast(), decide),
            pg_sys::NodeTag::T_SupportRequestSelectivity => selectivity(&mut *request.cast(), decide),
            _ => None,
        }
    };
    answered.map_or_else(no_opinion, |datum| Internal::from(Some(datum)))
}

/// Answers the question for the share of rows that passes, whatever the arguments; has no opinion on others.
pub fn answer_share(request: Internal, share: f64) -> Internal {
    let node: Option<*mut pg_sys::Node> = request.unwrap().map(|request| request.cast_mut_ptr());
    // SAFETY: the planner passes one of the request nodes, whose tag tells which.
    let answered = node.filter(|node| unsafe { (**node).type_ } == pg_sys::NodeTag::T_SupportRequestSelectivity);
    if let Some(node) = answered {
        // SAFETY: as above.
        unsafe { (*node.cast::<pg_sys::SupportRequestSelectivity>()).selectivity = share };
    }
    Internal::from(Some(answered.map_or(pg_sys::Datum::from(0usize), pg_sys::Datum::from)))
}

unsafe fn simplify(
    request: &pg_sys::SupportRequestSimplify,
    clause: Clause,
    decide: impl FnOnce(Question, &Column) -> Option<Answer>,
) -> Option<pg_sys::Datum> {
    // SAFETY: by the caller's promise, and `column` checks what it follows.
    unsafe {
        let column = column(request.root, (*request.fcall).args)?;
        if clause == Clause::Using {
            ask_before_conflict_condition((*request.root).parse, request.fcall);
        }
        match decide(Question::Simplify, &column)? {
            Answer::Expression(node) => Some(pg_sys::Datum::from(node)),
            _ => None,
        }
    }
}

unsafe fn index_condition(
    request: &mut pg_sys::SupportRequestIndexCondition,
    decide: impl FnOnce(Question, &Column) -> Option<Answer>,
) -> Option<pg_sys::Datum> {
    // SAFETY: by the caller's promise; the node is the call itself where an index is asked for.
    unsafe {
        if (*request.node).type_ != pg_sys::NodeTag::T_FuncExpr {
            return None;
        }
        let mut column = column(request.root, (*request.node.cast::<pg_sys::FuncExpr>()).args)?;
        column.opfamily = request.opfamily;
        match decide(Question::IndexCondition, &column)? {
            Answer::IndexCondition(node) => {
                request.lossy = false;
                Some(pg_sys::Datum::from(pg_sys::lappend(std::ptr::null_mut(), node.cast())))
            }
            _ => None,
        }
    }
}

unsafe fn selectivity(
    request: &mut pg_sys::SupportRequestSelectivity,
    decide: impl FnOnce(Question, &Column) -> Option<Answer>,
) -> Option<pg_sys::Datum> {
    // SAFETY: by the caller's promise. The statistics are released by their own function.
    unsafe {
        let mut column = column(request.root, request.args)?;
        column.of_partitioned_table();
        column.look_at_statistics();
        match decide(Question::Selectivity, &column)? {
            Answer::Selectivity(share) => {
                request.selectivity = share.clamp(0.0, 1.0);
                Some(pg_sys::Datum::from(std::ptr::from_mut(request)))
            }
            _ => None,
        }
    }
}

/// The column of a table of this query level that a function's first argument is. A second one is a table that is known.
unsafe fn column(root: *mut pg_sys::PlannerInfo, args: *mut pg_sys::List) -> Option<Column> {
    // SAFETY: nodes of the query that is being planned; each is looked at only as what its tag says.
    unsafe {
        if root.is_null() {
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
        Some(Column {
            root,
            expression: argument.cast(),
            table: (*table).relid,
            asked_about,
            kind: var.vartype,
            not_null: super::relations::is_never_null((*table).relid, var.varattno),
            distinct: 0.0,
            null_share: 0.0,
            opfamily: default_opfamily(var.vartype),
        })
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

/// A call that a table's column has as its default, in a statement that writes the table.
pub struct Default {
    call: *mut pg_sys::FuncExpr,
    table: Oid,
}

/// Answers a request of the planner about the default of a column by `decide`, which gives None where it has no opinion.
pub fn answer_default(request: Internal, decide: impl FnOnce(&Default) -> Option<*mut pg_sys::Node>) -> Internal {
    let node: Option<*mut pg_sys::Node> = request.unwrap().map(|request| request.cast_mut_ptr());
    // SAFETY: the planner passes one of the request nodes, whose tag tells which; a query that writes has a table to write.
    let default = node.and_then(|node| unsafe {
        if (*node).type_ != pg_sys::NodeTag::T_SupportRequestSimplify {
            return None;
        }
        let request = &*node.cast::<pg_sys::SupportRequestSimplify>();
        if request.root.is_null() {
            return None;
        }
        let query = &*(*request.root).parse;
        let written = (query.resultRelation as usize).checked_sub(1)?;
        let table = PgList::<pg_sys::RangeTblEntry>::from_pg(query.rtable).get_ptr(written)?;
        Some(Default { call: request.fcall, table: (*table).relid })
    });
    let answered = default.and_then(|default| decide(&default));
    Internal::from(Some(answered.map_or(pg_sys::Datum::from(0usize), pg_sys::Datum::from)))
}

impl Default {
    /// The same call with the table that is written as a further argument; None if there is no such function.
    pub fn ask_about_table(&self, by_id: &str, by_number: &str) -> Option<*mut pg_sys::Node> {
        // SAFETY: the call is one of the query that is being planned.
        unsafe {
            let kind = (*self.call).funcresulttype;
            let name = if kind == pg_sys::UUIDOID { by_id } else { by_number };
            let function = function_named(&format!("{name}(pg_catalog.bool,pg_catalog.regclass)"))?;
            let args = pg_sys::copyObjectImpl((*self.call).args.cast()).cast();
            Some(call_of(function, kind, pg_sys::lappend(args, table_constant(self.table).cast())))
        }
    }
}

impl Column {
    /// The function asked for the column on the query's table, by the function's name for uuid and for numbers; None if there
    /// is no such function.
    pub fn ask_about_table(&self, by_id: &str, by_number: &str) -> Option<*mut pg_sys::Node> {
        let signature = match self.kind {
            pg_sys::UUIDOID => format!("{by_id}(pg_catalog.uuid,pg_catalog.regclass)"),
            pg_sys::INT8OID => format!("{by_number}(pg_catalog.int8,pg_catalog.regclass)"),
            pg_sys::INT4OID => format!("{by_number}(pg_catalog.int4,pg_catalog.regclass)"),
            _ => return None,
        };
        let function = function_named(&signature)?;
        // SAFETY: a list of nodes that were just made.
        let args = unsafe { pg_sys::lappend(std::ptr::null_mut(), self.copy().cast()) };
        // SAFETY: as above.
        let args = unsafe { pg_sys::lappend(args, table_constant(self.table).cast()) };
        Some(call_of(function, pg_sys::BOOLOID, args))
    }

    /// `column = function()`, with the function's result type `kind`; None if there is no such operator. With a table, it is the
    /// function's argument.
    pub fn equals(&self, function: &str, table: Option<Oid>, kind: Oid) -> Option<*mut pg_sys::Node> {
        let operator = match (self.kind, kind) {
            (pg_sys::UUIDOID, pg_sys::UUIDOID) => UUID_EQUALS,
            (pg_sys::INT8OID, pg_sys::INT8OID) => INT8_EQUALS,
            (pg_sys::INT4OID, pg_sys::INT8OID) => INT48_EQUALS,
            _ => return None,
        };
        let value = call(function, table, kind)?;
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
    pub fn equals_any(&self, function: &str, table: Option<Oid>, kind: Oid, array: Oid) -> Option<*mut pg_sys::Node> {
        let value = call(function, table, array)?;
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

    /// A partition's statistics tell nothing of the tenants in other partitions: the whole table's column instead.
    unsafe fn of_partitioned_table(&mut self) {
        // SAFETY: the expression is a column of this query level; the arrays have a place for each of its tables.
        unsafe {
            let var = &*self.expression.cast::<pg_sys::Var>();
            let parents = (*self.root).append_rel_array;
            if parents.is_null() {
                return;
            }
            let parent = *parents.add(var.varno as usize);
            if parent.is_null() || var.varattno < 1 || i32::from(var.varattno) > (*parent).num_child_cols {
                return;
            }
            let number = *(*parent).parent_colnos.add(var.varattno as usize - 1);
            let table = *(*self.root).simple_rte_array.add((*parent).parent_relid as usize);
            if number < 1 || (*table).rtekind != pg_sys::RTEKind::RTE_RELATION {
                return;
            }
            let column = pg_sys::copyObjectImpl(self.expression.cast()).cast::<pg_sys::Var>();
            (*column).varno = (*parent).parent_relid as _;
            (*column).varattno = number;
            self.expression = column.cast();
            self.of_partitioned_table();
        }
    }

    unsafe fn look_at_statistics(&mut self) {
        // SAFETY: the expression is a column of this query level. The statistics are released by their own function.
        unsafe {
            let mut found = pg_sys::VariableStatData::default();
            pg_sys::examine_variable(self.root, self.expression.cast(), 0, &mut found);
            let mut is_default = false;
            self.distinct = pg_sys::get_variable_numdistinct(&mut found, &mut is_default);
            if !found.statsTuple.is_null() {
                let statistics = pg_sys::heap_tuple_get_struct::<pg_sys::FormData_pg_statistic>(found.statsTuple);
                self.null_share = (*statistics).stanullfrac.into();
                if let Some(release) = found.freefunc {
                    release(found.statsTuple);
                }
            }
        }
    }

    /// The share of the rows for which a `column = any (…)` is true, by the statistics.
    pub fn share_that_passes(&self, condition: *mut pg_sys::Node) -> f64 {
        // SAFETY: a condition on a column of this query level, made by `equals_any`.
        unsafe {
            pg_sys::scalararraysel(
                self.root,
                condition.cast(),
                false,
                0,
                pg_sys::JoinType::JOIN_INNER,
                std::ptr::null_mut(),
            )
        }
    }

    /// The share of the rows that so many tenants have, if all have alike.
    pub fn share_of(&self, tenants: usize) -> f64 {
        if self.distinct > 0.0 { tenants as f64 / self.distinct } else { 0.5 }
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

/// A call of a function by its name, without arguments or with a table; None if there is none.
pub fn call(function: &str, table: Option<Oid>, kind: Oid) -> Option<*mut pg_sys::Node> {
    let Some(table) = table else {
        return Some(call_of(function_named(&format!("{function}()"))?, kind, std::ptr::null_mut()));
    };
    let function = function_named(&format!("{function}(pg_catalog.regclass)"))?;
    // SAFETY: a list of one node that was just made.
    let args = unsafe { pg_sys::lappend(std::ptr::null_mut(), table_constant(table).cast()) };
    Some(call_of(function, kind, args))
}

/// The function with this signature.
fn function_named(signature: &str) -> Option<Oid> {
    // SAFETY: to_regprocedure takes a text and gives an oid or NULL.
    unsafe { pgrx::direct_function_call::<Oid>(pg_sys::to_regprocedure, &[signature.into_datum()]) }
}

fn call_of(function: Oid, kind: Oid, args: *mut pg_sys::List) -> *mut pg_sys::Node {
    let (none, form) = (pg_sys::InvalidOid, pg_sys::CoercionForm::COERCE_EXPLICIT_CALL);
    // SAFETY: a node made of valid parts.
    unsafe { pg_sys::makeFuncExpr(function, kind, args, none, none, form).cast() }
}

fn table_constant(table: Oid) -> *mut pg_sys::Const {
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

/// Makes this backend plan its prepared statements anew.
pub fn forget_plans() {
    // SAFETY: only marks the kept plans of this backend.
    unsafe { pg_sys::ResetPlanCache() };
}
