-- Promise 6, explained: every refusal says what, why and what to do; every decision can be asked for.
\i include/world.sql
set role owner;
create table app.notes (id integer primary key, tenant_id uuid, document_id integer references app.documents);
select tenancy.protect('app.notes', 'required', create_index => 'never');
grant select, insert, update, delete, truncate on app.notes to app;

\c - app
-- refusals come with SQLSTATE, DETAIL and HINT
begin; call app.act_as('nobody'); rollback;
insert into app.documents (id, title) values (50, 'whose?');
begin; call app.act_as('mia'); insert into app.documents (id, title) values (50, 'whose?'); rollback;
begin; call app.act_as('ann'); insert into app.documents values (50, :globex, 'another''s'); rollback;
begin; call app.act_as('ann'); insert into app.articles values (50, null, 'everybody''s'); rollback;
begin; call app.act_as('ann'); insert into app.notes values (1, default, 5); rollback;
begin; call app.act_as('ann'); truncate app.notes; rollback;
begin; call app.act_as('ann'); call app.act_as('gus'); rollback;
begin; call app.act_as('ann'); update tenancy.tenants set name = 'Mine'; rollback;
begin; call app.act_as('ann'); select tenancy.set_mode('off'); rollback;

-- a hidden row and a missing one are refused alike, word for word
begin; call app.act_as('ann'); insert into app.notes values (1, default, 5000); rollback;

-- what the session may do can be asked before it is tried
begin;
call app.act_as('mia');
select t.name, tenancy.can_read(t.id) as reads, tenancy.can_write(t.id) as writes from tenancy.tenants t order by t.name;
select tenancy.can_read(null) as reads_public, tenancy.can_write(null) as writes_public, tenancy.administers();
select cardinality(tenancy.readable_tenants()) as readable, cardinality(tenancy.writable_tenants()) as writable;
select relation, kind, tenant_column, row_security from tenancy.protected_tables order by relation::text;
select relation, constraint_name, referenced, service_provider_eligible from tenancy.reference_rules order by constraint_name;
rollback;

-- nothing of the extension's is without a word of explanation
\c - postgres
select d.classid::regclass, pg_describe_object(d.classid, d.objid, 0) as unexplained
from pg_depend d
where d.refclassid = 'pg_extension'::regclass
  and d.refobjid = (select oid from pg_extension where extname = 'pg_tenancy')
  and d.classid in ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_namespace'::regclass)
  and not exists (select from pg_description c where c.classoid = d.classid and c.objoid = d.objid and c.objsubid = 0)
  and not exists (select from pg_class s where d.classid = 'pg_class'::regclass and s.oid = d.objid and s.relkind in ('S', 'i'))
order by 2;
