-- Entering, and asking what one may do, keeps no lock: whoever changes or drops a table does not wait for those who have entered,
-- nor do others who enter wait behind him.
\i include/world.sql
\i include/tokens.sql
-- what the transaction holds besides what this question takes
create function app.held() returns text language sql as $$
  select coalesce(string_agg(format('%s %s', relation::regclass, mode), ', ' order by relation::regclass::text, mode), 'nothing')
  from pg_locks
  where pid = pg_backend_pid()
    and locktype = 'relation'
    and relation <> 'pg_locks'::regclass
    and relation::regclass::text !~ '_(pkey|key|idx)$'
$$;
\c - app
select app.token_of('ann') as ann, app.token_of('gus') as gus \gset

-- each in a session that remembers nothing yet
\c - app
begin; select tenancy.enter(md5('mia')::uuid); select app.held(); commit;
\c - app
begin; select tenancy.enter(md5('mia')::uuid); select tenancy.readable_tenants(); select app.held(); commit;
\c - app
begin; select tenancy.enter_tenant(:acme, 'auditor'); select app.held(); commit;
\c - app
begin; select tenancy.enter_tenant(:provider, 'boss'); select tenancy.can_read(:globex), tenancy.can_write(:globex); select app.held(); commit;
\c - app
begin; select tenancy.enter_tenant(:acme, 'manager', true); select app.held(); commit;
begin; select tenancy.current_tenant(); select app.held(); commit;
begin; select tenancy.leave(); select app.held(); commit;
\c - app
begin; select tenancy.authenticate(:'ann'); select app.held(); commit;
\c - app
begin; set local tenancy.token = :'ann'; select tenancy.current_user_id(); select app.held(); commit;
\c - alice
begin; select tenancy.current_tenant(); select app.held(); commit;
\c - app
begin; select tenancy.can_read(:acme), tenancy.can_write(:acme), tenancy.current_tenant(); select app.held(); commit;

-- the hierarchy
\c - app
begin; select tenancy.enter(md5('mia')::uuid); select tenancy.subtenants(:acme); select app.held(); commit;
\c - app
begin; select tenancy.enter(md5('eve')::uuid); select tenancy.supertenants(:east); select app.held(); commit;
\c - app
begin; select tenancy.enter(md5('aud')::uuid); select tenancy.relatedtenants(:east), tenancy.is_supertenant(:east, :acme); select app.held(); commit;
\c - app
begin; select tenancy.enter(md5('mia')::uuid); select tenancy.tenant_tree(); select app.held(); commit;

-- a query holds what it reads, and nothing of ours
\c - app
begin; select tenancy.enter(md5('mia')::uuid); select count(*) from app.articles; select app.held(); commit;
\c - app
begin; select tenancy.enter(md5('mia')::uuid); insert into app.documents (id, tenant_id, title) values (20, :acme, 'new'); select app.held(); commit;
