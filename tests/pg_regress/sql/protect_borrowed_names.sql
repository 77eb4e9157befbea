-- A part whose owner has given it policies that only bear our names is protected all the same.
\i include/world.sql
set role owner;
create table app.events (id integer, tenant_id uuid not null, at integer) partition by list (at);
select tenancy.protect('app.events', 'required', create_index => 'never');

create table app.one (id integer, tenant_id uuid not null, at integer);
insert into app.one values (1, :globex, 1);
alter table app.one enable row level security;
create policy tenancy_select on app.one using (true);
alter table app.events attach partition app.one for values in (1);

-- all four, but without FORCE
create table app.two (id integer, tenant_id uuid not null, at integer);
alter table app.two enable row level security;
create policy tenancy_select on app.two for select using (tenancy.can_read(tenant_id));
create policy tenancy_insert on app.two for insert with check (tenancy.check_write(tenant_id));
create policy tenancy_update on app.two for update
  using (tenancy.can_write(tenant_id)) with check (tenancy.check_write(tenant_id));
create policy tenancy_delete on app.two for delete using (tenancy.can_write(tenant_id));
alter table app.events attach partition app.two for values in (2);
grant select, insert on app.events, app.one, app.two to app;

select c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, pg_get_expr(p.polqual, p.polrelid) as qual,
  pg_get_expr(p.polwithcheck, p.polrelid) as with_check
from pg_policy p
join pg_class c on c.oid = p.polrelid
where p.polrelid in ('app.one'::regclass, 'app.two'::regclass)
order by c.relname, p.polname;

\c - app
select * from app.one;
begin; call app.act_as('gus'); select id from app.one; rollback;
begin; call app.act_as('ann'); select id from app.one; rollback;
