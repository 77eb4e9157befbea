-- What PostgreSQL says when a foreign key's action writes another tenant's row and that breaks a constraint: by hand, the row.
\i include/world.sql
\i include/rolled.sql
\set parts 'id integer primary key, tenant_id uuid not null, document_id integer not null default 64'
\set keys 'on delete set null (document_id) on update cascade'
set role owner;
create table rolled.parts (:parts references rolled.documents :keys, secret text, check (document_id < 100));
create table app.parts (:parts references app.documents :keys, secret text, check (document_id < 100));
create table app.twins (:parts references app.documents on delete set default (document_id), secret text, unique (document_id, secret));
alter table rolled.parts enable row level security, force row level security;
create policy tenant on rolled.parts using (tenant_id = rolled.tenant()) with check (tenant_id = rolled.tenant());
select tenancy.protect('app.parts', 'required', create_index => 'never'), tenancy.protect('app.twins', 'required', create_index => 'never') \g /dev/null
grant all on rolled.parts, app.parts, app.twins to public;
reset role;
insert into rolled.documents (id, tenant_id, title) values (61, :acme, 'acme'), (62, :acme, 'acme'), (64, :acme, 'acme');
insert into app.documents (id, tenant_id, title) values (61, :acme, 'acme'), (62, :acme, 'acme'), (64, :acme, 'acme');
insert into rolled.parts values (1, :east, 61, 'of East');
insert into app.parts values (1, :east, 61, 'of East');
insert into app.twins values (1, :east, 62, 'of East'), (2, :east, 64, 'of East');
create table plain (id integer primary key);
create table plain_parts (id integer, plain integer not null references plain on delete set null, word text);
insert into plain values (1);
insert into plain_parts values (1, 1, 'everybody''s');
grant all on plain, plain_parts to public;

-- by hand
set role alice;
select * from rolled.parts;
\c - alice
delete from rolled.documents where id = 61;
update rolled.documents set id = 200 where id = 61;
-- ours
select * from app.parts;
delete from app.documents where id = 61;
update app.documents set id = 200 where id = 61;
delete from app.documents where id = 62;
do $$ declare said text; begin
  delete from app.documents where id = 61;
exception when not_null_violation then
  get stacked diagnostics said = pg_exception_detail;
  raise notice '%', said;
end $$;
-- other words and other tables are as they were
delete from plain where id = 1;
insert into app.documents (id, title) values (61, 'twice');
insert into app.parts (id, document_id) values (1, null);
\c - postgres
delete from app.documents where id = 61;
