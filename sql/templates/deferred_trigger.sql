-- For foreign keys that can be deferred.
create constraint trigger "00_tenancy_deferred" after insert or update or delete on {relation}
  deferrable initially deferred for each row execute function tenancy.check_row('deferred');
alter table {relation} enable always trigger "00_tenancy_deferred";
