-- The rules behind plain INSERT, UPDATE and DELETE on our tables: trigger functions and triggers. All of them fire always,
-- whatever session_replication_role says and in logical replication too. The trigger's name says what it promises.

-- src/administration.rs

create function tenancy.announce_change() returns trigger
  language c
  as 'MODULE_PATHNAME', 'announce_change_wrapper';

comment on function tenancy.announce_change() is 'trigger: tells every backend that what it remembers of the table is out of date';

create function tenancy.require_administrator() returns trigger
  language c
  as 'MODULE_PATHNAME', 'require_administrator_wrapper';

comment on function tenancy.require_administrator() is 'trigger: refuses changes by sessions that do not administer';

create function tenancy.refuse_truncate() returns trigger
  language c
  as 'MODULE_PATHNAME', 'refuse_truncate_wrapper';

comment on function tenancy.refuse_truncate() is 'trigger: refuses TRUNCATE';

create function tenancy.lock_hierarchy() returns trigger
  language c
  as 'MODULE_PATHNAME', 'lock_hierarchy_wrapper';

comment on function tenancy.lock_hierarchy() is 'trigger: makes statements that lean on the hierarchy and statements that change it wait for each other';

create function tenancy.keep_installation() returns trigger
  language c
  as 'MODULE_PATHNAME', 'keep_installation_wrapper';

comment on function tenancy.keep_installation() is 'trigger: keeps the only row of installation; what a dump says of it is taken over';

create function tenancy.check_limits() returns trigger
  language c
  as 'MODULE_PATHNAME', 'check_limits_wrapper';

comment on function tenancy.check_limits() is 'trigger: refuses limits that the tenants already exceed';

revoke all on function
  tenancy.announce_change(),
  tenancy.require_administrator(),
  tenancy.refuse_truncate(),
  tenancy.lock_hierarchy(),
  tenancy.keep_installation(),
  tenancy.check_limits()
from public;

-- src/tenants.rs

create function tenancy.begin_tenants() returns trigger
  language c
  as 'MODULE_PATHNAME', 'begin_tenants_wrapper';

comment on function tenancy.begin_tenants() is 'trigger: locks for new tenants';

create function tenancy.complete_tenant() returns trigger
  language c
  as 'MODULE_PATHNAME', 'complete_tenant_wrapper';

comment on function tenancy.complete_tenant() is 'trigger: fills kind, depth and updated_at; refuses what the row itself shows to be wrong';

create function tenancy.check_new_tenants() returns trigger
  language c
  as 'MODULE_PATHNAME', 'check_new_tenants_wrapper';

comment on function tenancy.check_new_tenants() is 'trigger: parents, circles, depths, limits, contacts and group names of new tenants';

create function tenancy.check_changed_tenants() returns trigger
  language c
  as 'MODULE_PATHNAME', 'check_changed_tenants_wrapper';

comment on function tenancy.check_changed_tenants() is 'trigger: parents, circles, depths, contacts and group names of changed tenants';

create function tenancy.check_subtenants_gone() returns trigger
  language c
  as 'MODULE_PATHNAME', 'check_subtenants_gone_wrapper';

comment on function tenancy.check_subtenants_gone() is 'trigger: refuses to delete a tenant that has subtenants';

create function tenancy.check_deleted_tenants() returns trigger
  language c
  as 'MODULE_PATHNAME', 'check_deleted_tenants_wrapper';

comment on function tenancy.check_deleted_tenants() is 'trigger: refuses to delete a tenant whose system groups are used by roles';

revoke all on function
  tenancy.begin_tenants(),
  tenancy.complete_tenant(),
  tenancy.check_new_tenants(),
  tenancy.check_changed_tenants(),
  tenancy.check_subtenants_gone(),
  tenancy.check_deleted_tenants()
from public;

-- src/people.rs

create function tenancy.complete_role() returns trigger
  language c
  as 'MODULE_PATHNAME', 'complete_role_wrapper';

comment on function tenancy.complete_role() is 'trigger: keeps built-in roles and updated_at';

create function tenancy.check_roles() returns trigger
  language c
  as 'MODULE_PATHNAME', 'check_roles_wrapper';

comment on function tenancy.check_roles() is 'trigger: the groups that roles use exist';

create function tenancy.complete_contact() returns trigger
  language c
  as 'MODULE_PATHNAME', 'complete_contact_wrapper';

comment on function tenancy.complete_contact() is 'trigger: keeps updated_at; the no-tenant has no contacts';

create function tenancy.forget_contacts() returns trigger
  language c
  as 'MODULE_PATHNAME', 'forget_contacts_wrapper';

comment on function tenancy.forget_contacts() is 'trigger: takes deleted contacts out of tenants.contact_id';

create function tenancy.complete_user() returns trigger
  language c
  as 'MODULE_PATHNAME', 'complete_user_wrapper';

comment on function tenancy.complete_user() is 'trigger: fills tenant_id from the contact; db_role exists';

revoke all on function
  tenancy.complete_role(),
  tenancy.check_roles(),
  tenancy.complete_contact(),
  tenancy.forget_contacts(),
  tenancy.complete_user()
from public;

-- Who may change our tables, and that everybody hears of it.
do $$
declare
  name text;
begin
  foreach name in array array['installation', 'tenants', 'contacts', 'users', 'custom_groups', 'system_group_texts',
    'tenant_group_members', 'roles', 'user_roles', 'protection', 'reference_settings', 'hierarchy_lock'] loop
    execute format('create trigger administrators_only before insert or update or delete on tenancy.%I
      for each statement execute function tenancy.require_administrator()', name);
    execute format('alter table tenancy.%I enable always trigger administrators_only', name);
    execute format('create trigger never_truncated before truncate on tenancy.%I
      for each statement execute function tenancy.refuse_truncate()', name);
    execute format('alter table tenancy.%I enable always trigger never_truncated', name);
  end loop;
  -- The tables that catalog/watched.rs and catalog/protection.rs watch.
  foreach name in array array['tenants', 'contacts', 'users', 'user_roles', 'roles', 'custom_groups', 'tenant_group_members',
    'installation', 'protection', 'reference_settings'] loop
    -- Triggers fire in the order of their names: first of all, so that the others work with what is true now.
    execute format('create trigger "00_changes_announced" after insert or update or delete on tenancy.%I
      for each statement execute function tenancy.announce_change()', name);
    execute format('alter table tenancy.%I enable always trigger "00_changes_announced"', name);
    execute format('create trigger replicated_changes_announced after insert or update or delete on tenancy.%I
      for each row execute function tenancy.announce_change()', name);
    execute format('alter table tenancy.%I enable always trigger replicated_changes_announced', name);
  end loop;
end
$$;

create trigger never_truncated before truncate on tenancy.activity
  for each statement execute function tenancy.refuse_truncate();
alter table tenancy.activity enable always trigger never_truncated;

-- installation

create trigger hierarchy_locked before update of max_depth, max_tenants on tenancy.installation
  for each statement execute function tenancy.lock_hierarchy('exclusive');
alter table tenancy.installation enable always trigger hierarchy_locked;

create trigger row_kept before insert or delete on tenancy.installation
  for each row execute function tenancy.keep_installation();
alter table tenancy.installation enable always trigger row_kept;

create trigger limits_checked after update of max_depth, max_tenants on tenancy.installation
  for each statement execute function tenancy.check_limits();
alter table tenancy.installation enable always trigger limits_checked;

-- tenants

create trigger hierarchy_locked_by_insert before insert on tenancy.tenants
  for each statement execute function tenancy.begin_tenants();
alter table tenancy.tenants enable always trigger hierarchy_locked_by_insert;

-- A new name may be that of a group: writers of groups' names lock exclusively.
create trigger hierarchy_locked_by_rename before update of name on tenancy.tenants
  for each statement execute function tenancy.lock_hierarchy('row share');
alter table tenancy.tenants enable always trigger hierarchy_locked_by_rename;

create trigger hierarchy_locked before update of parent_id, allows_subtenants or delete on tenancy.tenants
  for each statement execute function tenancy.lock_hierarchy('exclusive');
alter table tenancy.tenants enable always trigger hierarchy_locked;

create trigger row_completed before insert or update or delete on tenancy.tenants
  for each row execute function tenancy.complete_tenant();
alter table tenancy.tenants enable always trigger row_completed;

-- Triggers fire in the order of their names: this one before those of foreign keys, whose names begin with RI.
create trigger "0_subtenants_gone" after delete on tenancy.tenants
  for each row execute function tenancy.check_subtenants_gone();
alter table tenancy.tenants enable always trigger "0_subtenants_gone";

-- First of all checks: the others may rely on a hierarchy without circles.
create trigger "10_hierarchy_checked" after insert on tenancy.tenants
  referencing new table as new_rows
  for each statement execute function tenancy.check_new_tenants();
alter table tenancy.tenants enable always trigger "10_hierarchy_checked";

create trigger "10_hierarchy_checked_again" after update on tenancy.tenants
  referencing old table as old_rows new table as new_rows
  for each statement execute function tenancy.check_changed_tenants();
alter table tenancy.tenants enable always trigger "10_hierarchy_checked_again";

create trigger groups_unused_after_delete after delete on tenancy.tenants
  referencing old table as old_rows
  for each statement execute function tenancy.check_deleted_tenants();
alter table tenancy.tenants enable always trigger groups_unused_after_delete;

-- roles

create trigger row_completed before insert or update or delete on tenancy.roles
  for each row execute function tenancy.complete_role();
alter table tenancy.roles enable always trigger row_completed;

create trigger groups_exist_after_insert after insert on tenancy.roles
  referencing new table as new_rows
  for each statement execute function tenancy.check_roles();
alter table tenancy.roles enable always trigger groups_exist_after_insert;

create trigger groups_exist_after_update after update on tenancy.roles
  referencing new table as new_rows
  for each statement execute function tenancy.check_roles();
alter table tenancy.roles enable always trigger groups_exist_after_update;

-- contacts and users

create trigger row_completed before insert or update on tenancy.contacts
  for each row execute function tenancy.complete_contact();
alter table tenancy.contacts enable always trigger row_completed;

create trigger contacts_forgotten after delete on tenancy.contacts
  referencing old table as old_rows
  for each statement execute function tenancy.forget_contacts();
alter table tenancy.contacts enable always trigger contacts_forgotten;

create trigger row_completed before insert or update on tenancy.users
  for each row execute function tenancy.complete_user();
alter table tenancy.users enable always trigger row_completed;
