-- What is recorded in activity, besides what modes record: src/activity.rs, src/session/entries.rs

create function tenancy.record_changes() returns trigger
  language c
  as 'MODULE_PATHNAME', 'record_changes_wrapper';

comment on function tenancy.record_changes() is 'trigger: records in activity what a statement changed';

create function tenancy.forget_activity(older_than interval) returns bigint
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'forget_activity_wrapper';

comment on function tenancy.forget_activity(interval) is
  'delete what happened longer ago; returns how many rows; for superusers, until they grant it';

create function tenancy.keep_activity() returns trigger
  language c
  as 'MODULE_PATHNAME', 'keep_activity_wrapper';

comment on function tenancy.keep_activity() is 'trigger: what is recorded is changed and deleted by superusers only';

revoke all on function tenancy.record_changes(), tenancy.forget_activity(interval), tenancy.keep_activity() from public;

create trigger kept before update or delete on tenancy.activity for each statement execute function tenancy.keep_activity();
alter table tenancy.activity enable always trigger kept;

-- Time, not id: rows of refused entries come later than what happened after them.
create index activity_happened_at_idx on tenancy.activity (happened_at);

do $$
declare
  name text;
begin
  foreach name in array array['installation', 'tenants', 'contacts', 'users', 'user_roles', 'roles', 'custom_groups',
    'system_group_texts', 'tenant_group_members', 'modules', 'module_tables', 'role_modules', 'protection', 'reference_settings',
    'governed_schemas', 'domains', 'quotas', 'token_keys', 'lint_suppressions', 'referring_owners'] loop
    execute format('create trigger insert_recorded after insert on tenancy.%I referencing new table as new_rows
      for each statement execute function tenancy.record_changes()', name);
    execute format('create trigger update_recorded after update on tenancy.%I referencing old table as old_rows new table as new_rows
      for each statement execute function tenancy.record_changes()', name);
    execute format('create trigger delete_recorded after delete on tenancy.%I referencing old table as old_rows
      for each statement execute function tenancy.record_changes()', name);
    execute format('alter table tenancy.%I enable always trigger insert_recorded, enable always trigger update_recorded,
      enable always trigger delete_recorded', name);
  end loop;
end
$$;
