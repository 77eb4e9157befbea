-- A protected table as a part of a table that is not protected: PostgreSQL asks only the policies of the table that a query names.
\i include/world.sql
\o /dev/null
set role owner;
create table app.papers (id integer, title text);
create table app.days (id integer not null, tenant_id uuid not null, title text) partition by list (tenant_id);
create table app.days_1 partition of app.days for values in ('d0000000-0000-0000-0000-000000000000') partition by list (id);
create table app.everybodys (title text);
create table app.others (party uuid not null, title text);
create table app.alike (id integer, tenant_id uuid not null, title text);
create table app.both_named (id integer, tenant_id uuid not null, party uuid not null, title text);
select tenancy.protect('app.everybodys', 'untenanted'), tenancy.protect('app.others', 'required', 'party', create_index => 'never'),
  tenancy.protect('app.both_named', 'required', create_index => 'never');
reset role;
grant create on database :"DBNAME" to owner;
set role owner;
create table app.empty (id integer not null, tenant_id uuid not null, title text);
select tenancy.protect('app.empty', 'required', create_index => 'never');
\o
grant select, delete on app.papers, app.days, app.everybodys, app.others to public;

-- what the owner may not do
alter table app.documents inherit app.papers;
alter table app.days attach partition app.documents default;
alter table app.days_1 attach partition app.empty default;
alter table app.documents inherit app.everybodys;
alter table app.both_named inherit app.others;
create table app.child () inherits (app.documents, app.papers);
create table app.child () inherits (app.papers, app.documents);
create table app.child () inherits (app.articles, app.everybodys);
create schema mine create table child () inherits (app.documents, app.papers);
alter table app.articles inherit app.papers, add column note text;
-- nor a superuser
reset role;
alter table app.documents inherit app.papers;
\c - alice
select * from app.papers;

-- a table that is protected by the same column takes it in; so does one that becomes so
\c - owner
select tenancy.protect('app.alike', 'required', create_index => 'never') \g /dev/null
alter table app.documents inherit app.alike;
grant select on app.alike to public;
create table app.child () inherits (app.documents);
\c - alice
select title from app.alike order by 1;
\c - owner
-- and both stay what they are
alter table app.alike inherit app.papers;
alter table app.child inherit app.papers;
alter table app.alike inherit app.everybodys;
alter table app.documents no inherit app.alike;
alter table app.documents inherit app.papers;

-- what came while event triggers were off: lint finds it, nothing makes it worse, the remedy mends it
\c - postgres
\i include/guards_off.sql
alter table app.documents inherit app.papers;
alter table app.articles inherit app.everybodys;
alter table app.both_named inherit app.others;
alter table app.days attach partition app.empty default;
\i include/guards_on.sql
select severity, object, finding, remedy from tenancy.lint() where code = 'part_of_unprotected';
select tenancy.protect('app.papers', 'untenanted');
select tenancy.mend('app.everybodys');
select remedy from tenancy.lint() where code = 'part_of_unprotected' \gexec
select severity, object from tenancy.lint() where code = 'part_of_unprotected';

-- a table that is a part of two: both are protected in one transaction, in either order, or the part is taken out meanwhile
\c - owner
create table app.left_one (id integer, tenant_id uuid);
create table app.right_one (tenant_id uuid, title text);
create table app.of_both () inherits (app.left_one, app.right_one);
insert into app.of_both values (1, :acme, 'of Acme'), (2, :globex, 'of Globex');
grant select, insert on app.left_one, app.right_one, app.of_both to public;
select tenancy.protect('app.left_one', 'required', create_index => 'never');
begin;
select tenancy.protect('app.right_one', 'required', create_index => 'never') \g /dev/null
savepoint s;
select tenancy.protect('app.left_one', 'required', create_index => 'never') \g /dev/null
rollback to s;
commit;
begin;
select tenancy.protect('app.right_one', 'required', create_index => 'never'), tenancy.protect('app.left_one', 'required', create_index => 'never') \g /dev/null
commit;
\c - alice
select title from app.right_one;
select id from app.left_one;
select * from app.of_both;
insert into app.of_both (id, title) values (3, 'of Acme, too');
insert into app.of_both values (4, :globex, 'of Globex, too');
\c - owner
alter table app.of_both no inherit app.right_one;
alter table app.of_both inherit app.right_one;
create table app.upper (id integer, tenant_id uuid);
create table app.lower (tenant_id uuid, title text);
create table app.of_two () inherits (app.upper, app.lower);
alter table app.of_two no inherit app.lower;
select tenancy.protect('app.upper', 'required', create_index => 'never'), tenancy.protect('app.lower', 'required', create_index => 'never') \g /dev/null
alter table app.of_two inherit app.lower;
\c - postgres
select code, object from tenancy.lint() where object ~ '(left|right|of)_(one|both|two)|upper|lower' and code <> 'index_missing';
select * from tenancy.violations();
