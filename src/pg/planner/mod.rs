//! The planner's questions to a support function, and building the expressions that answer them.

mod column;
mod default;
mod functions;
mod index_cost;
mod kept;
mod nodes;
mod once;
mod shares;
mod statistics;

use pgrx::{Internal, pg_sys};

pub use column::Column;
pub use default::answer_default;
pub use kept::{forget_plans, is_marked, some_let_all_rows_pass};
pub use nodes::{both, call, either, make_node};
pub use once::AskOnce;
pub use shares::Value;

use super::conflict_condition::ask_before_conflict_condition;

/// Prepares for the planner's questions, and for asking once where two policies are asked. Call once, from `_PG_init`.
pub fn init(asked: [AskOnce; 2]) {
    functions::init();
    statistics::init();
    once::init(asked);
}

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
    // SAFETY: by the caller's promise, and `Column::of` checks what it follows.
    unsafe {
        let mut column = Column::of(request.root, (*request.fcall).args)?;
        if clause == Clause::Using {
            column.stands_in(request.fcall);
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
        if !takes_array(request) {
            return None;
        }
        let mut column = Column::of(request.root, (*request.node.cast::<pg_sys::FuncExpr>()).args)?;
        if column.wrapped {
            return None;
        }
        column.opfamily = request.opfamily;
        match decide(Question::IndexCondition, &column)? {
            Answer::IndexCondition(node) => {
                index_cost::count_values(request.index);
                request.lossy = false;
                Some(pg_sys::Datum::from(pg_sys::lappend(std::ptr::null_mut(), node.cast())))
            }
            _ => None,
        }
    }
}

/// May the index be asked for several values? The planner looks after that for conditions of the query's own only.
///
/// # Safety
/// The planner's request.
unsafe fn takes_array(request: &pg_sys::SupportRequestIndexCondition) -> bool {
    // SAFETY: by the caller's promise, the index is there, and its table.
    unsafe {
        let index = &*request.index;
        // Where an index does not look up several values by itself, only a bitmap of it can be made for each.
        let fits = index.amsearcharray || !index.amhasgettuple;
        // Before 17 they are looked up one after the other: what comes is then ordered by them first.
        #[cfg(any(feature = "pg15", feature = "pg16"))]
        let fits = fits && (request.indexcol == 0 || !pg_sys::has_useful_pathkeys(request.root, index.rel));
        fits
    }
}

unsafe fn selectivity(
    request: &mut pg_sys::SupportRequestSelectivity,
    decide: impl FnOnce(Question, &Column) -> Option<Answer>,
) -> Option<pg_sys::Datum> {
    // SAFETY: by the caller's promise.
    unsafe {
        let column = Column::of(request.root, request.args)?;
        match decide(Question::Selectivity, &column)? {
            Answer::Selectivity(share) => {
                request.selectivity = share.clamp(0.0, 1.0);
                Some(pg_sys::Datum::from(std::ptr::from_mut(request)))
            }
            _ => None,
        }
    }
}
