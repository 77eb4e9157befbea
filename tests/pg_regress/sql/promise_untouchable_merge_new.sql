-- Promise 2, untouchable: what came to MERGE with PostgreSQL 17, RETURNING and NOT MATCHED BY SOURCE; before, a syntax error.
\i include/world.sql
\set VERBOSITY sqlstate
\c - app
begin;
call app.act_as('gus');
merge into app.documents d using (values (1), (5)) v (id) on d.id = v.id
  when matched then update set title = 'merged' returning d.id, d.title;
rollback;
begin;
call app.act_as('gus');
merge into app.documents d using (values (5)) v (id) on d.id = v.id
  when not matched by source then delete returning d.id, d.title;
rollback;

begin;
call app.act_as('gus');
merge into app.documents d using (values (1), (5)) v (id) on d.id = v.id
  when not matched by source then update set tenant_id = :acme returning d.id;
rollback;
begin;
call app.act_as('gus');
with m as (merge into app.documents d using (values (30)) v (id) on d.id = v.id
  when not matched then insert values (v.id, :globex, 'merged') returning merge_action(), d.*) select * from m;
rollback;
begin;
call app.act_as('aud');
merge into app.documents d using (values (30)) v (id) on d.id = v.id
  when not matched by source then delete returning d.id;
rollback;
\c - postgres
select id, title from app.documents order by id;
