drop trigger if exists "00_tenancy_truncate" on {relation};
