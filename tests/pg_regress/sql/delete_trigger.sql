-- The trigger that sees deleted rows is there where a deleted row can matter, and only there.
\i include/world.sql
set role owner;
create table app.shelves (id integer primary key, tenant_id uuid not null);
create table app.books (id integer primary key, tenant_id uuid not null, shelf integer, next integer);
create table app.events (id integer primary key, tenant_id uuid not null) partition by range (id);
create table app.events_1 partition of app.events for values from (1) to (100);
create table app.events_2 (id integer primary key, tenant_id uuid not null);
create table app.boxes () inherits (app.shelves);
create table app.colours (id integer primary key);
grant all on all tables in schema app to app;
reset role;
\o /dev/null
select tenancy.protect('app.shelves', 'required', create_index => 'never'), tenancy.protect('app.books', 'required', create_index => 'never'),
  tenancy.protect('app.events', 'required', create_index => 'never'), tenancy.protect('app.colours', 'untenanted');
\o
create view app.seen as
  select tgrelid::regclass as table, tgenabled as enabled, tgparentid <> 0 as copy, tgtype
  from pg_trigger where tgname = '00_tenancy_delete' order by 1;
create view app.told as
  select code, object from tenancy.lint() where code ~ 'trigger|reference' order by 1, 2;
grant select on app.seen to owner;
insert into app.shelves values (1, :acme), (2, :acme), (3, :globex);

-- nothing refers to anything
table app.seen;
set role app;
begin;
call app.act_as('ann');
delete from app.shelves where id = 2;
delete from app.shelves where id = 3;
rollback;

-- a reference, made by the owner of both tables
set role owner;
alter table app.books add constraint shelf foreign key (shelf) references app.shelves;
table app.seen;
-- a reference to the table itself, to one without tenants, and from a table that is protected later
alter table app.books add constraint next foreign key (next) references app.books;
create table app.paints (id integer primary key, tenant_id uuid not null, colour integer constraint colour references app.colours);
table app.seen;
select tenancy.protect('app.paints', 'required', create_index => 'never') \g /dev/null
table app.seen;
reset role;

-- a deleted row is looked at: its key is not another tenant's in the same statement
insert into app.books values (1, :acme, 1, null);
with gone as (delete from app.shelves where id = 1 returning id) insert into app.shelves select id, :globex from gone;
delete from app.shelves where id = 1;
with gone as (delete from app.shelves where id = 1 returning id) insert into app.shelves select id, :acme from gone;

-- partitions: one that is referred to by itself, and then the whole table; a copy comes in the place of what it had
set role owner;
create table app.asks (id integer primary key, tenant_id uuid not null, event integer constraint event references app.events_1);
select tenancy.protect('app.asks', 'required', create_index => 'never') \g /dev/null
select * from app.seen where "table"::text ~ 'events';
alter table app.asks add constraint whole foreign key (event) references app.events;
alter table app.events attach partition app.events_2 for values from (100) to (200);
select * from app.seen where "table"::text ~ 'events';
alter table app.asks drop constraint whole;
alter table app.events detach partition app.events_2;
select * from app.seen where "table"::text ~ 'events';
-- a partition that is referred to still needs it; detached, it has its own
drop trigger "00_tenancy_delete" on app.events;
alter table app.events detach partition app.events_1;
select * from app.seen where "table"::text ~ 'events';
-- it stays when the last reference goes, as long as the owner leaves it
drop trigger "00_tenancy_delete" on app.events;
alter table app.asks drop constraint event;
select * from app.seen where "table"::text ~ 'events';
drop trigger "00_tenancy_delete" on app.events_1;
reset role;

-- quotas count deleted rows, of inheritance children, too; who sets them need not own the table
set role app;
begin;
call app.act_as('ada');
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:acme, 'app.documents', 4), (:globex, 'app.documents', 4);
commit;
reset role;
table app.seen;
insert into app.documents values (11, :acme), (12, :acme);
delete from app.documents where id = 11;
insert into app.documents values (13, :acme);
insert into app.documents values (14, :acme);
-- a table that others are at work on in the same session
insert into tenancy.quotas (tenant_id, relation, max_rows) select distinct tenant_id, 'app.articles'::regclass, 100 from app.articles where tenant_id is not null;
create table app.drafts () inherits (app.articles);
table app.seen;
delete from tenancy.quotas;

-- what is not as it has to be is refused, found, given back
set role owner;
drop trigger "00_tenancy_delete" on app.shelves;
alter table app.shelves disable trigger "00_tenancy_delete";
alter trigger "00_tenancy_delete" on app.shelves rename to zzz;
create function app.nothing() returns trigger language plpgsql as $$ begin return null; end $$;
create or replace trigger "00_tenancy_delete" after delete on app.shelves for each row execute function app.nothing();
create or replace trigger "00_tenancy_delete" after delete on app.shelves for each row when (old.id > 1) execute function tenancy.check_row();
-- where it is not needed
drop trigger "00_tenancy_delete" on app.documents;
reset role;
table app.told;
set client_min_messages = error;
drop trigger "00_tenancy_delete" on app.shelves;
alter table app.books enable trigger "00_tenancy_delete";
table app.told;
-- while it is missing, whoever takes a key looks by itself
with gone as (delete from app.shelves where id = 1 returning id) insert into app.shelves select id, :globex from gone;
reset client_min_messages;
select tenancy.mend('app.shelves');
select tenancy.mend('app.books');
table app.told;
table app.seen;

-- somebody's own by that name, from the time before: the reference brings ours
set role owner;
create table app.racks (id integer primary key, tenant_id uuid not null);
select tenancy.protect('app.racks', 'required', create_index => 'never') \g /dev/null
create trigger "00_tenancy_delete" after delete on app.racks for each row execute function app.nothing();
alter table app.books add constraint rack foreign key (shelf) references app.racks not valid;
select tgfoid::regproc, tgenabled from pg_trigger where tgrelid = 'app.racks'::regclass and tgname ~ 'delete';
alter table app.books drop constraint rack;
drop trigger "00_tenancy_delete" on app.racks;
create constraint trigger "00_tenancy_delete" after delete on app.racks for each row execute function app.nothing();
alter table app.books add constraint rack foreign key (shelf) references app.racks not valid;
reset role;
table app.told;

-- gone with the protection
begin;
call app.act_as('ada');
select tenancy.release('app.books'), tenancy.release('app.paints'), tenancy.release('app.shelves'), tenancy.release('app.colours'),
  tenancy.release('app.articles') \g /dev/null
commit;
table app.seen;
