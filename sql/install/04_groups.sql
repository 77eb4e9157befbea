-- Tenant groups: one view over those that administrators made and those that every hierarchy has by itself.

-- src/groups.rs

create function tenancy.change_tenant_group() returns trigger
  language c
  as 'MODULE_PATHNAME', 'change_tenant_group_wrapper';

comment on function tenancy.change_tenant_group() is 'trigger: what INSERT, UPDATE and DELETE on tenant_groups do';

create function tenancy.check_group_names() returns trigger
  language c
  as 'MODULE_PATHNAME', 'check_group_names_wrapper';

comment on function tenancy.check_group_names() is 'trigger: names of groups are unique over custom and system groups';

create function tenancy.complete_group() returns trigger
  language c
  as 'MODULE_PATHNAME', 'complete_group_wrapper';

comment on function tenancy.complete_group() is 'trigger: keeps updated_at';

create function tenancy.check_groups_unused() returns trigger
  language c
  as 'MODULE_PATHNAME', 'check_groups_unused_wrapper';

comment on function tenancy.check_groups_unused() is 'trigger: refuses to delete groups that roles use';

create function tenancy.begin_members() returns trigger
  language c
  as 'MODULE_PATHNAME', 'begin_members_wrapper';

comment on function tenancy.begin_members() is 'trigger: forgets the group of an earlier statement';

create function tenancy.complete_member() returns trigger
  language c
  as 'MODULE_PATHNAME', 'complete_member_wrapper';

comment on function tenancy.complete_member() is 'trigger: only custom groups are given members';

create function tenancy.take_subtenants_in() returns trigger
  language c
  as 'MODULE_PATHNAME', 'take_subtenants_in_wrapper';

comment on function tenancy.take_subtenants_in() is 'trigger: new members bring their subtenants along';

create function tenancy.take_subtenants_out() returns trigger
  language c
  as 'MODULE_PATHNAME', 'take_subtenants_out_wrapper';

comment on function tenancy.take_subtenants_out() is 'trigger: removed members take their subtenants along';

revoke all on function
  tenancy.change_tenant_group(),
  tenancy.check_group_names(),
  tenancy.complete_group(),
  tenancy.check_groups_unused(),
  tenancy.begin_members(),
  tenancy.complete_member(),
  tenancy.take_subtenants_in(),
  tenancy.take_subtenants_out()
from public;

-- System groups are not stored: three for each tenant that has a parent or a subtenant.
create view tenancy.tenant_groups (id, name, description, kind, tenant_id) with (security_invoker = true) as
select c.id, c.name, c.description, 'custom', null::uuid
from tenancy.custom_groups c
union all
select tenancy.system_group_id(t.id, r.relation), coalesce(x.name, t.name || '_' || r.relation),
  coalesce(x.description, r.description || ' ' || t.name), r.relation, t.id
from tenancy.tenants t
cross join (values
  ('subtenants', 'all tenants below'),
  ('supertenants', 'all tenants above'),
  ('relatedtenants', 'the whole hierarchy of')
) r (relation, description)
left join tenancy.system_group_texts x on x.tenant_id = t.id and x.relation = r.relation
where t.parent_id is not null
  or exists (select from tenancy.tenants c where c.parent_id = t.id);

comment on view tenancy.tenant_groups is
  'named sets of tenants: custom groups, and for every tenant in a hierarchy those below, above and related, itself included';
comment on column tenancy.tenant_groups.kind is 'custom, subtenants, supertenants or relatedtenants; of the last three only name and description can be changed';
comment on column tenancy.tenant_groups.tenant_id is 'whose system group it is; NULL for custom groups';
comment on column tenancy.tenant_groups.id is 'by which roles name the group';
comment on column tenancy.tenant_groups.name is 'unique';
comment on column tenancy.tenant_groups.description is 'about the group, for people';

create trigger administrators_only before insert or update or delete on tenancy.tenant_groups
  for each statement execute function tenancy.require_administrator();

create trigger hierarchy_locked before insert or update or delete on tenancy.tenant_groups
  for each statement execute function tenancy.lock_hierarchy('exclusive');

create trigger changed_behind instead of insert or update or delete on tenancy.tenant_groups
  for each row execute function tenancy.change_tenant_group();

-- custom_groups

create trigger hierarchy_locked before insert or update or delete on tenancy.custom_groups
  for each statement execute function tenancy.lock_hierarchy('exclusive');
alter table tenancy.custom_groups enable always trigger hierarchy_locked;

create trigger row_completed before update on tenancy.custom_groups
  for each row execute function tenancy.complete_group();
alter table tenancy.custom_groups enable always trigger row_completed;

create trigger names_unique_after_insert after insert on tenancy.custom_groups
  referencing new table as new_rows
  for each statement execute function tenancy.check_group_names('custom');
alter table tenancy.custom_groups enable always trigger names_unique_after_insert;

create trigger names_unique_after_update after update on tenancy.custom_groups
  referencing new table as new_rows
  for each statement execute function tenancy.check_group_names('custom');
alter table tenancy.custom_groups enable always trigger names_unique_after_update;

create trigger unused_after_delete after delete on tenancy.custom_groups
  referencing old table as old_rows
  for each statement execute function tenancy.check_groups_unused();
alter table tenancy.custom_groups enable always trigger unused_after_delete;

-- system_group_texts

create trigger hierarchy_locked before insert or update on tenancy.system_group_texts
  for each statement execute function tenancy.lock_hierarchy('exclusive');
alter table tenancy.system_group_texts enable always trigger hierarchy_locked;

create trigger names_unique_after_insert after insert on tenancy.system_group_texts
  referencing new table as new_rows
  for each statement execute function tenancy.check_group_names('system');
alter table tenancy.system_group_texts enable always trigger names_unique_after_insert;

create trigger names_unique_after_update after update on tenancy.system_group_texts
  referencing new table as new_rows
  for each statement execute function tenancy.check_group_names('system');
alter table tenancy.system_group_texts enable always trigger names_unique_after_update;

-- tenant_group_members

create trigger groups_forgotten before insert on tenancy.tenant_group_members
  for each statement execute function tenancy.begin_members();
alter table tenancy.tenant_group_members enable always trigger groups_forgotten;

create trigger hierarchy_locked before insert or delete on tenancy.tenant_group_members
  for each statement execute function tenancy.lock_hierarchy('row share');
alter table tenancy.tenant_group_members enable always trigger hierarchy_locked;

create trigger row_completed before insert or update on tenancy.tenant_group_members
  for each row execute function tenancy.complete_member();
alter table tenancy.tenant_group_members enable always trigger row_completed;

create trigger subtenants_taken_in after insert on tenancy.tenant_group_members
  referencing new table as new_rows
  for each statement execute function tenancy.take_subtenants_in();
alter table tenancy.tenant_group_members enable always trigger subtenants_taken_in;

create trigger subtenants_taken_out after delete on tenancy.tenant_group_members
  referencing old table as old_rows
  for each statement execute function tenancy.take_subtenants_out();
alter table tenancy.tenant_group_members enable always trigger subtenants_taken_out;
