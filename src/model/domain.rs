//! Names of e-mail domains: one spelling for each, and which domains an address is looked up under.

/// RFC 1035: the longest name and the longest part of one.
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

/// The one spelling of a domain: in lower case, without the dot that ends a complete name. None if it is no domain that
/// an e-mail address can have: two labels or more, of ASCII letters, digits and inner hyphens. Others are written in
/// their `xn--` form.
pub fn normalised(given: &str) -> Option<String> {
    let name = given.strip_suffix('.').unwrap_or(given).to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let numeric_end = labels.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    let valid = name.len() <= LONGEST_NAME && labels.len() >= 2 && !numeric_end && labels.iter().all(|l| is_label(l));
    valid.then_some(name)
}

fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// The domain of an e-mail address and the domains above it, the most specific one first. Empty if it is no address.
pub fn of_email(address: &str) -> Vec<String> {
    let Some((name, domain)) = address.rsplit_once('@') else { return Vec::new() };
    let is_name = !name.is_empty() && !name.contains(|c: char| c == '@' || c.is_whitespace());
    let Some(domain) = normalised(domain).filter(|_| is_name) else { return Vec::new() };
    let above = domain.match_indices('.').map(|(dot, _)| domain[dot + 1..].to_owned());
    std::iter::once(domain.clone()).chain(above.filter(|domain| domain.contains('.'))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_one_spelling() {
        for given in ["example.org", "EXAMPLE.org", "Example.Org."] {
            assert_eq!(normalised(given).as_deref(), Some("example.org"));
        }
        for given in ["a-b.example.co.uk", "xn--bcher-kva.example", "3com.example", "1.2.example"] {
            assert_eq!(normalised(given).as_deref(), Some(given));
        }
    }

    #[test]
    fn what_no_address_can_have_is_no_domain() {
        let long_label = format!("{}.org", "a".repeat(64));
        let long_name = format!("{}org", "abcdefg.".repeat(32));
        for given in [
            "",
            ".",
            "org",
            "@example.org",
            "ann@example.org",
            "example..org",
            ".example.org",
            "example.org..",
            "-a.org",
            "a-.org",
            "a_b.org",
            "a b.org",
            " example.org",
            "example.org ",
            "bücher.example",
            "192.0.2.1",
            "*.example.org",
            "example.org/x",
            "example.org:25",
            "a\n.org",
            &long_label,
            &long_name,
        ] {
            assert_eq!(normalised(given), None, "{given:?}");
        }
    }

    #[test]
    fn an_address_is_looked_up_from_the_most_specific_domain_up() {
        assert_eq!(of_email("ann@Mail.Example.co.uk"), ["mail.example.co.uk", "example.co.uk", "co.uk"]);
        assert_eq!(of_email("ann@example.org"), ["example.org"]);
    }

    #[test]
    fn what_is_no_address_has_no_domain() {
        for given in
            ["", "ann", "@example.org", "ann@", "ann@org", "a@b@example.org", "an n@example.org", "ann@example.org "]
        {
            assert!(of_email(given).is_empty(), "{given:?}");
        }
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::model::made_up::{edited, edits};

    /// Names that are domains, in any case.
    fn names() -> impl Strategy<Value = String> {
        let label = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,10}[a-zA-Z0-9])?";
        (prop::collection::vec(label, 1..6), "[a-zA-Z]([a-zA-Z0-9-]{0,5}[a-zA-Z0-9])?")
            .prop_map(|(labels, last)| format!("{}.{last}", labels.join(".")))
    }

    proptest! {
        #[test]
        fn a_domain_has_one_spelling(name in names(), dot in any::<bool>()) {
            let found = normalised(&format!("{name}{}", if dot { "." } else { "" }));
            prop_assert_eq!(&found, &Some(name.to_ascii_lowercase()));
            prop_assert_eq!(normalised(&found.clone().unwrap_or_default()), found);
        }

        #[test]
        fn what_is_taken_is_a_domain_and_nothing_was_added(name in prop_oneof![
            any::<String>(),
            (names(), edits()).prop_map(|(name, edits)| edited(&name, &edits)),
            prop::collection::vec("[a-z0-9]{1,70}", 1..8).prop_map(|labels| labels.join(".")),
        ]) {
            if let Some(found) = normalised(&name) {
                prop_assert!(name.strip_suffix('.').unwrap_or(&name).eq_ignore_ascii_case(&found));
                prop_assert!(found.len() <= 253 && found.contains('.'), "{}", found);
                prop_assert!(found.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.')), "{}", found);
                prop_assert!(found.rsplit('.').next().is_some_and(|last| last.contains(|c: char| !c.is_ascii_digit())));
                for label in found.split('.') {
                    prop_assert!((1..=63).contains(&label.len()) && label.trim_matches('-') == label, "{}", found);
                }
            }
        }

        #[test]
        fn an_address_belongs_to_its_domain_and_those_above(person in "[^@\\s]{1,10}", name in names()) {
            let found = of_email(&format!("{person}@{name}"));
            let lower = name.to_ascii_lowercase();
            let labels: Vec<&str> = lower.split('.').collect();
            let expected: Vec<String> = (0..labels.len() - 1).map(|from| labels[from..].join(".")).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_text_is_an_address_or_has_no_domain(address in prop_oneof![
            any::<String>(),
            (names(), edits()).prop_map(|(name, edits)| edited(&format!("ann@{name}"), &edits)),
        ]) {
            let found = of_email(&address);
            if let Some(domain) = found.first() {
                let (person, given) = address.rsplit_once('@').expect("an address has an @");
                prop_assert_eq!(normalised(given), Some(domain.clone()));
                prop_assert!(!person.is_empty() && !person.contains('@') && !person.contains(char::is_whitespace), "{}", address);
            }
            prop_assert!(found.iter().all(|domain| normalised(domain).as_ref() == Some(domain)));
        }
    }
}
