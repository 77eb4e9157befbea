drop trigger if exists "00_tenancy_row" on {relation};
drop trigger if exists "00_tenancy_deferred" on {relation};
drop trigger if exists "zz_tenancy_name" on {relation};
