-- $1 relation.
with settings as (
  delete from tenancy.reference_settings where relation = $1
)
delete from tenancy.protection where relation = $1
