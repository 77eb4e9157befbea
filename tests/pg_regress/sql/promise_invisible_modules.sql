-- Promises 1 and 2, roles limited to modules: they see and write the tables of their modules and no others.
\i include/world.sql
\set ECHO none
set role owner;
create table app.notes (id integer primary key, tenant bigint, note text);
create table app.counts (id integer primary key, tenant integer not null);
create table app.parted (id integer, tenant_id uuid, note text) partition by list (id);
create table app.parted_1 partition of app.parted for values in (1);
create table app.above (id integer, tenant_id uuid not null);
create table app.below () inherits (app.above);
create table app.chapters (id integer primary key, tenant_id uuid not null, document integer references app.documents);
insert into app.notes values (1, null, 'public'), (2, 1010, 'acme'), (3, 1011, 'east'), (4, 1020, 'globex');
insert into app.counts values (1, 1010), (2, 1020);
\o /dev/null
select tenancy.protect('app.notes', 'optional', 'tenant'), tenancy.protect('app.counts', 'required', 'tenant'),
  tenancy.protect('app.parted', 'optional'), tenancy.protect('app.above', 'required'), tenancy.protect('app.chapters', 'required');
select tenancy.set_reference_rule('app.chapters', 'chapters_document_fkey', names_tenant => true);
\o
grant select, insert, update, delete, truncate on all tables in schema app to public;
reset role;
insert into app.parted select 1, tenant_id, title from app.articles;
insert into app.above select 1, tenant_id from app.documents;
insert into app.below select 2, tenant_id from app.documents;
insert into app.chapters select id, tenant_id, id from app.documents;
insert into tenancy.modules (id, name) values (md5('papers')::uuid, 'papers'), (md5('figures')::uuid, 'figures');
insert into tenancy.module_tables values (md5('papers')::uuid, 'app.documents'), (md5('papers')::uuid, 'app.articles'),
  (md5('papers')::uuid, 'app.parted'), (md5('papers')::uuid, 'app.above'), (md5('figures')::uuid, 'app.notes');
insert into tenancy.roles (name, read_access, write_access, updates_public) values
  ('reader of papers', 'home', 'none', false), ('writer of papers', 'home_subtenants', 'same_as_read', false),
  ('keeper of figures', 'home', 'same_as_read', false), ('publisher of figures', 'all', 'all', true);
insert into tenancy.role_modules select r.id, md5(substring(r.name from 'papers|figures'))::uuid from tenancy.roles r where r.name ~ 'papers|figures';
insert into tenancy.contacts (id, tenant_id, name, email) select md5(p)::uuid, t.id, p, p || '@example.org' from tenancy.tenants t,
  (values ('Acme', 'rea'), ('Acme', 'wri'), ('Acme', 'bot'), ('Acme', 'mix'), ('Provider', 'pub')) v (t, p) where t.name = v.t;
insert into tenancy.users (id) select md5(p)::uuid from unnest(array['rea', 'wri', 'bot', 'mix', 'pub']) p;
insert into tenancy.user_roles select md5(p)::uuid, r.id from tenancy.roles r join (values ('rea', 'reader of papers'), ('wri', 'writer of papers'),
  ('bot', 'writer of papers'), ('bot', 'keeper of figures'), ('mix', 'worker'), ('mix', 'writer of papers'), ('pub', 'publisher of figures')) v (p, r) on r.name = v.r;
create function app.seen() returns table (relation text, rows text) language plpgsql as $$
begin
  foreach relation in array array['documents', 'articles', 'parted', 'parted_1', 'above', 'below', 'notes', 'counts', 'chapters'] loop
    execute format('select string_agg(coalesce(t.name, %L) , %L order by t.name nulls first) from app.%I r left join (select id::text as key, name from tenancy.tenants
      union all select number::text, name from tenancy.tenants) t on t.key = (to_jsonb(r) ->> (case when to_jsonb(r) ? %L then %L else %L end))',
      'public', ' ', relation, 'tenant', 'tenant', 'tenant_id') into rows;
    return next;
  end loop;
end $$;
\c - app
\set ECHO all
-- what each sees; the same tables again in other plans
begin; call app.act_as('rea'); select * from app.seen(); commit;
begin; call app.act_as('wri'); select * from app.seen(); commit;
begin; call app.act_as('bot'); select * from app.seen(); commit;
-- a role for all tables and one for a module: the second adds its tenants on the module's tables only
begin; call app.act_as('mix'); select * from app.seen(); commit;
-- one of the roles
begin; call app.act_as('mix', 'worker'); select * from app.seen(); commit;
begin; call app.act_as('mix', 'writer of papers'); select * from app.seen(); commit;
begin; call app.act_as('pub'); select * from app.seen(); commit;
select * from app.seen();
begin; select tenancy.enter_tenant('b0000000-0000-0000-0000-000000000000', 'reader of papers'); select * from app.seen(); commit;
-- who the session is and which tenants it knows does not depend on tables
begin; call app.act_as('wri'); select name from tenancy.tenants order by 1; select tenancy.readable_tenants(), cardinality(tenancy.readable_tenants('app.documents')) as papers, tenancy.readable_tenants('app.notes') as figures; commit;

-- what each writes
begin; call app.act_as('wri'); insert into app.documents values (90, 'ae000000-0000-0000-0000-000000000000', 'mine') returning id; rollback;
begin; call app.act_as('wri'); insert into app.documents (id) values (90); rollback;
begin; call app.act_as('wri'); insert into app.documents values (90, 'b0000000-0000-0000-0000-000000000000', 'mine'); rollback;
begin; call app.act_as('wri'); insert into app.articles values (90, null, 'mine'); rollback;
begin; call app.act_as('wri'); insert into app.notes values (90, 1010, 'mine'); rollback;
begin; call app.act_as('wri'); insert into app.notes (id) values (90); rollback;
begin; call app.act_as('wri'); insert into app.counts values (90, 1010); rollback;
begin; call app.act_as('wri'); update app.documents set title = 'changed' returning id; delete from app.documents returning id; rollback;
begin; call app.act_as('wri'); update app.notes set note = 'changed' returning id; delete from app.notes returning id; rollback;
begin; call app.act_as('wri'); update app.documents set tenant_id = 'ae000000-0000-0000-0000-000000000000' where id = 1 returning id; rollback;
begin; call app.act_as('wri'); update app.documents set tenant_id = 'b0000000-0000-0000-0000-000000000000' where id = 1; rollback;
begin; call app.act_as('wri'); insert into app.parted values (1, 'af000000-0000-0000-0000-000000000000', 'new') returning note; insert into app.parted_1 values (1, 'af000000-0000-0000-0000-000000000000', 'new') returning note; rollback;
begin; call app.act_as('wri'); update app.above set id = 3 returning tableoid::regclass; rollback;
begin; call app.act_as('rea'); insert into app.documents (id) values (90); rollback;
begin; call app.act_as('rea'); insert into app.documents values (90, 'a0000000-0000-0000-0000-000000000000'); rollback;
begin; call app.act_as('rea'); update app.documents set title = 'changed' returning id; delete from app.documents returning id; rollback;
-- the one tenant that may be written is the default, of the table that is written
begin; call app.act_as('bot'); insert into app.notes (id, note) values (90, 'mine'), (91, 'mine') returning tenant; insert into app.notes (id, tenant) values (92, default) returning tenant; rollback;
begin; call app.act_as('mix'); insert into app.counts (id) values (90) returning tenant; insert into app.documents (id) values (90); rollback;
begin; call app.act_as('bot'); with n as (insert into app.notes (id) select 90 returning tenant) select * from n; rollback;
-- ON CONFLICT, MERGE
begin; call app.act_as('wri'); insert into app.documents values (1, 'a0000000-0000-0000-0000-000000000000', 'again') on conflict (id) do update set title = excluded.title where documents.title like 'acme%' returning title; rollback;
begin; call app.act_as('wri'); insert into app.documents values (5, 'a0000000-0000-0000-0000-000000000000', 'again') on conflict (id) do update set title = excluded.title; rollback;
begin; call app.act_as('wri'); merge into app.documents d using (values (2), (95)) v (id) on d.id = v.id when matched then update set title = 'merged' when not matched then insert values (v.id, 'af000000-0000-0000-0000-000000000000', 'merged'); select title from app.documents where id in (2, 95); rollback;
begin; call app.act_as('wri'); merge into app.notes n using (values (2), (95)) v (id) on n.id = v.id when matched then delete when not matched then insert values (v.id, 1010, 'merged'); rollback;
-- public rows and TRUNCATE, of the module's tables
begin; call app.act_as('pub'); insert into app.notes values (90, null, 'for all') returning id; delete from app.notes where tenant is null returning id; truncate app.notes; rollback;
begin; call app.act_as('pub'); insert into app.articles values (90, null, 'for all'); rollback;
begin; call app.act_as('pub'); update app.articles set title = 'for all' where tenant_id is null returning id; rollback;
begin; call app.act_as('pub'); truncate app.articles; rollback;
begin; call app.act_as('wri'); truncate app.above; rollback;
-- a reference that names the tenant: one that may be written on this table, of a row that is seen on the other
begin; call app.act_as('mix'); insert into app.chapters (id, document) values (90, 1) returning tenant_id; rollback;
begin; call app.act_as('mix'); insert into app.chapters (id, document) values (90, 3); rollback;
begin; call app.act_as('mix'); insert into app.chapters (id, document) values (90, 5); rollback;

-- ways around
begin; call app.act_as('wri'); select * from app.notes where tenancy.can_read(null) or note = 'acme'; rollback;
begin; call app.act_as('wri'); select tenancy.can_read(1::text::uuid); rollback;
begin; call app.act_as('wri'); select tenancy.can_read('a0000000-0000-0000-0000-000000000000'), tenancy.can_read('a0000000-0000-0000-0000-000000000000', 'app.documents') as papers, tenancy.can_read('a0000000-0000-0000-0000-000000000000', 'app.notes') as figures, tenancy.can_read('a0000000-0000-0000-0000-000000000000', null) as nothing; rollback;
begin; call app.act_as('wri'); select d.id, n.id from app.documents d left join app.notes n on n.id = d.id where d.id < 4 order by 1; rollback;
begin; call app.act_as('wri'); set local tenancy.context = 'user'; rollback;
\set VERBOSITY terse
begin; call app.act_as('wri'); select tenancy.enter(md5('mix')::uuid); rollback;
begin; call app.act_as('wri', 'worker'); rollback;
\set VERBOSITY verbose
-- prepared for one, run by another
set plan_cache_mode = force_generic_plan;
prepare papers as select count(*) from app.documents;
prepare figures as select count(*) from app.notes;
prepare new_paper (integer) as insert into app.documents values ($1, 'a0000000-0000-0000-0000-000000000000');
begin; call app.act_as('bot'); execute papers; execute figures; execute new_paper(90); rollback;
begin; call app.act_as('wri'); execute papers; execute figures; execute new_paper(90); rollback;
begin; call app.act_as('ann'); execute papers; execute figures; execute new_paper(90); rollback;
execute papers; execute figures; execute new_paper(90);
begin; call app.act_as('gus'); execute papers; execute figures; execute new_paper(90); rollback;
begin; call app.act_as('wri'); execute papers; execute figures; execute new_paper(90); rollback;
-- a cursor opened for one is not read by another
begin; call app.act_as('wri'); declare c cursor for select title from app.documents order by 1; fetch 1 from c; rollback;
begin; call app.act_as('rea'); declare d cursor for select title from app.documents order by 1; select tenancy.leave(); fetch 1 from d; rollback;

-- other modes: what is let pass is what no module gives
\c - postgres
select tenancy.set_mode('warn');
\c - app
begin; call app.act_as('wri'); insert into app.documents values (90, 'a0000000-0000-0000-0000-000000000000'); rollback;
begin; call app.act_as('wri'); select count(*) from app.notes; rollback;
\c - postgres
select tenancy.set_mode('enforce');
-- roles change: from the next statement on
\c - app
begin; call app.act_as('ada');
insert into tenancy.module_tables values (md5('papers')::uuid, 'app.counts'); commit;
begin; call app.act_as('wri'); select count(*) from app.counts; commit;
begin; call app.act_as('ada'); delete from tenancy.module_tables where relation = 'app.counts'::regclass; delete from tenancy.role_modules using tenancy.roles r where r.id = role_id and r.name = 'keeper of figures'; commit;
begin; call app.act_as('wri'); select count(*) from app.counts; commit;
begin; call app.act_as('bot'); select * from app.seen(); commit;
-- a tenant that is inactive
\c - postgres
update tenancy.tenants set status = 'inactive' where name = 'East';
\c - app
begin; call app.act_as('wri'); select count(*) from app.documents; commit;
-- a dropped partition's place, a new part, a table released and protected again
\c - postgres
update tenancy.tenants set status = 'active' where name = 'East';
set role owner;
create table app.parted_2 partition of app.parted for values in (2);
grant select on app.parted_2 to public;
alter table app.parted detach partition app.parted_1;
alter table app.documents rename to papers;
reset role;
insert into app.parted values (2, 'a0000000-0000-0000-0000-000000000000', 'second'), (2, 'b0000000-0000-0000-0000-000000000000', 'of globex');
select tenancy.release('app.above');
set role owner;
select tenancy.protect('app.above', 'required', create_index => 'never');
\c - app
begin; call app.act_as('wri'); select note from app.parted_2; select count(*) from app.parted; select count(*) from app.parted_1; select count(*) from app.papers; select count(*) from app.above; commit;
begin; call app.act_as('bot', 'keeper of figures'); select count(*) from app.parted_1; commit;

-- a table with a column that is worked out when it is read, below grouping sets
select case when current_setting('server_version_num')::integer >= 180000 then 'virtual' else 'stored' end as worked_out \gset
\set ECHO none
\c - owner
create table app.pages (tenant_id uuid, page integer, lines integer generated always as (page + 1) :worked_out);
create index on app.pages (tenant_id);
\c - postgres
insert into app.pages select id, number from tenancy.tenants where kind = 'tenant';
\o /dev/null
select tenancy.protect('app.pages', 'optional');
\o
grant select on app.pages to public;
insert into tenancy.module_tables values (md5('papers')::uuid, 'app.pages');
\set ECHO all
\c - app
begin;
call app.act_as('wri');
select lines, count(*) from app.pages group by rollup (lines) order by 1;
select page, count(*) from app.pages where page > 1011 group by cube (page) order by 1;
rollback;
-- of whom nobody is limited, too, though an index would serve
begin;
call app.act_as('mia');
set local enable_seqscan = off;
select p.page, count(*) from app.pages p cross join lateral (select from app.articles a where a.id <> p.page offset 0) a group by rollup (p.page) order by 1;
rollback;
