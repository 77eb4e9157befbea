-- The different tenants that rows name.
select distinct {tenant} from {relation} r where r.{column} is not null
