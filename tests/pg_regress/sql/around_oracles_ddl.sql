-- Ways around, oracles by DDL: who may refer to a protected table adds a foreign key to a table of his own with rows, or brings
-- rows to one. PostgreSQL's refusal of a row that refers to nothing comes before anybody can say the same of one that refers to a
-- hidden row. First against row security made by hand, then against pg_tenancy.
\i include/world.sql
\i include/rolled.sql
grant references on rolled.documents, app.documents to bob;
create schema attic authorization bob;
grant execute on function tenancy.protect to bob;
insert into tenancy.referring_owners (relation, owner) values ('app.documents', 'bob');
\c - bob
-- 1 is a document of Acme's, 99 is none
create table attic.rolled (doc integer);
insert into attic.rolled values (1);
begin; alter table attic.rolled add foreign key (doc) references rolled.documents; rollback;
update attic.rolled set doc = 99;
begin; alter table attic.rolled add foreign key (doc) references rolled.documents; rollback;

-- a table that is not protected, one that is, and partitioned ones
create table attic.plain (doc integer, other integer);
create table attic.kept (id integer primary key, tenant_id uuid not null, doc integer, other integer);
create table attic.many (id integer, tenant_id uuid not null, doc integer) partition by range (id);
create table attic.many_1 partition of attic.many for values from (0) to (10);
create table attic.later (id integer, tenant_id uuid not null, doc integer);
select tenancy.protect('attic.kept', 'required', create_index => 'never'),
  tenancy.protect('attic.many', 'required', create_index => 'never'),
  tenancy.protect('attic.later', 'required', create_index => 'never') \g /dev/null
create domain attic.one as integer default 1;
create function attic.try(command text, hidden integer default 1, missing integer default 99) returns text language plpgsql as $$
declare
  said text[];
  key integer;
  message text;
  detail text;
begin
  foreach key in array array[hidden, missing] loop
    begin
      delete from attic.plain; delete from attic.kept; delete from attic.many; delete from attic.later;
      insert into attic.plain values (key);
      insert into attic.kept (id, doc) values (1, key);
      insert into attic.many (id, doc) values (1, key);
      insert into attic.later (id, doc) values (11, key);
      execute replace(command, '$', key::text);
      raise 'done';
    exception when others then
      get stacked diagnostics message = message_text, detail = pg_exception_detail;
      said := said || concat_ws(' ', sqlstate, message, detail);
    end;
  end loop;
  return case when said[1] = said[2] then 'the same: ' || said[1] else format('TOLD: %s | %s', said[1], said[2]) end;
end
$$;
select attic.try('alter table attic.plain add foreign key (doc) references app.documents');
select attic.try('alter table attic.plain add constraint mine foreign key (doc) references app.documents (id), add column more integer');
select attic.try('alter table attic.plain add column more integer default $ references app.documents');
select attic.try('alter table attic.plain add foreign key (doc) references app.documents not valid');
select attic.try('alter table attic.kept add foreign key (doc) references app.documents');
select attic.try('alter table attic.kept add foreign key (doc) references app.documents not valid');
select attic.try('alter table attic.kept add foreign key (doc) references app.documents deferrable initially deferred');
select attic.try('alter table attic.kept add column more integer default $ references app.documents');
select attic.try('alter table attic.kept add column more integer generated always as ($) stored references app.documents');
select attic.try('alter table attic.kept add column more attic.one references app.documents');
select attic.try('alter table attic.many add foreign key (doc) references app.documents');
select attic.try('alter table attic.many_1 add foreign key (doc) references app.documents');
-- several rows: neither their number nor their order tells
select attic.try('insert into attic.kept (id, doc) values (2, 98), (3, 97); alter table attic.kept add foreign key (doc) references app.documents not valid');
select attic.try('insert into attic.kept (id, doc) values (0, 2), (3, 3); alter table attic.kept add foreign key (doc) references app.documents not valid');
-- with a foreign key there already: another value by another type, and rows of a new partition
delete from attic.kept;
delete from attic.many;
alter table attic.kept add constraint other foreign key (other) references app.documents;
alter table attic.many add constraint doc foreign key (doc) references app.documents;
insert into attic.kept (id, other) values (5, 5);
create or replace function attic.try_there(command text) returns text language plpgsql as $$
declare
  said text[];
  key integer;
  message text;
  detail text;
begin
  foreach key in array array[1, 99] loop
    begin
      delete from attic.later;
      insert into attic.later (id, doc) values (11, key);
      execute replace(command, '$', key::text);
      raise 'done';
    exception when others then
      get stacked diagnostics message = message_text, detail = pg_exception_detail;
      said := said || concat_ws(' ', sqlstate, message, detail);
    end;
  end loop;
  return case when said[1] = said[2] then 'the same: ' || said[1] else format('TOLD: %s | %s', said[1], said[2]) end;
end
$$;
select attic.try_there('alter table attic.kept alter column other type integer using $');
select attic.try_there('alter table attic.kept alter column doc type bigint');
select attic.try_there('alter table attic.many attach partition attic.later for values from (10) to (20)');
-- what is right goes on: without rows, or not valid at first
alter table attic.plain drop column if exists more;
create table attic.right (id integer primary key, tenant_id uuid not null, doc integer);
select tenancy.protect('attic.right', 'required', create_index => 'never') \g /dev/null
alter table attic.right add foreign key (doc) references app.documents;
alter table attic.right drop constraint right_doc_fkey;
insert into attic.right (id, doc) values (1, 5), (2, 6);
alter table attic.right add constraint later foreign key (doc) references app.documents not valid;
alter table attic.right validate constraint later;
insert into attic.right (id, doc) values (3, 1);
insert into attic.right (id, doc) values (3, 99);
-- the owner of both is told by PostgreSQL
\c - owner
create table app.notes (id integer primary key, tenant_id uuid not null, doc integer);
select tenancy.protect('app.notes', 'required', create_index => 'never') \g /dev/null
\c - postgres
insert into app.notes values (1, :acme, 99);
\c - owner
alter table app.notes add foreign key (doc) references app.documents;
-- a type of typed tables changes their columns
\c - postgres
create table app.grades (id numeric primary key, tenant_id uuid not null);
alter table app.grades owner to owner;
grant references on app.grades to bob;
\c - owner
select tenancy.protect('app.grades', 'required', create_index => 'never') \g /dev/null
\c - postgres
insert into tenancy.referring_owners (relation, owner) values ('app.grades', 'bob');
insert into app.grades values (1, :acme), (1.4, :globex), (5.4, :globex);
\c - bob
create type attic.graded as (id integer, tenant_id uuid, grade numeric(5, 1));
create table attic.pupils of attic.graded (primary key (id));
select tenancy.protect('attic.pupils', 'optional', create_index => 'never') \g /dev/null
alter table attic.pupils add constraint grade foreign key (grade) references app.grades;
alter type attic.graded alter attribute grade type numeric(5, 2) cascade;
insert into attic.pupils (id, grade) values (1, 1.4);
alter type attic.graded alter attribute grade type numeric(5, 0) cascade;
update attic.pupils set grade = 5.4;
alter type attic.graded alter attribute grade type numeric(5, 0) cascade;
alter type attic.graded alter attribute id type bigint cascade;
