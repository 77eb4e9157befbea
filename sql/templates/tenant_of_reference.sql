-- The tenant of the row referred to.
(select p.{tenant} from {parent} p where {condition})
