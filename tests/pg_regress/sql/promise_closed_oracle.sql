-- Promise 3: a deferrable foreign key speaks of a missing key and of a hidden one at the same moment, in the same words.
\i include/world.sql
\o /dev/null
set role owner;
create table app.stars (id integer primary key, tenant_id uuid not null,
  document integer constraint to_document references app.documents deferrable initially deferred);
create table app.marks (id integer primary key, tenant_id uuid not null,
  document integer constraint to_document references app.documents deferrable initially immediate);
create table app.dots (id integer, tenant_id uuid not null, document integer,
  constraint of_dots foreign key (document) references app.documents deferrable initially immediate) partition by range (id);
create table app.dots_1 partition of app.dots for values from (1) to (100);
select tenancy.protect('app.stars', 'required', create_index => 'never'),
  tenancy.protect('app.marks', 'required', create_index => 'never'),
  tenancy.protect('app.dots', 'required', create_index => 'never');
create table app.dots_2 partition of app.dots for values from (100) to (200);
create table app.dots_3 (like app.dots including all, constraint own foreign key (document) references app.documents deferrable);
alter table app.dots attach partition app.dots_3 for values from (200) to (300);
grant select, insert, update, delete on app.stars, app.marks, app.dots to app;
reset role;
\o
-- What happens to a row that refers to Globex's document 5, and to one that refers to none, up to each moment.
create procedure app.probe(relation regclass, id integer, settings text) language plpgsql as $$
declare
  document integer;
  moment text;
  said text;
begin
  foreach document in array array[5, 55] loop
    begin
      moment := 'insert';
      execute settings;
      execute format('insert into %s (id, document) values ($1, $2)', relation) using id, document;
      moment := 'set constraints';
      set constraints all immediate;
      moment := 'never';
      raise exception 'none';
    exception when others then
      get stacked diagnostics said = pg_exception_detail;
      raise notice '% %: %: % %', relation, document, moment, sqlerrm, said;
    end;
  end loop;
end $$;
grant execute on procedure app.probe to public;
set role app;
begin;
call app.act_as('ann');
call app.probe('app.stars', 1, '');
call app.probe('app.stars', 1, 'set constraints app.to_document immediate');
call app.probe('app.marks', 1, '');
call app.probe('app.marks', 1, 'set constraints app.to_document deferred');
call app.probe('app.marks', 1, 'set constraints all deferred');
call app.probe('app.dots', 1, '');
call app.probe('app.dots', 101, '');
call app.probe('app.dots', 201, '');
call app.probe('app.dots', 1, 'set constraints app.of_dots deferred');
call app.probe('app.dots', 101, 'set constraints app.of_dots deferred');
call app.probe('app.dots', 201, 'set constraints app.of_dots deferred');
rollback;
-- at commit
begin;
call app.act_as('ann');
insert into app.stars (id, document) values (1, 5);
commit;
begin;
call app.act_as('ann');
insert into app.stars (id, document) values (1, 55);
commit;
-- after ALTER CONSTRAINT, another type, DETACH
set role owner;
alter table app.marks alter constraint to_document deferrable initially deferred;
alter table app.stars alter constraint to_document deferrable initially immediate;
alter table app.dots detach partition app.dots_2;
alter table app.dots detach partition app.dots_3;
grant insert on app.dots_2, app.dots_3 to app;
alter table app.dots alter column document type bigint;
set role app;
begin;
call app.act_as('ann');
call app.probe('app.marks', 1, '');
call app.probe('app.stars', 1, '');
call app.probe('app.dots_2', 101, '');
call app.probe('app.dots_3', 201, '');
call app.probe('app.dots', 1, '');
rollback;
set role owner;
alter table app.stars alter constraint to_document not deferrable;
reset role;
select relation, m from tenancy.protected_tables, tenancy.mend(relation) m;
-- found when they are not there, and given back
alter event trigger tenancy_guard_drops disable;
do $$ declare c text; begin
  for c in select format('drop trigger %I on %s', tgname, tgrelid::regclass) from pg_trigger where tgname like '00_tenancy_key%' loop execute c; end loop;
end $$;
select count(*) from pg_trigger where tgname like '00_tenancy_key%';
alter event trigger tenancy_guard_drops enable always;
select tenancy.mend('app.marks');
select m from tenancy.mend('app.dots') m order by 1;
select tenancy.mend('app.documents');
select tgrelid::regclass, tgenabled, tgdeferrable, tginitdeferred from pg_trigger where tgname like '00_tenancy_key%' order by 1;
-- they go with the foreign key, with the protection, and not the foreign key with them
alter table app.marks drop constraint to_document;
select tenancy.release('app.dots_2') \g /dev/null
select tgrelid::regclass from pg_trigger where tgname like '00_tenancy_key%' order by 1;
set client_min_messages = error;
drop extension pg_tenancy cascade;
select conname, conrelid::regclass from pg_constraint where contype = 'f' order by 1, 2;
