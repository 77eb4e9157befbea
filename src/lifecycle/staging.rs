//! The table that an archive was loaded into, line by line: read and checked before anything is done with it. It is somebody's, and
//! read with the rights of its owner. Whoever makes rows of lines finds them in a table of ours.

use pgrx::pg_sys::Oid;
use pgrx::spi::quote_identifier;

use super::{columns, ours};
use crate::error::{LifecycleRefusal, Refusal};
use crate::model::archive::Contents;
use crate::model::archive_reader::{Line, Reader};
use crate::pg::cursor::Cursor;
use crate::pg::spi::{self, Row};
use crate::pg::{locks, owner, relations};
use crate::privileges;
use crate::progress::Progress;

/// How many lines are read at a time.
const BATCH: i32 = 1000;

/// The lines of which rows are made at this moment.
pub const LINES: &str = "pg_temp.tenancy_lines";

/// A sound archive.
pub struct Stage {
    relation: Oid,
    pub contents: Contents,
    /// For each section the numbers of its first and last line, as the table has them.
    pub lines: Vec<(i64, i64)>,
}

impl Stage {
    /// Reads the archive, if the caller may, and keeps others from changing it.
    pub fn read(relation: Oid, progress: &Progress) -> Result<Self, Refusal> {
        let name = relations::qualified(relation);
        let is_table = relations::is_ordinary_table(relation);
        let is_narrowed = owner::row_security_binds(relation);
        if !is_table
            || is_narrowed
            || ["line", "content"].iter().any(|column| relations::column_number(relation, column).is_none())
        {
            return Err(LifecycleRefusal::NoStage { relation: name }.into());
        }
        privileges::require("import_tenant()", &[relation], &["SELECT"])?;
        // LOCK TABLE asks for more rights than reading does.
        locks::share(relation);
        let text =
            format!("select r.line::pg_catalog.int8, r.content::pg_catalog.text from only {name} r order by r.line");
        let cursor = owner::run_pinned_as_owner_of(relation, || Cursor::open_now(&text));
        let (mut reader, mut lines, mut last) = (Reader::default(), Vec::new(), None);
        loop {
            pgrx::check_for_interrupts!();
            let read = |row: &Row| (row.get::<i64>(1), row.get::<String>(2).unwrap_or_default());
            let fetch = || columns::in_portable_form(|| cursor.fetch(BATCH, read));
            let batch = owner::run_pinned_as_owner_of(relation, fetch);
            if batch.is_empty() {
                break;
            }
            for (number, line) in batch {
                // The statements that insert rows find them by these numbers.
                let Some(number) = number.filter(|number| last.is_none_or(|last| last < *number)) else {
                    return Err(unnumbered(&reader));
                };
                last = Some(number);
                take(&mut reader, &mut lines, number, &line)?;
            }
            progress.rows(reader.lines() as i64);
        }
        cursor.close();
        reader.finish().map_err(|damage| refusal(&reader, &damage))?;
        let contents = reader.into_contents().expect("a sound archive has contents");
        Ok(Self { relation, contents, lines })
    }

    /// Makes the table of lines.
    pub fn begin(&self) {
        let reader = quote_identifier(owner::name_of(owner::owner_of(self.relation)));
        let name = LINES.trim_start_matches("pg_temp.");
        ours(|| {
            spi::run(&format!("create temporary table {name} (line bigint not null, content text) on commit drop"));
            spi::run(&format!("grant select on {LINES} to public"));
            spi::run(&format!("grant insert on {LINES} to {reader}"));
        });
    }

    /// Removes it.
    pub fn end() {
        ours(|| spi::run(&format!("drop table {LINES}")));
    }

    /// Puts some lines there, and takes away those that were there.
    pub fn show(&self, lines: &[(i64, i64)]) {
        ours(|| spi::run(&format!("truncate {LINES}")));
        let name = relations::qualified(self.relation);
        for (first, last) in lines {
            let text = format!(
                "insert into {LINES} (line, content) select s.line, s.content::pg_catalog.text from only {name} s \
                 where s.line between {first} and {last} order by s.line"
            );
            owner::run_pinned_as_owner_of(self.relation, || spi::run(&text));
        }
    }
}

fn take(reader: &mut Reader, lines: &mut Vec<(i64, i64)>, number: i64, line: &str) -> Result<(), Refusal> {
    match reader.read(line) {
        // The next section, if there is one, begins after this line.
        Ok(Line::Contents | Line::SectionEnd) => lines.push((number + 1, number)),
        Ok(Line::Row) => {
            if let Some(section) = lines.last_mut() {
                section.1 = number;
            }
        }
        Ok(Line::Header | Line::End) => (),
        Err(damage) => return Err(refusal(reader, &damage)),
    }
    Ok(())
}

fn unnumbered(reader: &Reader) -> Refusal {
    let reason = "The numbers in column line are not all there, or not all different".into();
    LifecycleRefusal::Damaged { line: reader.lines() + 1, reason }.into()
}

fn refusal(reader: &Reader, damage: &crate::model::archive_reader::Damage) -> Refusal {
    LifecycleRefusal::Damaged { line: reader.lines().max(1), reason: damage.to_string() }.into()
}
