-- A plan of {tenants} tenants on up to 8 levels: numbers 1 to 10 are tops, `Big 1` has a tenth of all below it, others share the rest.
update tenancy.installation set max_depth = 0;
insert into tenancy.roles (name, read_access) values ('subtree', 'home_subtenants');
create table bench.plan (n integer primary key, id uuid not null default gen_random_uuid(), above integer, name text not null);
insert into bench.plan (n, above, name)
select n,
  case
    when n <= 10 then null
    when n <= 20 then 1
    when n <= big then 11 + (n - 21) / 6
    when n <= big + 20 then 2 + n % 9
    else big + 1 + (n - big - 21) / 6
  end,
  case when n = 1 or n between 11 and big then 'Big ' else 'Small ' end || n
from generate_series(1, {tenants}) n, (select 10 + {tenants} / 10 as big) of;
create table bench.plain_tenants (id uuid primary key, name text not null unique, parent_id uuid references bench.plain_tenants);
create index plain_tenants_parent on bench.plain_tenants (parent_id);
analyze bench.plan;
grant select on bench.plan to public;
