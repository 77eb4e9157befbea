//! The triggers on protected tables: what holds for everybody, superusers included.

use std::cell::Cell;
use std::ffi::CStr;
use std::rc::Rc;

use pgrx::heap_tuple::PgHeapTuple;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{AllocatedByRust, PgTrigger, pg_sys, pg_trigger};

use crate::catalog::access::Mode;
use crate::catalog::protection::{self, End, Kind, OnChange, Protection, Reference, Table};
use crate::catalog::{checked, freed, held};
use crate::error::{Refusal, RowRefusal};
use crate::pg::rows::{self, StoredRow, TriggerRows, relation_of};
use crate::pg::spi::{self, Plan, Sees, arg};
use crate::pg::{owner, relations, replication};
use crate::references::{self, Key, Phase, Tenant, WaitFor};
use crate::{modes, progress, quotas, session, unregistered};

type Nothing<'a> = Option<PgHeapTuple<'a, AllocatedByRust>>;

/// AFTER INSERT OR UPDATE OR DELETE, a row. See `tenancy.check_row`.
#[pg_trigger(sql = false)]
fn check_row<'a>(trigger: &'a PgTrigger<'a>) -> Result<Nothing<'a>, std::convert::Infallible> {
    let rows = TriggerRows::of(trigger);
    let Some(table) = protection::table(rows.relation()) else {
        report(unregistered::refuse_rows(rows.relation()));
        return Ok(None);
    };
    let phase = phase(trigger);
    let old_unchecked = is_unchecked(&rows, phase);
    if old_unchecked || matters(&rows, &table) {
        report(owner::run_unpinned(|| Check::new(rows, table, phase, old_unchecked).run()));
    }
    Ok(None)
}

/// Was the old row written by this very transaction, and is it not known to have been checked? Its own check may have been
/// passed over, because this change superseded it. Those at commit always are.
fn is_unchecked(rows: &TriggerRows, phase: Phase) -> bool {
    rows.old.filter(StoredRow::written_by_this_transaction).is_some_and(|old| {
        phase != Phase::Statement || old.own_version().is_none_or(|old| !checked::is_noted(rows.relation(), old))
    })
}

/// Can there be something to check, if the old row was checked? Not about a deleted row to which nothing refers, nor about
/// changes of other columns than those that tenancy goes by.
fn matters(rows: &TriggerRows, table: &Table) -> bool {
    match (rows.old, rows.new) {
        (Some(_), None) => !table.incoming.is_empty() || table.has_quotas,
        (Some(_), Some(new)) => {
            let lacks_tenant = || table.tenant_number.is_none_or(|tenant| new.datum(tenant).is_none());
            table.decisive.iter().any(|column| rows.differs(*column))
                || table.protection.kind == Kind::Required && lacks_tenant()
        }
        (None, _) => true,
    }
}

/// When the trigger fires, by its arguments.
fn phase(trigger: &PgTrigger<'_>) -> Phase {
    let mut arguments = rows::arguments(trigger);
    match arguments.next().map(CStr::to_bytes) {
        Some(b"deferred") => Phase::Commit,
        // It was made with the oid of the foreign key, and is not dumped.
        Some(b"key") => Phase::Key(
            arguments
                .next()
                .and_then(|oid| oid.to_str().ok()?.parse::<u32>().ok())
                .map_or(pg_sys::InvalidOid, pg_sys::Oid::from),
        ),
        _ => Phase::Statement,
    }
}

/// BEFORE TRUNCATE. See `tenancy.check_truncate`.
#[pg_trigger(sql = false)]
fn check_truncate<'a>(trigger: &'a PgTrigger<'a>) -> Result<Nothing<'a>, std::convert::Infallible> {
    let relation = relation_of(trigger);
    let Some(table) = protection::table(relation) else {
        report(unregistered::refuse_rows(relation));
        return Ok(None);
    };
    if table.has_quotas {
        quotas::note_loss(table.protection.root);
    }
    let allowed = table.protection.kind == Kind::Untenanted
        || owner::outer_user_is_exempt()
        || session::ask_about(Some(relation), |access, _| access.writes_everything());
    if !allowed {
        report(modes::refuse(RowRefusal::TruncateNotAllowed { table: relations::name(relation) }.into()));
    }
    Ok(None)
}

fn report(outcome: Result<(), Refusal>) {
    if let Err(refusal) = outcome {
        ErrorReport::from(refusal).report(pgrx::PgLogLevel::ERROR);
    }
}

/// One changed row and what is known of its table.
struct Check {
    rows: TriggerRows,
    relation: pg_sys::Oid,
    table: Rc<Table>,
    phase: Phase,
    old_tenant: Tenant,
    new_tenant: Tenant,
    /// Can nothing about the old row be taken as checked?
    old_unchecked: bool,
    /// Has nothing been found wrong so far, be it enforced or not?
    passed: Cell<bool>,
}

impl Check {
    fn new(rows: TriggerRows, table: Rc<Table>, phase: Phase, old_unchecked: bool) -> Self {
        let tenant = |row: Option<StoredRow>| {
            let (column, number) = table.protection.tenant.as_ref().zip(table.tenant_number)?;
            references::tenant_of(&row?, number, column)
        };
        let (old_tenant, new_tenant) = (tenant(rows.old), tenant(rows.new));
        let (relation, passed) = (rows.relation(), Cell::new(true));
        Self { rows, relation, table, phase, old_tenant, new_tenant, old_unchecked, passed }
    }

    fn run(&self) -> Result<(), Refusal> {
        self.note_keys();
        if modes::mode_for_writing() == Mode::Off {
            return Ok(());
        }
        if let Phase::Key(constraint) = self.phase {
            let reference = self.table.outgoing.iter().find(|reference| reference.oid == constraint);
            return reference.map_or(Ok(()), |reference| self.unless_superseded(self.check_referring(reference)));
        }
        if self.table.has_quotas && self.phase == Phase::Statement {
            quotas::note_row(self.table.protection.root, self.old_tenant, self.new_tenant);
        }
        // Whatever became of the row afterwards: the key that it no longer has is free.
        for reference in self.table.incoming.iter().filter(|r| self.is_due(r)) {
            references::enforce(self.check_freed_key(reference))?;
        }
        for reference in self.table.public_incoming.iter().filter(|r| self.is_due(r)) {
            references::enforce(self.check_public_no_more(reference))?;
        }
        if self.phase == Phase::Commit && !self.is_current() {
            // A later change of the row has its own check.
            return Ok(());
        }
        self.unless_superseded(self.check_public())?;
        let due = || self.table.outgoing.iter().filter(|r| self.is_due(r));
        for reference in due().filter(|r| r.on_change != OnChange::Delete) {
            self.unless_superseded(self.check_referring(reference))?;
        }
        let public = |r: &&End| self.new_tenant.is_none() && self.is_due(r);
        for reference in self.table.public_outgoing.iter().filter(public) {
            self.unless_superseded(self.check_referring(reference))?;
        }
        for reference in due().filter(|r| r.on_change == OnChange::Delete) {
            self.unless_superseded(self.check_link(reference))?;
        }
        for reference in self.table.incoming.iter().filter(|r| self.is_due(r)) {
            self.unless_superseded(self.check_referred(reference))?;
            self.unless_superseded(self.check_new_key(reference))?;
        }
        if let (Phase::Statement, Some(new)) = (self.phase, self.rows.new) {
            progress::row_moved(self.table.protection.root);
            new.own_version()
                .filter(|_| self.passed.get())
                .into_iter()
                .for_each(|new| checked::note(self.relation, new));
        }
        Ok(())
    }

    /// In every mode: a stricter one may follow in the same transaction.
    fn note_keys(&self) {
        if self.table.incoming.is_empty() {
            return;
        }
        held::forget();
        for reference in &self.table.incoming {
            if let Some(mark) = self.rows.old.filter(|_| self.frees(reference)).and_then(|old| mark(reference, &old)) {
                freed::note_freed(reference.oid, mark);
            }
            if self.takes(reference) {
                freed::note_taken(reference.oid);
            }
        }
    }

    /// Does the row no longer have the key by which others referred to it?
    fn frees(&self, reference: &End) -> bool {
        self.rows.old.is_some() && (self.rows.new.is_none() || reference.columns.iter().any(|c| self.rows.differs(*c)))
    }

    /// Does the row have a key that it did not have before, for all that is known?
    fn takes(&self, reference: &End) -> bool {
        self.rows.new.is_some()
            && (self.rows.old.is_none()
                || self.old_unchecked
                || reference.columns.iter().any(|c| self.rows.differs(*c)))
    }

    fn is_due(&self, reference: &Reference) -> bool {
        reference.deferrable == (self.phase == Phase::Commit)
    }

    /// A row changed again by the same statement's triggers is checked when that change's own event comes.
    fn unless_superseded(&self, outcome: Result<(), Refusal>) -> Result<(), Refusal> {
        let Err(refusal) = outcome else { return Ok(()) };
        self.passed.set(false);
        if self.is_current() { references::enforce(Err(refusal)) } else { Ok(()) }
    }

    /// Is the new row still the table's? A deleted row stays deleted.
    fn is_current(&self) -> bool {
        let Some(new) = self.rows.new else { return true };
        owner::run_as_owner_of(self.relation, || {
            let plan = self.table.row_at.get_or_init(|| Plan::new(&self.at_place(""), &[pg_sys::TIDOID]));
            !plan.rows(&[arg(new.place())], Sees::Latest, |_| ()).is_empty()
        })
    }

    fn at_place(&self, lock: &str) -> String {
        let relation = relations::qualified(self.relation);
        format!("select from only {relation} r where r.ctid operator(pg_catalog.=) $1 {lock}")
    }

    /// A tenant becomes NULL only by a session that may write public rows, whatever a foreign key's action says.
    fn check_public(&self) -> Result<(), Refusal> {
        let Protection { kind, .. } = self.table.protection;
        if self.rows.new.is_none() || self.new_tenant.is_some() || self.phase == Phase::Commit {
            return Ok(());
        }
        let table = || relations::name(self.relation);
        match kind {
            Kind::Untenanted => Ok(()),
            Kind::Required => Err(RowRefusal::RequiredTenant { table: table() }.into()),
            Kind::Optional if owner::made_public() == Some(self.table.protection.root) => Ok(()),
            Kind::Optional if owner::outer_user_is_exempt() => Ok(()),
            Kind::Optional if session::ask_about(Some(self.relation), |access, _| access.writes_public) => Ok(()),
            Kind::Optional if self.old_tenant.is_some() => Err(RowRefusal::BecomesPublic { table: table() }.into()),
            Kind::Optional if self.rows.old.is_none() || self.old_unchecked => {
                Err(RowRefusal::WritesPublic { table: table() }.into())
            }
            Kind::Optional => Ok(()),
        }
    }

    fn check_referring(&self, reference: &End) -> Result<(), Refusal> {
        let Some(new) = &self.rows.new else { return Ok(()) };
        let changed = self.old_unchecked
            || self.old_tenant != self.new_tenant
            || reference.columns.iter().any(|c| self.rows.differs(*c));
        if !changed {
            return Ok(());
        }
        let Some(key) = Key::of(new, &reference.columns) else { return Ok(()) };
        references::check_referring(reference, self.new_tenant, &key)?;
        // There may be no such row yet. Whoever takes the key later in the transaction is to look who refers to it.
        if owner::applies_replicated_changes() {
            mark(reference, new).into_iter().for_each(|mark| freed::note_freed(reference.oid, mark));
        }
        Ok(())
    }

    /// A row that links two others, got the tenant of the one and no longer may refer to the other, goes. Nobody changes the
    /// tenant of a row that inherits it but by a cascade: what else would be refused has been by now.
    fn check_link(&self, reference: &End) -> Result<(), Refusal> {
        let outcome = self.check_referring(reference);
        let inherits = self.table.outgoing.iter().any(|other| other.on_change == OnChange::Cascade);
        let kept_key = self.rows.old.is_some() && !reference.columns.iter().any(|c| self.rows.differs(*c));
        match (outcome, self.rows.new) {
            (Err(_), Some(new)) if inherits && kept_key && self.old_tenant != self.new_tenant => {
                owner::run_action_as_owner_of(self.relation, || {
                    let relation = relations::qualified(self.relation);
                    let text = format!("delete from only {relation} r where r.ctid operator(pg_catalog.=) $1");
                    spi::once(&text, &[pg_sys::TIDOID], &[arg(new.place())], Sees::LatestToWrite, |_| ());
                });
                Ok(())
            }
            (outcome, _) => outcome,
        }
    }

    /// The rows that refer to this one, which keeps its key, when it changes its tenant.
    fn check_referred(&self, reference: &End) -> Result<(), Refusal> {
        if self.frees(reference) || self.old_tenant == self.new_tenant && !self.old_unchecked {
            return Ok(());
        }
        let Some(key) = self.old_key(reference) else { return Ok(()) };
        self.lock_against_new_references();
        references::check_referred(reference, self.new_tenant, &key)
    }

    /// A new row, or one with a new key, may be what rows refer to already: where they may refer to what is not there, or where
    /// another row gave up the key before and they have not been asked after since.
    fn check_new_key(&self, reference: &End) -> Result<(), Refusal> {
        let Some(new) = self.rows.new.filter(|_| self.takes(reference)) else { return Ok(()) };
        let Some(mark) = mark(reference, &new) else { return Ok(()) };
        // Changes that another server has checked come one by one, and rows that refer to the key later.
        let freed = || !reference.deletes_heard_of || freed::was_freed(reference.oid, mark);
        let retaken = || freed() && !replication::applies_changes();
        match Key::of(&new, &reference.columns) {
            Some(key) if !reference.validated || retaken() => {
                references::check_referred(reference, self.new_tenant, &key)
            }
            _ => Ok(()),
        }
    }

    /// A key that was freed may have been taken by another tenant's row in the same statement or, under a foreign key
    /// that is checked at commit, in the same transaction. The rows that refer to it then refer to that row.
    fn check_freed_key(&self, reference: &End) -> Result<(), Refusal> {
        // Whoever takes it later looks by itself.
        if self.phase == Phase::Statement && !freed::was_taken(reference.oid) || !self.frees(reference) {
            return Ok(());
        }
        let Some(key) = self.old_key(reference) else { return Ok(()) };
        let holders = references::holders(reference, &key, &WaitFor::Any);
        // SET CONSTRAINTS can make our check come before the foreign key's, and before another row takes the key.
        if holders.is_empty() && self.phase == Phase::Commit && reference.leaves_referring_rows(self.rows.new.is_none())
        {
            return references::check_not_referred(reference, &key);
        }
        holders.iter().try_for_each(|tenant| references::check_referred(reference, *tenant, &key))
    }

    /// PostgreSQL keeps no row to which a public one refers by a key with the tenant: a public row that goes, gets a tenant or gives
    /// its key up leaves none that refer to it, unless another public row has the key.
    fn check_public_no_more(&self, reference: &End) -> Result<(), Refusal> {
        let was_public = self.rows.old.is_some() && self.old_tenant.is_none();
        if !was_public || self.new_tenant.is_none() && !self.frees(reference) {
            return Ok(());
        }
        let Some(key) = self.old_key(reference) else { return Ok(()) };
        if references::holders(reference, &key, &WaitFor::Any).is_empty() {
            return references::check_not_referred(reference, &key);
        }
        Ok(())
    }

    /// The key by which others referred to the row before the change.
    fn old_key(&self, reference: &End) -> Option<Key> {
        Key::of(&self.rows.old?, &reference.columns)
    }

    /// An update that leaves the key alone does not conflict with the KEY SHARE lock that a foreign key takes. FOR UPDATE
    /// does: it waits for those who are about to refer to the row, and makes later ones wait.
    fn lock_against_new_references(&self) {
        let Some(new) = self.rows.new else { return };
        owner::run_as_owner_of(self.relation, || {
            let plan = self.table.lock_at.get_or_init(|| Plan::new(&self.at_place("for update"), &[pg_sys::TIDOID]));
            plan.rows(&[arg(new.place())], Sees::Latest, |_| ());
        });
    }
}

/// What equal keys have in common, by which they are noted; None where a value is NULL.
fn mark(reference: &End, row: &StoredRow) -> Option<u32> {
    let hash = row.image_hash(&reference.columns)?;
    Some(if reference.equal_by_image { hash } else { 0 })
}
