-- Promise 1, invisible: whatever form a query has, it shows rows of readable tenants and public rows only.
\i include/world.sql

\c - app
-- nobody in particular sees nothing in particular
select * from app.documents;
select * from app.articles;
select count(*), max(title) from app.documents;

-- one's own tenant
begin;
call app.act_as('ann');
select * from app.documents order by id;
select id, title from app.articles order by id;
select count(*), max(title) from app.documents;
select * from app.documents where id = 5;
select exists (select from app.documents where title like 'globex%');
select title from app.documents where tenant_id = :globex;
select (select title from app.documents where id = 5);
select d.title, a.title from app.documents d full join app.articles a using (tenant_id) order by 1, 2;
select title from app.documents union all select title from app.articles order by 1;
with recursive r (id) as (select 1 union select d.id from r join app.documents d on d.id = r.id + 1)
select * from r;
select l.title from app.articles a cross join lateral (select d.title from app.documents d where d.tenant_id = a.tenant_id) l
order by 1;
select title from app.documents tablesample bernoulli (100) order by 1;
table app.documents;
select ctid, title from app.documents where ctid = '(0,5)';
select title, tableoid::regclass from only app.documents order by 1;
select grouping(title), count(*) from app.documents group by rollup (title) order by 1, 2;
select title, rank() over (order by id desc), lead(title) over (order by id) from app.documents;
commit;

-- gone with the transaction
select * from app.documents;

-- row locks need the right to write
begin;
call app.act_as('ann');
select title from app.documents order by id for update;
select title from app.documents order by id for no key update;
select title from app.documents order by id for share;
select title from app.documents order by id for key share skip locked;
select title from app.articles order by id for update;
commit;
begin;
call app.act_as('aud');
select title from app.documents order by id;
select title from app.documents order by id for update;
commit;

-- each kind of role
begin; call app.act_as('mia'); select title from app.documents order by id; commit;
begin; call app.act_as('eve'); select title from app.documents order by id; commit;
begin; call app.act_as('ona'); select title from app.documents order by id; commit;
begin; call app.act_as('pol'); select title from app.documents order by id; commit;
begin; call app.act_as('gus'); select title from app.documents order by id; commit;
begin; call app.act_as('pia'); select title from app.documents order by id; commit;
begin; call app.act_as('ada'); select title from app.documents order by id; commit;
begin; select tenancy.enter_tenant(:west, 'worker'); select title from app.documents order by id; commit;

-- logins that are users by themselves
\c - alice
select title from app.documents order by id;
\c - bob
select title from app.documents order by id;
select title from app.articles order by id;

-- what comes back from a change is what is there to be seen
\c - app
begin;
call app.act_as('gus');
update app.documents set title = title || '!' returning title;
delete from app.documents where id < 6 returning *;
insert into app.documents (id, title) values (8, 'globex 8') returning title, tenant_id = tenancy.current_tenant() as own;
with changed as (update app.articles set title = title || '!' returning title),
  gone as (delete from app.documents returning title),
  new as (insert into app.articles (id, title) values (6, 'globex 6') returning title)
select 'changed', * from changed union all select 'gone', * from gone union all select 'new', * from new order by 1, 2;
rollback;

-- sampled values are not shown to roles that row security binds
\c - postgres
analyze app.documents, app.articles;
select count(*) > 0 as sampled from pg_stats where schemaname = 'app';
\c - app
select count(*) from pg_stats where schemaname = 'app';
select * from pg_statistic;

-- the owner of the table is bound like everybody
\c - owner
select * from app.documents;
select * from app.articles;
select relname, relrowsecurity, relforcerowsecurity from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r' order by 1;

-- superusers are not, which the manual says
\c - postgres
select title from app.documents order by id;
