//! What is refused to tokens, and to the keys that they are signed with.

use pgrx::PgSqlErrorCode as Code;

use super::{Explained, Parts, parts};
use crate::model::token::{LEEWAY, LONGEST};
use crate::model::token_key::Flaw;

/// What is refused, and what the message needs to know.
#[derive(Debug)]
pub enum TokenRefusal {
    Unreadable,
    KeyUnknown,
    NotSigned,
    OtherAudience,
    NotYetValid,
    Expired,
    NamesNobody,
    KeyNamesUsersOnly,
    NamesAnother,
    UnknownAlgorithm,
    UnusableKey { flaw: Flaw },
}

impl Explained for TokenRefusal {
    fn parts(&self) -> Parts {
        use TokenRefusal::*;
        match self {
            Unreadable => parts(
                Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
                "the token cannot be read",
                format!(
                    "It is not a signed JSON Web Token of at most {LONGEST} bytes whose header names a key (kid) and one of \
                     RS256, ES256, EdDSA and HS256, and whose claims have an exp."
                ),
                "Take the text from the issuer as it is, without \"Bearer\" and without quotes.",
            ),
            KeyUnknown => parts(
                Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
                "the token's key is not known",
                "No enabled key has the token's key id (kid) and issuer (iss), or it has no secret yet.",
                "Superusers find the keys in tenancy.token_keys.",
            ),
            NotSigned => parts(
                Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
                "the token is not signed with the key that it names",
                "Its signature is wrong, or its header names another algorithm than the key's.",
                "Ask the issuer for a new token.",
            ),
            OtherAudience => parts(
                Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
                "the token is made for somebody else",
                "Its audience (aud) is not that of its key.",
                "Ask the issuer for a token for this database. Superusers find the audience in tenancy.token_keys.",
            ),
            NotYetValid => parts(
                Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
                "the token is not valid yet",
                format!(
                    "Its nbf lies more than {LEEWAY} seconds ahead of the statement's begin, or the key's not_before ahead of it."
                ),
                "Compare the clocks of the issuer and of the server.",
            ),
            Expired => parts(
                Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
                "the token has expired",
                format!(
                    "When the statement began, more than {LEEWAY} seconds had passed since its exp, or the key itself had expired."
                ),
                "Begin another transaction with a new token.",
            ),
            NamesNobody => parts(
                Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
                "the token names nobody",
                "A token names a user in the claim tenancy.user or sub, or a tenant in the claim tenancy.tenant, by the id.",
                "Let the issuer add the claim.",
            ),
            KeyNamesUsersOnly => parts(
                Code::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
                "tokens of this key may name users only",
                "The token names a tenant (claim tenancy.tenant) instead of a user.",
                "Superusers may set names_tenants of the key in tenancy.token_keys: its tokens may then name any role, too.",
            ),
            NamesAnother => parts(
                Code::ERRCODE_ACTIVE_SQL_TRANSACTION,
                "the token names somebody else than the context that was entered",
                "A token in tenancy.token and a context that was entered must name the same user, tenant and role.",
                "Use one of the two: reset tenancy.token, or call tenancy.leave() in a transaction before.",
            ),
            UnknownAlgorithm => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                "the key needs an algorithm",
                "Neither the column algorithm nor the key's member alg is one of RS256, ES256, EdDSA and HS256.",
                "Give the algorithm by which the issuer signs.",
            ),
            UnusableKey { flaw } => parts(
                Code::ERRCODE_INVALID_PARAMETER_VALUE,
                "the key cannot be used",
                explained(*flaw),
                "Give a public key as the issuer publishes it (JWK), or a shared secret as {\"kty\": \"oct\", \"k\": …}.",
            ),
        }
    }
}

const fn explained(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::OtherType => {
            "RS256 takes a key of type (kty) RSA, ES256 one of type EC with the curve (crv) P-256, EdDSA one of type OKP with \
             the curve Ed25519, HS256 one of type oct."
        }
        Flaw::Private => {
            "It is a private key. Only the public part belongs here; consider the private key as disclosed."
        }
        Flaw::OtherAlgorithm => "Its member alg is not the algorithm.",
        Flaw::OtherKeyId => "Its member kid is not the key id.",
        Flaw::NotForSignatures => "Its member use is not sig, or its key_ops do not have verify.",
        Flaw::Incomplete => "A member is missing or is not base64url of the right length.",
        Flaw::TooShort => "An RSA key has at least 2048 bits, a shared secret at least 256.",
        Flaw::TooLong => "An RSA key has at most 4096 bits.",
        Flaw::NoKey => "Its numbers are not those of a key: nothing could be verified with it.",
    }
}
