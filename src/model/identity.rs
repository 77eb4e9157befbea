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
        if text == "nobody" {
            return Ok(Self::Nobody);
        }
        // A role's name comes last, because it may contain anything.
        let mut parts = text.splitn(3, ' ');
        let kind = parts.next().unwrap_or_default();
        let id = parts.next().and_then(|id| Uuid::parse_str(id).ok()).ok_or(NotAnIdentity)?;
        let role = parts.next().map(str::to_owned);
        match (kind, role) {
            ("user", role) => Ok(Self::User { id, role }),
            ("tenant", Some(role)) => Ok(Self::Tenant { id, role }),
            _ => Err(NotAnIdentity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identity_survives_its_spelling() {
        let id = Uuid::from_u128(7);
        for identity in [
            Identity::Nobody,
            Identity::User { id, role: None },
            Identity::User { id, role: Some("chief of staff".into()) },
            Identity::Tenant { id, role: "member".into() },
        ] {
            assert_eq!(identity.to_string().parse(), Ok(identity));
        }
    }

    #[test]
    fn what_we_did_not_write_is_nobodys_identity() {
        for text in ["", "user", "user x", "tenant 00000000-0000-0000-0000-000000000007", "root 1 2", "nobody else"] {
            assert_eq!(text.parse::<Identity>(), Err(NotAnIdentity), "{text}");
        }
    }
}
