//! The default of a column that a statement writes.

use pgrx::Internal;
use pgrx::pg_sys::{self, Oid};

use super::functions;
use super::nodes::{call_of, items, table_constant};

/// A call that a table's column has as its default, in a statement that writes the table.
pub struct Default {
    call: *mut pg_sys::FuncExpr,
    pub table: Oid,
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
        // Casts of PL/pgSQL are planned without a query.
        if request.root.is_null() || (*request.root).parse.is_null() {
            return None;
        }
        let query = &*(*request.root).parse;
        let written = (query.resultRelation as usize).checked_sub(1)?;
        let table = *items::<pg_sys::RangeTblEntry>(query.rtable).get(written)?;
        Some(Default { call: request.fcall, table: (*table).relid })
    });
    let answered = default.and_then(|default| decide(&default));
    Internal::from(Some(answered.map_or(pg_sys::Datum::from(0usize), pg_sys::Datum::from)))
}

impl Default {
    /// The same call with the table that is written as a further argument; None if there is no such function.
    pub fn ask_about_table(&self, by_id: &'static str, by_number: &'static str) -> Option<*mut pg_sys::Node> {
        // SAFETY: the call is one of the query that is being planned.
        unsafe {
            let kind = (*self.call).funcresulttype;
            let name = if kind == pg_sys::UUIDOID { by_id } else { by_number };
            let function = functions::find(name, "(pg_catalog.bool,pg_catalog.regclass)")?;
            let args = pg_sys::copyObjectImpl((*self.call).args.cast()).cast();
            Some(call_of(function, kind, pg_sys::lappend(args, table_constant(self.table).cast())))
        }
    }
}
