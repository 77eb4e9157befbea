-- Fires before PostgreSQL's own foreign key triggers, whose names begin with RI. Partitions get copies by themselves.
create trigger "00_tenancy_row" after insert or update on {relation}
  for each row execute function tenancy.check_row();
alter table {relation} enable always trigger "00_tenancy_row";
