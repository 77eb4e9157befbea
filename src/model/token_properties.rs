//! What a token says is what its issuer signed; nothing else is a token of that issuer.

use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use super::*;
use crate::model::made_up::{edited, edits, json};
use crate::model::signing::{Issuer, issuers};

type Members = Map<String, Value>;

/// An object with these members: most have one of the values given, some are missing, few have another value.
fn members<const N: usize>(all: [(&'static str, BoxedStrategy<Value>); N]) -> impl Strategy<Value = Members> {
    let member = |(name, value): (&'static str, BoxedStrategy<Value>)| {
        let value = prop_oneof![32 => value.prop_map(Some), 1 => json().prop_map(Some), 4 => Just(None)];
        value.prop_map(move |value| Some((name.to_owned(), value?)))
    };
    Vec::from(all.map(member)).prop_map(|members| members.into_iter().flatten().collect())
}

fn text() -> BoxedStrategy<Value> {
    any::<String>().prop_map(Value::from).boxed()
}

fn claims() -> impl Strategy<Value = Members> {
    let id = || any::<u128>().prop_map(|id| json!(Uuid::from_u128(id))).boxed();
    let time = || prop_oneof![any::<i64>().prop_map(Value::from), any::<f64>().prop_map(Value::from)].boxed();
    let audience =
        prop_oneof!["[abc]".prop_map(Value::from), prop::collection::vec("[abc]", 0..3).prop_map(Value::from)];
    members([
        ("exp", time()),
        ("nbf", time()),
        ("iss", text()),
        ("aud", audience.boxed()),
        ("sub", prop_oneof![text(), id()].boxed()),
        ("tenancy.user", id()),
        ("tenancy.tenant", id()),
        ("tenancy.role", text()),
        ("iat", json().boxed()),
    ])
}

fn header(algorithm: Algorithm) -> impl Strategy<Value = Members> {
    let others = select(vec!["RS256", "ES256", "EdDSA", "HS256", "none", "hs256", "HS384", ""]);
    let named = prop_oneof![9 => Just(algorithm.name()), 1 => others].prop_map(Value::from);
    let typ = select(vec!["JWT", "jwt", "at+JWT", "application/at+jwt", "Application/jwt", "dpop+jwt", ""]);
    let critical = prop_oneof![19 => Just(None), 1 => json().prop_map(Some)];
    let known = members([("alg", named.boxed()), ("kid", text()), ("typ", typ.prop_map(Value::from).boxed())]);
    (known, critical).prop_map(|(mut header, critical)| {
        header.extend(critical.map(|value| ("crit".to_owned(), value)));
        header
    })
}

/// An issuer, and a header and claims of a token that can be read.
fn tokens() -> impl Strategy<Value = (Issuer, Members, Members)> {
    let of = |issuer: Issuer| (header(issuer.algorithm), claims(), Just(issuer));
    issuers()
        .prop_flat_map(of)
        .prop_map(|(mut header, mut claims, issuer)| {
            header.insert("alg".into(), issuer.algorithm.name().into());
            header.entry("kid").or_insert("first".into());
            claims.entry("exp").or_insert(2_000_000_000.into());
            (issuer, header, claims)
        })
        .prop_filter("it can be read", |(_, header, claims)| can_be_read(header, claims))
}

fn as_text(issuer: &Issuer, header: &Members, claims: &Members) -> String {
    issuer.token(json!(header), json!(claims))
}

/// The rules of docs/reference.md, written down once more.
fn can_be_read(header: &Members, claims: &Members) -> bool {
    let typ = |typ: &Value| {
        ["jwt", "at+jwt", "application/jwt", "application/at+jwt"]
            .iter()
            .any(|known| typ.as_str().is_some_and(|typ| typ.eq_ignore_ascii_case(known)))
    };
    let is_id = |value: &Value| value.as_str().is_some_and(|id| Uuid::parse_str(id).is_ok());
    let texts = |value: &Value| value.as_array().is_some_and(|all| all.iter().all(Value::is_string));
    let optional = |name: &str, right: &dyn Fn(&Value) -> bool| claims.get(name).is_none_or(right);
    header.get("alg").is_some_and(|alg| ["RS256", "ES256", "EdDSA", "HS256"].iter().any(|known| alg == known))
        && header.get("kid").is_some_and(Value::is_string)
        && header.get("typ").is_none_or(typ)
        && !header.contains_key("crit")
        && claims.get("exp").is_some_and(Value::is_number)
        && optional("nbf", &Value::is_number)
        && ["iss", "sub", "tenancy.role"].iter().all(|name| optional(name, &Value::is_string))
        && ["tenancy.user", "tenancy.tenant"].iter().all(|name| optional(name, &is_id))
        && optional("aud", &|aud| aud.is_string() || texts(aud))
}

fn named(claims: &Members) -> Option<Identity> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let id = |name| text(name).and_then(|id| id.parse().ok());
    let role = text("tenancy.role").map(str::to_owned);
    match (id("tenancy.tenant"), id("tenancy.user").or_else(|| id("sub"))) {
        (Some(id), _) => Some(Identity::Tenant { id, role: role.unwrap_or("member".into()) }),
        (None, Some(id)) => Some(Identity::User { id, role }),
        (None, None) => None,
    }
}

fn believed(text: &str, issuer: &Issuer) -> bool {
    Token::read(text).is_some_and(|token| token.is_signed_with(&issuer.material()))
}

/// The same bytes as before in base64url, but for bits that no byte has: the spelling differs, the meaning does not.
fn respelt(text: &str, part: usize, bits: u8) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut parts: Vec<Vec<u8>> = text.split('.').map(|part| part.as_bytes().to_vec()).collect();
    let last = parts[part].last_mut().expect("no part is empty");
    let value = ALPHABET.iter().position(|letter| letter == last).expect("it is base64url");
    *last = ALPHABET[value ^ usize::from(bits)];
    String::from_utf8(parts.join(&b'.')).expect("it is ASCII")
}

proptest! {
    #[test]
    fn what_is_signed_is_what_is_read(
        (issuer, header, claims) in issuers().prop_flat_map(|issuer| (Just(issuer.clone()), header(issuer.algorithm), claims())),
    ) {
        let text = as_text(&issuer, &header, &claims);
        let token = Token::read(&text);
        prop_assert_eq!(token.is_some(), text.len() <= LONGEST && can_be_read(&header, &claims));
        let Some(token) = token else { return Ok(()) };
        prop_assert_eq!(token.is_signed_with(&issuer.material()), header["alg"] == issuer.algorithm.name());
        prop_assert_eq!(&header["kid"], &token.key_id);
        prop_assert_eq!(claims.get("iss").and_then(Value::as_str), token.issuer());
        prop_assert_eq!(token.identity(), named(&claims));
        for audience in [None, Some("a"), Some("b"), Some("")] {
            let made_for = match (claims.get("aud"), audience) {
                (Some(Value::Array(all)), Some(audience)) => all.iter().any(|one| one == audience),
                (Some(one), Some(audience)) => one == audience,
                (aud, None) => aud.is_none(),
                (None, Some(_)) => false,
            };
            prop_assert_eq!(token.is_for(audience), made_for, "{:?}", audience);
        }
    }

    #[test]
    fn times_are_kept_to_the_second(
        exp in -(1i64 << 50)..1 << 50, nbf in -(1i64 << 50)..1 << 50, quarters in 0..4u8, issuer in issuers(),
    ) {
        let part = f64::from(quarters) / 4.0;
        let claims = json!({"exp": exp as f64 + part, "nbf": nbf as f64 - part, "sub": ""});
        let text = issuer.token(json!({"alg": issuer.algorithm.name(), "kid": ""}), claims);
        let period = Token::read(&text).map(|token| token.period());
        prop_assert_eq!(period, Some((nbf - LEEWAY, exp + LEEWAY)));
    }

    #[test]
    fn an_edited_token_is_not_believed((issuer, header, claims) in tokens(), edits in edits()) {
        let good = as_text(&issuer, &header, &claims);
        let bad = edited(&good, &edits);
        prop_assert_eq!(believed(&bad, &issuer), bad == good, "{}", bad);
    }

    #[test]
    fn a_token_has_one_spelling((issuer, header, claims) in tokens(), part in 0..3usize, bits in 1..64u8) {
        let good = as_text(&issuer, &header, &claims);
        prop_assert!(!believed(&respelt(&good, part, bits), &issuer));
        let padded: Vec<String> = good.split('.').enumerate().map(|(nth, text)| format!("{text}{}", if nth == part { "=" } else { "" })).collect();
        prop_assert!(!believed(&padded.join("."), &issuer));
    }

    #[test]
    fn parts_of_two_tokens_are_none(
        (issuer, header, claims) in tokens(), other_claims in claims(), other_header in header(Algorithm::Hs256), cut in 0..3usize,
    ) {
        let one = as_text(&issuer, &header, &claims);
        let other = as_text(&issuer, &other_header, &other_claims);
        let glued: Vec<&str> = one.split('.').take(cut).chain(other.split('.').skip(cut)).collect();
        let glued = glued.join(".");
        prop_assert!(glued == one || glued == other || !believed(&glued, &issuer));
    }

    #[test]
    fn members_said_twice_are_not_read((issuer, header, claims) in tokens(), which in any::<Index>(), again in json()) {
        let looked_at = ["iss", "aud", "exp", "nbf", "sub", "tenancy.user", "tenancy.tenant", "tenancy.role"];
        let there: Vec<&String> = claims.keys().filter(|name| looked_at.contains(&name.as_str())).collect();
        let name = json!(there[which.index(there.len())]);
        let whole = json!(claims).to_string();
        let twice = format!("{},{name}:{again}}}", &whole[..whole.len() - 1]);
        prop_assert!(Token::read(&issuer.token(json!(header), &twice)).is_none());
    }

    #[test]
    fn another_issuers_token_is_not_believed((issuer, header, claims) in tokens(), other in issuers()) {
        prop_assume!(issuer.jwk != other.jwk || issuer.secret != other.secret);
        prop_assert!(!believed(&as_text(&issuer, &header, &claims), &other));
    }

    /// Who knows a public key takes it for a shared secret, or says that nothing is signed.
    #[test]
    fn a_public_key_signs_nothing((issuer, mut header, claims) in tokens(), member in select(vec!["x", "y", "n"])) {
        header.insert("alg".into(), "HS256".into());
        let known = issuer.jwk[member].as_str().and_then(|part| BASE64.decode(part).ok()).and_then(|part| part.try_into().ok());
        if let Some(known) = known {
            prop_assert!(!believed(&as_text(&Issuer::new(Algorithm::Hs256, known), &header, &claims), &issuer));
        }
        header.insert("alg".into(), "none".into());
        let said = as_text(&issuer, &header, &claims);
        let unsigned = &said[..=said.rfind('.').expect("it has three parts")];
        prop_assert!(!believed(unsigned, &issuer) && !believed(&said, &issuer));
    }

    #[test]
    fn too_long_a_text_is_not_looked_at((issuer, header, mut claims) in tokens(), more in 0..100usize) {
        claims.insert("more".into(), "x".repeat(LONGEST * 3 / 4 + more).into());
        prop_assert!(Token::read(&as_text(&issuer, &header, &claims)).is_none());
    }

    #[test]
    fn any_text_is_read_without_harm(parts in prop::collection::vec(prop_oneof![
        any::<String>(),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| BASE64.encode(bytes)),
        json().prop_map(|value| BASE64.encode(value.to_string())),
        header(Algorithm::Hs256).prop_map(|header| BASE64.encode(json!(header).to_string())),
        claims().prop_map(|claims| BASE64.encode(json!(claims).to_string())),
    ], 0..5), issuer in issuers()) {
        let text = parts.join(".");
        prop_assert!(!believed(&text, &issuer));
        if let Some(token) = Token::read(&text) {
            token.period();
            let identity = token.identity();
            prop_assert_eq!(identity.clone().map(|identity| identity.to_string().parse()), identity.map(Ok));
        }
    }
}
