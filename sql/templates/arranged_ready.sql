create index on pg_temp.tenancy_batches (batch);
analyze pg_temp.tenancy_batches;
