-- Promise 3, referentially closed: keys of several columns, partitions and inheritance on either side, keys of two kinds, tables
-- without tenants.
\i include/world.sql
set role owner;

-- several columns, one of them the tenant, MATCH FULL and SIMPLE
create table app.orders (tenant_id uuid not null, number integer, title text, primary key (tenant_id, number), unique (number, title));
create table app.items (id integer primary key, tenant_id uuid not null, order_tenant uuid, order_number integer, title text, title_number integer,
  constraint simple foreign key (order_tenant, order_number) references app.orders (tenant_id, number),
  constraint "Full" foreign key (title, title_number) references app.orders (title, number) match full);
select tenancy.protect('app.orders', 'required', create_index => 'never');
select tenancy.protect('app.items', 'required', create_index => 'never');
grant select, insert, update, delete on app.orders, app.items to public;
reset role;
insert into app.orders values (:acme, 1, 'acme 1'), (:east, 1, 'east 1'), (:globex, 1, 'globex 1');
\c - app
begin;
call app.act_as('mia');
insert into app.items (id, tenant_id, order_tenant, order_number) values (1, :acme, :acme, 1), (2, :east, :acme, 1), (3, :east, :east, 1);
insert into app.items (id, tenant_id, title, title_number) values (4, :east, 'acme 1', 1), (5, :east, null, null);
insert into app.items (id, tenant_id, order_tenant) values (6, :east, :globex);
savepoint here;
insert into app.items (id, tenant_id, order_tenant, order_number) values (10, :acme, :east, 1);
rollback to here;
insert into app.items (id, tenant_id, order_tenant, order_number) values (10, :acme, :globex, 1);
rollback to here;
insert into app.items (id, tenant_id, order_tenant, order_number) values (10, :acme, :globex, 2);
rollback to here;
insert into app.items (id, tenant_id, title, title_number) values (10, :acme, 'east 1', 1);
rollback to here;
insert into app.items (id, tenant_id, title, title_number) values (10, :acme, 'globex 1', 1);
rollback to here;
insert into app.items (id, tenant_id, title, title_number) values (10, :acme, 'nobody 1', 1);
rollback to here;
insert into app.items (id, tenant_id, title, title_number) values (10, :acme, 'globex 1', null);
rollback to here;
-- a key that holds the tenant moves only with nobody left behind
update app.orders set tenant_id = :west where number = 1 and tenant_id = :east;
rollback to here;
commit;

-- the child partitioned, the parent partitioned, both, several levels
\c - owner
create table app.machines (id integer, day date, tenant_id uuid not null, name text, primary key (id, day)) partition by range (day);
create table app.machines_old partition of app.machines for values from ('2000-01-01') to ('2020-01-01');
create table app.machines_new partition of app.machines for values from ('2020-01-01') to ('2040-01-01') partition by list (id);
create table app.machines_new_1 partition of app.machines_new for values in (1, 2, 3, 4, 5);
create table app.machines_new_2 partition of app.machines_new default;
select tenancy.protect('app.machines', 'required', create_index => 'never');
create table app.repairs (id integer, day date, tenant_id uuid, machine_id integer, machine_day date, document_id integer,
  foreign key (machine_id, machine_day) references app.machines) partition by hash (id);
create table app.repairs_0 partition of app.repairs for values with (modulus 2, remainder 0) partition by range (day);
create table app.repairs_0_a partition of app.repairs_0 default;
create table app.repairs_1 partition of app.repairs for values with (modulus 2, remainder 1);
select tenancy.protect('app.repairs', 'optional', create_index => 'never');
alter table app.repairs add foreign key (document_id) references app.documents;
alter table app.documents add machine_id integer, add machine_day date;
alter table app.documents add foreign key (machine_id, machine_day) references app.machines;
grant select, insert, update, delete on all tables in schema app to public;
select relation, constraint_name, referenced from tenancy.reference_rules where relation::text ~ 'repairs|documents' order by 1, 2;
reset role;
\c - postgres
insert into app.machines values (1, '2010-01-01', :acme, 'acme'), (2, '2010-01-01', :east, 'east'), (3, '2010-01-01', :globex, 'globex'),
  (1, '2030-01-01', :acme, 'acme'), (2, '2030-01-01', :east, 'east'), (30, '2030-01-01', :globex, 'globex');
\c - app
begin;
call app.act_as('mia');
insert into app.repairs values (1, now(), :east, 1, '2010-01-01', 3), (2, now(), :east, 1, '2030-01-01', 1), (3, now(), :east, 2, '2010-01-01', 1);
update app.documents set (machine_id, machine_day) = (1, '2010-01-01') where tenant_id = :acme;
savepoint here;
insert into app.repairs values (10, now(), :acme, 2, '2010-01-01', null);
rollback to here;
insert into app.repairs values (10, now(), :acme, 3, '2010-01-01', null);
rollback to here;
insert into app.repairs values (10, now(), :acme, 99, '2010-01-01', null);
rollback to here;
insert into app.repairs_0_a (id, tenant_id, machine_id, machine_day) values (102, :acme, 30, '2030-01-01');
rollback to here;
insert into app.repairs_1 (id, tenant_id, document_id) values (11, :acme, 3);
rollback to here;
update app.repairs_1 set document_id = 5;
rollback to here;
update app.documents set (machine_id, machine_day) = (2, '2030-01-01') where id = 1;
rollback to here;
-- the row referred to, addressed through each level, moved to another partition
update app.machines set tenant_id = :west where id = 1 and day = '2030-01-01';
rollback to here;
update app.machines_new set tenant_id = :west where id = 1;
rollback to here;
update app.machines_new_1 set tenant_id = :west where id = 1;
rollback to here;
update app.machines_old set tenant_id = :west where id = 2;
rollback to here;
update app.machines_old set tenant_id = :acme where id = 2 returning name;
rollback to here;
-- the referring row, moved to another partition and tenant
update app.repairs set id = 101, tenant_id = :west where document_id = 3;
rollback to here;
update app.repairs set id = 102 where id = 1 returning tableoid::regclass;
rollback;
-- a partition that is attached brings its references and its rows
\c - owner
create table app.machines_far (like app.machines including all);
alter table app.machines attach partition app.machines_far for values from ('2040-01-01') to ('2050-01-01');
create table app.repairs2 (like app.repairs) partition by range (day);
alter table app.repairs2 add foreign key (document_id) references app.documents;
create table app.repairs2_a (like app.repairs);
select tenancy.protect('app.repairs2', 'optional', create_index => 'never');
\c - postgres
insert into app.repairs2_a (id, day, tenant_id, document_id) values (1, '2020-01-01', :globex, 1);
alter table app.repairs2 attach partition app.repairs2_a default;
update app.repairs2_a set document_id = 5;
alter table app.repairs2 attach partition app.repairs2_a default;
select tenancy.set_reference_rule('app.repairs2', 'repairs2_document_id_fkey', service_provider_eligible => true);
insert into app.repairs2_a (id, day, tenant_id, document_id) values (2, '2020-01-01', :globex, 1);
-- and keeps them when it goes
\c - owner
alter table app.repairs2 detach partition app.repairs2_a;
\c - postgres
insert into app.repairs2_a (id, day, tenant_id, document_id) values (2, '2020-01-01', :globex, 1);
update app.documents set tenant_id = :acme where id = 5;
select relation, constraint_name, referenced, service_provider_eligible from tenancy.reference_rules where relation::text ~ 'repairs2' order by 1, 2;
insert into app.repairs2_a (id, day, tenant_id, document_id) values (2, '2020-01-01', :globex, 7);
select tenancy.set_reference_rule('app.repairs2_a', 'repairs2_document_id_fkey', service_provider_eligible => false);
alter table app.repairs2 attach partition app.repairs2_a default;
select relation, constraint_name, referenced, service_provider_eligible from tenancy.reference_rules where relation::text ~ 'repairs2' order by 1, 2;
drop table app.repairs2;

-- inheritance: a foreign key binds the table that it is on
\c - owner
create table app.notes (id integer primary key, tenant_id uuid not null, document_id integer references app.documents);
create table app.long_notes (pages integer, document2_id integer references app.documents) inherits (app.notes);
select tenancy.protect('app.notes', 'required', create_index => 'never');
create table app.short_notes (document3_id integer references app.documents) inherits (app.notes);
\c - postgres
insert into app.notes values (1, :acme, 5);
insert into app.long_notes (id, tenant_id, document2_id) values (1, :acme, 6);
insert into app.short_notes (id, tenant_id, document3_id) values (1, :acme, 6);
insert into app.long_notes (id, tenant_id, document2_id) values (1, :acme, 1);
insert into app.short_notes (id, tenant_id, document3_id) values (1, :acme, 2);
update app.documents set tenant_id = :globex where id = 1;
update app.documents set tenant_id = :globex where id = 2;

-- keys of two kinds
\c - owner
create table app.accounts (id integer primary key, customer bigint not null, parent_id integer references app.accounts, document_id integer references app.documents);
alter table app.documents add account_id integer references app.accounts;
select tenancy.protect('app.accounts', 'required', 'customer', create_index => 'never');
grant select, insert, update, delete on app.accounts to public;
\c - postgres
insert into app.accounts values (1, 1010, null, 1), (2, 1011, 1, 3), (3, 1020, null, 6);
insert into app.accounts values (4, 1010, 2, null);
insert into app.accounts values (4, 1010, null, 3);
insert into app.accounts values (4, 1010, 3, null);
update app.documents set account_id = 1 where id in (1, 3);
update app.documents set account_id = 2 where id = 1;
update app.accounts set customer = 1012 where id = 2;
update app.accounts set customer = 1012 where id = 1;
update app.accounts set customer = -3 where id = 2;
\c - app
begin;
call app.act_as('eve');
savepoint here;
update app.accounts set document_id = 6;
rollback to here;
update app.accounts set document_id = 99;
rollback to here;
update app.documents set account_id = 3;
rollback to here;
update app.documents set account_id = 1 returning id;
commit;

-- tables without tenants: their rows are public, so that they refer to public rows only
\c - owner
create table app.colours (code text primary key, article_id integer references app.articles, document_id integer references app.documents);
select tenancy.protect('app.colours', 'untenanted');
alter table app.documents add colour text references app.colours;
grant select, insert, update, delete on app.colours to public;
\c - alice
insert into app.colours values ('red', 1, null);
insert into app.colours values ('green', null, null);
update app.documents set colour = 'red' where id = 1 returning title;
insert into app.colours values ('blue', 2, null);
insert into app.colours values ('blue', null, 1);
insert into app.colours values ('blue', null, 5);
insert into app.colours values ('blue', null, 99);
\c - postgres
insert into app.colours values ('blue', null, 1);
update app.articles set tenant_id = :acme where id = 1;
-- a table that is not protected is nobody's business, until it is protected
\c - owner
create table app.wild (id integer, document_id integer references app.documents);
grant select, insert on app.wild to public;
\c - postgres
insert into app.wild values (1, 4);
update app.documents set tenant_id = :west where id = 3;
update app.documents set tenant_id = :globex where id = 4;
select count(*) from tenancy.reference_rules where relation = 'app.wild'::regclass;
\c - owner
select tenancy.protect('app.wild', 'untenanted');
\c - postgres
select * from tenancy.violations();

-- a session that has checked references goes on when the schema gets another name
\c - postgres
create schema app2 authorization owner;
set role owner;
create table app2.papers (id integer primary key, tenant_id uuid not null);
create table app2.pages (id integer primary key, tenant_id uuid not null, paper_id integer not null references app2.papers);
reset role;
select tenancy.protect('app2.papers', 'required', create_index => 'never'), tenancy.protect('app2.pages', 'required', create_index => 'never');
insert into app2.papers values (1, :acme);
insert into app2.pages values (1, :acme, 1);
alter schema app2 rename to app3;
insert into app3.pages values (2, :acme, 1);
insert into app3.pages values (3, :globex, 1);
-- a partition of a partition keeps the rules of the table at the top
\c - owner
create table app.fixes (id integer, tenant_id uuid not null, document_id integer references app.documents) partition by range (id);
create table app.fixes_low partition of app.fixes for values from (0) to (100) partition by range (id);
create table app.fixes_low_1 partition of app.fixes_low default;
select tenancy.protect('app.fixes', 'required', create_index => 'never');
select tenancy.set_reference_rule('app.fixes', 'fixes_document_id_fkey', on_tenant_change => 'cascade');
alter table app.fixes_low detach partition app.fixes_low_1;
select relation, constraint_name, on_tenant_change from tenancy.reference_rules where relation::text ~ 'fixes' order by 1, 2;
\c - postgres
insert into app.fixes_low_1 values (1, :globex, (select min(id) from app.documents where tenant_id = :acme));
select code, object from tenancy.lint() where code like 'reference%' and object like '%fixes%';
