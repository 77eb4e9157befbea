-- The mode in which only administrators act.
select
  'mode',
  'The mode is setup: only sessions that administer see rows.',
  'select tenancy.set_mode(''enforce'')'
from tenancy.installation i
where i.mode = 'setup'
