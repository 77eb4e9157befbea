-- What a table and each of its parts gets for itself. {relation}, {column}, {can_read}, {can_write}, {check_write} are filled in.
alter table {relation} enable row level security;
alter table {relation} force row level security;
create policy tenancy_select on {relation} for select using (tenancy.{can_read}({column}));
create policy tenancy_insert on {relation} for insert with check (tenancy.{check_write}({column}));
create policy tenancy_update on {relation} for update
  using (tenancy.{can_write}({column})) with check (tenancy.{check_write}({column}));
create policy tenancy_delete on {relation} for delete using (tenancy.{can_write}({column}));
