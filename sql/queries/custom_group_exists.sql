-- $1 group.
select 1 from tenancy.custom_groups c where c.id = $1
