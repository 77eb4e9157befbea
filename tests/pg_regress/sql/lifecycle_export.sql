-- export_tenant: a tenant as lines of JSON, for those who may read it.
\i include/world.sql
set role owner;
create table app.makers (id integer primary key, tenant_id uuid, name text);
create table app.models (id integer primary key, tenant_id uuid, maker integer references app.makers, name text);
create table app.things (id integer primary key, tenant_id uuid not null, model integer references app.models, part_of integer references app.things);
insert into app.makers values (1, null, 'Public Works'), (2, null, 'Nobody''s'), (3, :acme, 'Own');
insert into app.models values (1, null, 1, 'Hammer'), (2, null, 2, 'Anvil'), (3, :acme, 3, 'Tongs'), (4, :acme, 1, 'Bellows');
insert into app.things values (2, :acme, 1, null), (1, :acme, 4, 2), (3, :globex, 2, null);
\o /dev/null
select tenancy.protect('app.makers', 'optional', create_index => 'never'), tenancy.protect('app.models', 'optional', create_index => 'never'),
  tenancy.protect('app.things', 'required', create_index => 'never');
\o
grant select on app.makers, app.models, app.things to public;
reset role;
\pset format unaligned
\pset tuples_only on

-- what an archive is: its first line and its times differ
create temp view archive as
select nth, regexp_replace(line, '"(version|exported_at|created_at|updated_at|sha256)":"[^"]*"', '"\1":"…"', 'g') line
from tenancy.export_tenant(:acme) with ordinality x (line, nth);
select line from archive;
-- with its subtenants
select line::json #> '{tenants,0,name}', line::json #> '{tenants,2,name}' from tenancy.export_tenant(:acme, true) with ordinality x (line, nth) where nth = 2;
select line from tenancy.export_tenant(:acme, true) x (line) where line ~ '"title"' and line !~ 'sections';

-- everybody, what he may read: nobody's people
\c - alice
select count(*), count(*) filter (where line ~ 'contacts') from tenancy.export_tenant(:acme) x (line);
select tenancy.export_tenant(:acme, true);
select tenancy.export_tenant(:globex);
select tenancy.export_tenant(:nowhere);
select tenancy.export_tenant(null);
\c - app
begin;
call app.act_as('aud');
select count(*) from tenancy.export_tenant(:acme, true);
commit;
select tenancy.export_tenant(:acme);
-- privileges of the caller count
\c - postgres
revoke select on app.things from public;
\c - alice
select tenancy.export_tenant(:acme);
-- an administrator, also of an inactive tenant
\c - postgres
grant select on app.things to carol;
update tenancy.tenants set status = 'inactive' where id = :globex;
\c - carol
select line from tenancy.export_tenant(:globex) x (line) where line ~ 'part_of' and line !~ 'sections';
-- stops where it is told to
select left(tenancy.export_tenant(:acme), 30) limit 1;
select operation from tenancy.progress;
-- values of all kinds, and the same in every session
\c - postgres
create type app.mood as enum ('glad', 'sad');
create type app.pair as (a integer, "b c" text);
create domain app.percent as numeric check (value <= 100);
create table app.values (
  tenant_id uuid not null, b bytea, n numeric, d double precision, t timestamptz, da date, i interval, a text[], m integer[],
  j json, jb jsonb, nj jsonb, r int4range, mr tstzmultirange, e app.mood, c app.pair, cs app.pair[], p app.percent, o boolean, ch char(3),
  rc regclass, gen integer generated always as (1) stored, id bigint generated always as identity primary key
);
insert into app.values values (:globex, '\x00ff5c', 'NaN', '-Infinity', 'infinity', '0044-03-15 BC', '1 mon -2 days', array['a', null, 'b"\,{'],
  '[0:1]={1,2}', '{"a" : [1, 2.50]}', 'null', null, '[1,5)', '{[2026-01-01 00:00+00,)}', 'sad', row(1, e'x\n"y'), array[row(null, '')::app.pair],
  99.50, false, 'a', 'app.things');
select tenancy.protect('app.values', 'required', create_index => 'never') \g /dev/null
set timezone = 'Asia/Tokyo'; set datestyle = 'SQL'; set intervalstyle = 'iso_8601'; set bytea_output = 'escape'; set extra_float_digits = -5; set search_path = app;
select line from tenancy.export_tenant(:globex) x (line) where line ~ '"gen"|"jb"' and line !~ 'sections';
-- 15:00:00 on 12/31/2025
select timezone('UTC', '2026-01-01 00:00+09') as "the session's settings stay", interval '1 day';
-- half an archive is none: a session that no longer reads the tenant gets no further
grant select on all tables in schema app to app;
\c - app
begin;
call app.act_as('ann');
declare lines cursor for select left(tenancy.export_tenant('a0000000-0000-0000-0000-000000000000'), 12);
fetch 2 from lines;
select tenancy.leave();
fetch all from lines;
rollback;
-- a session that reads some tables only exports nothing: what it got would look whole
\c - postgres
insert into tenancy.modules (id, name) values ('00000000-0000-0000-0000-0000000000b1', 'papers');
insert into tenancy.module_tables (module_id, relation) values ('00000000-0000-0000-0000-0000000000b1', 'app.documents');
insert into tenancy.roles (name, read_access, write_access) values ('clerk', 'home', 'same_as_read');
insert into tenancy.role_modules select id, '00000000-0000-0000-0000-0000000000b1' from tenancy.roles where name = 'clerk';
\c - app
begin;
select tenancy.enter_tenant('a0000000-0000-0000-0000-000000000000', 'clerk');
select count(*) > 0 as reads from app.documents;
select count(*) from tenancy.export_tenant('a0000000-0000-0000-0000-000000000000');
rollback;

-- values are what their types write and read, whatever casts somebody made: these would run with the rights of whoever exports
\c - owner
create type app.couple as (id integer);
create type app.code as enum ('a', 'b');
create function app.to_text(app.couple) returns text language sql return 'cast as ' || current_user;
create function app.to_text(app.couple[]) returns text language sql return 'cast as ' || current_user;
create function app.to_text(app.code) returns text language sql return 'cast as ' || current_user;
create cast (app.couple as text) with function app.to_text(app.couple);
create cast (app.couple[] as text) with function app.to_text(app.couple[]);
create cast (app.code as text) with function app.to_text(app.code);
create table app.typed (code app.code primary key, tenant_id uuid, pair app.couple, pairs app.couple[], empty app.couple, nothing app.couple);
select from tenancy.protect('app.typed', 'required', create_index => 'never');
\c - postgres
insert into app.typed values ('a', :acme, row(1), array[row(2)]::app.couple[], row(null), null);
select line from tenancy.export_tenant(:acme, false) line where line like '{"code"%';
