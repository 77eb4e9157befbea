//! Quotas: what transactions add is noted row by row, and decided when they commit.
//!
//! Why it is exact, and why writers do not wait for each other: `docs/architecture.md`.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use pgrx::{PgTrigger, pg_sys, pg_trigger};
use uuid::Uuid;

use crate::administration::{enforce, knows};
use crate::catalog::activity;
use crate::catalog::protection;
use crate::catalog::quotas::{self, Quota, SLOTS, Subject};
use crate::catalog::{from_pg, hierarchy, to_pg};
use crate::error::{QuotaRefusal, Refusal};
use crate::model::tally::Tally;
use crate::pg::answers::{Answer, changed, nothing, unchanged};
use crate::pg::locks::{self, ObjectLock};
use crate::pg::rows::{StoredRow, TriggerRows};
use crate::pg::spi::arg;
use crate::pg::{owner, relations, replication, transactions};
use crate::{distributed, modes, parts, session};

/// A transaction that changes the rows of more tenants than this locks them all at once.
const MANY: usize = 64;

/// What is to be counted anew because something happened that is not noted row by row.
#[derive(Default)]
struct Uncertain {
    quotas: HashSet<Uuid>,
    tables: HashSet<pg_sys::Oid>,
    all: bool,
}

thread_local! {
    /// What this transaction added, less what it removed.
    static ADDED: RefCell<Tally<(Subject, Uuid)>> = const { RefCell::new(Tally::new()) };
    static UNCERTAIN: RefCell<Uncertain> = RefCell::new(Uncertain::default());
    /// Was anything noted? Nothing else is looked at where not.
    static NOTED: Cell<bool> = const { Cell::new(false) };
}

/// Notes a row of a protected table that came, went, or changed its tenant.
pub fn note_row(root: pg_sys::Oid, old: Option<Uuid>, new: Option<Uuid>) {
    if old != new {
        add(Subject::Rows(root), old, -1);
        add(Subject::Rows(root), new, 1);
    }
}

/// Notes the rows that a new part of a protected table brings.
pub fn note_part(root: pg_sys::Oid, part: pg_sys::Oid) {
    if quotas::exist_for(root) {
        for (tenant, rows) in quotas::rows_of_part(root, part) {
            add(Subject::Rows(root), Some(tenant), rows);
        }
    }
}

/// Notes that the table loses rows of which nothing else tells.
pub fn note_loss(root: pg_sys::Oid) {
    uncertain(|uncertain| uncertain.tables.insert(root));
}

/// Notes that some table lost rows.
pub fn note_losses() {
    uncertain(|uncertain| std::mem::replace(&mut uncertain.all, true));
}

fn add(subject: Subject, tenant: Option<Uuid>, amount: i64) {
    if let Some(tenant) = tenant {
        NOTED.set(true);
        ADDED.with_borrow_mut(|added| added.add(transactions::nesting_level(), (subject, tenant), amount));
    }
}

fn uncertain(note: impl FnOnce(&mut Uncertain) -> bool) {
    NOTED.set(true);
    UNCERTAIN.with_borrow_mut(note);
}

/// A savepoint was rolled back.
pub fn rolled_back_to(level: i32) {
    ADDED.with_borrow_mut(|added| added.rolled_back_to(level));
}

/// A savepoint was released.
pub fn released(level: i32) {
    ADDED.with_borrow_mut(|added| added.released(level));
}

/// The transaction is over, with or without success.
pub fn transaction_over() {
    if NOTED.replace(false) {
        ADDED.with_borrow_mut(Tally::take);
        UNCERTAIN.take();
    }
}

/// Decides whether the transaction may commit, or be prepared.
pub fn before_commit() {
    if NOTED.replace(false) {
        let (added, uncertain) = (ADDED.with_borrow_mut(Tally::take), UNCERTAIN.take());
        // Gone where the transaction drops the extension.
        let Some(lock) = quotas::lock() else { return };
        let settled = || owner::run(|| Settling { lock }.run(&added, &uncertain));
        enforce(transactions::writing(|| transactions::with_snapshot(settled)));
    }
}

/// A transaction that is about to commit.
struct Settling {
    /// The relation on which it meets those who change what is counted.
    lock: pg_sys::Oid,
}

impl Settling {
    fn run(&self, added: &HashMap<(Subject, Uuid), i64>, uncertain: &Uncertain) -> Result<(), Refusal> {
        let forgets = uncertain.all || !uncertain.quotas.is_empty() || !uncertain.tables.is_empty();
        let alone = forgets || added.len() > MANY;
        if alone {
            locks::exclusive(self.lock);
        } else {
            locks::row_share(self.lock);
        }
        if forgets {
            let tables: Vec<_> = uncertain.tables.iter().copied().collect();
            quotas::forget_room(uncertain.quotas.iter().copied(), &tables, uncertain.all);
        }
        let quota =
            |(&(subject, tenant), &amount): (&(Subject, Uuid), &i64)| Some((quotas::of(subject, tenant)?, amount));
        // What a transaction that sets a quota itself adds is there already, as for a dump that comes back in one.
        let set_before = |(quota, _): &(Quota, i64)| !uncertain.quotas.contains(&quota.id);
        let mut due: Vec<(Quota, i64)> = added.iter().filter_map(quota).filter(set_before).collect();
        // All take their locks in the same order, so that nobody waits in a circle.
        due.sort_by_key(|(quota, _)| lock_number(quota));
        due.iter().try_for_each(|(quota, amount)| {
            if !alone && self.take_from_a_slot(quota, *amount) {
                return Ok(());
            }
            if !alone {
                (0..SLOTS).for_each(|slot| self.slot_lock(quota, slot).take());
            }
            take_from_all(quota, *amount)
        })
    }

    fn slot_lock(&self, quota: &Quota, slot: u16) -> ObjectLock {
        ObjectLock::new(self.lock, lock_number(quota), slot)
    }

    /// Takes from a slot that nobody else has, if one has enough.
    fn take_from_a_slot(&self, quota: &Quota, amount: i64) -> bool {
        // Every backend begins with another.
        let first = transactions::process_number().cast_unsigned() % u32::from(SLOTS);
        for nth in 0..SLOTS {
            let slot = (first as u16 + nth) % SLOTS;
            let lock = self.slot_lock(quota, slot);
            if !lock.try_take() {
                continue;
            }
            if let Some(left) = quota.take(slot, amount) {
                if left < 0 && amount > 0 {
                    // A quota that only warns: what others are about to commit does not matter.
                    quota.left().filter(|left| *left < 0).into_iter().for_each(|left| warn(quota, left));
                }
                return true;
            }
            lock.give_back();
        }
        false
    }
}

/// Different quotas may have the same; they then wait for each other more than they need to.
fn lock_number(quota: &Quota) -> u32 {
    let (first, ..) = quota.id.as_fields();
    first
}

/// Takes from all slots together, which the transaction has locked. Before it refuses, it counts.
fn take_from_all(quota: &Quota, amount: i64) -> Result<(), Refusal> {
    let left = match quota.left().map(|left| left - amount) {
        None if amount < 0 => return Ok(()),
        Some(left) if left >= 0 || amount < 0 || quota.warns => left,
        _ => quota.max_rows - quota.count(),
    };
    if left < 0 && amount > 0 {
        if quota.warns {
            warn(quota, left);
        } else if !replication::applies_changes() {
            // What replication applies was checked where it comes from.
            modes::refuse(exceeded(quota, left))?;
        }
    }
    quota.share(left);
    Ok(())
}

fn exceeded(quota: &Quota, left: i64) -> Refusal {
    let what = match quota.subject {
        Subject::Rows(root) => format!("rows of table \"{}\"", relations::name(root)),
        Subject::Users => "users".into(),
    };
    let known = owner::outer_user_is_exempt() || knows(&quota.tenant, quota.subject.relation());
    match hierarchy::name(quota.tenant) {
        Some(tenant) if known => {
            let (quota, there_would_be) = (quota.max_rows, quota.max_rows - left);
            QuotaRefusal::Exceeded { tenant, what, there_would_be, quota }.into()
        }
        _ => QuotaRefusal::ExceededUnseen { what }.into(),
    }
}

fn warn(quota: &Quota, left: i64) {
    let refusal = exceeded(quota, left);
    refusal.warn();
    let user = session::ask(|access, _| access.user);
    activity::record("quota", Some(quota.tenant), user, &refusal.message());
}

/// The columns of `tenancy.quotas`, by number.
mod column {
    pub const ID: i16 = 1;
    pub const TENANT_ID: i16 = 2;
    pub const RELATION: i16 = 3;
    pub const SET_BY: i16 = 6;
    pub const CREATED_AT: i16 = 7;
    pub const UPDATED_AT: i16 = 8;
}

/// BEFORE INSERT OR UPDATE OR DELETE, for each quota. See `tenancy.complete_quota`.
#[pg_trigger(sql = false)]
fn complete_quota<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    use column::*;
    quotas::lock().into_iter().for_each(locks::share_row_exclusive);
    let rows = TriggerRows::of(trigger);
    let Some(new) = rows.new else { return unchanged(trigger) };
    enforce(if rows.old.is_some() { check_kept(&rows) } else { count_from_now_on(&new) });
    // What is dumped, or changed because a user was deleted, keeps what it says.
    let kept = owner::current_user_is_superuser() || replication::applies_changes();
    let mut changes = Vec::new();
    if rows.old.is_some() && !rows.differs(UPDATED_AT) {
        changes.push((UPDATED_AT, Some(transactions::began())));
    }
    if !kept {
        changes.push((SET_BY, session::ask(|access, _| access.user).map(to_pg).and_then(arg)));
    }
    changed(trigger, &changes)
}

fn check_kept(rows: &TriggerRows) -> Result<(), Refusal> {
    use column::*;
    let kept = [(ID, "id"), (TENANT_ID, "tenant_id"), (RELATION, "relation"), (CREATED_AT, "created_at")];
    match kept.iter().find(|(column, _)| rows.differs(*column)) {
        Some((_, column)) => Err(Refusal::GivenByExtension { table: "tenancy.quotas".into(), column }),
        None => Ok(()),
    }
}

/// From its first quota on the writers of a table count. Those who have not are waited for.
fn count_from_now_on(new: &StoredRow) -> Result<(), Refusal> {
    let Some(relation) = new.get::<pg_sys::Oid>(column::RELATION) else { return Ok(()) };
    let name = || relations::qualified(relation);
    match protection::protection(relation) {
        // A dump brings the quotas of a table that was released, too.
        None if owner::current_user_is_superuser() => (),
        None => return Err(Refusal::NotProtected { relation: name() }),
        Some(found) if found.root != relation => {
            return Err(Refusal::PartOfAnother { relation: name(), root: relations::qualified(found.root) });
        }
        Some(found) if found.tenant.is_none() => return Err(QuotaRefusal::Untenanted { relation: name() }.into()),
        _ => distributed::refuse(relation, "a quota")?,
    }
    if !quotas::exist_for(relation) {
        owner::run(|| parts::count_rows(relation));
    }
    Ok(())
}

/// AFTER INSERT OR UPDATE OR DELETE, for each quota. See `tenancy.note_quota`.
#[pg_trigger(sql = false)]
fn note_quota<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let rows = TriggerRows::of(trigger);
    let id = rows.new.or(rows.old).and_then(|row| row.get(column::ID)).map(from_pg);
    id.into_iter().for_each(|id| uncertain(|uncertain| uncertain.quotas.insert(id)));
    nothing()
}

/// AFTER UPDATE of the mode: nothing is counted in the mode off. See `tenancy.note_mode`.
#[pg_trigger(sql = false)]
fn note_mode<'a>(_trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    note_losses();
    nothing()
}

/// AFTER INSERT OR UPDATE OR DELETE, for each user. See `tenancy.note_user`.
#[pg_trigger(sql = false)]
fn note_user<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    const TENANT_ID: i16 = 2;
    const LOGIN_ENABLED: i16 = 3;
    let rows = TriggerRows::of(trigger);
    let tenant = |row: StoredRow| {
        let counts = row.get::<bool>(LOGIN_ENABLED) == Some(true);
        row.get(TENANT_ID).map(from_pg).filter(|_| counts)
    };
    let (old, new) = (rows.old.and_then(tenant), rows.new.and_then(tenant));
    if old != new {
        add(Subject::Users, old, -1);
        add(Subject::Users, new, 1);
    }
    nothing()
}
