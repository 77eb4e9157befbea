-- Promise 1, invisible: COPY, out and in.
\i include/world.sql
\c - app
copy app.documents to stdout;
copy (select * from app.documents) to stdout;
begin;
call app.act_as('gus');
copy app.documents to stdout;
copy app.documents (id, title) to stdout (format csv, header);
copy (select title from app.documents order by id) to stdout;
copy (select title from app.documents where tenant_id = 'a0000000-0000-0000-0000-000000000000') to stdout;
copy (update app.documents set title = upper(title) returning title) to stdout;
copy (with gone as (delete from app.documents returning title) select * from gone) to stdout;
rollback;

-- PostgreSQL refuses COPY FROM to roles that row security binds
begin;
call app.act_as('gus');
\copy app.documents (id, tenant_id, title) from /dev/null
rollback;
\c - owner
\copy app.documents (id, tenant_id, title) from /dev/null

-- the quick way for them: a staging table
\c - alice
create temp table staging (id integer, title text);
copy staging from stdin;
60	copied 60
61	copied 61
\.
insert into app.documents (id, title) select id, title from staging;
select title, tenant_id = tenancy.current_tenant() as own from app.documents order by id;
insert into app.documents (id, tenant_id, title) select id + 10, 'b0000000-0000-0000-0000-000000000000', title from staging;

-- whom row security does not bind may copy, and the rules of integrity hold
\c - postgres
copy app.documents (id, tenant_id, title) from stdin;
62	b0000000-0000-0000-0000-000000000000	globex 62
\.
copy app.documents (id, tenant_id, title) from stdin;
63	d0000000-0000-0000-0000-000000000000	of a tenant that does not exist
\.
copy app.documents (id, tenant_id, title) from stdin;
63	\N	of no tenant
\.
copy app.documents (id, title) from stdin;
63	of nobody in particular
\.
copy app.articles (id, tenant_id, title) from stdin;
63	\N	public 63
\.
select id, title from app.documents where id > 60 order by id;
select id, title from app.articles where id > 60 order by id;
