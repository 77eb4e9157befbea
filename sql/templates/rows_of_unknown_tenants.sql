-- $1 the tenants.
select {key} from {relation} r where {tenant} = any($1)
