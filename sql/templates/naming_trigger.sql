-- Late among the BEFORE triggers, so that a reference that another trigger fills counts.
create trigger "zz_tenancy_name" before insert on {relation}
  for each row execute function tenancy.name_tenant();
alter table {relation} enable always trigger "zz_tenancy_name";
