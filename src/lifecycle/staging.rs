//! The table that an archive was loaded into, line by line: read and checked before anything is done with it.

use pgrx::pg_sys::Oid;

use super::columns;
use crate::error::{LifecycleRefusal, Refusal};
use crate::model::archive::Contents;
use crate::model::archive_reader::{Line, Reader};
use crate::pg::cursor::Cursor;
use crate::pg::spi::Row;
use crate::pg::{locks, relations};
use crate::progress::Progress;

/// How many lines are read at a time.
const BATCH: i32 = 1000;

/// A sound archive.
pub struct Stage {
    /// The table as SQL.
    pub name: String,
    pub contents: Contents,
    /// For each section the numbers of its first and last line, as the table has them.
    pub lines: Vec<(i64, i64)>,
}

impl Stage {
    /// Reads the archive with the rights of the caller, and keeps others from changing it.
    pub fn read(relation: Oid, progress: &Progress) -> Result<Self, Refusal> {
        let name = relations::qualified(relation);
        let is_table = relations::is_ordinary_table(relation);
        if !is_table || ["line", "content"].iter().any(|column| relations::column_number(relation, column).is_none()) {
            return Err(LifecycleRefusal::NoStage { relation: name }.into());
        }
        // LOCK TABLE asks for more rights than reading does. Who may not read is refused right after.
        locks::share(relation);
        let text =
            format!("select r.line::pg_catalog.int8, r.content::pg_catalog.text from only {name} r order by r.line");
        let cursor = Cursor::open_now(&text);
        let (mut reader, mut lines, mut last) = (Reader::default(), Vec::new(), None);
        loop {
            pgrx::check_for_interrupts!();
            let read = |row: &Row| (row.get::<i64>(1), row.get::<String>(2).unwrap_or_default());
            let batch = columns::in_portable_form(|| cursor.fetch(BATCH, read));
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
        Ok(Self { name, contents, lines })
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
