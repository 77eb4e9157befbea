-- A reference between tables of two owners: each table is looked at as its own owner, never as a superuser.
\i include/world.sql
grant create on schema app to bob;
grant execute on function tenancy.protect to bob;
insert into tenancy.referring_owners (relation, owner) values ('app.documents', 'bob');
set role owner;
grant references, select on app.documents to bob;
reset role;

set role bob;
create function app.hear(integer) returns boolean language plpgsql immutable as $$
begin
  if current_user <> 'bob' then raise exception 'bob''s code runs as %', current_user; end if;
  return true;
end
$$;
-- a guard refuses the foreign key before the table is protected
reset role;
alter event trigger tenancy_guard_ddl disable;
set role bob;
create table app.notes (id integer primary key, tenant_id uuid not null, document_id integer references app.documents);
reset role;
alter event trigger tenancy_guard_ddl enable always;
set role bob;
create index on app.notes (id) where app.hear(1);
insert into app.notes values (1, :acme, 1), (2, :acme, 5), (3, :east, 1), (4, :globex, null);
reset role;

-- the offender is found: a row of Acme that refers to a row of Globex
set role bob;
select tenancy.protect('app.notes', 'required', create_index => 'never');
update app.notes set document_id = 2 where id = 2;
select tenancy.protect('app.notes', 'required', create_index => 'never');
reset role;
select * from tenancy.violations();
select * from tenancy.reference_rules where relation = 'app.notes'::regclass;

-- the rule holds for rows that come later, on both sides
update app.documents set tenant_id = :globex where id = 2;
update tenancy.tenants set parent_id = null where name = 'East';
-- a superuser's own INSERT would run bob's code, with or without us
drop index app.notes_id_idx;
insert into app.notes values (5, :globex, 1);
