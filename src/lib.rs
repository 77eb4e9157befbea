//! pg_tenancy: multi-tenancy enforced by PostgreSQL itself.
//!
//! Who depends on whom: the capabilities below (which never call each other, but for `violations`, which the mode asks)
//! → `session`, who acts now → `catalog`, the only code that names our tables → `pg`, the only unsafe code.
//! `model` and `error` are used by all and use nothing of ours. `docs/architecture.md` draws the house.

mod activity;
mod administration;
mod adopt;
mod catalog;
mod context;
mod ddl;
mod distributed;
mod domains;
mod error;
mod explain;
mod governed;
mod groups;
mod guards;
mod hierarchy;
mod lifecycle;
mod lint;
mod logins;
mod mend;
mod model;
mod modes;
mod modules;
mod naming;
mod parts;
mod people;
mod pg;
mod planner;
mod policies;
mod privileges;
mod progress;
mod protect;
mod quotas;
mod reassign;
mod reference_rules;
mod references;
mod referring;
mod row_triggers;
mod session;
mod statistics;
mod tenants;
mod token_keys;
mod unregistered;
mod violations;

use pgrx::{extension_sql_file, pg_guard};

pgrx::pg_module_magic!();

extension_sql_file!("../sql/install/01_tables.sql", name = "tables", bootstrap);
extension_sql_file!("../sql/install/02_functions.sql", name = "functions", requires = ["tables"]);
extension_sql_file!("../sql/install/02_hierarchy.sql", name = "hierarchy", requires = ["functions"]);
extension_sql_file!("../sql/install/03_administration.sql", name = "administration", requires = ["hierarchy"]);
extension_sql_file!("../sql/install/04_groups.sql", name = "groups", requires = ["administration"]);
extension_sql_file!("../sql/install/05_policies.sql", name = "own_policies", requires = ["groups"]);
extension_sql_file!("../sql/install/05_referring_owners.sql", name = "referring_owners", requires = ["own_policies"]);
extension_sql_file!("../sql/install/06_protection.sql", name = "protection", requires = ["referring_owners"]);
extension_sql_file!("../sql/install/07_progress.sql", name = "progress", requires = ["protection"]);
extension_sql_file!("../sql/install/08_domains.sql", name = "domains", requires = ["progress"]);
extension_sql_file!("../sql/install/09_modules.sql", name = "modules", requires = ["domains"]);
extension_sql_file!("../sql/install/10_governed.sql", name = "governed", requires = ["modules"]);
extension_sql_file!("../sql/install/11_adoption.sql", name = "adoption", requires = ["governed"]);
extension_sql_file!("../sql/install/12_ordering.sql", name = "ordering", requires = ["adoption"]);
extension_sql_file!("../sql/install/13_lifecycle.sql", name = "lifecycle", requires = ["ordering"]);
extension_sql_file!("../sql/install/14_tokens.sql", name = "tokens", requires = ["lifecycle"]);
extension_sql_file!("../sql/install/15_trust.sql", name = "trust", requires = ["tokens"]);
extension_sql_file!("../sql/install/16_quotas.sql", name = "quotas", requires = ["trust"]);
extension_sql_file!("../sql/install/17_statistics.sql", name = "statistics", requires = ["quotas"]);
extension_sql_file!("../sql/install/18_activity.sql", name = "activity", requires = ["statistics"]);
extension_sql_file!("../sql/install/19_changing.sql", name = "changing", requires = ["activity"]);
extension_sql_file!("../sql/install/20_privileges.sql", name = "privileges", requires = ["changing"]);

/// Called when a backend loads the library: by the first call of one of our functions, or by a preload setting.
#[pg_guard]
extern "C-unwind" fn _PG_init() {
    session::init();
    planner::init();
    pg::hidden_rows::listen(|table| {
        // Gone after DROP EXTENSION.
        pg::relations::by_name(c"tenancy", "protection").is_some() && catalog::protection::table(table).is_some()
    });
    pg::recorder::init(catalog::activity::record_refused);
    pg::invalidation::listen(|relation| {
        if catalog::watched::changed(relation) {
            session::catalog_changed();
        }
        catalog::protection::changed(relation);
    });
    pg::transactions::listen(pg::transactions::Listeners {
        over: || {
            session::transaction_over();
            pg::executions::transaction_over();
            modes::transaction_over();
            parts::transaction_over();
            catalog::held::forget();
            catalog::checked::forget();
            catalog::freed::transaction_over();
            catalog::dropped_rules::transaction_over();
            quotas::transaction_over();
        },
        rolled_back_to: |level| {
            session::rolled_back_to(level);
            catalog::held::forget();
            catalog::checked::forget();
            catalog::dropped_rules::rolled_back_to(level);
            quotas::rolled_back_to(level);
        },
        released: |level| {
            session::released(level);
            catalog::dropped_rules::released(level);
            quotas::released(level);
        },
        before_commit: || {
            quotas::before_commit();
            modes::before_commit();
            parts::before_commit();
            catalog::dropped_rules::before_commit();
            session::before_commit();
        },
    });
}
