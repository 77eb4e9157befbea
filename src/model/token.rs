//! Signed JSON Web Tokens (RFC 7519, RFC 7515): what a token says, before anybody believes it.
//!
//! Everything here reads text that an attacker wrote. What is not understood is not a token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::identity::Identity;
use super::token_key::{Algorithm, Material};

/// More than any issuer needs. Looked at before anything else is.
pub const LONGEST: usize = 8192;

/// How far the clocks of issuer and server may be apart, in seconds.
pub const LEEWAY: i64 = 30;

/// The role of a token that names a tenant and no role: that of `enter_tenant()`.
const DEFAULT_ROLE: &str = "member";

/// A token that can be read, and whose signature is not looked at yet.
#[derive(Debug)]
pub struct Token<'t> {
    signed: &'t str,
    signature: &'t str,
    algorithm: Algorithm,
    claims: Claims,
    /// The key that the token says it is signed with.
    pub key_id: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    #[serde(default, deserialize_with = "present")]
    typ: Option<String>,
    /// Extensions that must be understood. None are.
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct Claims {
    #[serde(default, deserialize_with = "present")]
    iss: Option<String>,
    #[serde(default, deserialize_with = "present")]
    aud: Option<Audience>,
    exp: f64,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<f64>,
    #[serde(default, deserialize_with = "present")]
    sub: Option<String>,
    #[serde(rename = "tenancy.user", default, deserialize_with = "present")]
    user: Option<Uuid>,
    #[serde(rename = "tenancy.tenant", default, deserialize_with = "present")]
    tenant: Option<Uuid>,
    #[serde(rename = "tenancy.role", default, deserialize_with = "present")]
    role: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// A member may be left out, but null is not a value of it.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

impl<'t> Token<'t> {
    /// Reads a token: a header and claims that are understood, and a signature. None if it is anything else.
    pub fn read(text: &'t str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = part(header)?;
        let a_token = header.typ.is_none_or(|typ| {
            let typ = typ.to_ascii_lowercase();
            matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "at+jwt")
        });
        if !a_token || header.crit.is_some() {
            return None;
        }
        let algorithm = Algorithm::by_name(&header.alg)?;
        Some(Self { signed, signature, algorithm, claims: part(claims)?, key_id: header.kid })
    }

    /// Who says to have issued it.
    pub fn issuer(&self) -> Option<&str> {
        self.claims.iss.as_deref()
    }

    /// Is it signed with this key, by the key's own algorithm?
    pub fn is_signed_with(&self, key: &Material) -> bool {
        self.algorithm == key.algorithm() && key.has_signed(self.signed.as_bytes(), self.signature)
    }

    /// Is it made for this audience? One without an audience is for those who have none.
    pub fn is_for(&self, audience: Option<&str>) -> bool {
        match (&self.claims.aud, audience) {
            (None, None) => true,
            (Some(Audience::One(aud)), Some(audience)) => aud == audience,
            (Some(Audience::Several(several)), Some(audience)) => several.iter().any(|aud| aud == audience),
            _ => false,
        }
    }

    /// From when until when it is valid, in seconds since 1970, the leeway included.
    pub fn period(&self) -> (i64, i64) {
        // Numbers out of range become the outermost; NaN is not to be had from JSON.
        let from = self.claims.nbf.map_or(i64::MIN, |nbf| (nbf.ceil() as i64).saturating_sub(LEEWAY));
        (from, (self.claims.exp.floor() as i64).saturating_add(LEEWAY))
    }

    /// On whose behalf its bearer acts: a tenant's, if it names one, else a user's. None if it names neither.
    pub fn identity(&self) -> Option<Identity> {
        let role = self.claims.role.clone();
        if let Some(id) = self.claims.tenant {
            return Some(Identity::Tenant { id, role: role.unwrap_or_else(|| DEFAULT_ROLE.into()) });
        }
        let id = self.claims.user.or_else(|| Uuid::try_parse(self.claims.sub.as_deref()?).ok())?;
        Some(Identity::User { id, role })
    }
}

/// One of the first two parts: JSON in base64url without padding.
fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    let json = URL_SAFE_NO_PAD.decode(text).ok()?;
    // Only an object: serde would take the members of a struct from an array, too.
    (json.first() == Some(&b'{')).then(|| serde_json::from_slice(&json).ok()).flatten()
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "token_properties.rs"]
mod properties;
