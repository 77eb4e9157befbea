-- $1 a number that a tenant has, or one whose transaction has not ended. Numbers that are given by hand are most often those of a
-- table of the application's, in sequence. So what is drawn goes on well behind the last one that follows without a gap, and leaves
-- the next ones free. By drawing, because setting a sequence while others draw from it could make it go back.
with recursive last_given (number) as (
  select coalesce(
    (
      select t.number
      from tenancy.tenants t
      where t.number >= $1
        and exists (select from tenancy.tenants f where f.number = $1)
        -- there is no number after the largest
        and not exists (
          select from tenancy.tenants n where n.number = case when t.number < 9223372036854775807 then t.number + 1 end
        )
      order by t.number
      limit 1
    ),
    $1
  )
),
drawn (number) as (
  select nextval('tenancy.tenants_number_seq')
  union all
  select nextval('tenancy.tenants_number_seq')
  from drawn
  where drawn.number < (select ((l.number + 10000) / 100000 + 1) * 100000 from last_given l)
)
select max(drawn.number) from drawn
