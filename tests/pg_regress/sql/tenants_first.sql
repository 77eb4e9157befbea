-- The first tenant becomes the service provider, however it comes in.
\c - postgres
begin;
insert into tenancy.tenants (name) values ('default tenant'), ('x') on conflict (name) do nothing;
rollback;
begin;
insert into tenancy.tenants (name) values ('x') on conflict (name) do update set name = excluded.name returning kind;
insert into tenancy.tenants (name) values ('x') on conflict (name) do update set description = 'again' returning kind, description;
rollback;
begin;
savepoint s;
insert into tenancy.tenants (name) values ('x') returning kind;
rollback to s;
insert into tenancy.tenants (name) values ('y') returning kind;
insert into tenancy.tenants (name) values ('z') returning kind;
rollback;
-- rows in any order, as a dump has them
begin;
insert into tenancy.tenants (id, name, parent_id, kind, allows_subtenants, depth, number) values
  ('00000000-0000-0000-0000-0000000000a3', 'c', '00000000-0000-0000-0000-0000000000a2', 'tenant', false, 3, 13),
  ('00000000-0000-0000-0000-0000000000a2', 'b', '00000000-0000-0000-0000-0000000000a1', 'tenant', true, 2, 12),
  ('00000000-0000-0000-0000-0000000000a1', 'a', null, 'service_provider', true, 1, 11);
select name, kind, depth from tenancy.tenants where number > 0 order by number;
rollback;
-- the same without depths, and with wrong ones
begin;
insert into tenancy.tenants (id, name, parent_id, kind, allows_subtenants, depth) values
  ('00000000-0000-0000-0000-0000000000a4', 'd', '00000000-0000-0000-0000-0000000000a3', 'tenant', true, 2),
  ('00000000-0000-0000-0000-0000000000a3', 'c', '00000000-0000-0000-0000-0000000000a2', 'tenant', true, 1),
  ('00000000-0000-0000-0000-0000000000a2', 'b', '00000000-0000-0000-0000-0000000000a1', 'tenant', true, null),
  ('00000000-0000-0000-0000-0000000000a1', 'a', null, 'service_provider', true, null);
select name, kind, depth from tenancy.tenants where number > 0 order by name;
rollback;
-- a circle in one statement
begin;
insert into tenancy.tenants (name) values ('provider');
insert into tenancy.tenants (id, name, parent_id, allows_subtenants, depth) values
  ('00000000-0000-0000-0000-0000000000a1', 'a', '00000000-0000-0000-0000-0000000000a2', true, 2),
  ('00000000-0000-0000-0000-0000000000a2', 'b', '00000000-0000-0000-0000-0000000000a1', true, 2);
rollback;
begin;
insert into tenancy.tenants (id, name, parent_id, allows_subtenants) values
  ('00000000-0000-0000-0000-0000000000a1', 'a', '00000000-0000-0000-0000-0000000000a1', true);
rollback;
begin;
insert into tenancy.tenants (name) values ('provider');
insert into tenancy.tenants (id, name, parent_id, allows_subtenants) values
  ('00000000-0000-0000-0000-0000000000a1', 'a', '00000000-0000-0000-0000-0000000000a1', true);
rollback;
-- other ways of inserting
begin;
prepare add (text) as insert into tenancy.tenants (name) values ($1) returning kind, depth;
execute add ('one');
execute add ('two');
merge into tenancy.tenants t using (values ('two'), ('three')) v (name) on t.name = v.name
when matched then update set description = 'was there'
when not matched then insert (name) values (v.name);
with added as (insert into tenancy.tenants (name) values ('four') returning name, kind) select * from added;
select name, kind, description from tenancy.tenants where number > 0 order by name;
rollback;
execute add ('first after all');
execute add ('second after all');
