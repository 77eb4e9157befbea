-- The extension with its service provider, and what hand-rolled set-ups keep: which user may see which tenants.
create extension pg_tenancy;
create schema bench;
create extension pg_stat_statements schema bench;
insert into tenancy.tenants (name) values ('Provider');
create table bench.membership (user_id integer, tenant_id uuid, primary key (user_id, tenant_id));
