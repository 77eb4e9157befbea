-- Ways around, PostgreSQL's own roles that have privileges on everything: row security binds their members. What protection leans on
-- was kept from them by privileges alone, by hand, and is by row security here. (More: lint_roles, lint_tokens.)
\i include/world.sql
\i include/rolled.sql
\i include/tokens.sql
\o /dev/null
create role around_data login in role pg_read_all_data, pg_write_all_data;
alter role around_data in database :"DBNAME" set app.tenant = :globex;
update tenancy.users set db_role = 'around_data' where id = md5('gus')::uuid;
set role owner;
-- by hand: who may act for whom, by a secret that only a function of the owner's reads
create table rolled.keys (tenant_id uuid, secret text);
insert into rolled.keys values (:acme, 'the secret of Acme');
reset role;
insert into rolled.documents select n, :acme, 'acme ' || n from generate_series(20, 40) n;
insert into app.documents select n, :acme, 'acme ' || n from generate_series(20, 40) n;
insert into tenancy.quotas (tenant_id, relation, max_rows) values (:acme, 'app.articles', 10), (:globex, 'app.articles', 2);
insert into app.articles values (20, :acme, 'x'), (21, :globex, 'x');
insert into tenancy.adoptions (relation, tenant_column, value, by_default, had) values ('app.events', 'tenant_id', 'null', false, '{}');
analyze app.documents, rolled.documents;
\o
\c - around_data

-- rows of others stay hidden and untouched, in both
select :titles from rolled.documents;
update rolled.documents set title = 'x' where id = 1;
insert into rolled.documents values (60, :acme, 'x');
select :titles from app.documents;
update app.documents set title = 'x' where id = 1;
insert into app.documents values (60, :acme, 'x');
-- the secrets by which one becomes somebody else
select secret from rolled.keys;
update rolled.keys set secret = 'mine';
select secret from tenancy.token_secrets;
update tenancy.token_secrets set secret = app.jwk('a secret that the attacker thought') ->> 'k';
select tenancy.authenticate(app.token(jsonb_build_object('sub', md5('ann')::uuid), '{}', 'a secret that the attacker thought'));
-- room in a quota; what is evaluated as the owner of a table
update tenancy.quota_room set room = 1000;
update tenancy.adoptions set value = 'app.anything()';
-- any of our tables: rows that would be changed or deleted, and how an insertion is refused
create function pg_temp.written() returns table (what text, tables text) language plpgsql as $$
declare
  each record;
  many bigint;
  wrote text[] := '{}';
  refused jsonb := '{}';
begin
  for each in
    select c.relname, a.attname
    from pg_class c
    left join lateral (
      select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.attidentity = '' order by a.attnum limit 1
    ) a on true
    where c.relnamespace = 'tenancy'::regnamespace and c.relkind = 'r'
    order by 1
  loop
    begin
      execute format('update tenancy.%I set %I = %2$I', each.relname, coalesce(each.attname, 'ctid'));
      get diagnostics many = row_count;
      if many > 0 then wrote := wrote || ('update ' || each.relname); end if;
    exception when others then null;
    end;
    begin
      execute format('delete from tenancy.%I', each.relname);
      get diagnostics many = row_count;
      if many > 0 then wrote := wrote || ('delete ' || each.relname); end if;
    exception when others then null;
    end;
    begin
      execute format('insert into tenancy.%I default values', each.relname);
      wrote := wrote || ('insert ' || each.relname);
    exception when others then
      refused := refused || jsonb_build_object(sqlstate, concat_ws(' ', refused ->> sqlstate, each.relname));
    end;
  end loop;
  return query select 'written', array_to_string(wrote, ', ');
  return query select 'refused with ' || key, value from jsonb_each_text(refused) order by 1;
end $$;
begin;
\x
select * from pg_temp.written();
\x
rollback;
-- what has happened stays, even where row security does not bind them
\c - postgres
alter role around_data bypassrls;
\c - around_data
select count(*) > 0 as recorded from tenancy.activity;
update tenancy.activity set detail = '"nothing happened"';
delete from tenancy.activity where false;
merge into tenancy.activity using (values (1)) v on true when matched then delete;
select tenancy.forget_activity('0 s');
truncate tenancy.activity;
insert into tenancy.activity (event) values ('it is appended');
\c - postgres
alter role around_data nobypassrls;
delete from tenancy.activity where event = 'it is appended';
\c - around_data
-- but nothing hides PostgreSQL's own catalogs from them, where samples of all rows are (lint: application_is_exempt)
select starelid::regclass, count(*) > 0 as told
from pg_statistic
where starelid in ('app.documents'::regclass, 'rolled.documents'::regclass) and stavalues1::text ~ 'acme 2'
group by starelid order by starelid::regclass::text;
\c - postgres
select code, severity, finding from tenancy.lint() where object = 'role around_data' order by 1;
update tenancy.users set db_role = null where db_role = 'around_data';
drop owned by around_data;
drop role around_data;
