//! What is refused about contacts, users and e-mail domains.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum PeopleRefusal {
    NotADomain { given: String },
    UnknownRole { role: String },
}

impl Explained for PeopleRefusal {
    fn parts(&self) -> Parts {
        use PeopleRefusal::*;
        match self {
            NotADomain { given } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                format!("\"{given}\" is not a domain of e-mail addresses"),
                "A domain has two labels or more, of letters, digits and inner hyphens, with dots between them.",
                "Give what comes after the @, as example.org; write other letters in the form that begins with xn--.",
            ),
            UnknownRole { role } => parts(
                Code::ERRCODE_UNDEFINED_OBJECT,
                format!("there is no role named \"{role}\""),
                "A user's role is a row of tenancy.roles, not a database role.",
                "Choose one that tenancy.roles shows, as member.",
            ),
        }
    }
}
