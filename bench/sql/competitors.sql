-- What the competitors' policies call, and their policies, which all stand on the same tables, each for its own role.
create function bench.my_tenants() returns uuid[] language sql stable parallel safe
  as $$ select string_to_array(current_setting('bench.tenants'), ',')::uuid[] $$;
create function bench.may_see(tenant uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from bench.membership m where m.user_id = current_setting('bench.person')::integer and m.tenant_id = tenant);
end
$$;
grant usage, create on schema bench to public;
grant select on all tables in schema bench to public;
grant execute on function tenancy.enter_tenant to bench_ours;

create procedure bench.let_compete(tables regclass[]) language plpgsql as $$
declare
  tab regclass; policy text; who text; optional boolean;
begin
  foreach tab in array tables loop
    execute format('alter table %s enable row level security', tab);
    optional := not (select attnotnull from pg_attribute where attrelid = tab and attname = 'tenant_id');
    for who, policy in values
      ('setting', 'tenant_id = current_setting(''bench.tenant'')::uuid'),
      ('any', 'tenant_id = any ((select bench.my_tenants())::uuid[])'),
      ('member', format('exists (select from bench.membership m where m.user_id = current_setting(''bench.person'')::integer and m.tenant_id = %s.tenant_id)', tab)),
      ('function', 'bench.may_see(tenant_id)')
    loop
      execute format('create policy %I on %s to %I using (%s)', who, tab, 'bench_' || who,
        case when optional then 'tenant_id is null or ' else '' end || policy);
    end loop;
  end loop;
end
$$;
