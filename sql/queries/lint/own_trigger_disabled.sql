-- Triggers of our own tables, as pg_restore --disable-triggers leaves them: it enables them for sessions only.
select
  format('trigger %I on %s', t.tgname, c.oid::regclass),
  'It does not always fire: changes that it should check or tell may pass unnoticed.',
  format('alter table %s enable %strigger %I', c.oid::regclass, case when t.tgisinternal then '' else 'always ' end, t.tgname)
from pg_trigger t
join pg_class c on c.oid = t.tgrelid and c.relnamespace = 'tenancy'::regnamespace and c.relkind = 'r'
-- those of foreign keys fire for sessions only, everywhere
where case when t.tgisinternal then t.tgenabled = 'D' else t.tgenabled <> 'A' end
