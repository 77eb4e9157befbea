//! Which tenants are below, above and related, and which a group has.

use std::rc::Rc;

use pgrx::pg_sys;
use uuid::Uuid;

use super::memo::Memo;
use super::{from_pg, to_pg};
use crate::model::system_group::Relation;
use crate::pg::index_reader::IndexReader;
use crate::pg::spi::{Row, Sees, arg, query};
use crate::pg::{invalidation, owner, relations};

/// A tenant as the questions of access need it.
#[derive(Clone, Copy, Debug)]
pub struct Tenant {
    pub id: Uuid,
    pub number: i64,
    pub active: bool,
    /// The built-in no-tenant.
    pub parked: bool,
}

impl Tenant {
    /// What tables name it by.
    pub fn keys(&self) -> (Uuid, i64) {
        (self.id, self.number)
    }
}

query!(TENANT, "tenant.sql", &[pg_sys::UUIDOID]);
query!(SUPERTENANTS, "supertenants.sql", &[pg_sys::UUIDOID]);
query!(CUSTOM_GROUP_TENANTS, "custom_group_tenants.sql", &[pg_sys::UUIDOID]);
query!(INACTIVE_TENANTS, "inactive_tenants.sql", &[]);

fn tenant_of(row: &Row) -> Tenant {
    Tenant {
        id: from_pg(row.must(1)),
        number: row.must(2),
        active: row.must(3),
        parked: row.must::<String>(4) == "none",
    }
}

/// The tenant itself, if it exists.
pub fn tenant(id: Uuid) -> Option<Tenant> {
    owner::run(|| TENANT.with(|q| q.first(&[arg(to_pg(id))], Sees::InPassing, tenant_of)))
}

/// The tenants that stand in the relation to a tenant, itself included; for supertenants from the bottom up.
pub fn related(id: Uuid, relation: Relation) -> Vec<Tenant> {
    let above = || owner::run(|| SUPERTENANTS.with(|q| q.rows(&[arg(to_pg(id))], Sees::InPassing, tenant_of)));
    match relation {
        Relation::Subtenants => tenant(id).map_or_else(Vec::new, with_all_below),
        Relation::Supertenants => above(),
        Relation::Relatedtenants => above().pop().map_or_else(Vec::new, with_all_below),
    }
}

/// A tenant and all below it, level by level. Those below are found by the index, so that other tenants cost nothing, however
/// many there are. There is nothing in memory but the result and a level: they can be very large.
fn with_all_below(top: Tenant) -> Vec<Tenant> {
    let mut found = vec![top];
    IndexReader::with(c"tenancy", "tenants", "tenants_parent_id_idx", |tenants| {
        let [id, number, status, allows_subtenants] =
            ["id", "number", "status", "allows_subtenants"].map(|name| tenants.column(name));
        let mut level = vec![top.id];
        while !level.is_empty() {
            // In the index's order, so that what is next to each other is read once.
            level.sort_unstable_by_key(Uuid::as_u128);
            let mut next = Vec::new();
            tenants.rows(&level, |row| {
                let tenant = Tenant {
                    id: from_pg(row.must(id)),
                    number: row.must(number),
                    active: row.must::<&str>(status) == "active",
                    parked: false,
                };
                // Each has one tenant above it: in a damaged hierarchy none is met again before the top is.
                if tenant.id != top.id {
                    found.push(tenant);
                    next.extend(row.must::<bool>(allows_subtenants).then_some(tenant.id));
                }
            });
            level = next;
        }
    });
    found
}

/// The tenants of a group, be it stored or computed; None if there is no such group.
pub fn group_tenants(group: Uuid) -> Vec<Tenant> {
    match system_group(group) {
        Some((tenant, relation)) => related(tenant, relation),
        None => owner::run(|| CUSTOM_GROUP_TENANTS.with(|q| q.rows(&[arg(to_pg(group))], Sees::InPassing, tenant_of))),
    }
}

/// Whose system group it is, and which; None if it is not one.
pub fn system_group(group: Uuid) -> Option<(Uuid, Relation)> {
    Relation::ALL
        .into_iter()
        .map(|relation| (relation.tenant_of(group), relation))
        .find(|(id, _)| tenant(*id).is_some())
}

/// All tenants that are not active.
pub fn inactive_tenants() -> Vec<Tenant> {
    owner::run(|| INACTIVE_TENANTS.with(|q| q.rows(&[], Sees::InPassing, tenant_of)))
}

query!(ALL_TENANTS, "all_tenants.sql", &[]);
query!(TREE_NODES, "tree_nodes.sql", &[pg_sys::UUIDOID]);

/// All tenants there are.
pub fn all_tenants() -> Vec<Uuid> {
    owner::run(|| ALL_TENANTS.with(|q| q.rows(&[], Sees::InPassing, |row| from_pg(row.must(1)))))
}

/// A tenant as a drawing needs it.
pub struct TreeNode {
    pub id: Uuid,
    pub parent: Option<Uuid>,
    pub name: String,
    pub status: String,
    pub kind: String,
}

/// A tenant and those below it, or all tenants, by name.
pub fn tree_nodes(root: Option<Uuid>) -> Vec<TreeNode> {
    let node = |row: &Row| TreeNode {
        id: from_pg(row.must(1)),
        parent: row.get(2).map(from_pg),
        name: row.must(3),
        status: row.must(4),
        kind: row.must(5),
    };
    owner::run(|| TREE_NODES.with(|q| q.rows(&[root.map(to_pg).and_then(arg)], Sees::InPassing, node)))
}

query!(TENANT_BY_NUMBER, "tenant_by_number.sql", &[pg_sys::INT8OID]);
query!(SERVICE_PROVIDER, "service_provider.sql", &[]);
query!(TENANT_NAME, "tenant_name.sql", &[pg_sys::UUIDOID]);

thread_local! {
    static IDS: Memo<i64, Option<Uuid>> = Memo::new();
    static NUMBERS: Memo<Uuid, Option<i64>> = Memo::new();
    static PROVIDER: Memo<(), Option<Uuid>> = Memo::new();
    static ABOVE: Memo<Uuid, Rc<[Uuid]>> = Memo::new();
}

/// The tenant with this number.
pub fn tenant_by_number(number: i64) -> Option<Uuid> {
    let look_up = |number: &i64| {
        owner::run(|| TENANT_BY_NUMBER.with(|q| q.first(&[arg(*number)], Sees::InPassing, |row| from_pg(row.must(1)))))
    };
    IDS.with(|ids| ids.get(number, look_up))
}

/// The number of a tenant.
pub fn number_of(id: Uuid) -> Option<i64> {
    NUMBERS.with(|numbers| numbers.get(id, |id| tenant(*id).map(|tenant| tenant.number)))
}

/// The service provider, once there is one.
pub fn service_provider() -> Option<Uuid> {
    let look_up =
        |_: &()| owner::run(|| SERVICE_PROVIDER.with(|q| q.first(&[], Sees::InPassing, |row| from_pg(row.must(1)))));
    PROVIDER.with(|provider| provider.get((), look_up))
}

/// The relation on which those who lean on the hierarchy, or on a mode that lets things pass, meet those who change it.
pub fn lock() -> pg_sys::Oid {
    relations::by_name(c"tenancy", "hierarchy_lock").expect("the extension is installed")
}

/// Is one tenant above another, or the same? What is remembered is true if hierarchy_lock is held: taking it reads the
/// invalidations of those who changed the hierarchy before.
pub fn is_above(above: Uuid, tenant: Uuid) -> bool {
    let look_up = |tenant: &Uuid| related(*tenant, Relation::Supertenants).into_iter().map(|t| t.id).collect();
    ABOVE.with(|memo| memo.get(tenant, look_up)).contains(&above)
}

/// The same by what is committed at this moment.
pub fn seems_above(above: Uuid, tenant: Uuid) -> bool {
    invalidation::hear();
    is_above(above, tenant)
}

/// The tenant's name.
pub fn name(tenant: Uuid) -> Option<String> {
    owner::run(|| TENANT_NAME.with(|q| q.first(&[arg(to_pg(tenant))], Sees::InPassing, |row| row.must(1))))
}
