-- Triggers and foreign keys that others attach to partitions and children of protected tables, on which they were granted ALL.
\i include/world.sql
grant create on database :"DBNAME" to app;
grant create on schema app to app;
\o /dev/null
set role owner;
create table app.events (id integer primary key, tenant_id uuid not null) partition by range (id);
create table app.events_1 partition of app.events for values from (1) to (100);
create table app.events_2 partition of app.events for values from (100) to (200) partition by range (id);
create table app.events_21 partition of app.events_2 for values from (100) to (200);
create table app.drafts (primary key (id)) inherits (app.documents);
select tenancy.protect('app.events', 'required', create_index => 'never');
\o
-- later ones, too
create table app.events_3 partition of app.events for values from (200) to (300);
grant all on app.events, app.events_1, app.events_2, app.events_21, app.events_3, app.drafts to app;
reset role;
grant execute on function tenancy.protect to app;
insert into tenancy.referring_owners (relation, owner) values ('app.events', 'app');
insert into app.events values (1, :acme), (2, :globex), (100, :globex);

set role app;
create function app.spy() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger spy after insert on app.events for each row execute function app.spy();
create trigger spy after insert on app.events_1 for each row execute function app.spy();
create trigger spy after insert on app.events_2 for each row execute function app.spy();
create trigger spy before insert on app.events_21 for each row execute function app.spy();
create trigger spy after insert on app.events_3 referencing new table as new_rows for each statement execute function app.spy();
create trigger spy before truncate on app.events_1 execute function app.spy();
create constraint trigger spy after insert on app.events_1 deferrable for each row execute function app.spy();
create trigger spy after insert on app.drafts for each row execute function app.spy();
-- foreign keys of tables that are not protected
create table app.probe (id integer references app.events);
create table app.probe (id integer references app.events_1);
create table app.probe (id integer references app.events_21 on delete cascade);
create table app.probe (id integer references app.events_3);
create table app.probe (id integer references app.drafts);
create schema mine create table probe (id integer references app.events_1);
create table app.probe (id integer) partition by range (id);
alter table app.probe add foreign key (id) references app.events_2;
create table app.probe_1 partition of app.probe (foreign key (id) references app.events_21) default;
create table app.probe_2 (id integer);
alter table app.probe_2 add foreign key (id) references app.events_21 not valid;
-- of a protected one: it is a reference rule, and a hidden row and a missing one are the same
create table app.asks (id integer, tenant_id uuid not null);
select tenancy.protect('app.asks', 'required', create_index => 'never') \g /dev/null
alter table app.asks add foreign key (id) references app.events_1;
begin;
call app.act_as('ann');
insert into app.asks values (1);
savepoint here;
insert into app.asks values (2);
rollback to here;
insert into app.asks values (3);
rollback;
-- the owner's work
reset role;
set role owner;
create function app.stamp() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger stamp before insert on app.events for each row execute function app.stamp();
create trigger stamp_one after insert on app.events_1 for each row execute function app.stamp();

-- what others attached before the table was protected is refused, or found
create table app.early (id integer primary key, tenant_id uuid not null);
grant all on app.early to app;
set role app;
create trigger spy after insert on app.early for each row execute function app.spy();
create table app.reads_early (id integer references app.early);
reset role;
insert into tenancy.referring_owners (relation, owner) values ('app.early', 'app');
set role owner;
select tenancy.protect('app.early', 'required', create_index => 'never');
call tenancy.adopt('app.early', 'required', 'tenant_id');
drop trigger spy on app.early;
select tenancy.protect('app.early', 'required', create_index => 'never') \g /dev/null
create table app.events_9 (like app.events including indexes);
grant trigger on app.events_9 to app;
set role app;
create trigger spy after insert on app.events_9 for each row execute function app.spy();
set role owner;
alter table app.events attach partition app.events_9 for values from (900) to (1000);
drop trigger spy on app.events_9;
alter table app.events attach partition app.events_9 for values from (900) to (1000);
reset role;
select code, severity, object, remedy from tenancy.lint()
where code in ('trigger_of_others', 'reference_from_unprotected', 'privilege_excessive');
\set ECHO none
select remedy from tenancy.lint() where code in ('trigger_of_others', 'reference_from_unprotected', 'privilege_excessive') \gexec
\set ECHO all
select code, object from tenancy.lint()
where code in ('trigger_of_others', 'reference_from_unprotected', 'privilege_excessive');
set role app;
create trigger spy after insert on app.events_1 for each row execute function app.spy();
create table app.probe_3 (id integer references app.events_1);
