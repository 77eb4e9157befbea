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
