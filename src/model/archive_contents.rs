//! What the list of contents of an archive has to be, whoever wrote it: a tenant with tenants below it, and each table once.

use std::collections::HashSet;

use uuid::Uuid;

use super::archive::{Contents, RowsOf, Section, Tenant};

/// Why the contents are not those of an export.
pub fn why_not_exported(contents: &Contents) -> Option<String> {
    if contents.tenants.is_empty() {
        return Some("no tenant".into());
    }
    why_no_tree(&contents.tenants).or_else(|| why_no_sections(&contents.sections))
}

/// Each tenant but the first is below one that comes before it, so that nothing but the first says where they are placed.
fn why_no_tree(tenants: &[Tenant]) -> Option<String> {
    let (mut ids, mut numbers) = (HashSet::new(), HashSet::new());
    for tenant in tenants {
        let id = tenant.id.as_str();
        if !Uuid::parse_str(id).is_ok_and(|read| read.to_string() == id) {
            return Some(format!("{id:?} is not the id of a tenant"));
        }
        let placed = ids.is_empty() || tenant.parent_id.as_deref().is_some_and(|parent| ids.contains(parent));
        if !placed {
            return Some(format!("tenant {id} is not below one that comes before it"));
        }
        if !ids.insert(id) || !numbers.insert(tenant.number) {
            return Some(format!("the id or the number of tenant {id} is another one's"));
        }
    }
    None
}

fn why_no_sections(sections: &[Section]) -> Option<String> {
    let mut seen = HashSet::new();
    for section in sections {
        let (schema, table) = (section.schema.as_str(), section.table.as_str());
        if !seen.insert((schema, table, section.rows_of == RowsOf::Public)) {
            return Some(format!("{schema}.{table} is listed twice"));
        }
        let by_users = schema == "tenancy" && table == "user_roles";
        if section.rows_of == RowsOf::Tenants && section.tenant_column.is_none() && !by_users {
            return Some(format!("nothing says whose the rows of {schema}.{table} are"));
        }
    }
    None
}
