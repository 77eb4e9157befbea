//! Filling in the texts of `sql/templates/`.

/// Puts values in the places of a template, all in one pass, so that a value that itself looks like a place (names may
/// contain anything) stays what it is. Comments are left out: a name with a line break would end them.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let lines = template.lines().filter(|line| !line.trim_start().starts_with("--"));
    let mut filled = String::with_capacity(template.len());
    for line in lines {
        let mut rest = line;
        while let Some(at) = rest.find('{') {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            let end = rest.find('}').expect("a place of a template is closed");
            let (_, value) =
                values.iter().find(|(name, _)| *name == &rest[1..end]).expect("a template's place is known");
            filled.push_str(value);
            rest = &rest[end + 1..];
        }
        filled.push_str(rest);
        filled.push('\n');
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_looked_at_again() {
        assert_eq!(fill("a {x} b {y}\n", &[("x", "{y}"), ("y", "{x}")]), "a {y} b {x}\n");
    }

    #[test]
    fn comments_do_not_get_values() {
        assert_eq!(fill("-- of {x}\nselect {x}", &[("x", "1\n2")]), "select 1\n2\n");
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Piece {
        Text(String),
        Place(usize),
        LineEnd,
    }

    const NAMES: [&str; 3] = ["relation", "column", "x"];

    proptest! {
        #[test]
        fn a_value_is_what_stands_in_its_place(
            pieces in prop::collection::vec(prop_oneof![
                "[^{}\\r\\n-]{0,8}".prop_map(Piece::Text),
                (0..NAMES.len()).prop_map(Piece::Place),
                Just(Piece::LineEnd),
            ], 0..10),
            values in any::<[String; 3]>(),
        ) {
            let (mut template, mut expected) = (String::new(), String::new());
            for piece in pieces.iter().chain([&Piece::LineEnd]) {
                match piece {
                    Piece::Text(text) => [&mut template, &mut expected].map(|t| t.push_str(text)),
                    Piece::Place(at) => {
                        template.push_str(&format!("{{{}}}", NAMES[*at]));
                        expected.push_str(&values[*at]);
                        [(), ()]
                    }
                    Piece::LineEnd => [&mut template, &mut expected].map(|t| t.push('\n')),
                };
            }
            let named: Vec<_> = NAMES.into_iter().zip(values.iter().map(String::as_str)).collect();
            prop_assert_eq!(fill(&template, &named), expected);
        }
    }
}
