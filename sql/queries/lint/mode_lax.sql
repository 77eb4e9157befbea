-- The modes in which policies let everything pass.
select
  'mode',
  format('The mode is %s: protected tables are open to everybody who has privileges on them.', i.mode),
  'select tenancy.set_mode(''enforce'')'
from tenancy.installation i
where i.mode in ('off', 'warn')
