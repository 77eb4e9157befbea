-- Twice the same table, with a quota that is far away and without one.
create schema firm;
create table firm.free (id bigint generated always as identity primary key, tenant_id uuid not null, note text not null);
create table firm.limited (id bigint generated always as identity primary key, tenant_id uuid not null, note text not null);
select from tenancy.protect('firm.free', 'required');
select from tenancy.protect('firm.limited', 'required');
insert into tenancy.quotas (tenant_id, relation, max_rows) select id, 'firm.limited', 1000000000 from bench.tenant where nth = 500;
grant usage on schema firm to public;
grant all on all tables in schema firm to public;
