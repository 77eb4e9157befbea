-- What a new table of a governed schema has until it is given to protect().
create trigger "00_tenancy_undeclared" before insert on {relation}
  for each statement execute function tenancy.refuse_undeclared();
alter table only {relation} enable always trigger "00_tenancy_undeclared";
