//! Tables that have something of tenancy (our triggers, policies, default) and are in no registry: they came by a dump of the
//! schema or of a table alone, as a shard, as a copy. Nothing is known of their kind and of their references, so that what of ours
//! fires or is asked there refuses. Superusers are told, as by the guards: they restore, and `mend()` looks at what they wrote.

use pgrx::pg_sys::{self, Oid};

use crate::administration::enforce;
use crate::catalog::drift::{self, Drift};
use crate::catalog::protection::{self, KeyType, TenantColumn};
use crate::error::{Refusal, UnregisteredRefusal};
use crate::pg::spi::{Row, Sees, arg, query};
use crate::pg::{owner, recorder, relations};
use crate::{modes, parts};

query!(REMAINS_OF, "remains_of.sql", &[pg_sys::OIDOID]);

/// What such a table has.
pub struct Remains {
    /// The table at the top of those that it is a part of and that have something.
    pub top: Oid,
    /// The columns of that one that our default and our policies name.
    pub tenant_columns: Vec<TenantColumn>,
    /// May one of these be NULL?
    pub nullable: bool,
    /// Did rows take their tenant from what they refer to?
    pub names_tenant: bool,
    /// Is there more than a default, which every copy has?
    pub is_guarded: bool,
    /// Of the relation itself: is row security in force, for its owner, too?
    pub row_security: bool,
    /// Of the relation itself: does each trigger that it has of ours fire always? Not yet, while one is being made.
    pub fires_always: bool,
    /// Of the relation itself: does each of these bear its name?
    pub bears_names: bool,
}

/// What the relation has of tenancy; None if it has nothing, or is protected.
pub fn remains(relation: Oid) -> Option<Remains> {
    let read = |row: &Row| Remains {
        top: row.must(1),
        tenant_columns: tenant_columns(row.must(2), row.must(3)),
        nullable: row.must(4),
        names_tenant: row.must(5),
        is_guarded: row.must(6),
        row_security: row.must(7),
        fires_always: row.must(8),
        bears_names: row.must(9),
    };
    owner::run(|| REMAINS_OF.with(|q| q.first(&[arg(relation)], Sees::Latest, read)))
}

fn tenant_columns(names: Vec<String>, keys: Vec<String>) -> Vec<TenantColumn> {
    let key = |key: String| if key == "number" { KeyType::Number } else { KeyType::Uuid };
    names.into_iter().zip(keys).map(|(name, of)| TenantColumn { name, key: key(of) }).collect()
}

impl Remains {
    /// The tenant column, where nothing speaks of another one.
    pub fn tenant(&self) -> Option<&TenantColumn> {
        Some(self.tenant_columns.as_slice()).filter(|columns| columns.len() == 1)?.first()
    }
}

/// Has the relation policies by which it shows, or lets write, more than those of its tenant column?
pub fn is_opened(relation: Oid, found: &Remains) -> bool {
    let opens = |drift: &Drift| {
        drift.relation == relation && ["policy_permissive", "policy_changed"].contains(&drift.code.as_str())
    };
    found.tenant().is_some_and(|tenant| owner::run(|| drift::of_policies(relation, tenant)).iter().any(opens))
}

/// What the relation lacks of what such a table has, in words; `codes` are those of differences that a command may have brought, and
/// of what it took.
pub fn lacks(relation: Oid, found: &Remains, codes: &[&str]) -> Option<&'static str> {
    let asked = |code: &str| codes.contains(&code);
    let tenanted = found.tenant().is_some();
    let missing = |drift: &Drift| drift.relation == relation && drift.code.starts_with("policy_");
    let lacks_policy = || found.tenant().is_some_and(|tenant| drift::of_policies(relation, tenant).iter().any(missing));
    let lacks_key = || found.tenant().is_some_and(|tenant| !parts::has_tenant_key(relation, tenant));
    owner::run(|| match () {
        () if tenanted && asked("row_security_disabled") && !found.row_security => Some("row security"),
        () if asked("policy_missing") && !tenanted => Some("a policy of tenancy"),
        () if (asked("policy_missing") || asked("policy_changed")) && lacks_policy() => Some("a policy of tenancy"),
        () if asked("trigger_missing") => Some("a trigger of tenancy"),
        () if asked("trigger_disabled") && !found.fires_always => Some("a trigger of tenancy that fires always"),
        () if asked("trigger_changed") && !found.bears_names => Some("a trigger of tenancy under the name given to it"),
        () if asked("tenant_column_nullable") && found.nullable => Some("a tenant in each row"),
        () if asked("tenant_key_missing") && lacks_key() => Some("its foreign key to tenants"),
        () => None,
    })
}

/// Refuses rows of such a table, for a trigger of ours, whichever it is. A temporary one has nobody else's rows, and is not for
/// `protect()`.
pub fn refuse_rows(relation: Oid) -> Result<(), Refusal> {
    if relations::is_temporary(relation) {
        return Ok(());
    }
    let top = remains(relation).map_or(relation, |remains| remains.top);
    refuse(UnregisteredRefusal::Rows { table: relations::qualified(relation), top: relations::qualified(top) })
}

/// Refuses what a statement writes to a relation that has our policies or our default, for the planner. What is protected is in
/// memory, or will be when the row's trigger asks.
pub fn refuse_written(relation: Oid) {
    if protection::table(relation).is_none() && remains(relation).is_some_and(|found| !found.tenant_columns.is_empty())
    {
        enforce(refuse_rows(relation));
    }
}

/// Refuses, but only tells superusers, and nothing at all to those who restore a dump.
pub fn refuse(refusal: UnregisteredRefusal) -> Result<(), Refusal> {
    if recorder::restores_dump() {
        return Ok(());
    }
    if owner::outer_user_is_superuser() {
        modes::tell(&refusal.into());
        return Ok(());
    }
    modes::refuse(refusal.into())
}
