//! The archive format: a tenant as lines of JSON. This is what writes it; `archive_reader` reads it.
//!
//! The first line says what this is and when it was made; the second which tenants it holds and in which sections, each with
//! its columns and the number of its rows. Then the sections, a row a line, each with a line at its end; then the last line.
//! The lines at the ends hold the SHA-256 of all that came since the second line's beginning: the first line is the only one
//! in which two archives of the same rows differ.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version of the format that this code writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Always [`MAGIC`].
    pub pg_tenancy: String,
    pub format: u32,
    pub version: String,
    pub exported_at: String,
}

/// What the first line of every archive says of itself.
pub const MAGIC: &str = "archive";

/// The second line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    /// From the top of the hierarchy down; the first is the one that was asked for.
    pub tenants: Vec<Tenant>,
    pub sections: Vec<Section>,
}

/// A tenant as `tenancy.tenants` describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    pub id: String,
    pub number: i64,
    pub name: String,
    pub parent_id: Option<String>,
    pub status: String,
    pub allows_subtenants: bool,
    pub description: Option<String>,
    pub terms_of_use: Option<String>,
    pub logo_url: Option<String>,
    pub contact_id: Option<String>,
    pub location: Option<String>,
    pub created_at: String,
    pub updated_at: String,
}

/// Rows of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub schema: String,
    pub table: String,
    pub rows_of: RowsOf,
    pub rows: u64,
    pub columns: Vec<Column>,
    /// The column that names the tenant of each row.
    pub tenant_column: Option<String>,
}

/// Whose rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowsOf {
    /// The tenants'.
    Tenants,
    /// Public ones, which those of the tenants refer to.
    Public,
}

/// A column and its type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
}

/// The line at the end of a section.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionEnd {
    pub end_of: String,
    pub rows: u64,
    pub sha256: String,
}

/// The last line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ArchiveEnd {
    pub end_of_archive: u64,
    pub sha256: String,
}

/// The checksum of the lines so far.
#[derive(Default)]
pub(super) struct Checksum(Sha256);

impl Checksum {
    pub fn add(&mut self, line: &str) {
        self.0.update(line.as_bytes());
        self.0.update(b"\n");
    }

    pub fn value(&self) -> String {
        self.0.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

pub(super) fn to_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the lines of an archive are plain JSON")
}

/// Gives the lines of an archive, one after the other.
pub struct Writer {
    checksum: Checksum,
    lines: u64,
}

impl Writer {
    /// Begins an archive: its first two lines.
    pub fn begin(version: &str, exported_at: String, contents: &Contents) -> (Self, [String; 2]) {
        let (pg_tenancy, version) = (MAGIC.to_owned(), version.to_owned());
        let first = to_line(&Header { pg_tenancy, format: FORMAT, version, exported_at });
        let second = to_line(contents);
        let mut writer = Self { checksum: Checksum::default(), lines: 1 };
        writer.row(&second);
        (writer, [first, second])
    }

    /// Takes note of a row, which is a line as it is.
    pub fn row(&mut self, line: &str) {
        self.checksum.add(line);
        self.lines += 1;
    }

    /// The line at the end of a section with so many rows.
    pub fn end_section(&mut self, section: &Section) -> String {
        let line =
            to_line(&SectionEnd { end_of: section.table.clone(), rows: section.rows, sha256: self.checksum.value() });
        self.row(&line);
        line
    }

    /// The last line.
    pub fn end(self) -> String {
        to_line(&ArchiveEnd { end_of_archive: self.lines, sha256: self.checksum.value() })
    }
}
