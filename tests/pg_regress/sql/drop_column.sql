-- A dropped column takes neither its table nor the rules of its foreign keys out of the registry.
\i include/world.sql
\o /dev/null
set role owner;
create table app.pages (id integer primary key, tenant_id uuid not null, document integer references app.documents, note text,
  article integer constraint gone references app.articles);
select tenancy.protect('app.pages', 'required', create_index => 'never');
\o
alter table app.pages drop column note;
alter table app.pages drop column article;
select relation, kind from tenancy.protected_tables where relation = 'app.pages'::regclass;
select constraint_name from tenancy.reference_rules where relation = 'app.pages'::regclass;
select relation, constraint_name from tenancy.reference_settings where relation = 'app.pages'::regclass;
reset role;
insert into app.pages values (1, :acme, 5);
