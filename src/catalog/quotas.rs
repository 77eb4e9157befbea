//! Quotas, and what is left of them.
//!
//! What is left is kept in slots, so that several transactions can take from it at the same time. See `docs/architecture.md`.

use std::cell::RefCell;
use std::collections::HashMap;

use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

use super::memo::Memo;
use super::protection::{self, KeyType};
use super::{from_pg, hierarchy, to_pg};
use crate::model::template;
use crate::pg::place::{self, Place};
use crate::pg::spi::{self, Row, Sees, arg, query};
use crate::pg::{owner, relations};

query!(QUOTA_OF, "quota_of.sql", &[pg_sys::REGCLASSOID, pg_sys::UUIDOID]);
query!(QUOTA_BY_ID, "quota_by_id.sql", &[pg_sys::UUIDOID]);
query!(HAS_QUOTAS, "has_quotas.sql", &[pg_sys::REGCLASSOID]);
query!(TAKE_ROOM, "take_room.sql", &[pg_sys::UUIDOID, pg_sys::INT4OID, pg_sys::INT8OID, pg_sys::BOOLOID]);
query!(ROOM_LEFT, "room_left.sql", &[pg_sys::UUIDOID]);
query!(
    SHARE_ROOM,
    "share_room.sql",
    &[pg_sys::UUIDOID, pg_sys::INT4OID, pg_sys::INT8OID, pg_sys::INT4OID, pg_sys::BOOLOID]
);
query!(FORGET_COUNTED, "forget_counted.sql", &[pg_sys::OIDARRAYOID]);
query!(FORGET_ROOM, "forget_room.sql", &[pg_sys::UUIDARRAYOID, pg_sys::OIDARRAYOID, pg_sys::BOOLOID]);
query!(USERS_OF_TENANT, "users_of_tenant.sql", &[pg_sys::UUIDOID]);

/// How many transactions can take from a quota at the same time.
pub const SLOTS: u16 = 16;

/// What is counted: the rows of a protected table, or users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Rows(Oid),
    Users,
}

impl Subject {
    /// The table; None for users.
    pub fn relation(self) -> Option<Oid> {
        match self {
            Self::Rows(root) => Some(root),
            Self::Users => None,
        }
    }
}

/// The quota of a tenant.
#[derive(Clone, Debug)]
pub struct Quota {
    pub id: Uuid,
    pub subject: Subject,
    pub tenant: Uuid,
    pub max_rows: i64,
    /// Is it only warned of more?
    pub warns: bool,
}

/// How many slots a backend remembers the places of.
const PLACES_KEPT: usize = 1000;

/// The columns of `tenancy.quota_room`, by number.
mod column {
    pub const QUOTA_ID: i32 = 1;
    pub const SLOT: i32 = 2;
    pub const ROOM: i32 = 3;
    pub const OVER: i32 = 4;
}

thread_local! {
    /// Where this backend found slots last; whoever looks there looks whether it is the one.
    static PLACES: RefCell<HashMap<(Uuid, u16), Place>> = RefCell::default();
    static QUOTAS: Memo<(Subject, Uuid), Option<Quota>> = Memo::new();
}

/// The relation on which those who count meet those who change what is counted.
pub fn lock() -> Option<Oid> {
    relations::by_name(c"tenancy", "quota_lock")
}

/// Is there a quota for the rows of the table?
pub fn exist_for(relation: Oid) -> bool {
    owner::run(|| HAS_QUOTAS.with(|q| q.first(&[arg(relation)], Sees::InPassing, |row| row.must(1)))).unwrap_or(true)
}

/// The tenant's quota. What is remembered is true if the lock is held: taking it reads the invalidations of those who
/// changed quotas before.
pub fn of(subject: Subject, tenant: Uuid) -> Option<Quota> {
    let look_up = |(subject, tenant): &(Subject, Uuid)| {
        let read = |row: &Row| Quota {
            id: from_pg(row.must(1)),
            subject: *subject,
            tenant: *tenant,
            max_rows: row.must(2),
            warns: row.must::<String>(3) == "warn",
        };
        let args = [subject.relation().and_then(arg), arg(to_pg(*tenant))];
        owner::run(|| QUOTA_OF.with(|q| q.first(&args, Sees::InPassing, read)))
    };
    QUOTAS.with(|quotas| quotas.get((subject, tenant), look_up))
}

/// What is used of a quota.
pub struct Used {
    pub tenant: Uuid,
    /// The table; None are users.
    pub relation: Option<Oid>,
    /// None where it was not counted yet.
    pub used: Option<i64>,
}

/// What is used of the quota.
pub fn used(quota: Uuid) -> Option<Used> {
    let read = |row: &Row| Used { tenant: from_pg(row.must(1)), relation: row.get(2), used: row.get(3) };
    owner::run(|| QUOTA_BY_ID.with(|q| q.first(&[arg(to_pg(quota))], Sees::InPassing, read)))
}

impl Quota {
    /// Takes from a slot if there is enough, in any case for a quota that only warns; says what is then left in the slot.
    /// The caller has its lock.
    pub fn take(&self, slot: u16, amount: i64) -> Option<i64> {
        let found = PLACES.with_borrow(|places| places.get(&(self.id, slot)).copied());
        let (left, place) = found.and_then(|place| self.take_at(place, slot, amount)).or_else(|| {
            let args = [arg(to_pg(self.id)), arg(i32::from(slot)), arg(amount), arg(self.warns)];
            TAKE_ROOM.with(|q| q.first(&args, Sees::Latest, |row| (row.must(1), row.must(2))))
        })?;
        PLACES.with_borrow_mut(|places| {
            if places.len() >= PLACES_KEPT {
                places.clear();
            }
            places.insert((self.id, slot), place);
        });
        Some(left)
    }

    /// The same where the slot was found last, if it is still there.
    fn take_at(&self, place: Place, slot: u16, amount: i64) -> Option<(i64, Place)> {
        use column::*;
        let mut left = None;
        let now = place::change(relations::by_name(c"tenancy", "quota_room")?, place, ROOM, |row| {
            let is_it = row.get(QUOTA_ID).map(from_pg) == Some(self.id) && row.get(SLOT) == Some(i32::from(slot));
            let room: i64 = row.get(ROOM)?;
            let enough = self.warns || row.get(OVER) == Some(false) && room >= amount;
            left = (is_it && enough).then_some(room - amount);
            left.and_then(arg)
        })?;
        Some((left?, now))
    }

    /// What is left in all slots; None if it was not counted yet.
    pub fn left(&self) -> Option<i64> {
        ROOM_LEFT.with(|q| q.first(&[arg(to_pg(self.id))], Sees::Latest, |row| row.get(1))).flatten()
    }

    /// Shares what is left among the slots; less than nothing, where there are more rows than the quota.
    pub fn share(&self, left: i64) {
        let slots = i64::from(SLOTS);
        let (each, one_more) = (left.div_euclid(slots), left.rem_euclid(slots));
        let args =
            [arg(to_pg(self.id)), arg(i32::from(SLOTS)), arg(each), arg(one_more as i32), arg(left < 0 && !self.warns)];
        SHARE_ROOM.with(|q| q.rows(&args, Sees::Latest, |_| ()));
    }

    /// How many there are by now: committed, or by the own transaction.
    pub fn count(&self) -> i64 {
        let counted = match self.subject {
            Subject::Rows(root) => count_rows(root, self.tenant),
            Subject::Users => {
                USERS_OF_TENANT.with(|q| q.first(&[arg(to_pg(self.tenant))], Sees::Latest, |row| row.must(1)))
            }
        };
        counted.unwrap_or(0)
    }
}

/// What is left of these quotas, or of all, is not known any longer.
pub fn forget_room(quotas: impl Iterator<Item = Uuid>, relations: &[Oid], all: bool) {
    let quotas: Vec<pgrx::Uuid> = quotas.map(to_pg).collect();
    FORGET_ROOM.with(|q| q.rows(&[arg(quotas), arg(relations.to_vec()), arg(all)], Sees::Latest, |_| ()));
}

/// The tables are gone, or became parts of others: with their quotas, and what was counted.
pub fn forget_tables(relations: Vec<Oid>) {
    if !relations.is_empty() {
        FORGET_COUNTED.with(|q| q.rows(&[arg(relations)], Sees::LatestToWrite, |_| ()));
    }
}

fn count_rows(root: Oid, tenant: Uuid) -> Option<i64> {
    let column = protection::protection(root)?.tenant?;
    let (kind, key) = match column.key {
        KeyType::Uuid => (pg_sys::UUIDOID, arg(to_pg(tenant))),
        KeyType::Number => (pg_sys::INT8OID, hierarchy::tenant(tenant).and_then(|tenant| arg(tenant.number))),
    };
    let text = filled(include_str!("../../sql/templates/rows_of_tenant.sql"), root, &column.name);
    owner::run_pinned_as_owner_of(root, || spi::once(&text, &[kind], &[key], Sees::Latest, |row| row.must(1)))
        .into_iter()
        .next()
}

/// How many rows of each tenant one part of a protected table has.
pub fn rows_of_part(root: Oid, part: Oid) -> Vec<(Uuid, i64)> {
    let Some(column) = protection::protection(root).and_then(|protection| protection.tenant) else { return Vec::new() };
    let text = filled(include_str!("../../sql/templates/rows_by_tenant.sql"), part, &column.name);
    let number = relations::column_number(part, &column.name).unwrap_or_default();
    let wide = relations::column_type(part, number) == pg_sys::INT8OID;
    let tenant = |row: &Row| match column.key {
        KeyType::Uuid => row.get(1).map(from_pg),
        KeyType::Number if wide => row.get::<i64>(1).and_then(hierarchy::tenant_by_number),
        KeyType::Number => row.get::<i32>(1).and_then(|number| hierarchy::tenant_by_number(number.into())),
    };
    let read = |row: &Row| tenant(row).map(|tenant| (tenant, row.must(2)));
    let rows = owner::run_pinned_as_owner_of(part, || spi::once(&text, &[], &[], Sees::Latest, read));
    rows.into_iter().flatten().collect()
}

fn filled(text: &str, relation: Oid, column: &str) -> String {
    let (relation, column) = (relations::qualified(relation), pgrx::spi::quote_identifier(column));
    template::fill(text, &[("relation", &relation), ("column", &column)])
}
