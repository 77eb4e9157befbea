-- $1 relation, $2 when it was counted; arrays: $3 tenants (NULL is public), $4 rows, $5 bytes, $6 newest transactions, $7 when
-- these were committed. Where that is not known, or rows were only deleted, the change was before $2: more nobody knows.
insert into tenancy.counted_rows as kept (tenant_id, relation, rows, bytes, newest, last_write, as_of)
select n.tenant_id, $1, n.rows, n.bytes, format('%s/%s/%s', s.system_identifier, d.oid, n.newest), n.written, $2
from unnest($3, $4, $5, $6, $7) n (tenant_id, rows, bytes, newest, written)
cross join pg_control_system() s
join pg_database d on d.datname = current_database()
where n.tenant_id is null
  or exists (select from tenancy.tenants t where t.id = n.tenant_id)
on conflict (tenant_id, relation) do update set
  last_write = case
    when excluded.last_write > kept.as_of then excluded.last_write
    when (kept.rows, kept.bytes) is distinct from (excluded.rows, excluded.bytes)
      -- numbers of transactions mean something only where they were counted
      or split_part(kept.newest, '/', 3) <> split_part(excluded.newest, '/', 3)
        and starts_with(kept.newest, format('%s/%s/', split_part(excluded.newest, '/', 1), split_part(excluded.newest, '/', 2)))
      then excluded.as_of
    else greatest(kept.last_write, excluded.last_write)
  end,
  rows = excluded.rows,
  bytes = excluded.bytes,
  newest = excluded.newest,
  as_of = excluded.as_of
where kept.as_of < excluded.as_of
