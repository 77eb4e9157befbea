//! A key that is taken verifies what its owner signed, and nothing else.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::*;
use crate::model::made_up::json;
use crate::model::signing::{Issuer, issuers};

/// A good key, of which members were replaced, added and left out.
fn altered() -> impl Strategy<Value = (Issuer, Value)> {
    let names = select(vec!["kty", "crv", "x", "y", "n", "e", "alg", "kid", "use", "key_ops", "d", "oth", "k"]);
    let known = select(vec![
        "RSA", "EC", "OKP", "oct", "P-256", "Ed25519", "sig", "enc", "first", "AQAB", "AQ", "RS256", "HS256",
    ]);
    let number = prop::collection::vec(any::<u8>(), 250..520).prop_map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let value = prop_oneof![
        2 => known.prop_map(Value::from),
        2 => number.prop_map(Value::from),
        1 => any::<[u8; 32]>().prop_map(|bytes| URL_SAFE_NO_PAD.encode(bytes).into()),
        1 => Just(json!(["verify"])),
        1 => json(),
        3 => Just(Value::Null),
    ];
    (issuers(), prop::collection::vec((names, value), 0..4)).prop_map(|(issuer, changes)| {
        let mut jwk = issuer.jwk.clone();
        for (name, value) in changes {
            match value {
                Value::Null => drop(jwk.as_object_mut().and_then(|members| members.remove(name))),
                value => jwk[name] = value,
            }
        }
        (issuer, jwk)
    })
}

fn algorithms() -> impl Strategy<Value = Algorithm> {
    select(&Algorithm::ALL[..])
}

fn has(jwk: &Value, member: &str, wanted: &[&str]) -> bool {
    jwk.get(member).and_then(Value::as_str).is_some_and(|value| wanted.contains(&value))
}

proptest! {
    #[test]
    fn an_algorithm_has_one_name(name in prop_oneof!["(?i)(rs|es|hs)256", "(?i)eddsa", any::<String>()], algorithm in algorithms()) {
        prop_assert_eq!(Algorithm::by_name(algorithm.name()), Some(algorithm));
        prop_assert!(Algorithm::by_name(&name).is_none_or(|found| found.name() == name));
    }

    #[test]
    fn what_its_owner_publishes_is_taken(issuer in issuers(), message in any::<String>()) {
        prop_assert_eq!(check(issuer.algorithm, "first", &issuer.jwk), Ok(()));
        let signed = issuer.sign(&message);
        let (message, signature) = signed.rsplit_once('.').unwrap_or_default();
        prop_assert!(issuer.material().has_signed(message.as_bytes(), signature));
    }

    #[test]
    fn what_is_taken_says_what_it_is_for((_, jwk) in altered(), algorithm in algorithms()) {
        if check(algorithm, "first", &jwk) == Ok(()) {
            let (kty, crv): (&str, &[&str]) = match algorithm {
                Algorithm::Rs256 => ("RSA", &[]),
                Algorithm::Es256 => ("EC", &["P-256"]),
                Algorithm::EdDsa => ("OKP", &["Ed25519"]),
                Algorithm::Hs256 => ("oct", &[]),
            };
            prop_assert!(has(&jwk, "kty", &[kty]));
            prop_assert!(crv.is_empty() || has(&jwk, "crv", crv));
            let may_be_left_out: [(&str, &[&str]); 3] = [("alg", &[algorithm.name()]), ("kid", &["first"]), ("use", &["sig"])];
            for (member, wanted) in may_be_left_out {
                prop_assert!(jwk.get(member).is_none() || has(&jwk, member, wanted), "{}", member);
            }
            prop_assert!(jwk.get("d").is_none() && jwk.get("oth").is_none());
            prop_assert!(jwk.get("key_ops").is_none_or(|all| *all == json!(["verify"])), "{}", jwk["key_ops"]);
        }
    }

    #[test]
    fn any_json_is_looked_at_without_harm(jwk in json(), algorithm in algorithms(), kid in any::<String>(), secret in any::<Option<String>>()) {
        prop_assert!(check(algorithm, &kid, &jwk).is_err());
        if let Ok(material) = Material::new(algorithm, &jwk, secret.as_deref()) {
            prop_assert!(!material.has_signed(b"message", "signature"));
        }
    }

    #[test]
    fn an_altered_key_verifies_nothing_new((issuer, jwk) in altered(), algorithm in algorithms(), garbage in prop::collection::vec(any::<u8>(), 0..260)) {
        let Ok(material) = Material::new(algorithm, &jwk, issuer.secret.as_deref()) else { return Ok(()) };
        let signed = issuer.sign("message");
        let (message, signature) = signed.rsplit_once('.').unwrap_or_default();
        let is_kept = |member: &&str| jwk.get(*member) == issuer.jwk.get(*member);
        let point = match algorithm {
            Algorithm::Es256 => &["x", "y"][..],
            Algorithm::EdDsa => &["x"],
            Algorithm::Hs256 | Algorithm::Rs256 => &[],
        };
        let same = algorithm == issuer.algorithm && point.iter().all(is_kept);
        prop_assert_eq!(material.has_signed(message.as_bytes(), signature), same);
        prop_assert!(!material.has_signed(message.as_bytes(), &URL_SAFE_NO_PAD.encode(garbage)));
    }
    /// A key that the library cannot work with would be taken, and then no token believed.
    #[test]
    fn what_is_taken_can_be_worked_with((issuer, jwk) in altered(), algorithm in algorithms()) {
        let Ok(material) = Material::new(algorithm, &jwk, issuer.secret.as_deref()) else { return Ok(()) };
        prop_assert!(crypto::verify("", b"", &material.key, algorithm.of_library()).is_ok());
    }
}
