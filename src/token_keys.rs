//! The keys that tokens are signed with: the rules behind INSERT and UPDATE on `tenancy.token_keys`.

use pgrx::{JsonB, PgTrigger, Uuid, pg_sys, pg_trigger};
use serde_json::Value;

use crate::administration::enforce;
use crate::error::{Refusal, TokenRefusal};
use crate::model::token_key::{self, Algorithm, Flaw, Material};
use crate::pg::answers::{Answer, changed, nothing};
use crate::pg::rows::TriggerRows;
use crate::pg::spi::{Sees, arg, query};
use crate::pg::{owner, transactions};

query!(KEEP_SECRET, "keep_secret.sql", &[pg_sys::UUIDOID, pg_sys::TEXTOID]);
query!(FORGET_SECRET, "forget_secret.sql", &[pg_sys::UUIDOID]);

// The columns of tenancy.token_keys, by number.
const ID: i16 = 1;
const KID: i16 = 2;
const ALGORITHM: i16 = 3;
const JWK: i16 = 4;
const UPDATED_AT: i16 = 13;

/// BEFORE INSERT OR UPDATE, for each key: fills what the key itself says, and takes a shared secret out of it.
/// See `tenancy.complete_token_key`.
#[pg_trigger(sql = false)]
fn complete_token_key<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let rows = TriggerRows::of(trigger);
    let Some(new) = rows.new else { return nothing() };
    // What is NULL is refused by the columns themselves.
    let (Some(id), Some(JsonB(jwk))) = (new.get::<Uuid>(ID), new.get::<JsonB>(JWK)) else {
        return changed(trigger, &[]);
    };
    let said = |column, member| new.get::<String>(column).or_else(|| jwk.get(member)?.as_str().map(str::to_owned));
    let (kid, algorithm) = (said(KID, "kid"), said(ALGORITHM, "alg"));
    let (public, secret) = parted(&jwk);
    enforce(check(kid.as_deref(), algorithm.as_deref(), &public, secret.as_deref()));
    owner::run(|| match &secret {
        Some(secret) => {
            KEEP_SECRET.with(|q| q.rows(&[arg(id), arg(secret.as_str())], Sees::Statement, |_| ()));
        }
        None if rows.old.is_some() && !is_symmetric(&public) => {
            FORGET_SECRET.with(|q| q.rows(&[arg(id)], Sees::Statement, |_| ()));
        }
        None => (),
    });
    let mut changes = vec![(KID, kid.and_then(arg)), (ALGORITHM, algorithm.and_then(arg)), (JWK, arg(JsonB(public)))];
    if rows.old.is_some() {
        changes.push((UPDATED_AT, Some(transactions::began())));
    }
    changed(trigger, &changes)
}

/// A shared secret is kept where dumps and BYPASSRLS do not reach.
fn parted(jwk: &Value) -> (Value, Option<String>) {
    let mut public = jwk.clone();
    let secret = public.as_object_mut().and_then(|members| members.remove("k"));
    (public, secret.map(|k| k.as_str().map(str::to_owned).unwrap_or_default()))
}

fn is_symmetric(jwk: &Value) -> bool {
    jwk.get("kty").is_some_and(|kty| kty == "oct")
}

fn check(kid: Option<&str>, algorithm: Option<&str>, jwk: &Value, secret: Option<&str>) -> Result<(), Refusal> {
    let algorithm = algorithm.and_then(Algorithm::by_name).ok_or(TokenRefusal::UnknownAlgorithm)?;
    let unusable = |flaw: Flaw| TokenRefusal::UnusableKey { flaw };
    token_key::check(algorithm, kid.unwrap_or_default(), jwk).map_err(unusable)?;
    // A secret may come later: it is not in dumps.
    if algorithm != Algorithm::Hs256 || secret.is_some() {
        Material::new(algorithm, jwk, secret).map_err(unusable)?;
    }
    Ok(())
}
