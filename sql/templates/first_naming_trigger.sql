-- Early among the BEFORE triggers, so that others see the tenant that the row will have.
create trigger "00_tenancy_name" before insert on {relation}
  for each row execute function tenancy.name_tenant('first');
alter table {relation} enable always trigger "00_tenancy_name";
