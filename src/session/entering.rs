//! Entering and leaving.

use super::{ACTED, ENTERED_AT, access, check_first, entries, forget_asked, hear, plans, resolve, trusted, unknown};
use crate::error::{Refusal, TokenRefusal};
use crate::model::identity::Identity;
use crate::pg::{context_setting, owner, transactions};

/// Acts for `identity` from now on, until the end of the transaction or of the session.
pub fn enter(identity: Identity, for_session: bool) -> Result<(), Refusal> {
    try_enter(&identity, for_session).inspect_err(|refusal| entries::refused(Some(&identity), refusal))
}

fn try_enter(identity: &Identity, for_session: bool) -> Result<(), Refusal> {
    if !transactions::may_change_settings() {
        return Err(Refusal::EnterInParallel);
    }
    hear();
    resolve(identity).ok_or_else(|| unknown(identity))?;
    check_first(identity)?;
    if let Some(text) = context_setting::token()
        && trusted(&text)?.identity != *identity
    {
        return Err(TokenRefusal::NamesAnother.into());
    }
    context_setting::set(&identity.to_string(), for_session);
    entered(identity);
    Ok(())
}

/// Acts for whom the token names, in place of whom the session acted for before this transaction.
pub fn authenticate(token: &str, for_session: bool) -> Result<(), Refusal> {
    try_authenticate(token, for_session).inspect_err(|refusal| entries::refused(None, refusal))
}

fn try_authenticate(token: &str, for_session: bool) -> Result<(), Refusal> {
    if !transactions::may_change_settings() {
        return Err(Refusal::EnterInParallel);
    }
    hear();
    let trusted = trusted(token)?;
    let identity = &trusted.identity;
    check_first(identity)?;
    context_setting::set("", for_session);
    context_setting::set_token(token, for_session);
    entered(identity);
    Ok(())
}

/// Notes who acts in this transaction.
fn entered(identity: &Identity) {
    forget_asked();
    plans::entered(access::identity_of_login(owner::session_user()).is_none());
    plans::drop_unfit();
    if ACTED.with_borrow(Option::is_none) {
        entries::acting(identity);
    }
    ACTED.with_borrow_mut(|acted| *acted = Some(identity.clone()));
    if ENTERED_AT.get() == 0 {
        ENTERED_AT.set(transactions::nesting_level());
    }
}

/// Acts for nobody until the end of the transaction, and after it as if nobody had entered.
pub fn leave() -> Result<(), Refusal> {
    if !transactions::may_change_settings() {
        return Err(Refusal::EnterInParallel);
    }
    let level = transactions::nesting_level();
    // A rollback to a savepoint opened after the entry would bring the context back.
    let acts = context_setting::get().is_some() || context_setting::token().is_some();
    if acts && level > ENTERED_AT.get().max(1) {
        return Err(Refusal::LeaveInsideSavepoint);
    }
    context_setting::set("", true);
    context_setting::set_token("", true);
    context_setting::set(&Identity::Nobody.to_string(), false);
    forget_asked();
    plans::drop_unfit();
    Ok(())
}
