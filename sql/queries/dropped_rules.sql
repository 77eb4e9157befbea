-- The rules of dropped foreign keys that set_reference_rule() has changed, with the columns and the table referred to: seen by a
-- snapshot of before the command.
select
  s.relation::oid,
  s.constraint_name::text,
  s.service_provider_eligible,
  s.on_tenant_change,
  s.names_tenant,
  array(
    select a.attname::text
    from unnest(k.conkey) with ordinality c (attnum, nth)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.attnum
    order by c.nth
  ),
  coalesce(k.confrelid, 0)
from pg_event_trigger_dropped_objects() d
join tenancy.reference_settings s
  on s.relation = to_regclass(format('%I.%I', d.address_names[1], d.address_names[2])) and s.constraint_name = d.address_names[3]
left join pg_constraint k on k.conrelid = s.relation and k.conname = s.constraint_name and k.contype = 'f'
where d.object_type = 'table constraint'
  and (s.service_provider_eligible or s.on_tenant_change <> 'restrict' or s.names_tenant)
