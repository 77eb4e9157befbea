-- Promise 3, referentially closed: what changes rows or references without a row trigger, and foreign keys of single partitions.
\c - postgres
\set VERBOSITY default
insert into tenancy.tenants (name, allows_subtenants) values ('provider', false), ('top', true), ('b', true);
insert into tenancy.tenants (name, parent_id) select 'a', id from tenancy.tenants where name = 'top';
create function app.t(text) returns uuid stable language sql as 'select id from tenancy.tenants where name = $1';
create table app.parent (id integer primary key, tenant_id uuid);
create table app.child (id integer primary key, tenant_id uuid not null, parent integer references app.parent);
alter table app.parent owner to owner;
alter table app.child owner to owner;
select tenancy.protect('app.parent', 'optional', create_index => 'never');
select tenancy.protect('app.child', 'required', create_index => 'never');
insert into app.parent values (1, app.t('a')), (2, app.t('b')), (3, app.t('top'));
insert into app.child values (1, app.t('a'), 1), (2, app.t('a'), 3);

-- a column that is written anew refers to other rows, or is referred to by others
set role owner;
alter table app.child alter column parent type bigint using 2;
alter table app.child alter column parent type bigint using case parent when 1 then 3 else 1 end;
alter table app.parent alter column id type bigint using case id when 1 then 2 when 2 then 1 else 3 end;
alter table app.parent alter column id type bigint using case id when 1 then 3 when 3 then 1 else 2 end;
alter table app.child alter column parent type integer, alter column id type bigint;
reset role;
select * from tenancy.violations();

-- a new column that refers to the same row everywhere
alter table app.child add column second integer default 2 references app.parent;
alter table app.child add column second integer default 3 references app.parent;
select * from tenancy.violations();

-- the foreign key of one partition
create table app.part (id integer primary key, tenant_id uuid not null, parent integer) partition by range (id);
create table app.part_1 partition of app.part for values from (0) to (100);
create table app.part_2 partition of app.part for values from (100) to (200);
select tenancy.protect('app.part', 'required', create_index => 'never');
insert into app.part values (1, app.t('a'), 2), (2, app.t('a'), 3), (100, app.t('a'), 2);
alter table app.part_1 add constraint of_part_1 foreign key (parent) references app.parent;
update app.part set parent = 1 where id = 1;
alter table app.part_1 add constraint of_part_1 foreign key (parent) references app.parent deferrable initially deferred;
select relation, constraint_name, referenced from tenancy.reference_rules where relation::text like 'app.part%';
-- rows of that partition, through it and through the table
insert into app.part values (3, app.t('a'), 2);
insert into app.part_1 values (3, app.t('a'), 2);
update app.part set tenant_id = app.t('b') where id = 1;
update app.parent set tenant_id = app.t('b') where id = 1;
-- those of the other are free
insert into app.part values (103, app.t('a'), 2);
-- a row that comes into the partition by an update
update app.part set id = 4 where id = 103;
-- a move
update tenancy.tenants set parent_id = null where name = 'a';
delete from app.child where parent = 1;
update tenancy.tenants set parent_id = null where name = 'a';
select * from tenancy.violations();
-- one that was there before the table was protected
select tenancy.release('app.part');
update app.part_1 set parent = 2 where id = 1;
select tenancy.protect('app.part', 'required', create_index => 'never');
update app.part_1 set parent = 1 where id = 1;
select tenancy.protect('app.part', 'required', create_index => 'never');
insert into app.part values (3, app.t('a'), 2);
-- the partition goes its own way with its foreign key
alter table app.part detach partition app.part_1;
insert into app.part_1 values (3, app.t('a'), 2);
update app.parent set tenant_id = app.t('b') where id = 1;
select relation, constraint_name, referenced from tenancy.reference_rules where relation::text like 'app.part%';
-- and comes back, to a table that by now has a foreign key of the same kind
alter table app.part add constraint of_all foreign key (parent) references app.parent deferrable initially deferred;
update app.part set parent = null where parent = 2;
alter table app.part add constraint of_all foreign key (parent) references app.parent deferrable initially deferred;
alter table app.part attach partition app.part_1 for values from (0) to (100);
insert into app.part values (3, app.t('a'), 2);
insert into app.part_2 values (104, app.t('a'), 2);
alter table app.part detach partition app.part_2;
insert into app.part_2 values (104, app.t('a'), 2);
alter table app.part drop constraint of_all;

-- while a table is released, what refers to it may change
select tenancy.release('app.parent');
update app.child set second = 2;
select tenancy.protect('app.parent', 'optional', create_index => 'never');
update app.child set second = 3;
select tenancy.protect('app.parent', 'optional', create_index => 'never');
update app.child set second = 2;

-- what the foreign key of a partition says is checked when the partition comes
create table app.part_3 (id integer primary key, tenant_id uuid not null, parent integer references app.parent);
insert into app.part_3 values (300, app.t('a'), 2);
alter table app.part attach partition app.part_3 for values from (300) to (400);
update app.part_3 set parent = 1;
alter table app.part attach partition app.part_3 for values from (300) to (400);
insert into app.part values (301, app.t('a'), 2);
select * from tenancy.violations();
-- and so is what a protected table says that refers to it
create table app.part_4 (id integer primary key, tenant_id uuid not null, parent integer);
create table app.of_part_4 (id integer primary key, tenant_id uuid not null, part integer references app.part_4);
insert into app.part_4 values (400, app.t('b'), null);
insert into app.of_part_4 values (1, app.t('a'), 400);
select tenancy.protect('app.of_part_4', 'required', create_index => 'never');
alter table app.part attach partition app.part_4 for values from (400) to (500);
update app.part_4 set tenant_id = app.t('top');
alter table app.part attach partition app.part_4 for values from (400) to (500);
select relation, constraint_name, referenced from tenancy.reference_rules where relation::text like 'app.of_part%';
update app.part_4 set tenant_id = app.t('b');
