\i include/world.sql
-- Views read with the rights of their owners. Each finding's remedy removes it.
create view app.of_superuser as select * from app.documents;
create view app.invoking with (security_invoker = on) as select * from app.documents;
create view app.through_invoking as select title from app.invoking;
create view app.of_nothing as select 1 as one;
grant select on app.of_superuser, app.invoking, app.through_invoking to app, owner;
set role owner;
create view app.of_owner as select * from app.documents;
reset role;
-- what it names is read with the rights of that view's owner
create view app.through_owner as select * from app.of_owner;
create materialized view app.counted as select tenant_id, count(*) from app.of_owner group by 1;
create materialized view app.unread as select title from app.documents;
grant select on app.counted to app, public;
grant select on app.of_owner, app.through_owner to app;

-- what the application sees
set role app;
select (select count(*) from app.of_superuser) as of_superuser, (select count(*) from app.invoking) as invoking,
  (select count(*) from app.through_invoking) as through_invoking, (select count(*) from app.of_owner) as of_owner,
  (select count(*) from app.through_owner) as through_owner, (select count(*) from app.counted) as counted;
reset role;
\set found 'select code, severity, object, finding, remedy from tenancy.lint() where code ~ ''view'''
\x
:found;
\x
select remedy from (:found) f where remedy is not null \gexec
select code, object from (:found) f;
set role app;
select (select count(*) from app.of_superuser) as of_superuser, (select count(*) from app.through_invoking) as through_invoking;
