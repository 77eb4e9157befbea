//! Tokens and the keys that they are signed with: whom a token names, and from when until when.

use std::rc::Rc;

use pgrx::{JsonB, pg_sys};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::from_pg;
use super::memo::Memo;
use crate::error::{Refusal, TokenRefusal};
use crate::model::identity::Identity;
use crate::model::token::Token;
use crate::model::token_key::{self, Algorithm, Material};
use crate::pg::owner;
use crate::pg::spi::{Row, Sees, arg, query};

query!(TOKEN_KEY, "token_key.sql", &[pg_sys::TEXTOID, pg_sys::TEXTOID]);

/// What stands for a token's text in memory.
pub type Fingerprint = [u8; 32];

/// A token whose signature, issuer and audience are right.
#[derive(Debug)]
pub struct Verified {
    pub identity: Identity,
    /// When it is valid, in seconds since 1970. Who uses it has to look: time goes on.
    pub from: i64,
    pub until: i64,
    /// Where the key may speak for one tenant only: that tenant.
    pub only_tenant: Option<Uuid>,
}

thread_local! {
    static VERIFIED: Memo<Fingerprint, Result<Rc<Verified>, Refusal>> = Memo::keeping(Result::is_ok);
}

/// What a token's text is remembered by.
pub fn fingerprint(text: &str) -> Fingerprint {
    Sha256::digest(text).into()
}

/// Whom the token names. What was found is remembered until one of our tables changes, the keys among them.
pub fn verify(text: &str) -> Result<Rc<Verified>, Refusal> {
    VERIFIED.with(|memo| memo.get(fingerprint(text), |_| look_into(text).map(Rc::new)))
}

fn look_into(text: &str) -> Result<Verified, Refusal> {
    let token = Token::read(text).ok_or(TokenRefusal::Unreadable)?;
    let key = key(&token).ok_or(TokenRefusal::KeyUnknown)?;
    if !token.is_signed_with(&key.material) {
        return Err(TokenRefusal::NotSigned.into());
    }
    if !token.is_for(key.audience.as_deref()) {
        return Err(TokenRefusal::OtherAudience.into());
    }
    let identity = token.identity().ok_or(TokenRefusal::NamesNobody)?;
    if matches!(identity, Identity::Tenant { .. }) && !key.names_tenants {
        return Err(TokenRefusal::KeyNamesUsersOnly.into());
    }
    let (from, until) = token.period();
    Ok(Verified { identity, from: from.max(key.from), until: until.min(key.until), only_tenant: key.only_tenant })
}

struct Key {
    material: Material,
    audience: Option<String>,
    only_tenant: Option<Uuid>,
    names_tenants: bool,
    from: i64,
    until: i64,
}

/// The key that the token says it is signed with, if it is enabled and can be used.
fn key(token: &Token) -> Option<Key> {
    let args = [arg(token.key_id.as_str()), token.issuer().and_then(arg)];
    owner::run(|| TOKEN_KEY.with(|q| q.first(&args, Sees::InPassing, key_of)))?
}

fn key_of(row: &Row) -> Option<Key> {
    let algorithm = Algorithm::by_name(&row.must::<String>(1))?;
    let jwk = row.must::<JsonB>(2).0;
    // Checked when it was stored; a superuser may have found ways around that.
    token_key::check(algorithm, &row.must::<String>(3), &jwk).ok()?;
    let secret: Option<String> = row.get(4);
    Some(Key {
        material: Material::new(algorithm, &jwk, secret.as_deref()).ok()?,
        audience: row.get(5),
        only_tenant: row.get(6).map(from_pg),
        names_tenants: row.must(7),
        from: row.get(8).unwrap_or(i64::MIN),
        until: row.get(9).unwrap_or(i64::MAX),
    })
}
