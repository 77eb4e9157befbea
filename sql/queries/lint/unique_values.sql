-- Unique keys without the tenant, over values that say something: a tenant learns which values others have.
select
  object,
  'The key does not name the tenant: who inserts a value that another tenant has is refused, and so learns of it. ' || afterwards,
  remedy
from revealing_key
where says_something
