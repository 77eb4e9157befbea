//! Is a text one SQL expression? PostgreSQL's own parser says so.

use std::ffi::CString;

use pgrx::pg_sys::PgTryBuilder;
use pgrx::pg_sys::panic::CaughtError;
use pgrx::{PgList, PgSqlErrorCode, pg_sys};

/// None if `text` is one expression: no statement, no list, nothing that ends the expression and goes on. Otherwise why not.
/// In parentheses, in lines of its own, such a text stays what it is.
pub fn why_not_one(text: &str) -> Option<String> {
    // Alone it shows what it is made of, in parentheses what may only stand alone.
    let texts = [format!("select\n{text}\n"), format!("select (\n{text}\n)")];
    let parse = || (!texts.iter().all(|text| is_one(text))).then(|| "It is not one expression".to_owned());
    // Nothing is written or locked while parsing: there is nothing to undo but the message, which the caller raises again.
    PgTryBuilder::new(parse)
        .catch_when(PgSqlErrorCode::ERRCODE_SYNTAX_ERROR, |error| match error {
            CaughtError::PostgresError(report) => Some(report.message().to_owned()),
            other => other.rethrow(),
        })
        .execute()
}

/// Is a SELECT nothing but an unnamed value? It then differs in the value alone from the plainest one there is.
fn is_one(text: &str) -> bool {
    let Ok(text) = CString::new(text) else { return false };
    // SAFETY: both texts are NUL-terminated and only read. The trees are new and nobody else's; nodes are looked at only as
    // what their tags say.
    unsafe {
        let plainest = pg_sys::raw_parser(c"select 1".as_ptr(), pg_sys::RawParseMode::RAW_PARSE_DEFAULT);
        let given = pg_sys::raw_parser(text.as_ptr(), pg_sys::RawParseMode::RAW_PARSE_DEFAULT);
        let Some((plain, given)) = only_select(plainest).zip(only_select(given)) else { return false };
        let value = |select: *mut pg_sys::SelectStmt| -> Option<*mut pg_sys::ResTarget> {
            PgList::from_pg((*select).targetList).get_ptr(0)
        };
        let Some((first, second)) = value(plain).zip(value(given)) else { return false };
        (*first).val = (*second).val;
        pg_sys::equal(plain.cast(), given.cast())
    }
}

/// The only statement, if it is a SELECT.
unsafe fn only_select(statements: *mut pg_sys::List) -> Option<*mut pg_sys::SelectStmt> {
    // SAFETY: the caller hands over what the parser gave: a list of raw statements.
    unsafe {
        let statements: PgList<pg_sys::RawStmt> = PgList::from_pg(statements);
        let statement = (*statements.get_ptr(0)?).stmt;
        let only = statements.len() == 1 && (*statement).type_ == pg_sys::NodeTag::T_SelectStmt;
        only.then_some(statement.cast())
    }
}
