-- Lint: indexes that find the nearest rows of all tenants approximately. They are known by their access methods' names, of which
-- one is made here: that of GiST under another name.
\i include/world.sql
create access method hnsw type index handler gisthandler;
create operator class app.near for type point using hnsw as
  function 1 gist_point_consistent(internal, point, smallint, oid, internal), function 2 gist_box_union(internal, internal),
  function 3 gist_point_compress(internal), function 5 gist_box_penalty(internal, internal, internal),
  function 6 gist_box_picksplit(internal, internal), function 7 gist_box_same(box, box, internal), storage box;
set role owner;
create table app.vectors (tenant_id uuid not null, place point);
create table app.of_tenants (tenant_id uuid not null, place point) partition by list (tenant_id);
create table app.of_tenants_acme partition of app.of_tenants for values in (:acme);
create table app.of_years (tenant_id uuid not null, place point, year integer) partition by list (year);
create table app.of_years_1 partition of app.of_years for values in (1);
create table app.nobodys (place point);
select tenancy.protect(name::regclass, 'required', create_index => 'never') from unnest('{app.vectors,app.of_tenants,app.of_years}'::text[]) name \g /dev/null
select tenancy.protect('app.nobodys', 'untenanted') \g /dev/null
create index for_all on app.vectors using hnsw (place app.near);
create index for_acme on app.vectors using hnsw (place app.near) where tenant_id = 'a0000000-0000-0000-0000-000000000000';
create index on app.vectors using gist (place);
create index on app.of_tenants using hnsw (place app.near);
create index on app.of_tenants_acme using hnsw (place app.near);
create index on app.of_years using hnsw (place app.near);
create index on app.nobodys using hnsw (place app.near);
reset role;
select code, severity, object, finding, remedy from tenancy.lint() where code = 'index_approximate' order by object;
