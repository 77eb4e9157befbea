\i include/world.sql
-- A part of an untenanted table stays one when it is no longer a part: what it refers to is looked at as before.
grant references on app.documents to app;
grant execute on function tenancy.protect to app;
insert into tenancy.referring_owners (relation, owner) values ('app.documents', 'app');
create schema mine authorization app;
set role app;
create table mine.notes (id integer, document integer) partition by list (id);
create table mine.notes_1 partition of mine.notes for values in (1, 2);
create table mine.hints (id integer, document integer);
create table mine.hints_1 () inherits (mine.hints);
select tenancy.protect('mine.notes', 'untenanted'), tenancy.protect('mine.hints', 'untenanted') \g /dev/null
alter table mine.notes add foreign key (document) references app.documents;
alter table mine.hints_1 add foreign key (document) references app.documents;
-- a hidden row, and one that is not there
insert into mine.notes values (1, 5);
insert into mine.notes values (1, 99);
alter table mine.notes detach partition mine.notes_1;
alter table mine.hints_1 no inherit mine.hints;
insert into mine.notes_1 values (1, 5);
insert into mine.notes_1 values (1, 99);
insert into mine.hints_1 values (1, 5);
insert into mine.hints_1 values (1, 99);
reset role;
select relation, kind, tenant_column from tenancy.protected_tables where relation::text ~ '^mine' order by 1;
select code, object from tenancy.lint() where object ~ 'mine' order by 1, 2;
-- it may become a part again, and goes
set role app;
alter table mine.notes attach partition mine.notes_1 for values in (1, 2);
alter table mine.hints_1 inherit mine.hints;
reset role;
select relation, kind from tenancy.protected_tables where relation::text ~ '^mine' order by 1;
select code, object from tenancy.lint() where object ~ 'mine' order by 1, 2;
select tenancy.release('mine.notes'), tenancy.release('mine.hints');
select tgrelid::regclass, tgname from pg_trigger where tgrelid::regclass::text ~ '^mine' and not tgisinternal order by 1, 2;
drop schema mine cascade;
-- in a governed schema it takes rows, as it did before
insert into tenancy.governed_schemas values ('app');
create table app.codes (id integer) partition by list (id);
create table app.codes_1 partition of app.codes for values in (1);
select tenancy.protect('app.codes', 'untenanted') \g /dev/null
alter table app.codes detach partition app.codes_1;
select relation, kind from tenancy.protected_tables where relation::text ~ 'codes' order by 1;
select code, object from tenancy.lint() where object ~ 'codes' order by 1, 2;
