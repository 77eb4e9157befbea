-- $1 relation.
select exists (select from tenancy.quotas q where q.relation = $1)
