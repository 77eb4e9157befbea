-- A foreign table has no row security: it becomes no part of a protected table.
\i include/world.sql
create foreign data wrapper nothing;
create server nowhere foreign data wrapper nothing;
grant usage on foreign server nowhere to owner;
set role owner;
create table app.events (id integer, tenant_id uuid not null, at integer) partition by list (at);
select tenancy.protect('app.events', 'required', create_index => 'never');
create foreign table app.far partition of app.events for values in (1) server nowhere;
create foreign table app.far (id integer, tenant_id uuid not null, at integer) server nowhere;
alter table app.events attach partition app.far for values in (1);
create foreign table app.heir () inherits (app.documents) server nowhere;

create table app.others (id integer, tenant_id uuid not null, at integer) partition by list (at);
alter table app.others attach partition app.far for values in (1);
select tenancy.protect('app.others', 'required', create_index => 'never');
alter table app.others detach partition app.far;
select tenancy.protect('app.others', 'required', create_index => 'never');
