-- Ways around, domains: the owner of a domain gives it a constraint, which PostgreSQL calls with the values that are there, in tables of
-- others. First against row security made by hand, then against pg_tenancy.
\i include/world.sql
\i include/rolled.sql
create schema attic authorization bob;
grant usage on schema attic to public;
\c - bob
create domain attic.label as text;
create domain attic.narrower as attic.label;
create function attic.told(value text) returns boolean language plpgsql as $$ begin raise notice '% is told %', current_user, value; return true; end $$;
\c - owner
create table rolled.labels (tenant_id uuid, label attic.label);
create table app.labels (tenant_id uuid not null, label attic.label);
create table app.narrower (day integer, tenant_id uuid not null, label attic.narrower) partition by list (day);
create table app.narrower_1 partition of app.narrower default;
create table app.nobodys (label attic.label);
\c - postgres
insert into rolled.labels values (:globex, 'globex by hand');
insert into app.labels values (:globex, 'globex, not empty'), (:globex, null);
insert into app.narrower values (1, :globex, 'globex, in a part');
\c - owner
alter table rolled.labels enable row level security, force row level security;
create policy tenant on rolled.labels using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);

-- before the tables are protected, and row security made by hand ever after
\c - bob
begin; alter domain attic.label add constraint asks check (attic.told(value)); rollback;
-- protected
\c - owner
select tenancy.protect('app.labels', 'required', create_index => 'never') \g /dev/null
\c - bob
alter domain attic.label add constraint asks check (attic.told(value));
alter domain attic.label add check (value <> 'x');
alter domain attic.label set not null;
do $$ begin execute 'alter domain attic.label set not null'; end $$;
alter domain attic.label add constraint asks check (attic.told(value)) not valid;
alter domain attic.label validate constraint asks;
alter domain attic.nothing validate constraint asks;
-- what looks at no rows
alter domain attic.label set default 'none';
alter domain attic.label drop constraint asks;
alter domain attic.label drop not null;
-- a domain made of it, in a part of a table
\c - owner
select tenancy.release('app.labels');
\c - postgres
select tenancy.release('app.labels'), tenancy.protect('app.narrower', 'required', create_index => 'never') \g /dev/null
\c - bob
alter domain attic.narrower add constraint asks check (attic.told(value));
alter domain attic.label add constraint asks check (attic.told(value));
-- lint tells of such domains; whoever owns the table may do it
\c - postgres
select code, severity, object, finding, remedy from tenancy.lint() where code = 'code_of_others';
select remedy from tenancy.lint() where code = 'code_of_others' \gexec
select count(*) from tenancy.lint() where code = 'code_of_others';
\c - owner
alter domain attic.narrower add constraint short check (length(value) < 100);
