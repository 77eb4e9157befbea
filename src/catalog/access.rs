//! What an identity may do, worked out from users, roles, groups and the hierarchy.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use pgrx::pg_sys;
use uuid::Uuid;

use super::hierarchy::{self, Tenant};
use super::memo::Memo;
use super::{from_pg, to_pg, watched};
use crate::model::identity::Identity;
use crate::model::scope::{Access, Limited, Tenants};
use crate::model::system_group::Relation;
use crate::pg::owner;
use crate::pg::spi::{Query, Row, Sees, arg, query};

query!(ROLES_OF_USER, "roles_of_user.sql", &[pg_sys::UUIDOID, pg_sys::TEXTOID]);
query!(ROLE_AT_TENANT, "role_at_tenant.sql", &[pg_sys::UUIDOID, pg_sys::TEXTOID]);
query!(USER_OF_LOGIN, "user_of_login.sql", &[pg_sys::OIDOID]);
query!(MODE, "mode.sql", &[]);

/// How strictly the installation enforces tenancy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Off,
    Setup,
    Warn,
    Enforce,
}

impl Mode {
    /// The mode with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "off" => Self::Off,
            "setup" => Self::Setup,
            "warn" => Self::Warn,
            "enforce" => Self::Enforce,
            _ => return None,
        })
    }
}

/// What is kept of a resolved identity must stay small: a pooled backend acts for many.
const SMALL: usize = 100;

thread_local! {
    static MODE_IN_FORCE: Memo<(), Mode> = Memo::new();
    static LOGINS: Memo<pg_sys::Oid, Option<Identity>> = Memo::new();
    static RESOLVED: Memo<Identity, Option<Rc<Access>>> =
        Memo::keeping(|access| access.as_ref().is_none_or(|access| access.size() <= SMALL));
    /// What was worked out last, however large, as long as somebody has it, and of which generation of our tables.
    static LATEST: RefCell<Option<(u64, Identity, Weak<Access>)>> = const { RefCell::new(None) };
}

/// The mode in force; what cannot be read is enforced.
pub fn mode() -> Mode {
    let look_up = |_: &()| {
        let name = owner::run(|| MODE.with(|q| q.first(&[], Sees::InPassing, |row| row.must::<String>(1))));
        name.as_deref().and_then(Mode::by_name).unwrap_or(Mode::Enforce)
    };
    MODE_IN_FORCE.with(|memo| memo.get((), look_up))
}

/// The identity that a login role has without entering.
pub fn identity_of_login(role: pg_sys::Oid) -> Option<Identity> {
    let look_up = |role: &pg_sys::Oid| {
        let query = |q: &Query| q.first(&[arg(*role)], Sees::InPassing, |row| from_pg(row.must(1)));
        owner::run(|| USER_OF_LOGIN.with(query)).map(|id| Identity::User { id, role: None })
    };
    LOGINS.with(|memo| memo.get(role, look_up))
}

/// What the identity may do now; None if it may not enter at all.
pub fn resolve(identity: &Identity) -> Option<Rc<Access>> {
    RESOLVED.with(|memo| memo.get(identity.clone(), |identity| latest(identity).or_else(|| work_out_anew(identity))))
}

fn latest(identity: &Identity) -> Option<Rc<Access>> {
    LATEST.with_borrow(|latest| match latest {
        Some((generation, whose, access)) if *generation == watched::generation() && whose == identity => {
            access.upgrade()
        }
        _ => None,
    })
}

fn work_out_anew(identity: &Identity) -> Option<Rc<Access>> {
    let generation = watched::generation();
    let access = Rc::new(work_out(identity)?);
    // Looking at our tables may itself find that something changed: then the generation is another one by now.
    LATEST.replace(Some((generation, identity.clone(), Rc::downgrade(&access))));
    Some(access)
}

fn work_out(identity: &Identity) -> Option<Access> {
    let (user, roles) = match identity {
        Identity::Nobody => return None,
        Identity::User { id, role } => (Some(*id), roles(&ROLES_OF_USER, *id, role.as_deref())),
        Identity::Tenant { id, role } => (None, roles(&ROLE_AT_TENANT, *id, Some(role))),
    };
    let home = roles.first()?.home;
    // A deactivated tenant's rows stay visible to sessions that administer, whichever of the roles gives the access.
    let administers = roles.iter().any(|role| role.administers && role.of_service_provider);
    let only_limited = roles.iter().all(|role| !role.modules.is_empty());
    let mut access = Access { user, home: Some(home), administers, only_limited, ..Access::nobody() };
    for role in roles {
        let reads = role.read.tenants(home, administers);
        let writes = if role.write == role.read { reads.clone() } else { role.write.tenants(home, administers) };
        let writes_public = role.updates_public && role.of_service_provider;
        if role.modules.is_empty() {
            access.reads = access.reads.union(reads);
            access.writes = access.writes.union(writes);
            access.writes_public |= writes_public;
        } else {
            access.limited.push(Limited { modules: role.modules, reads, writes, writes_public });
        }
    }
    Some(access)
}

/// One kind of access that a role gives.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Grant {
    access: String,
    tenant: Option<Uuid>,
    group: Option<Uuid>,
}

struct Role {
    home: Uuid,
    read: Grant,
    write: Grant,
    updates_public: bool,
    administers: bool,
    of_service_provider: bool,
    /// Those that it is limited to; none is all tables.
    modules: Vec<Uuid>,
}

fn roles(query: &'static std::thread::LocalKey<Query>, id: Uuid, role: Option<&str>) -> Vec<Role> {
    owner::run(|| query.with(|q| q.rows(&[arg(to_pg(id)), role.and_then(arg)], Sees::InPassing, role_of)))
}

fn role_of(row: &Row) -> Role {
    let grant = |column| Grant {
        access: row.must(column),
        tenant: row.get(column + 1).map(from_pg),
        group: row.get(column + 2).map(from_pg),
    };
    let read = grant(2);
    let write = grant(5);
    Role {
        home: from_pg(row.must(1)),
        write: if write.access == "same_as_read" { read.clone() } else { write },
        read,
        updates_public: row.must(8),
        administers: row.must(9),
        of_service_provider: row.must(10),
        modules: row.must::<Vec<pgrx::Uuid>>(11).into_iter().map(from_pg).collect(),
    }
}

impl Grant {
    fn tenants(&self, home: Uuid, administers: bool) -> Tenants {
        let mut tenants = match self.access.as_str() {
            "all" if administers => return Tenants::all_but([].into_iter()),
            "all" => return Tenants::all_but(hierarchy::inactive_tenants().iter().map(Tenant::keys)),
            "home" => hierarchy::tenant(home).into_iter().collect(),
            "home_subtenants" => hierarchy::related(home, Relation::Subtenants),
            "home_supertenants" => hierarchy::related(home, Relation::Supertenants),
            "home_relatedtenants" => hierarchy::related(home, Relation::Relatedtenants),
            "tenant" => self.tenant.and_then(hierarchy::tenant).into_iter().collect(),
            "group" => self.group.map(hierarchy::group_tenants).unwrap_or_default(),
            // "none", and whatever a later version may have stored.
            _ => Vec::new(),
        };
        // Parked rows are for those who read all tenants.
        tenants.retain(|t| (t.active || administers) && !t.parked);
        Tenants::only(tenants.iter().map(Tenant::keys))
    }
}
