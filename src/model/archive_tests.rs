//! An archive that was written is read; one that differs in anything is not.

use super::super::archive::Writer;
use super::*;

fn contents() -> Contents {
    let column = |name: &str, kind: &str| Column { name: name.into(), kind: kind.into() };
    let section = |table: &str, rows_of, rows| Section {
        schema: "shop".into(),
        table: table.into(),
        rows_of,
        rows,
        columns: vec![column("id", "bigint"), column("name", "text"), column("tenant_id", "uuid")],
        tenant_column: Some("tenant_id".into()),
    };
    let tenant = Tenant {
        id: "a0000000-0000-0000-0000-000000000000".into(),
        number: 7,
        name: "Äcme \"Ltd\"".into(),
        parent_id: None,
        status: "active".into(),
        allows_subtenants: false,
        description: None,
        terms_of_use: None,
        logo_url: None,
        contact_id: None,
        location: None,
        created_at: "2026-01-01".into(),
        updated_at: "2026-01-01".into(),
    };
    let sections = vec![
        section("model", RowsOf::Public, 1),
        section("empty", RowsOf::Tenants, 0),
        section("asset", RowsOf::Tenants, 2),
    ];
    Contents { tenants: vec![tenant], sections }
}

fn archive() -> Vec<String> {
    let contents = contents();
    let (mut writer, first) = Writer::begin("0.1.0", "2026-02-02".into(), &contents);
    let mut lines: Vec<String> = first.into();
    for section in &contents.sections {
        for nth in 0..section.rows {
            let tenant = match section.rows_of {
                RowsOf::Tenants => format!("\"{}\"", contents.tenants[0].id),
                RowsOf::Public => "null".into(),
            };
            let row = format!(r#"{{"id":{nth},"name":"a \"b\" \\ c","tenant_id":{tenant}}}"#);
            writer.row(&row);
            lines.push(row);
        }
        lines.push(writer.end_section(section));
    }
    lines.push(writer.end());
    lines
}

/// The line at which an archive is refused, and why; a missing line is refused after the last one.
fn read(lines: &[impl AsRef<str>]) -> Result<Vec<Line>, (u64, Damage)> {
    let mut reader = Reader::default();
    let read: Result<Vec<Line>, _> = lines.iter().map(|line| reader.read(line.as_ref())).collect();
    let read = read.map_err(|damage| (reader.lines(), damage))?;
    reader.finish().map_err(|damage| (reader.lines(), damage))?;
    Ok(read)
}

#[test]
fn what_was_written_is_read() {
    use Line::*;
    assert_eq!(read(&archive()), Ok(vec![Header, Contents, Row, SectionEnd, SectionEnd, Row, Row, SectionEnd, End]));
}

#[test]
fn the_contents_are_known_once_they_were_read() {
    let mut reader = Reader::default();
    let lines = archive();
    let _ = reader.read(&lines[0]);
    let _ = reader.read(&lines[1]);
    assert_eq!(reader.into_contents(), Some(contents()));
    assert_eq!(Reader::default().into_contents(), None);
}

#[test]
fn every_end_is_missed() {
    let lines = archive();
    assert_eq!(read(&[""; 0]), Err((0, Damage::NoArchive)));
    for kept in 1..lines.len() {
        assert_eq!(read(&lines[..kept]), Err((kept as u64, Damage::Truncated)));
    }
}

#[test]
fn every_changed_byte_is_found() {
    let lines = archive();
    // What the first line says of its making is nobody's loss.
    let free = lines[0].find("version").expect("it is there");
    for at in 0..lines.len() {
        for byte in 0..lines[at].len() {
            if at == 0 && byte >= free - 1 {
                break;
            }
            for change in [1_u8, 32, 128] {
                let mut bytes = lines[at].clone().into_bytes();
                bytes[byte] ^= change;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                let mut lines = lines.clone();
                lines[at] = changed;
                let found = read(&lines);
                assert!(matches!(found, Err((line, _)) if line > at as u64), "line {} byte {byte}: {found:?}", at + 1);
            }
        }
    }
}

#[test]
fn others_lines_are_refused_by_name() {
    assert_eq!(read(&["-- PostgreSQL database dump"]), Err((1, Damage::NoArchive)));
    assert_eq!(read(&["{}"]), Err((1, Damage::NoArchive)));
    let newer = r#"{"pg_tenancy":"archive","format":2,"version":"9","exported_at":"","compressed":true}"#;
    assert_eq!(read(&[newer]), Err((1, Damage::Newer { format: 2 })));
}

#[test]
fn rows_have_the_columns_of_their_section() {
    let mut lines = archive();
    for (row, damage) in [
        (r#"{"id":0}"#, Damage::Row { table: "model".into() }),
        (r#"{"name":"","id":0,"tenant_id":null}"#, Damage::Row { table: "model".into() }),
        (r#"{"id":0,"name":"","tenant_id":null,"more":1}"#, Damage::Row { table: "model".into() }),
        (r#"[0,""]"#, Damage::Row { table: "model".into() }),
        (r#"{"id":0,"name":"","tenant_id":null} x"#, Damage::NotJson),
        (r#"{"id":0,"name":"#, Damage::NotJson),
        (
            r#"{"id":0,"name":"","tenant_id":"a0000000-0000-0000-0000-000000000000"}"#,
            Damage::Tenant { table: "model".into() },
        ),
    ] {
        lines[2] = row.into();
        assert_eq!(read(&lines), Err((3, damage)));
    }
}

#[test]
fn rows_belong_to_the_tenants_of_the_archive() {
    let mut lines = archive();
    for tenant in ["null", "7", "8", r#""b0000000-0000-0000-0000-000000000000""#] {
        lines[5] = format!(r#"{{"id":0,"name":"","tenant_id":{tenant}}}"#);
        let found = read(&lines);
        // A number is as good as an id.
        let wanted = if tenant == "7" { (8, Damage::Checksum) } else { (6, Damage::Tenant { table: "asset".into() }) };
        assert_eq!(found, Err(wanted), "{tenant}");
    }
}

/// Whether an archive with contents that `forge` has changed is read, or why its second line is refused.
fn forged(forge: impl FnOnce(&mut Contents)) -> Result<(), String> {
    let mut contents = contents();
    contents.sections.clear();
    let below = Tenant {
        id: "ae000000-0000-0000-0000-000000000000".into(),
        number: 8,
        parent_id: Some(contents.tenants[0].id.clone()),
        ..contents.tenants[0].clone()
    };
    contents.tenants.push(below);
    forge(&mut contents);
    let (writer, first) = Writer::begin("0.1.0", "2026-02-02".into(), &contents);
    let (mut writer, mut lines) = (writer, Vec::from(first));
    for section in &contents.sections {
        lines.push(writer.end_section(section));
    }
    lines.push(writer.end());
    match read(&lines) {
        Ok(_) => Ok(()),
        Err((2, Damage::Contents(reason))) => Err(reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn contents_that_no_export_has_are_refused() {
    let section = |rows_of, tenant_column: Option<&str>| {
        let tenant_column = tenant_column.map(str::to_owned);
        Section { schema: "shop".into(), table: "asset".into(), rows_of, rows: 0, columns: Vec::new(), tenant_column }
    };
    assert_eq!(forged(|_| ()), Ok(()));
    let found = [
        forged(|contents| contents.tenants.clear()),
        forged(|contents| contents.tenants[1].parent_id = None),
        forged(|contents| contents.tenants[1].parent_id = Some("b0000000-0000-0000-0000-000000000000".into())),
        forged(|contents| contents.tenants.swap(0, 1)),
        forged(|contents| contents.tenants[1].id = contents.tenants[0].id.clone()),
        forged(|contents| contents.tenants[1].number = 7),
        forged(|contents| contents.tenants[0].id = "{a0000000-0000-0000-0000-000000000000}".into()),
        forged(|contents| contents.tenants[1].id = contents.tenants[1].id.to_uppercase()),
        forged(|contents| contents.tenants[0].id = "x".into()),
        forged(|contents| contents.sections = vec![section(RowsOf::Tenants, Some("tenant_id")); 2]),
        forged(|contents| contents.sections = vec![section(RowsOf::Tenants, None)]),
    ];
    assert!(found.iter().all(Result::is_err), "{found:?}");
    let both = vec![section(RowsOf::Public, None), section(RowsOf::Tenants, Some("tenant_id"))];
    assert_eq!(forged(|contents| contents.sections = both), Ok(()));
}
