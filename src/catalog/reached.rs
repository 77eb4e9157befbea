//! Getting hold of one table of many: whoever goes over all protected tables does not wait for one of them for ever, and says
//! which one it was and who has it.

use pgrx::pg_sys::{self, Oid};

use crate::error::{LifecycleRefusal, Refusal};
use crate::pg::spi::{Row, Sees, arg, query};
use crate::pg::{locks, owner, relations};

query!(HOLDERS, "holders.sql", &[pg_sys::OIDOID, pg_sys::TEXTARRAYOID]);

/// How long one table is waited for, in milliseconds, where `lock_timeout` does not say it.
const LONGEST: i32 = 10_000;

/// What a table is locked for, with all its parts.
#[derive(Clone, Copy)]
pub enum Lock {
    ToRead,
    ToWrite,
}

impl Lock {
    const fn mode(self) -> u32 {
        match self {
            Self::ToRead => pg_sys::AccessShareLock,
            Self::ToWrite => pg_sys::RowExclusiveLock,
        }
    }

    /// The locks of others that it waits for, as `pg_locks` names them.
    const fn waits_for(self) -> &'static [&'static str] {
        match self {
            Self::ToRead => &["AccessExclusiveLock"],
            Self::ToWrite => &["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"],
        }
    }
}

/// Locks a table as the statements to come would, but not after a longer wait.
pub fn lock(relation: Oid, lock: Lock) -> Result<(), Refusal> {
    let limit = locks::timeout().unwrap_or(LONGEST);
    if locks::with_parts_within(relation, lock.mode(), limit) {
        return Ok(());
    }
    let modes: Vec<&str> = lock.waits_for().to_vec();
    let read = |row: &Row| row.must::<Vec<i32>>(1);
    let found = owner::run(|| HOLDERS.with(|q| q.first(&[arg(relation), arg(modes)], Sees::Statement, read)));
    let (table, sessions) = (relations::qualified(relation), found.unwrap_or_default());
    Err(LifecycleRefusal::TableHeld { table, milliseconds: limit, sessions }.into())
}
