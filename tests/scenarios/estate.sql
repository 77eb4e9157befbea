-- The database of a housing company with protected tables of all shapes, for the tests of dump, upgrade and replica.
-- Run as superuser in a database made by tests/setup/database.sql.
\set QUIET on
\pset format unaligned
\pset tuples_only on

insert into tenancy.tenants (id, name, allows_subtenants) values
  ('00000000-0000-4000-8000-000000000001', 'provider', true),
  ('00000000-0000-4000-8000-000000000002', 'north', true),
  ('00000000-0000-4000-8000-000000000003', 'south', false);
insert into tenancy.tenants (id, name, parent_id, description) values
  ('00000000-0000-4000-8000-000000000004', 'north-east', '00000000-0000-4000-8000-000000000002', E'quotes '' " and \\ back\nslashes'),
  ('00000000-0000-4000-8000-000000000005', 'gone', '00000000-0000-4000-8000-000000000002', null);
update tenancy.installation set max_depth = 6;
update tenancy.tenants set name = 'newcomers', description = 'renamed' where kind = 'default';
update tenancy.tenants set name = 'parking lot' where kind = 'none';
create function app.t(text) returns uuid stable language sql begin atomic select id from tenancy.tenants where name = $1; end;
create function app.n(text) returns bigint stable language sql begin atomic select number from tenancy.tenants where name = $1; end;

insert into tenancy.roles (name, read_access, write_access) values ('reader', 'home_relatedtenants', 'none');
insert into tenancy.tenant_groups (id, name, description) values
  ('00000000-0000-4000-8000-0000000000a1', 'both', 'a custom group');
insert into tenancy.tenant_group_members (group_id, tenant_id)
  select '00000000-0000-4000-8000-0000000000a1', app.t(name) from (values ('north'), ('south')) v (name);
update tenancy.tenant_groups set name = 'all of the north', description = 'renamed' where name = 'north_subtenants';
insert into tenancy.roles (name, read_access, read_group_id) values ('both', 'group', '00000000-0000-4000-8000-0000000000a1');
update tenancy.roles set description = 'renamed' where name = 'member';
insert into tenancy.contacts (id, tenant_id, name, email) values
  ('00000000-0000-4000-8000-0000000000c1', app.t('north-east'), 'Alice', 'alice@example.org'),
  ('00000000-0000-4000-8000-0000000000c2', app.t('south'), 'Bob', 'bob@example.org'),
  ('00000000-0000-4000-8000-0000000000c3', app.t('provider'), 'Carol', 'carol@example.org');
insert into tenancy.users (id, db_role) values
  ('00000000-0000-4000-8000-0000000000c1', 'alice'),
  ('00000000-0000-4000-8000-0000000000c2', 'bob'),
  ('00000000-0000-4000-8000-0000000000c3', 'carol');
insert into tenancy.user_roles (user_id, role_id)
  select u.id, r.id from tenancy.users u join tenancy.roles r on r.name = case u.db_role when 'carol' then 'administrator' else 'member' end;
update tenancy.tenants set contact_id = '00000000-0000-4000-8000-0000000000c1' where name = 'north-east';

set role owner;
-- each after what it refers to in the alphabet's reverse, so that a dump has to find the order
create table app.zone (code text primary key, name text);                                       -- untenanted
create table app.vendor (id bigint generated always as identity primary key, tenant_id uuid not null, name text);
create table app.type (id integer primary key, tenant_id uuid, name text, unique (tenant_id, name));  -- optional
create table app.place (                                                                        -- self-reference
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  name text not null,
  inside uuid references app.place,
  zone text references app.zone
);
create table app.house (                        -- naming, eligible and deferrable references
  id integer primary key,
  tenant_id uuid not null,
  place uuid not null constraint house_in_place references app.place,
  vendor bigint references app.vendor,
  type integer references app.type,
  twin integer references app.house deferrable initially deferred,
  note text default 'new'
);
create table app.event (                        -- partitions on two levels, a key of several columns
  id integer,
  year integer,
  tenant_id uuid not null,
  house integer references app.house,
  primary key (id, year)
) partition by range (year);
create table app.event_old partition of app.event for values from (2000) to (2020);
create table app.event_new partition of app.event for values from (2020) to (maxvalue) partition by hash (id);
create table app.event_new_0 partition of app.event_new for values with (modulus 2, remainder 0);
create table app.event_new_1 partition of app.event_new for values with (modulus 2, remainder 1);
create table app.attendance (id integer primary key, tenant_id uuid not null, event integer, year integer,
  foreign key (event, year) references app.event on delete cascade);
create table app.bill (id integer primary key, client integer not null, house integer references app.house);     -- number, integer
create table app.bill_line (bill integer references app.bill, line integer, "The Client" bigint, primary key (bill, line));
create table app.paper (id integer primary key, tenant_id uuid not null, title text);                          -- inheritance
create table app.contract (signed date, house integer references app.house, primary key (id)) inherits (app.paper);
create table app.open (id integer primary key, note text);                                                       -- not protected
create view app.houses with (security_invoker) as select h.id, h.note, p.name as place from app.house h join app.place p on p.id = h.place;
create policy only_new on app.house as restrictive for select using (note is not null);
reset role;

set client_min_messages = warning;
select from tenancy.protect('app.zone', 'untenanted');
select from tenancy.protect('app.vendor', 'required');
select from tenancy.protect('app.type', 'optional');
select from tenancy.protect('app.place', 'required');
select from tenancy.protect('app.house', 'required');
select from tenancy.protect('app.event', 'required');
select from tenancy.protect('app.attendance', 'required');
select from tenancy.protect('app.bill', 'required', 'client');
select from tenancy.protect('app.bill_line', 'optional', 'The Client');
select from tenancy.protect('app.paper', 'required');
select from tenancy.set_reference_rule('app.house', 'house_in_place', names_tenant => true);
select from tenancy.set_reference_rule('app.house', 'house_vendor_fkey', service_provider_eligible => true);
grant all on all tables in schema app to app, alice, bob, carol;
grant select on all sequences in schema app to alice, bob;
grant execute on all functions in schema app to public;

insert into app.zone values ('1', 'one'), ('2', 'two');
insert into app.type values (1, null, 'hut'), (2, app.t('south'), 'castle'), (3, app.t('north'), 'barn'), (4, null, 'tent');
insert into app.vendor (tenant_id, name) values (app.t('provider'), 'big'), (app.t('north-east'), 'small'), (app.t('south'), 'third');
insert into app.place (id, tenant_id, name, inside, zone) values
  ('00000000-0000-4000-8000-0000000000d1', app.t('north'), 'valley', null, '1'),
  ('00000000-0000-4000-8000-0000000000d2', app.t('north-east'), 'village', '00000000-0000-4000-8000-0000000000d1', '1'),
  ('00000000-0000-4000-8000-0000000000d3', app.t('south'), 'beach', null, '2');
insert into app.house (id, place, vendor, type, twin) values
  (1, '00000000-0000-4000-8000-0000000000d2', 1, 1, 2),
  (2, '00000000-0000-4000-8000-0000000000d2', 2, 3, 1),
  (3, '00000000-0000-4000-8000-0000000000d3', 1, 2, null),
  (4, '00000000-0000-4000-8000-0000000000d1', null, null, null);
insert into app.event select n, 2010 + n, h.tenant_id, h.id from generate_series(1, 40) n join app.house h on h.id = 1 + n % 4;
insert into app.attendance select e.id, e.tenant_id, e.id, e.year from app.event e where id <= 20;
insert into app.bill values (1, app.n('north-east'), 1), (2, app.n('south'), 3), (3, app.n('north'), 4);
insert into app.bill_line values (1, 1, app.n('north-east')), (2, 1, app.n('south')), (2, 2, app.n('south')), (3, 1, app.n('north'));
insert into app.paper values (1, app.t('north-east'), 'will'), (2, app.t('south'), 'deed');
insert into app.contract values (3, app.t('north-east'), 'lease', '2024-02-29', 2), (4, app.t('south'), 'lease', null, 3);
insert into app.open values (1, 'everybody''s');
update tenancy.tenants set status = 'inactive' where name = 'gone';

-- a role that is limited to a module
insert into tenancy.modules (id, name) values ('00000000-0000-4000-8000-0000000000b1', 'archive');
insert into tenancy.module_tables values ('00000000-0000-4000-8000-0000000000b1', 'app.event'),
  ('00000000-0000-4000-8000-0000000000b1', 'app.bill_line');
insert into tenancy.roles (name) values ('archivist');
insert into tenancy.role_modules select id, '00000000-0000-4000-8000-0000000000b1' from tenancy.roles where name = 'archivist';
