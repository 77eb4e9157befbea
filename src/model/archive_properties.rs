//! What was exported is read; whatever differs from it is not, even where the checksums were made to fit.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::json;

use super::super::archive::Writer;
use super::*;
use crate::model::made_up::{edited, edits, json};

/// The row of a section: the values of its columns.
type Row = Vec<Value>;

/// What an archive is made of, and the rows of each section.
#[derive(Clone, Debug)]
struct Made {
    contents: Contents,
    rows: Vec<Vec<Row>>,
}

fn tenant() -> impl Strategy<Value = Tenant> {
    let texts = prop::collection::vec(any::<Option<String>>(), 6);
    (any::<u128>(), any::<i64>(), any::<String>(), texts, any::<bool>()).prop_map(
        |(id, number, name, mut texts, allows_subtenants)| {
            let mut text = || texts.pop().flatten();
            Tenant {
                id: uuid::Uuid::from_u128(id).to_string(),
                number,
                name,
                parent_id: text(),
                status: "active".into(),
                allows_subtenants,
                description: text(),
                terms_of_use: text(),
                logo_url: text(),
                contact_id: text(),
                location: text(),
                created_at: "2026-01-01".into(),
                updated_at: "2026-01-02".into(),
            }
        },
    )
}

/// A section of a table with up to four columns, one of which may name the tenant, and its rows.
fn section(tenants: Vec<Tenant>, least: usize) -> impl Strategy<Value = (Section, Vec<Row>)> {
    let columns = subsequence(vec!["id", "name", "", "ä \"{}\"\n", "tenant"], 1..5).prop_shuffle();
    let whose = select(vec![RowsOf::Tenants, RowsOf::Public]);
    (any::<[String; 2]>(), whose, columns, any::<bool>()).prop_flat_map(
        move |([schema, table], rows_of, columns, named)| {
            // Tenants' rows say whose they are.
            let rows_of = if columns.contains(&"tenant") { rows_of } else { RowsOf::Public };
            let named = columns.contains(&"tenant") && (named || rows_of == RowsOf::Tenants);
            let tenant_column = named.then(|| "tenant".to_owned());
            let ids = tenants.iter().flat_map(|tenant| [json!(tenant.id), json!(tenant.number)]).collect::<Vec<_>>();
            let names_tenant = if rows_of == RowsOf::Public { vec![Value::Null] } else { ids };
            let values: Vec<_> = columns
                .iter()
                .map(|name| {
                    if tenant_column.as_deref() == Some(*name) {
                        select(names_tenant.clone()).boxed()
                    } else {
                        json().boxed()
                    }
                })
                .collect();
            let columns = columns.into_iter().map(|name| Column { name: name.into(), kind: "text".into() }).collect();
            let section = Section { schema, table, rows_of, rows: 0, columns, tenant_column };
            prop::collection::vec(values, least..4)
                .prop_map(move |rows| (Section { rows: rows.len() as u64, ..section.clone() }, rows))
        },
    )
}

/// With so many sections at least, and so many rows in each.
fn made_with(least: usize) -> impl Strategy<Value = Made> {
    prop::collection::vec(tenant(), 1..3)
        .prop_flat_map(move |tenants| (prop::collection::vec(section(tenants.clone(), least), least..4), Just(tenants)))
        .prop_map(|(sections, mut tenants)| {
            let (mut sections, rows): (Vec<Section>, _) = sections.into_iter().unzip();
            sections.iter_mut().enumerate().for_each(|(nth, section)| section.table += &nth.to_string());
            let top = tenants[0].id.clone();
            tenants.iter_mut().skip(1).for_each(|tenant| tenant.parent_id = Some(top.clone()));
            Made { contents: Contents { tenants, sections }, rows }
        })
}

fn made() -> impl Strategy<Value = Made> {
    made_with(0)
}

fn line(section: &Section, row: &Row) -> String {
    let members = section.columns.iter().zip(row).map(|(column, value)| format!("{}:{value}", json!(column.name)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// The lines of the archive, with those in place of the rows that `altered` gives for their numbers, as if they had been exported.
fn written(made: &Made, mut altered: impl FnMut(usize, &Section, &Row) -> Option<String>) -> Vec<String> {
    let (mut writer, first) = Writer::begin("0.1.0", "2026-02-02".into(), &made.contents);
    let mut lines: Vec<String> = first.into();
    for (section, rows) in made.contents.sections.iter().zip(&made.rows) {
        for row in rows {
            let line = altered(lines.len(), section, row).unwrap_or_else(|| line(section, row));
            writer.row(&line);
            lines.push(line);
        }
        lines.push(writer.end_section(section));
    }
    lines.push(writer.end());
    lines
}

fn exported(made: &Made) -> Vec<String> {
    written(made, |_, _, _| None)
}

/// The numbers, from 0, of the lines that are rows.
fn rows_of(made: &Made) -> Vec<usize> {
    let mut rows = Vec::new();
    written(made, |at, _, _| {
        rows.push(at);
        None
    });
    rows
}

/// How many lines were read before one was refused, and why.
fn read(lines: &[String]) -> Result<(), (usize, Damage)> {
    let mut reader = Reader::default();
    for (at, line) in lines.iter().enumerate() {
        reader.read(line).map_err(|damage| (at, damage))?;
    }
    reader.finish().map_err(|damage| (lines.len(), damage))
}

/// What happens to lines on their way.
#[derive(Clone, Debug)]
enum Accident {
    Lost(Index),
    Doubled(Index),
    Swapped(Index, Index),
    Cut(Index),
    Longer(String),
}

fn accidents() -> impl Strategy<Value = Accident> {
    let at = any::<Index>;
    prop_oneof![
        at().prop_map(Accident::Lost),
        at().prop_map(Accident::Doubled),
        (at(), at()).prop_map(|(one, other)| Accident::Swapped(one, other)),
        at().prop_map(Accident::Cut),
        any::<String>().prop_map(Accident::Longer),
    ]
}

fn after(accident: &Accident, lines: &[String]) -> Vec<String> {
    let mut lines = lines.to_vec();
    let count = lines.len();
    match accident {
        Accident::Lost(at) => drop(lines.remove(at.index(count))),
        Accident::Doubled(at) => lines.insert(at.index(count), lines[at.index(count)].clone()),
        Accident::Swapped(one, other) => lines.swap(one.index(count), other.index(count)),
        Accident::Cut(at) => lines.truncate(at.index(count)),
        Accident::Longer(line) => lines.push(line.clone()),
    }
    lines
}

proptest! {
    #[test]
    fn what_was_written_is_read(made in made()) {
        let lines = exported(&made);
        prop_assert_eq!(read(&lines), Ok(()));
        let mut reader = Reader::default();
        let kinds: Vec<_> = lines.iter().map(|line| reader.read(line)).collect();
        let mut expected = vec![Ok(Line::Header), Ok(Line::Contents)];
        for rows in &made.rows {
            expected.extend(vec![Ok(Line::Row); rows.len()]);
            expected.push(Ok(Line::SectionEnd));
        }
        expected.push(Ok(Line::End));
        prop_assert_eq!(kinds, expected);
        prop_assert_eq!(reader.lines(), lines.len() as u64);
        prop_assert_eq!(reader.into_contents(), Some(made.contents));
    }

    #[test]
    fn the_first_line_alone_tells_exports_apart(made in made(), version in any::<String>(), at in any::<String>()) {
        let (_, [first, contents]) = Writer::begin(&version, at, &made.contents);
        let mut lines = exported(&made);
        prop_assert_eq!(&lines[1], &contents);
        lines[0] = first;
        prop_assert_eq!(read(&lines), Ok(()));
    }

    #[test]
    fn an_edited_line_is_found(made in made(), at in any::<Index>(), edits in edits()) {
        let lines = exported(&made);
        let at = at.index(lines.len());
        let mut damaged = lines.clone();
        damaged[at] = edited(&lines[at], &edits);
        let found = read(&damaged);
        if at == 0 || damaged == lines {
            // What the first line says of its making is nobody's loss.
            prop_assert!(found.is_ok() || matches!(found, Err((0, _))));
        } else {
            prop_assert!(matches!(found, Err((line, _)) if line >= at), "{:?}", found);
        }
    }

    #[test]
    fn an_accident_is_found(made in made(), accident in accidents()) {
        let lines = exported(&made);
        let damaged = after(&accident, &lines);
        prop_assert_eq!(read(&damaged).is_ok(), damaged == lines);
    }

    #[test]
    fn lines_of_two_archives_are_none(one in made(), other in made(), cut in any::<Index>()) {
        let (one, other) = (exported(&one), exported(&other));
        let cut = cut.index(one.len().min(other.len()));
        let glued = [&one[..cut], &other[cut..]].concat();
        prop_assert_eq!(read(&glued).is_ok(), glued[1..] == one[1..] || glued[1..] == other[1..]);
    }

    /// Who makes the checksums fit still brings no row of others, nor one of another shape.
    #[test]
    fn a_forged_row_is_found(made in made_with(1), which in any::<Index>(), kind in 0..5, other in json()) {
        let rows = rows_of(&made);
        let at = rows[which.index(rows.len())];
        let tenants = made.contents.tenants.iter();
        let known: Vec<_> = tenants.flat_map(|tenant| [json!(tenant.id), json!(tenant.number)]).collect();
        let lines = written(&made, |line_at, section, row| {
            let good = line(section, row);
            let and_more = |name: &str, value: &Value| format!("{},{}:{value}}}", &good[..good.len() - 1], json!(name));
            let of_tenant = |value: &Value| {
                let is_tenants = |column: &Column| Some(&column.name) == section.tenant_column.as_ref();
                let place = section.columns.iter().position(is_tenants)?;
                let may_be = if section.rows_of == RowsOf::Public { value.is_null() } else { known.contains(value) };
                let mut row = row.clone();
                row[place] = value.clone();
                (!may_be).then(|| line(section, &row))
            };
            let forged = match kind {
                0 => of_tenant(&other),
                1 => of_tenant(&json!(uuid::Uuid::nil())),
                2 => Some(line(&Section { columns: section.columns[1..].to_vec(), ..section.clone() }, &row[1..].to_vec())),
                3 => Some(and_more(&section.columns[0].name, &other)),
                _ => None,
            };
            (line_at == at).then(|| forged.unwrap_or_else(|| and_more("more", &other)))
        });
        let found = read(&lines);
        let is_row = matches!(found, Err((_, Damage::Row { .. } | Damage::Tenant { .. })));
        prop_assert!(is_row && found.as_ref().is_err_and(|(line, _)| *line == at), "{:?}", found);
    }

    /// Blanks between the pieces of JSON change nothing that it says.
    #[test]
    fn a_line_has_one_spelling(made in made(), at in any::<Index>(), piece in any::<Index>(), blank in select(vec![' ', '\t', '\n', '\r'])) {
        let mut lines = exported(&made);
        let at = 1 + at.index(lines.len() - 1);
        let places: Vec<usize> = lines[at].match_indices(['{', ':', ',']).map(|(place, _)| place + 1).chain([0, lines[at].len()]).collect();
        let place = places[piece.index(places.len())];
        lines[at].insert(place, blank);
        prop_assert!(read(&lines).is_err());
    }

    #[test]
    fn other_formats_are_refused_by_name(format in any::<u32>(), magic in prop_oneof![3 => Just(MAGIC.to_owned()), 1 => any::<String>()]) {
        let line = json!({"pg_tenancy": magic, "format": format, "version": "9", "exported_at": ""}).to_string();
        let wanted = match format {
            _ if magic != MAGIC => Err(Damage::NoArchive),
            FORMAT => Ok(Line::Header),
            0 => Err(Damage::NoArchive),
            format => Err(Damage::Newer { format }),
        };
        prop_assert_eq!(Reader::default().read(&line), wanted);
    }

    #[test]
    fn any_lines_are_read_without_harm(made in made(), kept in any::<Index>(), more in prop::collection::vec(prop_oneof![any::<String>(), json().prop_map(|value| value.to_string())], 1..5)) {
        let lines = exported(&made);
        let kept = kept.index(lines.len());
        prop_assert!(read(&[&lines[..kept], &more].concat()).is_err());
    }
}
