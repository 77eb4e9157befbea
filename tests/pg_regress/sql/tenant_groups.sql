-- Groups: those that every hierarchy has by itself, and those of the administrators.
\c - postgres
create function app.t(text) returns uuid stable language sql as 'select id from tenancy.tenants where name = $1';
create function app.g(text) returns uuid stable language sql as 'select id from tenancy.tenant_groups where name = $1';
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true), ('alone', true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('de', app.t('provider'), true);
insert into tenancy.tenants (name, parent_id) values ('by', app.t('de'));

-- three for every tenant that has a parent or a subtenant; nothing is stored
select name, description, kind, (select t.name from tenancy.tenants t where t.id = tenant_id) tenant
from tenancy.tenant_groups order by name;
table tenancy.system_group_texts;
begin;
insert into tenancy.tenants (name, parent_id) values ('below', app.t('alone'));
select name from tenancy.tenant_groups where name ~ 'alone|below' order by name;
rollback;
-- the id says which group it is, and leads to its tenants
select (select array_agg(t.name order by t.name) from tenancy.group_tenants(g.id) m join tenancy.tenants t on t.id = m) tenants, g.name
from tenancy.tenant_groups g where tenant_id = app.t('de') order by g.name;

-- name and description can be changed, nothing else
update tenancy.tenant_groups set name = 'Germany', description = 'all of Germany' where name = 'de_subtenants' returning name, description, kind;
update tenancy.tenant_groups set description = 'above Germany' where name = 'de_supertenants' returning name, description, kind;
select relation, name, description from tenancy.system_group_texts order by relation;
-- what was not changed goes on following the tenant's name
begin;
update tenancy.tenants set name = 'DE' where name = 'de';
select name, description from tenancy.tenant_groups where tenant_id = app.t('DE') order by kind;
rollback;
-- its own name again, or none: as it was
update tenancy.tenant_groups set name = 'de_subtenants', description = null where name = 'Germany';
select name, description from tenancy.tenant_groups where kind = 'subtenants' and tenant_id = app.t('de');
update tenancy.tenant_groups set name = 'Germany' where name = 'de_subtenants';
update tenancy.tenant_groups set name = null where name = 'Germany';
select name from tenancy.tenant_groups where tenant_id = app.t('de') order by 1;
update tenancy.tenant_groups set name = 'Germany' where name = 'de_subtenants';
\set VERBOSITY terse
update tenancy.tenant_groups set name = ' ' where name = 'Germany';
\set VERBOSITY verbose
update tenancy.tenant_groups set kind = 'custom' where name = 'Germany';
update tenancy.tenant_groups set tenant_id = app.t('by') where name = 'Germany';
update tenancy.tenant_groups set id = gen_random_uuid() where name = 'Germany';
delete from tenancy.tenant_groups where name = 'Germany';
insert into tenancy.tenant_groups (name, kind, tenant_id) values ('more', 'subtenants', app.t('alone'));
insert into tenancy.tenant_group_members (group_id, tenant_id) values (app.g('Germany'), app.t('alone'));

-- custom groups
insert into tenancy.tenant_groups (name, description) values ('holding', 'both') returning id is not null has_id, name, description, kind, tenant_id;
insert into tenancy.tenant_groups (id, name) values ('00000000-0000-0000-0000-0000000000a1', 'pilot') returning id;
update tenancy.tenant_groups set name = 'pilots', description = 'first' where name = 'pilot' returning name, description;
update tenancy.tenant_groups set kind = 'subtenants' where name = 'pilots';
update tenancy.tenant_groups set id = gen_random_uuid() where name = 'pilots';
\set VERBOSITY terse
insert into tenancy.tenant_groups (name) values (null);
insert into tenancy.tenant_groups (name) values (E' \t');
update tenancy.tenant_groups set name = '' where name = 'pilots';
\set VERBOSITY verbose
insert into tenancy.tenant_groups (name) select 'g' || n from generate_series(1, 3) n;
delete from tenancy.tenant_groups where name ~ '^g[0-9]$' returning name;
delete from tenancy.tenant_groups where name = 'no such group';

-- names are unique over both
insert into tenancy.tenant_groups (name) values ('holding');
insert into tenancy.tenant_groups (name) values ('Germany');
insert into tenancy.tenant_groups (name) values ('by_supertenants');
insert into tenancy.tenant_groups (name) values ('alone_relatedtenants');
update tenancy.tenant_groups set name = 'holding' where name = 'pilots';
update tenancy.tenant_groups set name = 'de_subtenants' where name = 'pilots';
update tenancy.tenant_groups set name = 'holding' where name = 'by_subtenants';
update tenancy.tenant_groups set name = 'de_relatedtenants' where name = 'by_subtenants';
update tenancy.tenant_groups set name = 'Germany' where name = 'by_subtenants';
insert into tenancy.custom_groups (name) values ('by_subtenants');
insert into tenancy.system_group_texts (tenant_id, relation, name) values (app.t('by'), 'subtenants', 'holding');
insert into tenancy.tenant_groups (name) values ('new_subtenants');
insert into tenancy.tenants (name) values ('new');
update tenancy.tenants set name = 'new' where name = 'alone';
update tenancy.tenant_groups set name = 'old_subtenants' where name = 'by_subtenants';
insert into tenancy.tenants (name) values ('old');

-- roles use groups
insert into tenancy.roles (name, read_access, read_group_id) values ('holder', 'group', app.g('holding'));
insert into tenancy.roles (name, read_access, write_access, write_group_id) values ('seer', 'none', 'group', app.g('by_relatedtenants'));
insert into tenancy.roles (name, read_access, read_group_id) values ('dreamer', 'group', '00000000-0000-0000-0000-00000000000f');
update tenancy.roles set write_group_id = '00000000-0000-0000-0000-00000000000f' where name = 'seer';
delete from tenancy.tenant_groups where name = 'holding';
delete from tenancy.tenants where name = 'by';
delete from tenancy.roles where name in ('holder', 'seer');
delete from tenancy.tenant_groups where name = 'holding';
delete from tenancy.tenants where name = 'by';
truncate tenancy.custom_groups cascade;
