//! Procedures that commit between their steps where they may: called at the top level, not inside a transaction block.

use pgrx::pg_sys;

/// The steps of a running procedure.
pub struct Steps {
    atomic: bool,
}

/// Runs the body of a procedure. What it holds across [`Steps::commit`] must be its own: rights and settings that were
/// changed for a while do not outlive a commit.
pub fn run<R>(fcinfo: pg_sys::FunctionCallInfo, work: impl FnOnce(&Steps) -> R) -> R {
    // SAFETY: PostgreSQL passes CALL's own node in the context of a procedure.
    let atomic = unsafe {
        let context = (*fcinfo).context;
        context.is_null()
            || (*context).type_ != pg_sys::NodeTag::T_CallContext
            || (*context.cast::<pg_sys::CallContext>()).atomic
    };
    // SAFETY: connect and finish are paired; an error in between is cleaned up by the aborting transaction.
    unsafe {
        pg_sys::SPI_connect_ext(if atomic { 0 } else { pg_sys::SPI_OPT_NONATOMIC as i32 });
        let result = work(&Steps { atomic });
        pg_sys::SPI_finish();
        result
    }
}

impl Steps {
    /// Is everything done in one transaction, the caller's?
    pub const fn are_one_transaction(&self) -> bool {
        self.atomic
    }

    /// Commits what was done so far, if it may, and goes on at READ COMMITTED: what others change meanwhile is to be seen.
    pub fn commit(&self) {
        if self.atomic {
            return;
        }
        // SAFETY: the connection of `run` is the current one and may commit; the new transaction has no snapshot yet, so
        // that its level may be chosen.
        unsafe {
            pg_sys::SPI_commit();
            pg_sys::set_config_option(
                c"transaction_isolation".as_ptr(),
                c"read committed".as_ptr(),
                pg_sys::GucContext::PGC_USERSET,
                pg_sys::GucSource::PGC_S_SESSION,
                pg_sys::GucAction::GUC_ACTION_LOCAL,
                true,
                0,
                false,
            );
        }
    }
}
