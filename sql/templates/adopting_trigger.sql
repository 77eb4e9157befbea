-- Rows that an application which does not know the column writes during an adoption get a tenant, too. Late among the
-- BEFORE triggers, so that what others fill counts.
create trigger "zz_tenancy_adopt" before insert or update on {relation}
  for each row when (new.{column} is null) execute function tenancy.adopt_row();
alter table {relation} enable always trigger "zz_tenancy_adopt";
