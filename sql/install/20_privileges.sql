-- What policies and plans call, everybody may call. That is PostgreSQL's default, and here it is not written down: PostgreSQL looks
-- into the privileges of each function of a plan whenever an execution begins, and to find a list of them in a row of pg_proc
-- takes a thousand instructions. Where ALTER DEFAULT PRIVILEGES has taken the privilege from PUBLIC, it is granted.

do $$
declare
  called constant name[] := array[
    'can_read', 'can_read_number', 'can_write', 'can_write_number', 'can_change', 'can_change_number',
    'check_write', 'check_write_number', 'check_change', 'check_change_number', 'knows_tenant', 'reads_tenant', 'reads_tenant_number',
    'readable_tenants', 'readable_tenant_numbers', 'writable_tenants', 'writable_tenant_numbers',
    'changeable_tenants', 'changeable_tenant_numbers', 'writable_tenant', 'writable_tenant_number',
    'read_tenant', 'read_tenant_number', 'write_tenant', 'write_tenant_number', 'own_tenant', 'own_tenant_number',
    'reads_all', 'writes_all', 'changes_all', 'reads_public', 'writes_public', 'administers', 'current_user_id'
  ];
  called_function regprocedure;
begin
  for called_function in
    select p.oid
    from pg_catalog.pg_proc p
    where p.pronamespace = 'tenancy'::regnamespace
      and p.proname = any (called)
      and not has_function_privilege('public', p.oid, 'execute')
  loop
    execute format('grant execute on function %s to public', called_function);
  end loop;
end
$$;
