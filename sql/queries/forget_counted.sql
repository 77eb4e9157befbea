-- $1 tables that are no longer protected in their own right: they have no quotas any longer, and nothing that was counted.
with quotas as (
  delete from tenancy.quotas q where q.relation::oid = any ($1)
)
delete from tenancy.counted_rows c where c.relation::oid = any ($1)
