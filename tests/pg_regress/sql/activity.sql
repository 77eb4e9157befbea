-- What is recorded, who sees it, and that nobody takes it back.
\i include/world.sql
create function app.recorded(since bigint) returns table (event text, tenant text, who text, role name, detail jsonb) language sql as $$
  select a.event, t.name, c.name, a.session_role, a.detail - 'key'
  from tenancy.activity a
  left join tenancy.tenants t on t.id = a.tenant_id
  left join tenancy.contacts c on c.id = a.user_id
  where a.id > since
  order by a.id
$$;
-- A refused entry is recorded by another process, unless too many are at work for other tests: tries until it is there.
create function app.is_recorded(since bigint, message text) returns boolean language sql security definer as
  $$ select exists (select from tenancy.activity a where a.id > since and event = 'entry_refused' and a.detail ->> 'message' = message) $$;
create procedure app.be_refused(since bigint, attempt text) language plpgsql as $$
declare
  message text;
begin
  for i in 1 .. 200 loop
    if i % 20 = 1 then
      begin
        execute attempt;
      exception when others then
        message := sqlerrm;
      end;
    end if;
    perform pg_sleep(0.1);
    exit when app.is_recorded(since, message);
  end loop;
  raise notice '%', message;
end
$$;
select event, detail ->> 'table' as changed, count(*) from tenancy.activity group by 1, 2 order by 1, 2;
select max(id) as mark from tenancy.activity \gset

-- changes, with what was and what is; nothing where nothing changed; columns that follow others are left out
update tenancy.tenants set description = 'makes everything' where id = :acme;
update tenancy.tenants set description = 'makes everything' where id = :acme;
update tenancy.roles set read_access = 'home_subtenants' where name = 'poster';
delete from tenancy.user_roles where user_id = md5('pol')::uuid;
update tenancy.users set login_enabled = false where id = md5('pol')::uuid;
update tenancy.tenants set parent_id = :west where id = :east;
update tenancy.tenants set allows_subtenants = true where id = :west;
update tenancy.tenants set parent_id = :west where id = :east;
update tenancy.tenants set parent_id = :acme where id = :east;
update tenancy.installation set max_depth = 7;
select tenancy.set_mode('warn');
select tenancy.set_mode('enforce');
insert into tenancy.token_keys (id, kid, algorithm, jwk) values (md5('shared')::uuid, 'shared', 'HS256', '{"kty": "oct", "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}');
select event, tenant, who, role,
  detail #- '{new,id}' #- '{new,relation}' #- '{old,user_id}' #- '{old,role_id}' #- '{old,parent_id}' #- '{new,parent_id}' as detail
from app.recorded(:mark);

-- which tables are protected, and the rules of their references
create table app.replies (id uuid primary key, tenant_id uuid, document_id integer references app.documents);
select max(id) as mark from tenancy.activity \gset
select tenancy.protect('app.replies', 'required', create_index => 'never') \g /dev/null
select tenancy.set_reference_rule('app.replies', 'replies_document_id_fkey', service_provider_eligible => true);
select tenancy.release('app.replies');
select event, detail from app.recorded(:mark);

-- people, modules and the rest. Of a contact is recorded that name and address changed, not what they are
insert into tenancy.roles (id, name) values (md5('reader')::uuid, 'reader');
select max(id) as mark from tenancy.activity \gset
insert into tenancy.contacts (id, tenant_id, name, email) values (md5('new')::uuid, :acme, 'Secret Name', 'secret@example.org');
update tenancy.contacts set email = 'other@example.org' where id = md5('new')::uuid;
select tenancy.enable_login(md5('new')::uuid, 'reader') \g /dev/null
select tenancy.disable_login(md5('new')::uuid) \g /dev/null
delete from tenancy.contacts where id = md5('new')::uuid;
insert into tenancy.modules (id, name) values (md5('papers')::uuid, 'papers');
insert into tenancy.module_tables values (md5('papers')::uuid, 'app.documents');
insert into tenancy.role_modules values (md5('reader')::uuid, md5('papers')::uuid);
delete from tenancy.role_modules;
delete from tenancy.module_tables;
delete from tenancy.modules;
insert into tenancy.domains (domain, tenant_id) values ('acme.example', :acme);
update tenancy.domains set includes_subdomains = true;
insert into tenancy.quotas (id, tenant_id, relation, max_rows) values (md5('quota')::uuid, :acme, 'app.documents', 100);
update tenancy.quotas set max_rows = 50;
delete from tenancy.quotas;
insert into tenancy.governed_schemas values ('app');
delete from tenancy.governed_schemas;
insert into tenancy.lint_suppressions (code, object, reason) values ('mode_lax', 'installation', 'still setting up');
delete from tenancy.lint_suppressions;
update tenancy.tenant_groups set name = 'all of Acme' where name = 'Acme_subtenants';
update tenancy.token_keys set enabled = false;
delete from tenancy.token_keys;
select event, tenant, detail ->> 'table' as table, detail - 'table' #- '{old,id}' #- '{new,id}' as detail
from (select a.event, t.name as tenant, a.detail from tenancy.activity a left join tenancy.tenants t on t.id = a.tenant_id
      where a.id > :mark order by a.id) a;
select count(*) as told from tenancy.activity where detail::text ~* 'secret|MDEyMzQ1';

-- who acts: once an hour and session, whatever is done; also in a transaction that rolls back or only reads
select max(id) as mark from tenancy.activity \gset
\c - app
begin; call app.act_as('ann'); commit;
begin; call app.act_as('ann'); commit;
begin; call app.act_as('mia', 'manager'); rollback;
begin read only; select tenancy.enter_tenant(:globex); commit;
select 1;
begin; call app.act_as('ann'); commit;
\c - alice
select count(*) from app.documents;
\c - postgres
select * from app.recorded(:mark);
update tenancy.installation set record_entries = 'all';
select max(id) as mark from tenancy.activity \gset
\c - app
begin; call app.act_as('ann'); commit;
begin; call app.act_as('ann'); commit;
\c - postgres
select * from app.recorded(:mark);
update tenancy.installation set record_entries = 'none';
select max(id) as mark from tenancy.activity \gset
\c - app
begin; call app.act_as('ann'); commit;
\c - postgres
select * from app.recorded(:mark);
update tenancy.installation set record_entries = 'some';
update tenancy.installation set record_entries = 'first';

-- refused entries are there, though the transaction rolled back
select max(id) as mark from tenancy.activity \gset
\c - app
call app.be_refused(:mark, format('select tenancy.enter(%L)', md5('pol')::uuid));
call app.be_refused(:mark, format('select tenancy.enter_tenant(%L, %L)', :globex, 'no such role'));
set tenancy.token = 'forged';
call app.be_refused(:mark, 'select count(*) from app.documents');
reset tenancy.token;
\c - postgres
select distinct event, tenant, who, role, detail - 'more' as detail from app.recorded(:mark) where event = 'entry_refused' order by detail;

-- a tenant sees what concerns it, and nobody changes anything
\c - app
begin;
call app.act_as('ann');
select distinct event, tenant, who, role, detail - 'named' - 'more' as detail from app.recorded(:mark) where event = 'entry_refused';
select count(*) > 5 as several, bool_and(tenant_id = :acme) as own from tenancy.activity;
insert into tenancy.activity (event) values ('nothing');
rollback;
begin; call app.act_as('ann'); update tenancy.activity set event = 'nothing'; rollback;
begin; call app.act_as('ada'); delete from tenancy.activity; rollback;
begin; call app.act_as('ada'); truncate tenancy.activity; rollback;
begin; call app.act_as('ada'); select tenancy.forget_activity('1 day'); rollback;
begin; call app.act_as('ada'); select count(*) > 50 as all_of_it from tenancy.activity; rollback;

-- whoever administers cannot switch it off by saying that a dump is restored
\c - postgres
select max(id) as mark from tenancy.activity \gset
\c - carol
set check_function_bodies = off;
select tenancy.enable_login(md5('pol')::uuid, 'worker') \g /dev/null
insert into tenancy.tenants (id, name) values (md5('short')::uuid, 'Short-lived');
insert into tenancy.contacts (tenant_id, name, email) values (md5('short')::uuid, 'Goes with it', 'short@example.org');
update tenancy.tenants set status = 'inactive' where id = md5('short')::uuid;
select * from tenancy.delete_tenant(md5('short')::uuid) \g /dev/null
\c - postgres
select a.event, a.detail ->> 'table' as table, a.session_role from tenancy.activity a where a.id > :mark order by a.id;

-- what is old is forgotten, and that is recorded
\c - postgres
select tenancy.forget_activity(null);
select tenancy.forget_activity('1 day');
update tenancy.activity set happened_at = now() - interval '1 year' where event = 'inserted';
select tenancy.forget_activity('30 days') > 30 as forgotten;
select event, detail ->> 'message' ~ '^\d+ rows older than 30 days$' as said from tenancy.activity order by id desc limit 1;
