-- Ways around, channels beside the rows: what PostgreSQL keeps for the server, the database or the session and shows without asking
-- who acts. By hand it is the same each time: row security hides rows, nothing else. (More of them: around_oracles.)
\i include/world.sql
\i include/rolled.sql
set role owner;
alter table rolled.documents set (autovacuum_enabled = off);
alter table app.documents set (autovacuum_enabled = off);
create table rolled.orders (id bigint generated always as identity, tenant_id uuid not null default rolled.tenant());
create table app.orders (id bigint generated always as identity, tenant_id uuid not null);
alter table rolled.orders enable row level security, force row level security;
create policy tenant on rolled.orders using (tenant_id = rolled.tenant());
select tenancy.protect('app.orders', 'required', create_index => 'never') \g /dev/null
grant select, insert on rolled.orders, app.orders to public;
grant usage on sequence rolled.orders_id_seq, app.orders_id_seq to public;
-- what the application tells of its rows: the same for both
create function app.tell() returns trigger language plpgsql as $$
begin
  perform pg_notify(tg_table_schema, old.title || ' is now ' || new.title);
  return null;
end
$$;
create trigger tell after update on rolled.documents for each row execute function app.tell();
create trigger tell after update on app.documents for each row execute function app.tell();

-- Where a row is now, if it was changed: currtid2() asks for a privilege on the table, not for a policy. By the place that a hidden row
-- had, anybody learns that it was changed, and where it is.
\c - bob
select currtid2('rolled.documents', '(0,1)'), currtid2('app.documents', '(0,1)');
\c - alice
update rolled.documents set title = 'acme I' where id = 1;
update app.documents set title = 'acme I' where id = 1;
\c - bob
select currtid2('rolled.documents', '(0,1)'), currtid2('app.documents', '(0,1)');
select count(*) from app.documents where ctid = currtid2('app.documents', '(0,1)');
-- it can be closed: nothing of PostgreSQL's own calls it any more
\c - postgres
revoke execute on function currtid2(text, tid) from public;
\c - bob
select currtid2('app.documents', '(0,1)');

-- What is notified reaches everybody who listens, by name, in the whole database.
\o | sed 's/ from server process with PID [0-9]*//'
listen rolled;
listen app;
\! "$PSQL" -X -q -U alice -c "update rolled.documents set title = 'acme one' where id = 1" -c "update app.documents set title = 'acme one' where id = 1"
select;
\o

-- Advisory locks are the database's: who knows or guesses a key waits for others, makes them wait, and sees in pg_locks who holds it.
select pg_advisory_lock(4711);
\! "$PSQL" -X -q -U alice -A -t -c "select pg_try_advisory_lock(4711)" -c "select l.objid, l.granted from pg_locks l join pg_database d on d.oid = l.database where l.locktype = 'advisory' and d.datname = current_database()"
select pg_advisory_unlock_all();

-- Names of prepared transactions, and who prepared them, everybody sees until they are finished.
\c - alice
begin;
insert into rolled.orders default values;
prepare transaction 'rolled: the secret order';
begin;
insert into app.orders default values;
prepare transaction 'app: the secret order';
\c - bob
select gid, owner from pg_prepared_xacts where database = current_database() order by gid;
\c - alice
commit prepared 'rolled: the secret order';
commit prepared 'app: the secret order';

-- The next client of a pool finds what the one before left in the session: what it prepared, with the text, and the last number that it
-- drew, where the sequence is granted. DISCARD ALL takes both; what is to be kept secret does not belong into a text.
\c - app
begin;
set local app.tenant = :acme;
prepare of_rolled as select 'a secret of acme''s' from rolled.documents;
insert into rolled.orders default values;
commit;
begin;
set local app.tenant = :globex;
select name, statement from pg_prepared_statements;
select lastval(), currval('rolled.orders_id_seq');
commit;
discard all;
begin; call app.act_as('ann'); commit;
begin;
call app.act_as('ann');
prepare of_app as select 'a secret of acme''s' from app.documents;
insert into app.orders default values;
commit;
begin;
call app.act_as('gus');
select name, statement from pg_prepared_statements;
select lastval(), currval('app.orders_id_seq');
commit;
discard all;
select name, statement from pg_prepared_statements;
select lastval();
