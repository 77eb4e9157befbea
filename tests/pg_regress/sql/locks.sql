-- Which of our tables a login may lock, which PostgreSQL does not ask us about.
\i include/world.sql
\c - postgres
create function app.lockable() returns table (mode text, tables text) language plpgsql as $$
declare
  name text;
  found text[];
begin
  foreach mode in array '{access share,row share,row exclusive,share update exclusive,share,share row exclusive,exclusive,access exclusive}'::text[] loop
    found := '{}';
    for name in select relname from pg_class where relnamespace = 'tenancy'::regnamespace and relkind = 'r' order by 1 loop
      begin
        execute format('lock table tenancy.%I in %s mode', name, mode);
        found := found || name;
        raise exception 'back';
      exception
        when raise_exception or insufficient_privilege then null;
      end;
    end loop;
    tables := array_to_string(found, ' ');
    return next;
  end loop;
end
$$;
-- nobody in particular; then an administrator by the same login
set role app;
select mode from app.lockable() where mode <> 'access share' group by tables, mode order by mode;
\x
select tables from app.lockable() where mode = 'access exclusive';
select tables from app.lockable() where mode = 'access share';
\x
reset role;
select code, severity, object, finding, remedy from tenancy.lint() where code = 'administration_lockable';

-- administrators have a database role of their own
create role locks_operators nologin;
grant locks_operators to carol;
select format('revoke insert, update, delete on %s from public; grant insert, update, delete on %1$s to locks_operators', c.oid::regclass)
from pg_class c
cross join aclexplode(c.relacl) a
where c.relnamespace = 'tenancy'::regnamespace
  and a.grantee = 0
  and a.privilege_type = 'DELETE' \gexec
select code from tenancy.lint() where code = 'administration_lockable';
set role app;
select * from app.lockable() where tables <> '' and mode <> 'access share';
-- views lock what they are made of
create temp view all_tenants as select * from tenancy.tenants;
begin;
lock table all_tenants in row share mode;
rollback;
begin;
lock table tenancy.tenant_groups in access share mode;
lock table tenancy.tenant_groups in access exclusive mode;
rollback;
explain (costs off) delete from tenancy.tenants;
reset role;

-- the work goes on: the application, its users, functions, references; and administrators by their own role
\c - app
begin;
call app.act_as('ann');
insert into app.documents (id, title) values (20, 'new');
update app.documents set title = 'newer' where id = 20;
delete from app.documents where id = 20;
select count(*) from tenancy.tenants;
commit;
begin;
call app.act_as('ada');
update tenancy.tenants set description = 'x' where id = :acme;
rollback;
begin;
call app.act_as('ada');
select tenancy.enable_login(md5('pol')::uuid, 'manager') \g /dev/null
select tenancy.disable_login(md5('pol')::uuid) \g /dev/null
commit;
\c - carol
update tenancy.tenants set description = 'x' where id = :acme;
insert into tenancy.tenants (name) values ('Later');
delete from tenancy.tenants where name = 'Later';
insert into tenancy.tenant_groups (name) values ('some');
delete from tenancy.tenant_groups where name = 'some';
\c - owner
create table app.later (id integer primary key, tenant_id uuid not null);
select tenancy.protect('app.later', 'required', create_index => 'never') \g /dev/null
insert into app.later values (1, :acme);
\c - postgres
insert into app.later values (1, :acme);
drop owned by locks_operators;
drop role locks_operators;
