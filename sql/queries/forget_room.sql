-- $1 quotas, $2 relations, $3 all of them?
delete from tenancy.quota_room r
where $3
  or r.quota_id = any ($1)
  or r.quota_id in (select q.id from tenancy.quotas q where q.relation::oid = any ($2))
