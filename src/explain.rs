//! Which rule shows, hides, allows or refuses a row: `explain_access`.
//!
//! Who administers is told about every row that has a tenant. Everybody else is told about rows that his own query finds; a hidden row and
//! a missing one get one and the same answer.

use std::rc::Rc;

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{quote_identifier, quote_literal};
use pgrx::{JsonB, Uuid, name, pg_extern, pg_sys};

use crate::catalog::access::{self, Mode};
use crate::catalog::protection::{self, KeyType, Kind, Protection};
use crate::catalog::{from_pg, hierarchy, modules, to_pg};
use crate::error::{Refusal, TrustRefusal, given};
use crate::model::identity::Identity;
use crate::model::scope::{Access, Tenants};
use crate::model::template;
use crate::pg::spi::{self, Row, Sees, arg, query};
use crate::pg::{owner, relations};
use crate::session;

query!(KEY, "explain_key.sql", &[pg_sys::OIDOID]);
query!(ROLES, "explain_roles.sql", &[pg_sys::UUIDOID, pg_sys::TEXTOID]);
query!(USER, "explain_user.sql", &[pg_sys::UUIDOID]);
query!(DATABASE_ROLE, "explain_database_role.sql", &[pg_sys::OIDOID, pg_sys::OIDOID]);

/// What is looked at, what is the case, and why.
type Line = (&'static str, String, String);

const UNSEEN: &str = "There is no row with this key, or it is of a tenant that the session may not read.";
const WITHOUT_TENANCY: &str = "Privileges decide, and the table's own row security.";
const OUTSIDE: &str = "All roles are limited to modules, and the table is in none of them.";

/// Says why. See `tenancy.explain_access`.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)] // what a set-returning function of pgrx returns
fn explain_access(
    relation: Option<pg_sys::Oid>,
    key: Option<JsonB>,
    for_user: Option<Uuid>,
) -> Result<TableIterator<'static, (name!(aspect, String), name!(answer, String), name!(rule, String))>, ErrorReport> {
    let relation = given(relation, "explain_access", "relation")?;
    let key = given(key, "explain_access", "key")?;
    let full = session::administers();
    if for_user.is_some() && !full {
        return Err(Refusal::AdministratorsOnly { what: "explain what others may do" }.into());
    }
    let lines = Explaining::begin(relation, for_user.map(from_pg), full).lines(key)?;
    Ok(TableIterator::new(lines.into_iter().map(|(aspect, answer, rule)| (aspect.to_owned(), answer, rule))))
}

/// The database role that asks, as far as it has a say.
struct DatabaseRole {
    name: String,
    exempt: Option<String>,
    may: [bool; 3],
    restrictive: Option<String>,
    /// Would its own query find a row by any column?
    queries: bool,
}

struct Explaining {
    relation: pg_sys::Oid,
    protection: Option<Protection>,
    /// May everything be said?
    full: bool,
    mode: Mode,
    identity: Identity,
    /// What the context may do on this table.
    access: Rc<Access>,
    /// Those that the table is in: roles limited to one of them count.
    modules: Rc<[uuid::Uuid]>,
    /// None where another user is asked about.
    database_role: Option<DatabaseRole>,
    /// Does the caller's own query find every row, so that it does not matter whose rights it has?
    queries_all: bool,
}

/// Whose a row is.
#[derive(Clone, Copy)]
enum Whose {
    Nobodys,
    Tenants(uuid::Uuid),
    UnknownTenants,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Reading,
    Updating,
    Deleting,
}

impl Doing {
    const ALL: [Self; 3] = [Self::Reading, Self::Updating, Self::Deleting];

    const fn aspect(self) -> &'static str {
        ["read", "update", "delete"][self as usize]
    }

    fn of(self, access: &Access) -> &Tenants {
        if self == Self::Reading { &access.reads } else { &access.writes }
    }
}

impl Explaining {
    fn begin(relation: pg_sys::Oid, for_user: Option<uuid::Uuid>, full: bool) -> Self {
        let (identity, access, mode) = match for_user {
            None => session::who(),
            Some(id) => {
                let identity = Identity::User { id, role: None };
                let mode = access::mode();
                let access = access::resolve(&identity).filter(|access| mode != Mode::Setup || access.administers);
                (identity, access.unwrap_or_else(|| Rc::new(Access::nobody())), mode)
            }
        };
        let read = |row: &Row| DatabaseRole {
            name: row.must(1),
            exempt: row.get(2),
            may: [row.must(3), row.must(4), row.must(5)],
            restrictive: row.get(6),
            queries: row.get(7).unwrap_or(false),
        };
        let args = [arg(owner::current_user()), arg(relation)];
        let database_role = owner::run(|| DATABASE_ROLE.with(|q| q.first(&args, Sees::Statement, read)));
        let queries_all =
            database_role.as_ref().is_some_and(|role| role.queries) && !owner::row_security_binds(relation);
        let protection = protection::protection(relation);
        let modules = protection.as_ref().map_or_else(|| Rc::from([]), |_| modules::of_table(relation));
        Self {
            relation,
            full: full && protection.as_ref().is_some_and(|protection| protection.tenant.is_some()),
            protection,
            mode,
            identity,
            access: access.in_modules(&modules).map_or(access, Rc::new),
            modules,
            database_role: database_role.filter(|_| for_user.is_none()),
            queries_all,
        }
    }

    fn lines(&self, key: JsonB) -> Result<Vec<Line>, Refusal> {
        let mut lines = vec![self.table(), self.context()];
        if let Some(words) = self.mode_in_words() {
            lines.insert(1, ("mode", mode_name(self.mode).to_owned(), words.to_owned()));
        }
        let Some(whose) = self.find(key)? else {
            let missing = || ("missing", "There is no row with this key.".to_owned());
            let (answer, rule) = if self.full { missing() } else { ("unknown", self.unseen()) };
            lines.push(("row", answer.to_owned(), rule.clone()));
            lines.extend(Doing::ALL.map(|doing| (doing.aspect(), "no".to_owned(), rule.clone())));
            return Ok(lines);
        };
        lines.push(self.row(whose));
        for doing in Doing::ALL {
            let (allowed, rule) = self.decide(doing, whose);
            lines.push((doing.aspect(), if allowed { "yes" } else { "no" }.to_owned(), rule));
        }
        Ok(lines)
    }

    /// Why whoever is not told about every row finds none: whatever the row is.
    fn unseen(&self) -> String {
        if self.access.only_limited {
            return OUTSIDE.to_owned();
        }
        let mut roles = self.each_role();
        roles.retain(|role| is_elsewhere(&role.3));
        let names: Vec<String> = roles.into_iter().map(|role| format!("role \"{}\"", role.0)).collect();
        match names.is_empty() {
            true => UNSEEN.to_owned(),
            false => format!("{UNSEEN} Limited to modules that the table is not in: {}.", names.join(", ")),
        }
    }

    fn table(&self) -> Line {
        let (answer, rule) = match &self.protection {
            None => ("not protected", WITHOUT_TENANCY.to_owned()),
            Some(Protection { tenant: Some(tenant), kind, .. }) => {
                let column = quote_identifier(&tenant.name);
                match kind {
                    Kind::Optional => {
                        ("optional", format!("{column} names the tenant of a row; a row without one is public."))
                    }
                    _ => ("required", format!("{column} names the tenant of a row.")),
                }
            }
            Some(_) => ("untenanted", format!("Its rows have no tenant. {WITHOUT_TENANCY}")),
        };
        ("table", answer.to_owned(), rule)
    }

    const fn mode_in_words(&self) -> Option<&'static str> {
        match self.mode {
            Mode::Enforce => None,
            Mode::Off => Some("Nothing is enforced."),
            Mode::Warn => Some("What would be refused passes with a warning."),
            Mode::Setup => Some("Only sessions that administer act."),
        }
    }

    fn context(&self) -> Line {
        let who = match &self.identity {
            Identity::User { id, .. } => format!("user {id}"),
            Identity::Tenant { id, role } => format!("role \"{role}\" at {}", self.named(*id)),
            Identity::Nobody => "nobody".to_owned(),
        };
        if self.access.home.is_some() {
            let home = self.access.home.map(|home| self.named(home)).unwrap_or_default();
            return ("context", who, format!("Home is {home}; {}.", self.roles()));
        }
        let why = match &self.identity {
            Identity::User { id, .. } if self.full && self.mode != Mode::Setup => {
                let read = |row: &Row| row.must::<String>(1);
                owner::run(|| USER.with(|q| q.first(&[arg(to_pg(*id))], Sees::Latest, read)))
            }
            _ => None,
        };
        ("context", who, why.unwrap_or_else(|| "Whoever has not entered is nobody, and sees nothing.".to_owned()))
    }

    /// The roles that the context has, each with its two kinds of access and what it alone would give on this table.
    fn each_role(&self) -> Vec<(String, String, String, Option<Rc<Access>>)> {
        let (user, role) = match &self.identity {
            Identity::User { id, role } => (Some(*id), role.as_deref()),
            Identity::Tenant { role, .. } => (None, Some(role.as_str())),
            Identity::Nobody => return Vec::new(),
        };
        let read = |row: &Row| (row.must::<String>(1), row.must(2), row.must(3));
        let args = [user.map(to_pg).and_then(arg), role.and_then(arg)];
        let roles = owner::run(|| ROLES.with(|q| q.rows(&args, Sees::Latest, read)));
        let alone = |name: &str| match &self.identity {
            Identity::User { id, .. } => access::resolve(&Identity::User { id: *id, role: Some(name.to_owned()) }),
            other => access::resolve(other),
        };
        let here = |access: Rc<Access>| access.in_modules(&self.modules).map_or(access, Rc::new);
        roles.into_iter().map(|(name, reads, writes)| (name.clone(), reads, writes, alone(&name).map(here))).collect()
    }

    fn roles(&self) -> String {
        let each = self.each_role();
        let roles: Vec<String> =
            each.iter().map(|(name, reads, writes, _)| format!("\"{name}\" reads {reads}, writes {writes}")).collect();
        format!("role{} {}", if roles.len() == 1 { "" } else { "s" }, roles.join("; "))
    }

    fn row(&self, whose: Whose) -> Line {
        let answer = match whose {
            Whose::Tenants(id) => format!("of {}", self.named(id)),
            Whose::Nobodys if self.tenanted() => "public".to_owned(),
            Whose::Nobodys => "nobody's".to_owned(),
            Whose::UnknownTenants => "of a tenant that does not exist".to_owned(),
        };
        let inactive = |id| hierarchy::tenant(id).is_some_and(|tenant| !tenant.active);
        let rule = match whose {
            Whose::Tenants(id) if inactive(id) => {
                "The tenant is inactive: only sessions that administer reach its rows."
            }
            Whose::Tenants(id) if hierarchy::tenant(id).is_some_and(|t| t.parked) => {
                "Its rows are parked: only roles that read all tenants reach them."
            }
            _ => "",
        };
        ("row", answer, rule.to_owned())
    }

    /// The tenant by its name, for whom may know of it: a lax mode shows its rows, not its name.
    fn named(&self, id: uuid::Uuid) -> String {
        let known = self.full || self.access.home == Some(id) || self.access.knows(&id);
        let name = hierarchy::name(id).filter(|_| known);
        name.map_or_else(|| "another tenant".to_owned(), |name| format!("tenant \"{name}\""))
    }

    fn tenanted(&self) -> bool {
        self.protection.as_ref().is_some_and(|protection| protection.tenant.is_some())
    }

    /// Privileges first, as PostgreSQL does, then tenancy, then what others have added to it.
    fn decide(&self, doing: Doing, whose: Whose) -> (bool, String) {
        if let Some(role) = self.database_role.as_ref().filter(|role| !role.may[doing as usize]) {
            let privilege = doing.aspect().replace("read", "select").to_uppercase();
            return (false, format!("Database role \"{}\" has no {privilege} privilege.", role.name));
        }
        if !self.tenanted() {
            return (true, WITHOUT_TENANCY.to_owned());
        }
        if let Some((name, why)) = self.database_role.as_ref().and_then(|r| r.exempt.as_ref().map(|why| (&r.name, why)))
        {
            return (true, format!("Database role \"{name}\" {why}: row security does not bind it."));
        }
        if self.mode == Mode::Off {
            return (true, "The mode is off.".to_owned());
        }
        let (mut allowed, mut rule) = self.by_tenancy(doing, whose);
        if allowed && doing != Doing::Reading && !self.by_tenancy(Doing::Reading, whose).0 {
            (allowed, rule) = (false, format!("{rule} But a statement only finds rows that the session may read."));
        }
        if !allowed && self.mode == Mode::Warn {
            (allowed, rule) = (true, format!("The mode is warn. Else not: {rule}"));
        }
        let restrictive = self.database_role.as_ref().and_then(|role| role.restrictive.as_ref());
        match restrictive {
            Some(policies) if allowed => (allowed, format!("{rule} Restrictive policies have a say, too: {policies}.")),
            _ => (allowed, rule),
        }
    }

    fn by_tenancy(&self, doing: Doing, whose: Whose) -> (bool, String) {
        match whose {
            _ if self.access.home.is_none() => (false, "Nobody acts.".to_owned()),
            Whose::Nobodys if self.access.only_limited => (false, OUTSIDE.to_owned()),
            Whose::Nobodys if doing == Doing::Reading => (true, "Everybody who acts reads public rows.".to_owned()),
            Whose::Nobodys => {
                let rule = "Public rows are written by users of the service provider whose role updates public data.";
                (self.access.writes_public, rule.to_owned())
            }
            Whose::UnknownTenants => (false, "There is no such tenant.".to_owned()),
            Whose::Tenants(tenant) => self.by_roles(doing, tenant),
        }
    }

    fn by_roles(&self, doing: Doing, tenant: uuid::Uuid) -> (bool, String) {
        let allowed = doing.of(&self.access).ids.contains(&tenant);
        let in_words = |(name, reads, writes, alone): &(String, String, String, Option<Rc<Access>>)| {
            let elsewhere = if is_elsewhere(alone) { ", in modules that this table is not in" } else { "" };
            match doing {
                Doing::Reading => format!("\"{name}\" reads {reads}{elsewhere}"),
                _ => format!("\"{name}\" writes {writes}{elsewhere}"),
            }
        };
        let roles = self.each_role();
        let gives =
            |access: &Option<Rc<Access>>| access.as_ref().is_some_and(|access| doing.of(access).ids.contains(&tenant));
        let giving: Vec<String> = roles.iter().filter(|role| gives(&role.3)).map(in_words).collect();
        let all: Vec<String> = roles.iter().map(in_words).collect();
        let rule = match (allowed, giving.is_empty()) {
            (true, false) => format!("Role {}.", giving.join("; role ")),
            (true, true) => "The session administers.".to_owned(),
            (false, _) => format!("No role reaches {}: {}.", self.named(tenant), all.join("; ")),
        };
        (allowed, rule)
    }

    /// Whose the row is. By the rights of the table's owner for those who administer; else the caller's own query.
    fn find(&self, key: JsonB) -> Result<Option<Whose>, Refusal> {
        let tenant = self.protection.as_ref().and_then(|protection| protection.tenant.as_ref());
        let column = tenant.map_or("null".to_owned(), |t| format!("r.{}::pg_catalog.text", quote_identifier(&t.name)));
        let (relation, condition) = (relations::qualified(self.relation), self.condition(&key)?);
        let values = [("tenant", column.as_str()), ("relation", &relation), ("condition", &condition)];
        let text = template::fill(include_str!("../sql/templates/row_by_key.sql"), &values);
        let look = || {
            let read = |row: &Row| row.get::<String>(1);
            spi::once(&text, &[pg_sys::JSONBOID], &[arg(key)], Sees::Statement, read).into_iter().next()
        };
        let may_read = self.database_role.as_ref().is_none_or(|role| role.may[0]);
        let found = match may_read {
            _ if self.full || self.queries_all => owner::run_pinned_as_owner_of(self.relation, look),
            true => look(),
            false => None,
        };
        let whose = |value: String| match tenant.map(|tenant| tenant.key) {
            Some(KeyType::Uuid) => value.parse().ok(),
            _ => value.parse().ok().and_then(hierarchy::tenant_by_number),
        };
        Ok(found.map(|value| match value {
            None => Whose::Nobodys,
            Some(value) => {
                whose(value).filter(|id| hierarchy::tenant(*id).is_some()).map_or(Whose::UnknownTenants, Whose::Tenants)
            }
        }))
    }

    /// The key as a condition: each column compared as the primary key compares it.
    fn condition(&self, key: &JsonB) -> Result<String, Refusal> {
        let read = |row: &Row| (row.must::<String>(1), row.must::<String>(2), row.must::<String>(3));
        let mut columns = owner::run(|| KEY.with(|q| q.rows(&[arg(self.relation)], Sees::Latest, read)));
        if columns.is_empty() {
            // As violations() names the rows of tables without one.
            columns = vec![("ctid".to_owned(), "pg_catalog.tid".to_owned(), "operator(pg_catalog.=)".to_owned())];
        }
        let given: Vec<&String> = key.0.as_object().map(|object| object.keys().collect()).unwrap_or_default();
        if given.len() != columns.len() || columns.iter().any(|(name, ..)| !given.contains(&name)) {
            let columns = columns.into_iter().map(|column| column.0).collect::<Vec<_>>().join(", ");
            return Err(TrustRefusal::KeyColumns { relation: relations::qualified(self.relation), columns }.into());
        }
        let condition = |(name, type_name, operator): &(String, String, String)| {
            let value = format!("($1 operator(pg_catalog.->>) {})::{type_name}", quote_literal(name));
            format!("r.{} {operator} {value}", quote_identifier(name))
        };
        Ok(columns.iter().map(condition).collect::<Vec<_>>().join(" and "))
    }
}

/// Is a role, by what it alone would give on the table, limited to modules that the table is not in?
fn is_elsewhere(alone: &Option<Rc<Access>>) -> bool {
    alone.as_ref().is_some_and(|access| access.only_limited)
}

const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Off => "off",
        Mode::Setup => "setup",
        Mode::Warn => "warn",
        Mode::Enforce => "enforce",
    }
}
