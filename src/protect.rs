//! Giving a table the protection of tenancy, and taking it back: `protect`, `release`.

mod retype;

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, ereport, pg_extern, pg_sys};

use crate::catalog::access::{self, Mode};
use crate::catalog::drift::{self, Drift};
use crate::catalog::protection::{self, KeyType, Kind, Protection, TenantColumn};
use crate::catalog::{modules, offenders, published, quotas as catalog_quotas};
use crate::error::{GuardRefusal, ModuleRefusal, ProtectionRefusal, QuotaRefusal, Refusal, given};
use crate::pg::spi::{self, Row, Sees, arg, query};
use crate::pg::{locks, owner, quiet, relations};
use crate::progress::{Operation, Phase, Progress};
use crate::unregistered::{self, Remains};
use crate::{distributed, parts, quotas, referring, session};

query!(RELATION_FACTS, "relation_facts.sql", &[pg_sys::OIDOID]);
query!(TENANT_COLUMN_FACTS, "tenant_column_facts.sql", &[pg_sys::OIDOID, pg_sys::TEXTOID]);
query!(
    ADD_PROTECTION,
    "add_protection.sql",
    &[pg_sys::REGCLASSOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::BOOLOID]
);
query!(REMOVE_PROTECTION, "remove_protection.sql", &[pg_sys::REGCLASSOID]);

/// Protects a table. See `tenancy.protect`.
#[pg_extern(sql = false)]
fn protect(
    relation: Option<pg_sys::Oid>,
    kind: Option<&str>,
    tenant_column: Option<&CStr>,
    create_index: Option<&str>,
) -> Result<Option<String>, ErrorReport> {
    let relation = given(relation, "protect", "relation")?;
    let kind = given(kind, "protect", "kind")?;
    let create_index = given(create_index, "protect", "create_index")?;
    let column = given(tenant_column, "protect", "tenant_column")?.to_string_lossy().into_owned();
    let index = IndexCreation::by_name(create_index)?;
    let kind = Kind::by_name(kind).ok_or_else(|| Refusal::UnknownKind { kind: kind.to_owned() })?;
    check_owner(relation)?;
    let work = || {
        let protecting = Protecting::begin(relation, kind, column, index)?;
        protecting.refuse_what_others_made()?;
        protecting.run()
    };
    Ok(quiet::run(|| owner::run(work))?)
}

/// Protects a table that was adopted. With `proven`, constraints say that every row has a tenant that exists.
pub fn protect_adopted(
    relation: pg_sys::Oid,
    kind: Kind,
    column: String,
    index: IndexCreation,
    proven: bool,
) -> Result<(), Refusal> {
    let protecting = Protecting { proven, ..Protecting::begin(relation, kind, column, index)? };
    protecting.refuse_what_others_made()?;
    if let Some(command) = protecting.run()? {
        notice(format!("an index is still to be created: {command}"));
    }
    Ok(())
}

/// Protects a table that was protected before, as what it has says. Policies that bear the names of ours become ours, and what triggers
/// there are was let pass.
pub fn protect_again(relation: pg_sys::Oid, kind: Kind, column: String) -> Result<(), Refusal> {
    Protecting::begin(relation, kind, column, IndexCreation::Never)?.run().map(|_| ())
}

/// Takes the protection back. See `tenancy.release`.
#[pg_extern(sql = false)]
fn release(relation: Option<pg_sys::Oid>) -> Result<(), ErrorReport> {
    let relation = given(relation, "release", "relation")?;
    check_owner(relation)?;
    if !session::administers() {
        return Err(Refusal::ReleaseNotAllowed { relation: relations::qualified(relation) }.into());
    }
    Ok(quiet::run(|| owner::run(|| take_back(relation)))?)
}

/// Refuses whoever is not the table's owner.
pub fn check_owner(relation: pg_sys::Oid) -> Result<(), Refusal> {
    if owner::current_user_is_superuser() || owner::current_user_owns(relation) {
        return Ok(());
    }
    Err(Refusal::NotOwner { relation: relations::qualified(relation) })
}

/// When an index that begins with the tenant column is created, where there is none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum IndexCreation {
    Now,
    Concurrently,
    Never,
}

impl IndexCreation {
    /// The way with this name.
    pub fn by_name(name: &str) -> Result<Self, Refusal> {
        Ok(match name {
            "now" => Self::Now,
            "concurrently" => Self::Concurrently,
            "never" => Self::Never,
            given => return Err(Refusal::UnknownIndexCreation { given: given.to_owned() }),
        })
    }
}

/// A table on its way to protection.
struct Protecting {
    relation: pg_sys::Oid,
    name: String,
    protection: Protection,
    facts: Option<ColumnFacts>,
    index: IndexCreation,
    progress: Progress,
    /// Every row is known to have a tenant that exists.
    proven: bool,
    /// What it had of tenancy already, without being in the registry.
    remains: Option<Remains>,
}

/// What there is to know of a column that is to name the tenant.
pub struct ColumnFacts {
    pub key: KeyType,
    pub type_name: String,
    /// The default, as SQL.
    pub default: Option<String>,
    pub has_index: bool,
}

impl Protecting {
    /// Looks at the table before anything is changed, and locks it.
    fn begin(relation: pg_sys::Oid, kind: Kind, column: String, index: IndexCreation) -> Result<Self, Refusal> {
        check_relation(relation, kind)?;
        let progress = Progress::start(Operation::Validate, relation);
        progress.phase(Phase::Waiting);
        parts::lock_out_around(relation);
        referring::wait_below(relation);
        locks::access_exclusive_with_parts(relation);
        // Others may have changed it until now.
        check_relation(relation, kind)?;
        let name = relations::qualified(relation);
        if protection::protection(relation).is_some() {
            return Err(Refusal::AlreadyProtected { relation: name });
        }
        parts::refuse_foreign(relation)?;
        parts::refuse_taken_names(relation)?;
        referring::refuse_keys_of_others(&[relation])?;
        let facts = match kind {
            Kind::Untenanted if !modules::of_table(relation).is_empty() => {
                return Err(ModuleRefusal::InModule { relation: name }.into());
            }
            Kind::Untenanted if catalog_quotas::exist_for(relation) => {
                return Err(QuotaRefusal::HasQuotas { relation: name }.into());
            }
            Kind::Untenanted => None,
            _ => Some(column_facts(relation, &name, &column)?),
        };
        let tenant = facts.as_ref().map(|facts| TenantColumn { name: column, key: facts.key });
        Ok(Self {
            relation,
            name,
            protection: Protection { root: relation, kind, tenant },
            facts,
            index,
            progress,
            proven: false,
            remains: unregistered::remains(relation),
        })
    }

    /// Refuses triggers of others, and policies that bear the names of ours and are not.
    fn refuse_what_others_made(&self) -> Result<(), Refusal> {
        parts::refuse_planted_triggers(self.relation)?;
        let differs = |found: &Drift| found.relation == self.relation && found.code == "policy_changed";
        let refused = match &self.protection.tenant {
            Some(tenant) => drift::of_policies(self.relation, tenant).iter().any(differs),
            None => parts::has_policies_named_as_ours(self.relation),
        };
        match refused {
            true => Err(Refusal::PermissivePolicy { relation: self.name.clone() }),
            false => Ok(()),
        }
    }

    fn run(self) -> Result<Option<String>, Refusal> {
        self.progress.phase(Phase::CheckingRows);
        let rows = parts::with_own_constraints(self.relation);
        let found = rows.into_iter().filter(|_| !self.proven).flat_map(|r| offenders::of_table(r, &self.protection));
        let accepted = self.check_rows(found.collect())?;
        self.register();
        if catalog_quotas::exist_for(self.relation) {
            // Nobody has counted them meanwhile.
            quotas::note_loss(self.relation);
        }
        parts::refuse_open_above_at_commit(self.relation)?;
        if let (Some(facts), Some(tenant)) = (&self.facts, &self.protection.tenant) {
            self.alter_column(facts, tenant, accepted);
        }
        self.progress.phase(Phase::Protecting);
        if self.remains.is_some() {
            parts::drop_triggers(self.relation);
        }
        parts::absorb_before_protection(self.relation);
        parts::protect(self.relation, &self.protection, accepted);
        self.progress.phase(Phase::CheckingReferences);
        self.adopt_references()?;
        parts::restore_rules(self.relation);
        self.check_keys()?;
        self.tell_who_publishes();
        Ok(self.create_index())
    }

    /// Refuses rows that break the rules, or says how many there are; true if there is none.
    fn check_rows(&self, found: Vec<offenders::Offender>) -> Result<bool, Refusal> {
        let Some(refusal) = offenders::refusal(self.relation, &found) else { return Ok(true) };
        match access::mode() {
            Mode::Enforce => Err(refusal),
            _ => {
                refusal.warn();
                Ok(false)
            }
        }
    }

    fn register(&self) {
        let tenant = self.protection.tenant.as_ref();
        let kind = match self.protection.kind {
            Kind::Required => "required",
            Kind::Optional => "optional",
            Kind::Untenanted => "untenanted",
        };
        let key = tenant.map(|t| if t.key == KeyType::Uuid { "uuid" } else { "number" });
        let column = tenant.and_then(|t| arg(t.name.as_str()));
        let taken_over = self.remains.as_ref().is_some_and(|remains| remains.is_guarded);
        let args = [arg(self.relation), arg(kind), column, key.and_then(arg), arg(taken_over)];
        ADD_PROTECTION.with(|q| q.rows(&args, Sees::LatestToWrite, |_| ()));
    }

    /// NOT NULL and the default. Where offending rows were accepted, the rules hold for new
    /// rows only, until set_mode('enforce').
    fn alter_column(&self, facts: &ColumnFacts, tenant: &TenantColumn, valid: bool) {
        let (table, column) = (&self.name, pgrx::spi::quote_identifier(&tenant.name));
        if self.protection.kind == Kind::Required && valid {
            let command = format!("alter table {table} alter column {column} set not null");
            owner::run_pinned_as_owner_of(self.relation, || spi::run(&command));
        }
        if facts.default.as_ref().is_some_and(|default| !default.starts_with(NAME_OF_DEFAULT)) {
            notice(format!("column {column} of {table} keeps its default"));
        } else {
            spi::run(&format!(
                "alter table {table} alter column {column} set default {}",
                parts::default_of(tenant, false)
            ));
        }
    }

    /// Foreign keys from and to protected tables become reference rules.
    fn adopt_references(&self) -> Result<(), Refusal> {
        let mut found = Vec::new();
        for part in parts::with_own_keys(self.relation) {
            found.extend(parts::adopt_references(part, parts::Known::LookedAtAgain));
        }
        self.check_rows(found)?;
        Ok(())
    }

    /// No foreign key may empty the tenant column.
    fn check_keys(&self) -> Result<(), Refusal> {
        match drift::of(self.relation).into_iter().find(|found| found.code == "key_empties_tenant") {
            Some(Drift { relation, object, finding, remedy, .. }) => Err(GuardRefusal::EmptiesTenant {
                table: relations::qualified(relation),
                what: format!("{object}: {finding}"),
                remedy,
            }
            .into()),
            None => Ok(()),
        }
    }

    /// Who publishes a table decides what its subscribers get, and may have done so on purpose.
    fn tell_who_publishes(&self) {
        for published in published::before(self.relation) {
            Refusal::from(GuardRefusal::PublishedBefore { published }).warn();
        }
    }

    /// The command that is still to be run, if an index is wanted concurrently, which no function can do.
    fn create_index(&self) -> Option<String> {
        let tenant = self.protection.tenant.as_ref()?;
        if self.facts.as_ref()?.has_index || self.index == IndexCreation::Never {
            return None;
        }
        let target = format!("{} ({})", self.name, pgrx::spi::quote_identifier(&tenant.name));
        if self.index == IndexCreation::Concurrently && !relations::is_partitioned(self.relation) {
            return Some(format!("create index concurrently on {target}"));
        }
        self.progress.phase(Phase::Indexing);
        spi::run(&format!("create index on {target}"));
        notice(format!("created an index on {target}, because none began with the tenant column"));
        None
    }
}

/// Refuses what cannot be protected. Where rows have no tenants, tenancy hides none that policies of others could show.
pub fn check_relation(relation: pg_sys::Oid, wanted: Kind) -> Result<(), Refusal> {
    let name = relations::qualified(relation);
    let refuse = |what| Err(Refusal::NotATable { relation: name.clone(), what });
    let facts = RELATION_FACTS.with(|q| {
        let read = |row: &Row| {
            let texts = [row.must::<String>(1), row.must(2), row.must(3)];
            (texts, row.get::<String>(5), row.must::<bool>(6))
        };
        q.first(&[arg(relation)], Sees::Latest, read)
    });
    let Some(([kind, persistence, schema], parent, permissive)) = facts else { return refuse("not there") };
    match (kind.as_str(), persistence.as_str(), schema.as_str()) {
        (_, _, "tenancy") => refuse("a table of this extension"),
        (_, _, "pg_catalog" | "information_schema") => refuse("a table of PostgreSQL"),
        (_, "t", _) => refuse("a temporary table"),
        ("r" | "p", _, _) if parent.is_some() => {
            Err(Refusal::PartOfAnother { relation: name, root: parent.unwrap_or_default() })
        }
        ("r" | "p", _, _) if permissive && wanted != Kind::Untenanted => {
            parts::refuse_permissive(relation)?;
            Err(Refusal::PermissivePolicy { relation: name })
        }
        ("r" | "p", _, _) => distributed::refuse(relation, "to bring a table under tenancy"),
        ("v" | "m", _, _) => refuse("a view"),
        ("f", _, _) => refuse("a foreign table"),
        _ => refuse("not a table"),
    }
}

/// Looks at a column that is to name the tenant.
pub fn column_facts(relation: pg_sys::Oid, name: &str, column: &str) -> Result<ColumnFacts, Refusal> {
    let read = |row: &Row| (row.must::<String>(1), row.get(2), row.must(3), row.get(4));
    let found = TENANT_COLUMN_FACTS.with(|q| q.first(&[arg(relation), arg(column)], Sees::Latest, read));
    let (found, default, has_index, becomes) =
        found.ok_or_else(|| Refusal::UnknownColumn { relation: name.to_owned(), column: column.to_owned() })?;
    let key = match found.as_str() {
        "uuid" => KeyType::Uuid,
        "integer" | "bigint" => KeyType::Number,
        _ => {
            let (relation, column) = (name.to_owned(), column.to_owned());
            return Err(ProtectionRefusal::TenantColumnType { relation, column, found, becomes }.into());
        }
    };
    Ok(ColumnFacts { key, type_name: found, default, has_index })
}

/// How the defaults begin that protect() gives, as PostgreSQL prints them.
const NAME_OF_DEFAULT: &str = "tenancy.writable_tenant";

fn take_back(relation: pg_sys::Oid) -> Result<(), Refusal> {
    let name = relations::qualified(relation);
    let protection =
        protection::protection(relation).ok_or_else(|| Refusal::NotProtected { relation: name.clone() })?;
    if protection.root != relation {
        return Err(Refusal::PartOfAnother { relation: name, root: relations::qualified(protection.root) });
    }
    distributed::refuse(relation, "tenancy.release()")?;
    let progress = Progress::start(Operation::Release, relation);
    progress.phase(Phase::Waiting);
    locks::access_exclusive_with_parts(relation);
    progress.phase(Phase::Protecting);
    parts::release(relation, &protection);
    REMOVE_PROTECTION.with(|q| q.rows(&[arg(relation)], Sees::LatestToWrite, |_| ()));
    Ok(())
}

fn notice(message: String) {
    ereport!(PgLogLevel::NOTICE, PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION, message);
}
