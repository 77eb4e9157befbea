-- $1 the key. The tenants of the rows that have it.
select {tenant} from {relation} r where {condition}
