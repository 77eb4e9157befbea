//! What weakens isolation in the database as it is: `lint`, `assert_isolated`.
//!
//! Each check is a query of `sql/queries/lint/`, named by its code, that gives the object, the finding, and what removes it.
//! They look into catalogs and our own tables only: nothing of the users' runs.

use std::collections::HashMap;

use pgrx::iter::TableIterator;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::quote_literal;
use pgrx::{name, pg_extern};

use crate::catalog::drift::{self, Drift};
use crate::error::{Refusal, TrustRefusal};
use crate::pg::owner;
use crate::pg::spi::{self, Row, Sees, query};
use crate::session;

query!(SUPPRESSIONS, "lint_suppressions.sql", &[]);

/// Does the finding mean that a tenant can get at another's rows, that it may come to that, or something to know?
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    Error,
    Warning,
    Notice,
}

struct Check {
    code: &'static str,
    severity: Severity,
    text: &'static str,
}

/// The ledger of codes: they are stable, and each has a section in docs/lint.md.
macro_rules! ledger {
    ($($severity:ident $code:literal)*) => {
        &[$(Check {
            code: $code,
            severity: Severity::$severity,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/queries/lint/", $code, ".sql")),
        }),*]
    };
}

#[rustfmt::skip]
const CHECKS: &[Check] = ledger! {
    // how strictly
    Error   "mode_lax"
    Notice  "mode_setup"
    Error   "event_trigger_disabled"
    Error   "own_trigger_disabled"
    Warning "setting_weakens"
    Warning "setting_granted"
    Warning "server_outdated"

    // who
    Error   "application_is_exempt"
    Error   "application_is_owner"
    Error   "application_sets_guards"
    Warning "protect_granted"
    Warning "application_sees_queries"
    Warning "application_has_role"
    Error   "enter_granted_to_public"
    Notice  "enter_tenant_granted"
    Warning "db_role_missing"
    Notice  "login_is_exempt"
    Warning "login_can_become_exempt"
    Warning "login_creates_roles"
    Warning "owner_can_log_in"
    Notice  "login_can_become_owner"
    Warning "session_is_exempt"
    Warning "authentication_trusts"
    Error   "token_secrets_readable"
    Notice  "token_key_names_tenants"
    Notice  "token_key_expired"

    // tables
    Error   "table_unprotected"
    Notice  "table_undeclared"
    Warning "governed_table_open"
    Warning "governed_schema_gone"
    Error   "foreign_part"
    Error   "part_of_unprotected"
    Warning "foreign_table"
    Warning "index_missing"
    Warning "index_approximate"
    Warning "unique_values"
    Warning "unique_numbers"
    Notice  "unique_generated"

    // references
    // first: such a table is not adopted
    Error   "reference_of_others"
    Error   "reference_from_unprotected"
    Warning "reference_not_validated"
    Notice  "reference_cascades"

    // views and code
    Error   "view_of_exempt_owner"
    Warning "view_without_invoker"
    Error   "materialized_view"
    Error   "definer_reads"
    Warning "definer_suspected"
    Warning "definer_for_everybody"
    Warning "definer_search_path"
    Warning "function_untrusted"
    Warning "leakproof_of_others"
    Warning "code_of_others"
    Warning "trigger_of_others"
    Warning "trigger_definer"
    Warning "trigger_too_late"
    Warning "rule_on_table"

    // privileges, names
    Warning "privilege_excessive"
    Notice  "administration_lockable"
    Warning "default_privileges"
    Warning "schema_writable"
    Warning "search_path_shadows"
    Error   "statistics_readable"
    Error   "files_readable"
    Notice  "sequence_shared"
    Notice  "sequence_counts"
    Warning "large_objects_shared"

    // ways out
    Warning "publication_unfiltered"
    Notice  "publication_filtered"
    Notice  "logical_slot"
    Notice  "prepared_transaction"
    Warning "user_mapping"
    Notice  "extension_reaches_out"
};

/// The same for what `catalog/drift` finds: where a protected table is no longer as protect() made it.
#[rustfmt::skip]
const DRIFTS: &[(&str, Severity)] = &[
    // first: the other remedies need the column
    ("tenant_column_renamed",       Severity::Error),
    ("tenant_column_missing",       Severity::Error),
    ("tenant_column_type",          Severity::Error),
    ("row_security_disabled",       Severity::Error),
    ("row_security_not_forced",     Severity::Error),
    ("policy_missing",              Severity::Error),
    ("policy_changed",              Severity::Error),
    ("policy_permissive",           Severity::Error),
    ("trigger_missing",             Severity::Error),
    ("trigger_changed",             Severity::Error),
    ("trigger_disabled",            Severity::Error),
    ("tenant_column_nullable",      Severity::Warning),
    ("tenant_default",              Severity::Notice),
    ("tenant_key_missing",          Severity::Warning),
    ("tenant_key_not_valid",        Severity::Warning),
    ("reference_deferrable",        Severity::Warning),
    ("key_empties_tenant",          Severity::Error),
    ("reference_unregistered",      Severity::Error),
    ("registry_table",              Severity::Warning),
    ("registry_part",               Severity::Warning),
    ("registry_module",             Severity::Warning),
    ("registry_reference",          Severity::Warning),
    ("policies_without_protection", Severity::Warning),
    ("table_distributed",           Severity::Error),
];

const PRELUDE: &str = include_str!("../sql/queries/lint/prelude.sql");

/// What came of a suppression that outlived its finding.
const UNUSED: &str = "suppression_unused";

/// Why administrators accept findings, by code and object.
type Reasons = HashMap<(String, String), String>;

struct Finding {
    code: &'static str,
    severity: Severity,
    object: String,
    finding: String,
    remedy: Option<String>,
    /// Why an administrator does not want to hear of it.
    suppressed: Option<String>,
}

impl Finding {
    const fn severity(&self) -> &'static str {
        match (&self.suppressed, self.severity) {
            (Some(_), _) => "suppressed",
            (None, Severity::Error) => "error",
            (None, Severity::Warning) => "warning",
            (None, Severity::Notice) => "notice",
        }
    }
}

/// All findings, the worst first.
fn findings() -> Vec<Finding> {
    let mut found: Vec<Finding> = owner::run(|| {
        let read = |row: &Row| ((row.must(1), row.must(2)), row.must(3));
        let reasons: Reasons = SUPPRESSIONS.with(|q| q.rows(&[], Sees::Statement, read)).into_iter().collect();
        let mut found: Vec<Finding> = CHECKS.iter().flat_map(|check| check.run(&reasons)).collect();
        found.extend(drifts(&reasons));
        found.extend(unused(&reasons, &found));
        found
    });
    found.sort_by_key(|f| (f.suppressed.is_some(), f.severity));
    found
}

/// Where protected tables are no longer as protect() made them.
fn drifts(reasons: &Reasons) -> Vec<Finding> {
    let finding = |drift: Drift| {
        let known = DRIFTS.iter().find(|(code, _)| *code == drift.code);
        let (code, severity) = *known.expect("the ledger has every code of catalog/drift");
        Finding {
            code,
            severity,
            suppressed: reasons.get(&(drift.code, drift.object.clone())).cloned(),
            object: drift.object,
            finding: sentence(&drift.finding),
            remedy: Some(drift.remedy),
        }
    };
    let mut found: Vec<Finding> = drift::everywhere().into_iter().map(finding).collect();
    let place = |f: &Finding| DRIFTS.iter().position(|(code, _)| *code == f.code);
    found.sort_by(|a, b| (place(a), &a.object).cmp(&(place(b), &b.object)));
    found
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// Suppressions of what is not found any more.
fn unused(reasons: &Reasons, found: &[Finding]) -> Vec<Finding> {
    let used = |code: &str, object: &str| found.iter().any(|f| f.code == code && f.object == object);
    let unused = reasons.keys().filter(|(code, object)| !used(code, object)).map(|(code, object)| Finding {
        code: UNUSED,
        severity: Severity::Notice,
        object: format!("suppression of {code} {object}"),
        finding: "Nothing like it is found: it would hide what may come later.".to_owned(),
        remedy: Some(format!(
            "delete from tenancy.lint_suppressions where code = {} and object = {}",
            quote_literal(code),
            quote_literal(object),
        )),
        suppressed: None,
    });
    let mut unused: Vec<Finding> = unused.collect();
    unused.sort_by(|a, b| a.object.cmp(&b.object));
    unused
}

impl Check {
    /// What the check asks, after the shared tables that it names, and those that these name: to analyze all of them takes longer
    /// than most checks.
    fn query(&self) -> String {
        let shared = shared();
        let mut needed: Vec<bool> = shared.iter().map(|(name, _)| names(self.text, name)).collect();
        // A check with tables of its own goes on after a comma.
        needed[0] = true;
        // A table names those before it only.
        for nth in (1..shared.len()).rev() {
            for before in 0..nth {
                needed[before] |= needed[nth] && names(shared[nth].1, shared[before].0);
            }
        }
        let texts: Vec<&str> =
            shared.iter().zip(needed).filter_map(|((_, text), needed)| needed.then_some(*text)).collect();
        format!("with recursive\n{}\n{}", texts.join(",\n"), self.text)
    }

    fn run(&self, reasons: &Reasons) -> Vec<Finding> {
        let read = |row: &Row| {
            let object: String = row.must(1);
            Finding {
                code: self.code,
                severity: self.severity,
                suppressed: reasons.get(&(self.code.to_owned(), object.clone())).cloned(),
                object,
                finding: row.must(2),
                remedy: row.get(3),
            }
        };
        let mut found = spi::once(&self.query(), &[], &[], Sees::Statement, read);
        found.sort_by(|a, b| (&a.object, &a.finding).cmp(&(&b.object, &b.finding)));
        found
    }
}

/// The tables of PRELUDE, by name: each ends with a parenthesis on a line of its own, and has its comment before it.
fn shared() -> Vec<(&'static str, &'static str)> {
    let (_, tables) = PRELUDE.split_once("with recursive\n").expect("the prelude is a WITH RECURSIVE");
    let named = |table: &'static str| {
        let declared = table.lines().find(|line| !line.starts_with("--")).unwrap_or_default();
        (declared.split(' ').next().unwrap_or_default(), table.trim_end().trim_end_matches(','))
    };
    tables.split_inclusive("\n),\n").map(named).collect()
}

fn names(text: &str, table: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == table)
}

fn allowed() -> Result<(), Refusal> {
    if session::administers() || owner::current_user_monitors() {
        return Ok(());
    }
    Err(Refusal::AdministratorsOnly { what: "look for what weakens isolation" })
}

/// What weakens isolation. See `tenancy.lint`.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)] // what a set-returning function of pgrx returns
fn lint(
    include_suppressed: Option<bool>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(code, String),
            name!(severity, String),
            name!(object, String),
            name!(finding, String),
            name!(remedy, Option<String>),
        ),
    >,
    ErrorReport,
> {
    allowed()?;
    let rows = findings().into_iter().filter(|f| f.suppressed.is_none() || include_suppressed == Some(true)).map(|f| {
        let severity = f.severity().to_owned();
        let finding = match f.suppressed {
            Some(reason) => format!("{} Suppressed: {reason}", f.finding),
            None => f.finding,
        };
        (f.code.to_owned(), severity, f.object, finding, f.remedy)
    });
    Ok(TableIterator::new(rows.collect::<Vec<_>>()))
}

/// Refuses where there are errors. See `tenancy.assert_isolated`.
#[pg_extern(sql = false)]
fn assert_isolated() -> Result<(), ErrorReport> {
    allowed()?;
    let errors: Vec<String> = findings()
        .into_iter()
        .filter(|f| f.suppressed.is_none() && f.severity == Severity::Error)
        .map(|f| format!("{} ({})", f.object, f.code))
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(Refusal::from(TrustRefusal::NotIsolated { count: errors.len(), findings: errors }).into())
}
