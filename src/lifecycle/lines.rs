//! Which line of an archive was read last: where a value does not fit its column, PostgreSQL says why, but not where.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;

use pgrx::pg_sys::PgTryBuilder;
use pgrx::pg_sys::panic::CaughtError;
use pgrx::{PgSqlErrorCode as Code, pg_extern};

use super::staging::Stage;
use crate::error::{LifecycleRefusal, Refusal};
use crate::model::archive::Section;

thread_local! {
    static LAST: Cell<i64> = const { Cell::new(0) };
}

/// Remembers a line whose values are about to be read. See `tenancy.archive_line`.
#[pg_extern(sql = false)]
fn archive_line(line: i64, content: &str) -> &str {
    LAST.set(line);
    content
}

/// The row of JSON that line `s` of the archive is, as SQL.
pub const ROW: &str = "tenancy.archive_line(s.line, s.content::pg_catalog.text)::pg_catalog.json";

/// Runs `work`, which makes rows of an archive's lines. A value that cannot be read is a refusal with its line.
pub fn located<R>(stage: &Stage, work: impl FnOnce() -> Result<R, Refusal>) -> Result<R, Refusal> {
    // The line of the archive's contents, of which tenants are made.
    LAST.set(stage.lines.first().map_or(0, |(first, _)| first - 1));
    // What was done stays until the caller raises the refusal, and goes with it.
    PgTryBuilder::new(AssertUnwindSafe(work))
        .catch_others(|error| match error {
            CaughtError::PostgresError(report) if is_about_a_line(stage, report.sql_error_code()) => {
                let line = LAST.get();
                let (reason, whose) = (report.message().to_owned(), whose(stage, line));
                Err(LifecycleRefusal::UnreadableValue { line, whose, reason }.into())
            }
            other => other.rethrow(),
        })
        .execute()
}

/// Is it of the class of data exceptions, or about what a tenant has to be, which is for us to say?
fn is_about_a_line(stage: &Stage, code: Code) -> bool {
    let class = |code: Code| code as i32 & 0xfff;
    let of_a_tenant = || section(stage, LAST.get()).is_none();
    class(code) == class(Code::ERRCODE_DATA_EXCEPTION) || code == Code::ERRCODE_CHECK_VIOLATION && of_a_tenant()
}

fn section(stage: &Stage, line: i64) -> Option<&Section> {
    let sections = stage.contents.sections.iter().zip(&stage.lines);
    sections.into_iter().find(|(_, (first, last))| (*first..=*last).contains(&line)).map(|(section, _)| section)
}

/// What a line has the values of.
fn whose(stage: &Stage, line: i64) -> String {
    section(stage, line).map_or("a tenant".into(), |section| format!("a row of {}.{}", section.schema, section.table))
}
