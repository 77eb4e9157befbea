-- Moving a tenant moves its subtree; functions and system groups follow at once.
\c - postgres
update tenancy.installation set max_depth = 6;
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true);
create function app.t(text) returns uuid stable language sql as 'select id from tenancy.tenants where name = $1';
create function app.n(uuid) returns text stable language sql as 'select name from tenancy.tenants where id = $1';
create procedure app.add(names text[], below text) language sql as
  'insert into tenancy.tenants (name, parent_id, allows_subtenants) select n, app.t(below), true from unnest(names) n';
call app.add('{de,fr}', 'provider');
call app.add('{by,bw}', 'de');
call app.add('{muc,nue}', 'by');
call app.add('{schwabing}', 'muc');
call app.add('{solo}', null);
select * from tenancy.tenant_tree();
select name, depth from tenancy.tenants where number > 0 order by number;

begin;
update tenancy.tenants set parent_id = app.t('fr') where name = 'by';
select * from tenancy.tenant_tree(app.t('provider'));
-- one level higher: a tree of its own
update tenancy.tenants set parent_id = null where name = 'by';
select name, depth from tenancy.tenants where number > 0 order by number;
select app.n(id) from tenancy.supertenants(app.t('schwabing')) id;
select app.n(id) from tenancy.subtenants(app.t('by')) id order by 1;
select app.n(id) from tenancy.relatedtenants(app.t('nue')) id order by 1;
select tenancy.is_supertenant(app.t('muc'), app.t('de')), tenancy.is_supertenant(app.t('muc'), app.t('by'));
select app.n(id) from tenancy.group_tenants(tenancy.system_group_id(app.t('de'), 'subtenants')) id order by 1;
select app.n(id) from tenancy.group_tenants(tenancy.system_group_id(app.t('muc'), 'relatedtenants')) id order by 1;
rollback;

-- several in one statement: two branches change places, and a chain is turned round
begin;
update tenancy.tenants t set parent_id = case name when 'by' then app.t('solo') else app.t('muc') end where name in ('by', 'bw');
select * from tenancy.tenant_tree();
select name, depth from tenancy.tenants where number > 0 order by number;
rollback;
begin;
update tenancy.tenants set parent_id = case name when 'schwabing' then app.t('de') when 'muc' then app.t('schwabing') else app.t('muc') end
where name in ('by', 'muc', 'schwabing');
select * from tenancy.tenant_tree(app.t('de'));
select name, depth from tenancy.tenants where number > 0 order by number;
rollback;

-- not below itself
update tenancy.tenants set parent_id = id where name = 'de';
update tenancy.tenants set parent_id = app.t('schwabing') where name = 'de';
update tenancy.tenants set parent_id = case name when 'by' then app.t('bw') else app.t('by') end where name in ('by', 'bw');

-- not below a tenant that allows no subtenants, and not too deep; the deepest of the subtree counts
update tenancy.tenants set allows_subtenants = false where name = 'nue';
update tenancy.tenants set parent_id = app.t('nue') where name = 'bw';
update tenancy.tenants set allows_subtenants = true where name = 'nue';
update tenancy.tenants set parent_id = app.t('schwabing') where name = 'solo';
call app.add('{below solo}', 'solo');
update tenancy.tenants set parent_id = app.t('schwabing') where name = 'solo';
-- turning allows_subtenants off and moving the subtenant away at once
update tenancy.tenants set allows_subtenants = name <> 'solo', parent_id = case name when 'solo' then parent_id else app.t('fr') end
where name in ('solo', 'below solo');
select name, depth from tenancy.tenants where number > 0 order by number;
