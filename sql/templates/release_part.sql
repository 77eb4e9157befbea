-- Takes back what protect_part.sql and the trigger templates gave.
drop policy if exists tenancy_select on {relation};
drop policy if exists tenancy_insert on {relation};
drop policy if exists tenancy_update on {relation};
drop policy if exists tenancy_delete on {relation};
alter table {relation} no force row level security;
alter table {relation} disable row level security;
