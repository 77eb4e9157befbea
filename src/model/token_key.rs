//! Keys that tokens are signed with, as JSON Web Keys (RFC 7517): those that one algorithm can work with, and no others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, crypto};
use serde_json::Value;

/// The algorithms that are accepted. `none` is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
    Hs256,
}

impl Algorithm {
    const ALL: [Self; 4] = [Self::Rs256, Self::Es256, Self::EdDsa, Self::Hs256];

    /// The algorithm with this name, which is written in exactly one way.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The name that headers and keys give it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
        }
    }

    pub(super) const fn of_library(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Self::Hs256 => jsonwebtoken::Algorithm::HS256,
        }
    }

    /// The kind of key that it works with, and the curve where there are several.
    const fn key_type(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Rs256 => ("RSA", None),
            Self::Es256 => ("EC", Some("P-256")),
            Self::EdDsa => ("OKP", Some("Ed25519")),
            Self::Hs256 => ("oct", None),
        }
    }
}

/// Why a JSON Web Key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    OtherType,
    Private,
    OtherAlgorithm,
    OtherKeyId,
    NotForSignatures,
    Incomplete,
    TooShort,
    TooLong,
    NoKey,
}

/// A key that signatures can be verified with, bound to its algorithm.
pub struct Material {
    algorithm: Algorithm,
    key: DecodingKey,
}

/// Members of private keys. Only symmetric keys have to be known as a whole.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/// The shortest RSA modulus and the shortest shared secret, in bytes (RFC 7518).
const SHORTEST_MODULUS: usize = 256;
/// The longest modulus and exponent that the library works with.
const LONGEST_MODULUS: usize = 512;
const LONGEST_EXPONENT: usize = 4;
const SHORTEST_SECRET: usize = 32;

/// Is the public part of the key one for this algorithm and key id?
pub fn check(algorithm: Algorithm, kid: &str, jwk: &Value) -> Result<(), Flaw> {
    let text = |member| jwk.get(member).and_then(Value::as_str);
    let (kty, curve) = algorithm.key_type();
    let kept = |member: &str, wanted: &str| jwk.get(member).is_none_or(|found| found.as_str() == Some(wanted));
    if text("kty") != Some(kty) || text("crv") != curve {
        return Err(Flaw::OtherType);
    }
    if PRIVATE.iter().any(|member| jwk.get(member).is_some()) {
        return Err(Flaw::Private);
    }
    if !kept("alg", algorithm.name()) {
        return Err(Flaw::OtherAlgorithm);
    }
    if !kept("kid", kid) {
        return Err(Flaw::OtherKeyId);
    }
    let verifies = |operations: &Value| operations.as_array().is_some_and(|all| all.iter().any(|one| one == "verify"));
    if !kept("use", "sig") || !jwk.get("key_ops").is_none_or(verifies) {
        return Err(Flaw::NotForSignatures);
    }
    Ok(())
}

impl Material {
    /// The key itself; a shared secret's `k` is given apart from the rest.
    pub fn new(algorithm: Algorithm, jwk: &Value, secret: Option<&str>) -> Result<Self, Flaw> {
        let encoded = |member| jwk.get(member).and_then(Value::as_str).ok_or(Flaw::Incomplete);
        let bytes = |member| decoded(encoded(member)?);
        let key = match algorithm {
            Algorithm::Rs256 => {
                let (modulus, exponent) = (number(bytes("n")?), number(bytes("e")?));
                match modulus.len() {
                    ..SHORTEST_MODULUS => return Err(Flaw::TooShort),
                    SHORTEST_MODULUS..=LONGEST_MODULUS => (),
                    _ => return Err(Flaw::TooLong),
                }
                let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
                if !is_odd(&modulus) || !is_odd(&exponent) || exponent == [1] || exponent.len() > LONGEST_EXPONENT {
                    return Err(Flaw::NoKey);
                }
                DecodingKey::from_rsa_raw_components(&modulus, &exponent)
            }
            Algorithm::Es256 => {
                if bytes("x")?.len() != 32 || bytes("y")?.len() != 32 {
                    return Err(Flaw::Incomplete);
                }
                DecodingKey::from_ec_components(encoded("x")?, encoded("y")?).map_err(|_| Flaw::Incomplete)?
            }
            Algorithm::EdDsa => {
                if bytes("x")?.len() != 32 {
                    return Err(Flaw::Incomplete);
                }
                DecodingKey::from_ed_components(encoded("x")?).map_err(|_| Flaw::Incomplete)?
            }
            Algorithm::Hs256 => {
                let secret = decoded(secret.ok_or(Flaw::Incomplete)?)?;
                if secret.len() < SHORTEST_SECRET {
                    return Err(Flaw::TooShort);
                }
                DecodingKey::from_secret(&secret)
            }
        };
        // What is on no curve is a key by its looks only: the library says so when it is used.
        crypto::verify("", b"", &key, algorithm.of_library()).map_err(|_| Flaw::NoKey)?;
        Ok(Self { algorithm, key })
    }

    /// The one algorithm that the key is for.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Is this the key's signature, in base64url, of the message?
    pub fn has_signed(&self, message: &[u8], signature: &str) -> bool {
        crypto::verify(signature, message, &self.key, self.algorithm.of_library()).unwrap_or(false)
    }
}

/// Without zeros in front.
fn number(bytes: Vec<u8>) -> Vec<u8> {
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}

fn decoded(text: &str) -> Result<Vec<u8>, Flaw> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Flaw::Incomplete)
}

#[cfg(test)]
#[path = "token_key_properties.rs"]
mod properties;
