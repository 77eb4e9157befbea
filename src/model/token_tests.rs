use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use super::*;
use crate::model::signing::Issuer;
use crate::model::token_key;

fn issuer() -> Issuer {
    Issuer::new(Algorithm::Hs256, *b"a secret of thirty-two bytes ...")
}

fn key() -> Material {
    issuer().material()
}

fn encoded(value: &Value) -> String {
    BASE64.encode(value.to_string())
}

fn signed(header: &str, claims: &str) -> String {
    issuer().sign(&format!("{header}.{claims}"))
}

fn header() -> Value {
    json!({"alg": "HS256", "typ": "JWT", "kid": "first"})
}

fn claims() -> Value {
    json!({"sub": "00000000-0000-0000-0000-000000000007", "exp": 2_000_000_000})
}

/// A good token with members of its header and claims replaced; null takes a member away.
fn token_with(head: Value, said: Value) -> String {
    let replaced = |mut whole: Value, members: Value| {
        for (name, value) in members.as_object().unwrap() {
            match value {
                Value::Null => whole.as_object_mut().unwrap().remove(name),
                value => whole.as_object_mut().unwrap().insert(name.clone(), value.clone()),
            };
        }
        encoded(&whole)
    };
    signed(&replaced(header(), head), &replaced(claims(), said))
}

fn readable(text: &str) -> bool {
    Token::read(text).is_some()
}

#[test]
fn a_token_says_who_and_when() {
    let text =
        token_with(json!({}), json!({"iss": "issuer", "nbf": 1_900_000_000, "iat": 1, "tenancy.role": "worker"}));
    let token = Token::read(&text).unwrap();
    assert!(token.is_signed_with(&key()));
    assert_eq!((token.key_id.as_str(), token.issuer()), ("first", Some("issuer")));
    assert_eq!(token.period(), (1_900_000_000 - LEEWAY, 2_000_000_000 + LEEWAY));
    assert_eq!(token.identity(), Some(Identity::User { id: Uuid::from_u128(7), role: Some("worker".into()) }));
}

#[test]
fn a_tenant_goes_before_a_user_and_a_user_before_the_subject() {
    let (user, tenant) = (Uuid::from_u128(8), Uuid::from_u128(9));
    let identity = |said| Token::read(&token_with(json!({}), said)).unwrap().identity();
    assert_eq!(identity(json!({"tenancy.user": user})), Some(Identity::User { id: user, role: None }));
    assert_eq!(
        identity(json!({"tenancy.user": user, "tenancy.tenant": tenant})),
        Some(Identity::Tenant { id: tenant, role: "member".into() })
    );
    assert_eq!(
        identity(json!({"sub": null, "tenancy.tenant": tenant, "tenancy.role": "auditor"})),
        Some(Identity::Tenant { id: tenant, role: "auditor".into() })
    );
    assert_eq!(identity(json!({"sub": null})), None);
    assert_eq!(identity(json!({"sub": "auth0|7"})), None);
}

#[test]
fn times_out_of_range_are_the_outermost() {
    let period = |said| Token::read(&token_with(json!({}), said)).unwrap().period();
    assert_eq!(period(json!({"exp": 1e300})), (i64::MIN, i64::MAX));
    assert_eq!(period(json!({"exp": -1e300, "nbf": 1e300})), (i64::MAX - LEEWAY, i64::MIN + LEEWAY));
    assert_eq!(period(json!({"exp": 10.9, "nbf": 3.1})), (4 - LEEWAY, 10 + LEEWAY));
}

#[test]
fn an_audience_is_named_and_asked_for() {
    let is_for = |said, audience| Token::read(&token_with(json!({}), said)).unwrap().is_for(audience);
    assert!(is_for(json!({}), None));
    assert!(is_for(json!({"aud": "here"}), Some("here")));
    assert!(is_for(json!({"aud": ["there", "here"]}), Some("here")));
    for said in [json!({}), json!({"aud": "there"}), json!({"aud": []}), json!({"aud": ["HERE", "her"]})] {
        assert!(!is_for(said, Some("here")));
    }
    for said in [json!({"aud": "here"}), json!({"aud": []})] {
        assert!(!is_for(said, None));
    }
}

#[test]
fn what_is_not_understood_is_no_token() {
    for typ in ["JWT", "jwt", "at+jwt", "application/at+jwt"] {
        assert!(readable(&token_with(json!({"typ": typ}), json!({}))), "{typ}");
    }
    for head in [
        json!({"alg": "none"}),
        json!({"alg": "None"}),
        json!({"alg": "hs256"}),
        json!({"alg": "HS512"}),
        json!({"alg": ["HS256"]}),
        json!({"alg": null}),
        json!({"kid": null}),
        json!({"kid": 1}),
        json!({"typ": "logout+jwt"}),
        json!({"crit": ["b64"], "b64": false}),
        json!({"crit": []}),
    ] {
        assert!(!readable(&token_with(head.clone(), json!({}))), "{head}");
    }
    for said in [
        json!({"exp": null}),
        json!({"exp": "2000000000"}),
        json!({"exp": true}),
        json!({"nbf": "0"}),
        json!({"iss": 7}),
        json!({"aud": {}}),
        json!({"tenancy.tenant": "acme"}),
        json!({"tenancy.user": ""}),
        json!({"tenancy.role": 7}),
    ] {
        assert!(!readable(&token_with(json!({}), said.clone())), "{said}");
    }
}

#[test]
fn texts_that_look_like_tokens() {
    let (head, said) = (encoded(&header()), encoded(&claims()));
    let twice = BASE64.encode(r#"{"exp":2000000000,"sub":"a","sub":"b"}"#);
    let null = BASE64.encode(r#"{"exp":2000000000,"nbf":null}"#);
    let list = BASE64.encode("[1,2,3]");
    let good = signed(&head, &said);
    let (message, signature) = good.rsplit_once('.').unwrap();
    assert!(readable(&good));
    for bad in [
        String::new(),
        "..".into(),
        "e30.e30.".into(),
        format!("{head}.{said}"),
        format!("{good}.{signature}.{signature}"),
        format!("{head}=.{said}.{signature}"),
        format!(" {good}"),
        format!("{good}.{}", "A".repeat(LONGEST)),
        signed(&head, &twice),
        signed(&head, &null),
        signed(&head, &list),
        signed(&list, &said),
    ] {
        assert!(!readable(&bad), "{bad}");
    }
    for signature in ["", "AAAA", "=", &format!("{signature}="), &format!("{signature} "), &signature[1..]] {
        let text = format!("{message}.{signature}");
        assert!(!Token::read(&text).is_some_and(|token| token.is_signed_with(&key())), "{text}");
    }
}

#[test]
fn the_keys_algorithm_decides() {
    let good = token_with(json!({}), json!({}));
    let ed = Issuer::new(Algorithm::EdDsa, [7; 32]).material();
    assert!(!Token::read(&good).unwrap().is_signed_with(&ed));
    // a header that claims another algorithm than that of the key which did sign it
    let lie = token_with(json!({"alg": "EdDSA"}), json!({}));
    assert!(!Token::read(&lie).unwrap().is_signed_with(&key()));
    assert!(!Token::read(&lie).unwrap().is_signed_with(&ed));
}

#[test]
fn keys_are_what_their_algorithm_takes() {
    use token_key::Flaw::*;
    let octets = |length: usize| BASE64.encode(vec![0xff; length]);
    let rsa = |n| json!({"kty": "RSA", "n": octets(n), "e": "AQAB"});
    let check = |algorithm, jwk: &Value, secret: Option<&str>| {
        token_key::check(algorithm, "first", jwk).and_then(|()| Material::new(algorithm, jwk, secret).map(drop))
    };
    let with = |mut jwk: Value, member: &str, value: Value| {
        jwk[member] = value;
        jwk
    };
    assert_eq!(check(Algorithm::Rs256, &rsa(256), None), Ok(()));
    assert_eq!(check(Algorithm::Rs256, &rsa(255), None), Err(TooShort));
    assert_eq!(check(Algorithm::Rs256, &rsa(513), None), Err(TooLong));
    let even = BASE64.encode([vec![0xff; 255], vec![0xfe]].concat());
    assert_eq!(check(Algorithm::Rs256, &with(rsa(256), "n", json!(even)), None), Err(NoKey));
    for e in ["AQ", "AAE", "Ag", "AQABAQE"] {
        // 1, 1 again, 2, and one that is longer than the library takes
        assert_eq!(check(Algorithm::Rs256, &with(rsa(256), "e", json!(e)), None), Err(NoKey), "{e}");
    }
    let padded = json!({"kty": "RSA", "n": BASE64.encode([vec![0; 200], vec![0xff; 56]].concat()), "e": "AQAB"});
    assert_eq!(check(Algorithm::Rs256, &padded, None), Err(TooShort));
    assert_eq!(check(Algorithm::Hs256, &rsa(256), Some(&octets(32))), Err(OtherType));
    assert_eq!(check(Algorithm::Rs256, &with(rsa(256), "d", json!("AQ")), None), Err(Private));
    assert_eq!(check(Algorithm::Rs256, &with(rsa(256), "alg", json!("RS512")), None), Err(OtherAlgorithm));
    assert_eq!(check(Algorithm::Rs256, &with(rsa(256), "kid", json!("second")), None), Err(OtherKeyId));
    assert_eq!(check(Algorithm::Rs256, &with(rsa(256), "use", json!("enc")), None), Err(NotForSignatures));
    assert_eq!(check(Algorithm::Rs256, &with(rsa(256), "key_ops", json!(["encrypt"])), None), Err(NotForSignatures));
    assert_eq!(check(Algorithm::Rs256, &with(rsa(256), "key_ops", json!(["verify"])), None), Ok(()));
    assert_eq!(check(Algorithm::Rs256, &json!({"kty": "RSA", "n": octets(256)}), None), Err(Incomplete));
    let ec = json!({"kty": "EC", "crv": "P-256", "x": octets(32), "y": octets(31)});
    assert_eq!(check(Algorithm::Es256, &ec, None), Err(Incomplete));
    assert_eq!(check(Algorithm::Es256, &with(ec.clone(), "y", json!(octets(32))), None), Err(NoKey));
    assert_eq!(check(Algorithm::Es256, &with(ec, "crv", json!("P-384")), None), Err(OtherType));
    let oct = json!({"kty": "oct"});
    assert_eq!(check(Algorithm::Hs256, &oct, Some(&octets(31))), Err(TooShort));
    assert_eq!(check(Algorithm::Hs256, &oct, Some("not base64!")), Err(Incomplete));
    assert_eq!(check(Algorithm::Hs256, &oct, None), Err(Incomplete));
}
