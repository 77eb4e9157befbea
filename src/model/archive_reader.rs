//! Reading an archive, and saying where it is damaged.

use std::fmt;

use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::archive::{
    ArchiveEnd, Checksum, Column, Contents, FORMAT, Header, MAGIC, RowsOf, Section, SectionEnd, Tenant, to_line,
};
use super::archive_contents;

/// Why a line is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    NoArchive,
    Newer { format: u32 },
    NotJson,
    Contents(String),
    Row { table: String },
    Tenant { table: String },
    SectionEnd { table: String },
    Checksum,
    TooLong,
    Truncated,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoArchive => write!(f, "This is not the first line of an archive of tenancy.export_tenant()"),
            Self::Newer { format } => write!(f, "The archive has format {format}, this version reads up to {FORMAT}"),
            Self::NotJson => write!(f, "The line is not JSON"),
            Self::Contents(what) => write!(f, "The list of contents cannot be read: {what}"),
            Self::Row { table } => write!(f, "A row of {table} with the columns that line 2 lists was expected"),
            Self::Tenant { table } => write!(f, "The row of {table} belongs to a tenant that line 2 does not list"),
            Self::SectionEnd { table } => write!(f, "The line at the end of {table} was expected"),
            Self::Checksum => write!(f, "The lines up to here are not those that were exported: the checksum differs"),
            Self::TooLong => write!(f, "The archive ended before this line"),
            Self::Truncated => write!(f, "The archive goes on after this line, which is the last one"),
        }
    }
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Header,
    Contents,
    Row,
    SectionEnd,
    End,
}

/// Looks at an archive line by line and keeps none of them.
#[derive(Default)]
pub struct Reader {
    checksum: Checksum,
    contents: Option<Contents>,
    lines: u64,
    /// The section that is being read, and how many of its rows were.
    section: usize,
    rows: u64,
    ended: bool,
}

impl Reader {
    /// The second line, if it was read, to keep.
    pub fn into_contents(self) -> Option<Contents> {
        self.contents
    }

    /// How many lines were read.
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// Takes the next line.
    pub fn read(&mut self, line: &str) -> Result<Line, Damage> {
        self.lines += 1;
        let Some(contents) = &self.contents else {
            return if self.lines == 1 { header(line) } else { self.read_contents(line) };
        };
        let Some(section) = contents.sections.get(self.section) else { return self.read_end(line) };
        if self.rows < section.rows {
            check_row(line, section, &contents.tenants)?;
            self.rows += 1;
            self.checksum.add(line);
            return Ok(Line::Row);
        }
        let found: SectionEnd =
            serde_json::from_str(line).map_err(|_| Damage::SectionEnd { table: section.table.clone() })?;
        if found.end_of != section.table || found.rows != section.rows {
            return Err(Damage::SectionEnd { table: section.table.clone() });
        }
        self.check_sum(&found.sha256)?;
        self.checksum.add(line);
        self.section += 1;
        self.rows = 0;
        Ok(Line::SectionEnd)
    }

    /// No more lines come.
    pub const fn finish(&self) -> Result<(), Damage> {
        match (self.ended, self.lines) {
            (true, _) => Ok(()),
            (false, 0) => Err(Damage::NoArchive),
            (false, _) => Err(Damage::Truncated),
        }
    }

    fn read_contents(&mut self, line: &str) -> Result<Line, Damage> {
        let contents: Contents = serde_json::from_str(line).map_err(|e| Damage::Contents(e.to_string()))?;
        if let Some(reason) = archive_contents::why_not_exported(&contents) {
            return Err(Damage::Contents(reason));
        }
        self.checksum.add(line);
        self.contents = Some(contents);
        Ok(Line::Contents)
    }

    fn read_end(&mut self, line: &str) -> Result<Line, Damage> {
        if self.ended {
            return Err(Damage::TooLong);
        }
        let _: ArchiveEnd = serde_json::from_str(line).map_err(|_| Damage::NotJson)?;
        // To the letter: no checksum comes after it that would notice another spelling.
        let expected = ArchiveEnd { end_of_archive: self.lines - 1, sha256: self.checksum.value() };
        if line != to_line(&expected) {
            return Err(Damage::Checksum);
        }
        self.ended = true;
        Ok(Line::End)
    }

    fn check_sum(&self, found: &str) -> Result<(), Damage> {
        if found == self.checksum.value() { Ok(()) } else { Err(Damage::Checksum) }
    }
}

fn header(line: &str) -> Result<Line, Damage> {
    let header: Header = serde_json::from_str(line).map_err(|_| Damage::NoArchive)?;
    match header.format {
        _ if header.pg_tenancy != MAGIC => Err(Damage::NoArchive),
        FORMAT => Ok(Line::Header),
        0 => Err(Damage::NoArchive),
        format => Err(Damage::Newer { format }),
    }
}

/// A row is an object with the section's columns in their order.
fn check_row(line: &str, section: &Section, tenants: &[Tenant]) -> Result<(), Damage> {
    let mut source = serde_json::Deserializer::from_str(line);
    let shape = RowShape { columns: &section.columns, tenant_column: section.tenant_column.as_deref() };
    let (right, tenant) = source.deserialize_map(shape).map_err(|e| match e.classify() {
        serde_json::error::Category::Data => Damage::Row { table: section.table.clone() },
        _ => Damage::NotJson,
    })?;
    source.end().map_err(|_| Damage::NotJson)?;
    let table = || section.table.clone();
    match (right, section.tenant_column.is_some(), section.rows_of) {
        (false, ..) => Err(Damage::Row { table: table() }),
        (true, true, RowsOf::Tenants) if !is_of(&tenant, tenants) => Err(Damage::Tenant { table: table() }),
        (true, true, RowsOf::Public) if tenant != Value::Null => Err(Damage::Tenant { table: table() }),
        _ => Ok(()),
    }
}

/// Does the value of a tenant column, an id or a number, name one of the tenants?
fn is_of(value: &Value, tenants: &[Tenant]) -> bool {
    match value {
        Value::String(id) => tenants.iter().any(|tenant| &tenant.id == id),
        Value::Number(number) => tenants.iter().any(|tenant| number.as_i64() == Some(tenant.number)),
        _ => false,
    }
}

struct RowShape<'a> {
    columns: &'a [Column],
    tenant_column: Option<&'a str>,
}

impl<'de> Visitor<'de> for RowShape<'_> {
    type Value = (bool, Value);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut expected = self.columns.iter();
        let (mut right, mut tenant) = (true, Value::Null);
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            right &= expected.next().is_some_and(|column| column.name == name);
            if self.tenant_column == Some(name.as_ref()) {
                tenant = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok((right && expected.next().is_none(), tenant))
    }
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "archive_properties.rs"]
mod properties;
