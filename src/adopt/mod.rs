//! Bringing a table with data under tenancy while others go on writing: `adopt`.
//!
//! Where the procedure may commit, it does so after each step and each batch of rows, and what it has done so far is
//! found again when it is called again: rows without a tenant are those that are left.

mod filling;
mod trigger;

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{pg_extern, pg_sys, spi::quote_identifier};
use uuid::Uuid;

use crate::catalog::offenders;
use crate::catalog::protection::{self, KeyType, Kind, Protection, TenantColumn};
use crate::catalog::{from_pg, hierarchy};
use crate::error::{AdoptionRefusal, Refusal, given};
use crate::model::template;
use crate::pg::procedures::{self, Steps};
use crate::pg::spi::{self, Sees, arg, query};
use crate::pg::{expressions, locks, owner, quiet, relations};
use crate::progress::{Operation, Phase, Progress};
use crate::protect::{self, IndexCreation};
use crate::{parts, referring};
use filling::Filling;

query!(BEGIN_ADOPTION, "begin_adoption.sql", &[pg_sys::REGCLASSOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::BOOLOID]);
query!(END_ADOPTION, "end_adoption.sql", &[pg_sys::REGCLASSOID]);
query!(HAS_CHECK, "has_check.sql", &[pg_sys::OIDOID, pg_sys::TEXTOID]);

const TRIGGER: &str = "zz_tenancy_adopt";
const CHECK: &str = "tenancy_adopting";

/// Brings a table under tenancy. See `tenancy.adopt`.
#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments)] // what the procedure is given
fn adopt(
    relation: Option<pg_sys::Oid>,
    kind: Option<&str>,
    tenant_column: Option<&CStr>,
    assign_to: Option<pgrx::Uuid>,
    tenant_expression: Option<&str>,
    by_reference: Option<&CStr>,
    tenant_type: Option<&str>,
    create_index: Option<&str>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> Result<(), ErrorReport> {
    let relation = given(relation, "adopt", "relation")?;
    let kind = given(kind, "adopt", "kind")?;
    let kind = Kind::by_name(kind).ok_or_else(|| Refusal::UnknownKind { kind: kind.to_owned() })?;
    let wish = Wish {
        relation,
        kind,
        column: given(tenant_column, "adopt", "tenant_column")?.to_string_lossy().into_owned(),
        assign_to: assign_to.map(from_pg),
        expression: tenant_expression.map(str::to_owned),
        reference: by_reference.map(|name| name.to_string_lossy().into_owned()),
        column_type: given(tenant_type, "adopt", "tenant_type")?.to_owned(),
        index: IndexCreation::by_name(given(create_index, "adopt", "create_index")?)?,
    };
    protect::check_owner(relation)?;
    Ok(quiet::run(|| procedures::run(fcinfo, |steps| wish.adopt(steps)))?)
}

/// What the caller asks for.
struct Wish {
    relation: pg_sys::Oid,
    kind: Kind,
    column: String,
    assign_to: Option<Uuid>,
    expression: Option<String>,
    reference: Option<String>,
    column_type: String,
    index: IndexCreation,
}

impl Wish {
    fn adopt(self, steps: &Steps) -> Result<(), Refusal> {
        let progress = Progress::start(Operation::Adopt, self.relation);
        if self.kind == Kind::Untenanted {
            return owner::run(|| protect::protect_adopted(self.relation, self.kind, self.column, self.index, false));
        }
        let adopting = owner::run(|| self.begin(steps, &progress))?;
        steps.commit();
        adopting.fill(steps)?;
        adopting.prove(steps)?;
        owner::run(|| adopting.create_index());
        steps.commit();
        owner::run(|| adopting.finish(self.index))
    }

    /// The column, the way in which rows written meanwhile get their tenant, and the note that the adoption has begun.
    fn begin<'a>(&self, steps: &Steps, progress: &'a Progress) -> Result<Adopting<'a>, Refusal> {
        protect::check_relation(self.relation, self.kind)?;
        if protection::protection(self.relation).is_some() {
            return Err(Refusal::AlreadyProtected { relation: relations::qualified(self.relation) });
        }
        if let Some(reason) = self.expression.as_deref().and_then(expressions::why_not_one) {
            return Err(AdoptionRefusal::NoExpression { reason }.into());
        }
        parts::refuse_foreign(self.relation)?;
        parts::refuse_taken_names(self.relation)?;
        parts::refuse_planted_triggers(self.relation)?;
        referring::refuse_keys_of_others(&[self.relation])?;
        if self.assign_to.is_some_and(|tenant| hierarchy::tenant(tenant).is_none()) {
            return Err(AdoptionRefusal::UnknownAssignTo.into());
        }
        locks::access_exclusive(self.relation);
        let name = relations::qualified(self.relation);
        let is_new = relations::column_number(self.relation, &self.column).is_none();
        let by_default = is_new && self.expression.is_none() && self.reference.is_none();
        let key_type = if is_new { self.key_of_new_column()? } else { self.key_of_column(&name)? };
        let value = self.value(key_type.0, &key_type.1)?;
        let args = [arg(self.relation), arg(self.column.as_str()), value.as_deref().and_then(arg), arg(by_default)];
        let by_default = BEGIN_ADOPTION
            .with(|q| q.first(&args, Sees::Statement, |row| row.must::<bool>(1)))
            .expect("the statement gives the row that it writes");
        let column = quote_identifier(&self.column);
        if is_new {
            let default = value.as_ref().filter(|_| by_default).map_or(String::new(), |v| format!(" default {v}"));
            spi::run(&format!("alter table {name} add column {column} {}{default}", key_type.1));
        }
        let tenant = TenantColumn { name: self.column.clone(), key: key_type.0 };
        let protection = Protection { root: self.relation, kind: self.kind, tenant: Some(tenant.clone()) };
        let adopting = Adopting { protection, tenant, value, by_default, index: self.index, progress };
        adopting.try_value()?;
        if !by_default && !steps.are_one_transaction() {
            adopting.add_triggers();
        }
        Ok(adopting)
    }

    fn key_of_new_column(&self) -> Result<(KeyType, String), Refusal> {
        let key = match self.column_type.as_str() {
            "uuid" => KeyType::Uuid,
            "bigint" | "integer" => KeyType::Number,
            given => return Err(AdoptionRefusal::UnknownTenantType { given: given.to_owned() }.into()),
        };
        Ok((key, self.column_type.clone()))
    }

    fn key_of_column(&self, name: &str) -> Result<(KeyType, String), Refusal> {
        let facts = protect::column_facts(self.relation, name, &self.column)?;
        Ok((facts.key, facts.type_name))
    }

    /// What a row's tenant is, as SQL that speaks of the row by the table's name; None where it has none.
    fn value(&self, key: KeyType, type_name: &str) -> Result<Option<String>, Refusal> {
        let fallback = self.assign_to.map(|tenant| match key {
            KeyType::Uuid => format!("'{tenant}'::{type_name}"),
            KeyType::Number => {
                let number = hierarchy::tenant(tenant).map(|tenant| tenant.number).unwrap_or_default();
                format!("({number})::{type_name}")
            }
        });
        let first = match (&self.expression, &self.reference) {
            (Some(_), Some(_)) => return Err(AdoptionRefusal::TwoSources.into()),
            // In lines of its own: a comment at its end ends there.
            (Some(expression), None) => Some(format!("(\n{expression}\n)::{type_name}")),
            (None, Some(constraint)) => Some(self.tenant_of_reference(constraint, key)?),
            (None, None) => None,
        };
        Ok(match (first, fallback) {
            (Some(first), Some(fallback)) => Some(format!("coalesce({first}, {fallback})")),
            (first, fallback) => first.or(fallback),
        })
    }

    fn tenant_of_reference(&self, constraint: &str, key: KeyType) -> Result<String, Refusal> {
        let refused = || AdoptionRefusal::NoReferenceToTenants {
            relation: relations::qualified(self.relation),
            constraint: constraint.to_owned(),
        };
        let found = protection::foreign_key(self.relation, constraint).ok_or_else(refused)?;
        let parent = protection::protection(found.parent).and_then(|p| p.tenant).filter(|t| t.key == key);
        let alias = quote_identifier(relations::name(self.relation));
        let conditions: Vec<String> = (found.parent_columns.iter().zip(&found.child_columns).zip(&found.operators))
            .map(|((parent, child), operator)| {
                format!("p.{} {operator} {alias}.{}", quote_identifier(parent), quote_identifier(child))
            })
            .collect();
        let values = [
            ("tenant", quote_identifier(&parent.ok_or_else(refused)?.name)),
            ("parent", relations::qualified(found.parent)),
            ("condition", conditions.join(" and ")),
        ];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        Ok(template::fill(include_str!("../../sql/templates/tenant_of_reference.sql"), &values))
    }
}

/// A table on its way.
struct Adopting<'a> {
    protection: Protection,
    tenant: TenantColumn,
    value: Option<String>,
    by_default: bool,
    index: IndexCreation,
    progress: &'a Progress,
}

impl Adopting<'_> {
    fn relation(&self) -> pg_sys::Oid {
        self.protection.root
    }

    /// Its name at this moment: it may be given another one between two steps.
    fn name(&self) -> String {
        relations::qualified(self.relation())
    }

    fn column(&self) -> String {
        quote_identifier(&self.tenant.name)
    }

    /// Before others write by it: what cannot be evaluated, or not by the owner, is refused while nothing has happened yet.
    fn try_value(&self) -> Result<(), Refusal> {
        let Some(value) = &self.value else { return Ok(()) };
        // By itself first: our statements have parameters, of which it knows nothing.
        let alias = quote_identifier(relations::name(self.relation()));
        let text = format!("update only {} as {alias} set {} = {value}", self.name(), self.column());
        owner::run_pinned_as_owner_of(self.relation(), || drop(spi::Plan::new(&text, &[])));
        parts::with_rows(self.relation()).into_iter().try_for_each(|part| Filling::of(self, part, value).try_out())
    }

    fn add_triggers(&self) {
        let column = self.column();
        for part in parts::with_own_constraints(self.relation()) {
            if !parts::has_trigger(part, TRIGGER) {
                let values = [("relation", relations::qualified(part)), ("column", column.clone())];
                let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
                spi::run(&template::fill(include_str!("../../sql/templates/adopting_trigger.sql"), &values));
            }
        }
    }

    /// Gives all rows their tenant that have none. From when the triggers are there, no row without a tenant is written, so
    /// that going through the blocks that there are then is enough.
    fn fill(&self, steps: &Steps) -> Result<(), Refusal> {
        let Some(value) = self.value.as_ref().filter(|_| !self.by_default) else { return Ok(()) };
        let mut left = Vec::new();
        // Those that are dropped between two steps have no rows any longer.
        let is_there = |part: &pg_sys::Oid| relations::exists(*part);
        for part in owner::run(|| parts::with_rows(self.relation())).into_iter().filter(is_there) {
            self.progress.relation(part);
            self.progress.phase(Phase::Assigning);
            left.extend(Filling::of(self, part, value).all(steps)?);
            steps.commit();
        }
        self.progress.phase(Phase::WaitingForRows);
        for (part, blocks) in left.into_iter().filter(|(part, _)| is_there(part)) {
            Filling::of(self, part, value).wait(&blocks, steps)?;
        }
        Ok(())
    }

    /// Constraints that say that every row has a tenant that exists, validated while others write, so that protecting need
    /// not look at the rows again while nobody may.
    fn prove(&self, steps: &Steps) -> Result<(), Refusal> {
        self.progress.relation(self.relation());
        self.progress.phase(Phase::CheckingRows);
        let found: Vec<_> = owner::run(|| parts::with_own_constraints(self.relation()))
            .into_iter()
            .flat_map(|part| offenders::of_table(part, &self.protection))
            .collect();
        if let Some(refusal) = offenders::refusal(self.relation(), &found) {
            return Err(refusal);
        }
        if steps.are_one_transaction() {
            return Ok(());
        }
        owner::run(|| self.add_check());
        steps.commit();
        if self.protection.kind == Kind::Required {
            let validate = format!("alter table {} validate constraint {CHECK}", self.name());
            owner::run_pinned_as_owner_of(self.relation(), || spi::run(&validate));
            steps.commit();
        }
        // A partitioned table can have no foreign key that is not valid yet, before PostgreSQL 18.
        for part in owner::run(|| parts::with_own_constraints(self.relation())) {
            if relations::exists(part) && !relations::is_partitioned(part) {
                owner::run(|| parts::add_tenant_key(part, &self.tenant));
                steps.commit();
                owner::run(|| parts::validate_tenant_key(part, &self.tenant));
                steps.commit();
            }
        }
        Ok(())
    }

    fn has_check(&self) -> bool {
        let args = [arg(self.relation()), arg(CHECK)];
        !HAS_CHECK.with(|q| q.rows(&args, Sees::Latest, |_| ())).is_empty()
    }

    fn add_check(&self) {
        if self.protection.kind == Kind::Required && !self.has_check() {
            let column = self.column();
            spi::run(&format!(
                "alter table {} add constraint {CHECK} check ({column} is not null) not valid",
                self.name()
            ));
        }
    }

    /// Writers wait while it is built, readers do not.
    fn create_index(&self) {
        let has = protect::column_facts(self.relation(), &self.name(), &self.tenant.name).is_ok_and(|f| f.has_index);
        if !has && self.index == IndexCreation::Now {
            self.progress.phase(Phase::Indexing);
            spi::run(&format!("create index on {} ({})", self.name(), self.column()));
        }
    }

    /// What the adoption needed goes, protection comes, in one transaction.
    fn finish(&self, index: IndexCreation) -> Result<(), Refusal> {
        self.progress.phase(Phase::Waiting);
        parts::lock_out_around(self.relation());
        locks::access_exclusive_with_parts(self.relation());
        for part in parts::with_own_constraints(self.relation()) {
            parts::drop_trigger(part, TRIGGER);
            if !relations::is_partitioned(part) {
                // It may have been exchanged since it was proven.
                parts::validate_tenant_key(part, &self.tenant);
            }
        }
        let (name, column) = (self.name(), self.column());
        if self.by_default {
            spi::run(&format!("alter table {name} alter column {column} drop default"));
        }
        if self.protection.kind == Kind::Required {
            let command = format!("alter table {name} alter column {column} set not null");
            owner::run_pinned_as_owner_of(self.relation(), || spi::run(&command));
            if self.has_check() {
                spi::run(&format!("alter table {name} drop constraint {CHECK}"));
            }
        }
        let column = self.tenant.name.clone();
        protect::protect_adopted(self.relation(), self.protection.kind, column, index, true)?;
        END_ADOPTION.with(|q| q.rows(&[arg(self.relation())], Sees::Statement, |_| ()));
        Ok(())
    }
}
