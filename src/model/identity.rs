//! On whose behalf a session acts, and how the context setting spells it.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Who entered, and with which role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Identity {
    /// Nobody, for the rest of the transaction: what `leave()` leaves behind, even where the login role stands for a user.
    Nobody,
    /// A user, with the union of the user's roles or with the one named.
    User { id: Uuid, role: Option<String> },
    /// Nobody in particular at a tenant, with a role.
    Tenant { id: Uuid, role: String },
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => write!(f, "nobody"),
            Self::User { id, role: None } => write!(f, "user {id}"),
            Self::User { id, role: Some(role) } => write!(f, "user {id} {role}"),
            Self::Tenant { id, role } => write!(f, "tenant {id} {role}"),
        }
    }
}

/// The text is not a context that this extension wrote.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAnIdentity;

impl FromStr for Identity {
    type Err = NotAnIdentity;

    fn from_str(text: &str) -> Result<Self, NotAnIdentity> {
        let identity = Self::spelt_somehow(text).ok_or(NotAnIdentity)?;
        if identity.to_string() == text { Ok(identity) } else { Err(NotAnIdentity) }
    }
}

impl Identity {
    /// A uuid can be written in several ways; an identity is written in one.
    fn spelt_somehow(text: &str) -> Option<Self> {
        if text == "nobody" {
            return Some(Self::Nobody);
        }
        // A role's name comes last, because it may contain anything.
        let mut parts = text.splitn(3, ' ');
        let kind = parts.next()?;
        let id = Uuid::parse_str(parts.next()?).ok()?;
        let role = parts.next().map(str::to_owned);
        match (kind, role) {
            ("user", role) => Some(Self::User { id, role }),
            ("tenant", Some(role)) => Some(Self::Tenant { id, role }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_did_not_write_is_nobodys_identity() {
        for text in ["", "user", "user x", "tenant 00000000-0000-0000-0000-000000000007", "root 1 2", "nobody else"] {
            assert_eq!(text.parse::<Identity>(), Err(NotAnIdentity), "{text}");
        }
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::model::made_up::{edited, edits};

    fn identities() -> impl Strategy<Value = Identity> {
        let id = || any::<u128>().prop_map(Uuid::from_u128);
        let role = || prop_oneof![any::<String>(), "[a-z ]{0,5}"];
        prop_oneof![
            1 => Just(Identity::Nobody),
            4 => (id(), prop::option::of(role())).prop_map(|(id, role)| Identity::User { id, role }),
            4 => (id(), role()).prop_map(|(id, role)| Identity::Tenant { id, role }),
        ]
    }

    /// Texts that are nearly what an identity is written as.
    fn texts() -> impl Strategy<Value = String> {
        let id = any::<u128>().prop_map(Uuid::from_u128);
        let spelling = select(vec!["{}", "{U}", "{s}", "{{}}", "urn:uuid:{}"]);
        let spelt = (id, spelling).prop_map(|(id, spelling)| match spelling {
            "{}" => id.to_string(),
            "{U}" => id.to_string().to_uppercase(),
            "{s}" => id.simple().to_string(),
            "{{}}" => id.braced().to_string(),
            _ => id.urn().to_string(),
        });
        let kind =
            prop_oneof![Just("user".to_owned()), Just("tenant".to_owned()), Just("nobody".to_owned()), any::<String>()];
        let role = prop_oneof![Just(String::new()), any::<String>().prop_map(|role| format!(" {role}"))];
        prop_oneof![
            (kind, spelt, role).prop_map(|(kind, id, role)| format!("{kind} {id}{role}")),
            (identities(), edits()).prop_map(|(identity, edits)| edited(&identity.to_string(), &edits)),
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn every_identity_survives_its_spelling(identity in identities()) {
            prop_assert_eq!(identity.to_string().parse(), Ok(identity));
        }

        #[test]
        fn two_identities_are_never_spelt_alike(one in identities(), other in identities()) {
            prop_assert_eq!(one.to_string() == other.to_string(), one == other);
        }

        #[test]
        fn what_is_read_is_what_would_be_written(text in texts()) {
            if let Ok(identity) = text.parse::<Identity>() {
                prop_assert_eq!(identity.to_string(), text);
            }
        }
    }
}
