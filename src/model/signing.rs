//! For tests: issuers who sign, each with a key made of 32 bytes.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD as BASE64, Engine};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{EncodingKey, crypto};
use proptest::prelude::*;
use serde_json::Value;

use super::token_key::{Algorithm, Material};

/// What stands before the 32 bytes of a private key (PKCS #8).
const ED25519: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
const P256: &[u8] =
    b"\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\
    \x04\x27\x30\x25\x02\x01\x01\x04\x20";

/// Somebody who signs, and what others know of the key.
#[derive(Clone, Debug)]
pub struct Issuer {
    pub algorithm: Algorithm,
    bytes: [u8; 32],
    pub jwk: Value,
    pub secret: Option<String>,
}

impl Issuer {
    pub fn new(algorithm: Algorithm, bytes: [u8; 32]) -> Self {
        let key = encoding_key(algorithm, &bytes);
        let jwk = Jwk::from_encoding_key(&key, algorithm.of_library()).expect("the bytes are a key");
        let mut jwk = serde_json::to_value(jwk).expect("a key is JSON");
        let secret = jwk.as_object_mut().and_then(|members| members.remove("k"));
        Self { algorithm, bytes, jwk, secret: secret.and_then(|k| k.as_str().map(str::to_owned)) }
    }

    /// What signatures are verified with.
    pub fn material(&self) -> Material {
        Material::new(self.algorithm, &self.jwk, self.secret.as_deref()).unwrap_or_else(|flaw| panic!("{flaw:?}"))
    }

    /// Any text, signed.
    pub fn sign(&self, message: &str) -> String {
        let key = encoding_key(self.algorithm, &self.bytes);
        let signature = crypto::sign(message.as_bytes(), &key, self.algorithm.of_library()).expect("the key can sign");
        format!("{message}.{signature}")
    }

    /// A token with this header and these claims, which need not be what a token can have.
    pub fn token(&self, header: impl ToString, claims: impl ToString) -> String {
        self.sign(&format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string())))
    }
}

fn encoding_key(algorithm: Algorithm, bytes: &[u8; 32]) -> EncodingKey {
    match algorithm {
        Algorithm::EdDsa => EncodingKey::from_ed_der(&[ED25519, bytes].concat()),
        Algorithm::Es256 => EncodingKey::from_ec_der(&[P256, bytes].concat()),
        Algorithm::Hs256 => EncodingKey::from_secret(bytes),
        Algorithm::Rs256 => panic!("32 bytes are no RSA key"),
    }
}

/// Any issuer; mostly one whose signatures are quickly made.
pub fn issuers() -> impl Strategy<Value = Issuer> {
    let algorithm = prop_oneof![8 => Just(Algorithm::Hs256), 1 => Just(Algorithm::EdDsa), 1 => Just(Algorithm::Es256)];
    let bytes = any::<[u8; 32]>().prop_map(|mut bytes| {
        // Neither zero nor beyond the order of the curve.
        bytes[0] &= 0x7f;
        bytes[31] |= 1;
        bytes
    });
    (algorithm, bytes).prop_map(|(algorithm, bytes)| Issuer::new(algorithm, bytes))
}
