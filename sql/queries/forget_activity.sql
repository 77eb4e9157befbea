-- $1 the age from which on rows are forgotten.
with forgotten as (
  delete from tenancy.activity where happened_at < now() - $1 returning 1
)
select count(*) from forgotten
