//! The hierarchy as SQL asks for it. A session that row security binds learns only of tenants that it may read.

use std::collections::HashMap;

use pgrx::iter::SetOfIterator;
use pgrx::{Uuid, pg_extern, pg_sys};

use crate::administration::knows;
use crate::catalog::hierarchy::{self, TreeNode};
use crate::catalog::{from_pg, to_pg};
use crate::model::system_group::Relation;
use crate::model::tree::{self, Node};
use crate::pg::owner;
use crate::pg::quick::quick;

/// The tenant and all tenants above it, from the bottom up. See `tenancy.supertenants`.
#[pg_extern(sql = false)]
fn supertenants(tenant: Uuid) -> SetOfIterator<'static, Uuid> {
    related(tenant, Relation::Supertenants)
}

/// The tenant and all tenants below it. See `tenancy.subtenants`.
#[pg_extern(sql = false)]
fn subtenants(tenant: Uuid) -> SetOfIterator<'static, Uuid> {
    related(tenant, Relation::Subtenants)
}

/// All tenants of the tenant's hierarchy. See `tenancy.relatedtenants`.
#[pg_extern(sql = false)]
fn relatedtenants(tenant: Uuid) -> SetOfIterator<'static, Uuid> {
    related(tenant, Relation::Relatedtenants)
}

fn related(tenant: Uuid, relation: Relation) -> SetOfIterator<'static, Uuid> {
    visible(hierarchy::related(from_pg(tenant), relation).into_iter().map(|t| t.id))
}

/// Is the second tenant above the first, or the same? See `tenancy.is_supertenant`.
#[pg_extern(sql = false)]
fn is_supertenant(of: Uuid, maybe_above: Uuid) -> bool {
    related(of, Relation::Supertenants).any(|id| id == maybe_above)
}

/// The tenants of a system group or a custom group. See `tenancy.group_tenants`.
#[pg_extern(sql = false)]
fn group_tenants(group: Uuid) -> SetOfIterator<'static, Uuid> {
    visible(hierarchy::group_tenants(from_pg(group)).into_iter().map(|t| t.id))
}

/// The id of a system group. See `tenancy.system_group_id`.
#[pg_extern(sql = false)]
fn system_group_id(tenant: Uuid, relation: &str) -> Option<Uuid> {
    Relation::by_name(relation).map(|relation| to_pg(relation.group_of(from_pg(tenant))))
}

fn visible(ids: impl Iterator<Item = uuid::Uuid>) -> SetOfIterator<'static, Uuid> {
    SetOfIterator::new(ids.filter(|id| may_see(*id)).map(to_pg).collect::<Vec<_>>())
}

fn may_see(tenant: uuid::Uuid) -> bool {
    owner::outer_user_is_exempt() || knows(&tenant, None)
}

// May the session know that the tenant exists? See `tenancy.knows_tenant`.
quick!(knows_tenant_wrapper, pg_finfo_knows_tenant_wrapper, |tenant: Option<uuid::Uuid>| {
    tenant.is_some_and(|tenant| knows(&tenant, None))
});

/// May the session know how much of the table is the tenant's? See `tenancy.knows_tenant`.
#[pg_extern(sql = false)]
fn knows_tenant_in(tenant: Option<Uuid>, relation: Option<pg_sys::Oid>) -> bool {
    tenant.is_some_and(|tenant| knows(&from_pg(tenant), relation))
}

/// The hierarchy drawn, one line a tenant. See `tenancy.tenant_tree`.
#[pg_extern(sql = false)]
fn tenant_tree(root: Option<Uuid>) -> SetOfIterator<'static, String> {
    let nodes: Vec<TreeNode> =
        hierarchy::tree_nodes(root.map(from_pg)).into_iter().filter(|node| may_see(node.id)).collect();
    let known: HashMap<uuid::Uuid, usize> = nodes.iter().enumerate().map(|(at, node)| (node.id, at)).collect();
    let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut roots = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        // Below a tenant that the session may not see, a tenant is drawn as a root.
        match node.parent.and_then(|parent| known.get(&parent)) {
            Some(parent) => children.entry(*parent).or_default().push(at),
            None => roots.push(at),
        }
    }
    let mut drawn = Vec::with_capacity(nodes.len());
    let mut waiting: Vec<(usize, usize)> = roots.into_iter().rev().map(|at| (at, 0)).collect();
    while let Some((at, level)) = waiting.pop() {
        drawn.push(Node { level, label: label(&nodes[at]) });
        waiting.extend(children.get(&at).into_iter().flatten().rev().map(|child| (*child, level + 1)));
    }
    SetOfIterator::new(tree::draw(&drawn))
}

fn label(node: &TreeNode) -> String {
    let mut label = node.name.clone();
    match node.kind.as_str() {
        "service_provider" => label.push_str(" [service provider]"),
        "default" => label.push_str(" [default tenant]"),
        "none" => label.push_str(" [no-tenant]"),
        _ => (),
    }
    if node.status == "inactive" {
        label.push_str(" (inactive)");
    }
    label
}
