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
    /// The algorithm with this name, which is written in exactly one way.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "ES256" => Self::Es256,
            "EdDSA" => Self::EdDsa,
            "HS256" => Self::Hs256,
            _ => return None,
        })
    }

    const fn of_library(self) -> jsonwebtoken::Algorithm {
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
    if !kept("alg", name(algorithm)) {
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

const fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256 => "RS256",
        Algorithm::Es256 => "ES256",
        Algorithm::EdDsa => "EdDSA",
        Algorithm::Hs256 => "HS256",
    }
}

impl Material {
    /// The key itself; a shared secret's `k` is given apart from the rest.
    pub fn new(algorithm: Algorithm, jwk: &Value, secret: Option<&str>) -> Result<Self, Flaw> {
        let encoded = |member| jwk.get(member).and_then(Value::as_str).ok_or(Flaw::Incomplete);
        let bytes = |member| decoded(encoded(member)?);
        let key = match algorithm {
            Algorithm::Rs256 => {
                let modulus = bytes("n")?;
                let length = modulus.iter().skip_while(|byte| **byte == 0).count();
                if length < SHORTEST_MODULUS {
                    return Err(Flaw::TooShort);
                }
                DecodingKey::from_rsa_raw_components(&modulus, &bytes("e")?)
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

fn decoded(text: &str) -> Result<Vec<u8>, Flaw> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Flaw::Incomplete)
}
