create index on pg_temp.tenancy_rows (place);
create index on pg_temp.tenancy_links (first);
create index on pg_temp.tenancy_links (later);
analyze pg_temp.tenancy_rows, pg_temp.tenancy_links;
