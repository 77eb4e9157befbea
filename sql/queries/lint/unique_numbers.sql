-- Unique keys without the tenant, over numbers that the writer chooses: a tenant learns which numbers others have.
select
  object,
  'The key does not name the tenant: who inserts a number that another tenant has is refused, and so learns of it. ' || afterwards,
  remedy
from revealing_key
where not says_something
