-- Statement triggers are not passed on to partitions.
create trigger "00_tenancy_truncate" before truncate on {relation}
  for each statement execute function tenancy.check_truncate();
alter table only {relation} enable always trigger "00_tenancy_truncate";
