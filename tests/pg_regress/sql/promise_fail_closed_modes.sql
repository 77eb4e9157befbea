-- Promise 4, fail closed: the modes, by whom they are set, what they let pass and write down.
\i include/world.sql
set role owner;
create table app.notes (id integer primary key, tenant_id uuid not null, document_id integer references app.documents);
select tenancy.protect('app.notes', 'required', create_index => 'never');
grant select, insert, update, delete, truncate on app.notes to public;
create function app.seen() returns text language sql stable as
  $$ select coalesce((select string_agg(title, ', ' order by id) from app.documents), 'nothing') $$;
reset role;

-- by whom
\c - app
select tenancy.set_mode('off');
begin; call app.act_as('ann'); select tenancy.set_mode('off'); rollback;
begin; call app.act_as('all'); select tenancy.set_mode('off'); rollback;
begin; call app.act_as('pia'); select tenancy.set_mode('off'); rollback;
begin; call app.act_as('ada'); select tenancy.set_mode('off'); rollback;
\c - owner
select tenancy.set_mode('off');
\c - postgres
select tenancy.set_mode('maybe');
select tenancy.set_mode('');
select mode from tenancy.installation;
update tenancy.installation set mode = 'off';
update tenancy.installation set mode = 'maybe';
delete from tenancy.installation;
insert into tenancy.installation default values;

-- setup: who administers works, all others are nobody
select tenancy.set_mode('setup');
\c - app
begin; call app.act_as('ann'); select app.seen(); insert into app.documents (id, title) values (10, 'x'); rollback;
begin; call app.act_as('pia'); select app.seen(); rollback;
begin; call app.act_as('ada'); select count(*) from app.documents; insert into app.documents values (10, :acme, 'acme 10'); rollback;
\c - alice
select app.seen();
\c - postgres
insert into app.notes values (1, :globex, 1);

-- warn: what would be refused is let pass with a warning, once a transaction, and written down
select tenancy.set_mode('warn');
\c - app
begin;
call app.act_as('gus');
select count(*) from app.documents;
select count(*) from app.articles;
insert into app.documents values (10, :acme, 'by gus');
update app.documents set title = 'by gus' where id = 1;
delete from app.documents where id = 2;
insert into app.notes values (1, :globex, 1), (2, :globex, 3);
insert into app.articles values (10, null, 'public by gus');
truncate app.articles;
commit;
select count(*) from app.documents;
insert into app.documents (id, title) values (11, 'whose?');
begin; call app.act_as('mia'); insert into app.documents (id, title) values (11, 'whose?'); rollback;
begin; call app.act_as('gus'); select count(*) from app.documents; rollback;
-- one's own is no reason to warn, if the policies are asked for nothing else
begin; call app.act_as('ann'); insert into app.documents (id, title) values (12, 'acme 12') returning tenant_id = :acme; commit;
begin read only; call app.act_as('gus'); select count(*) from app.documents; commit;
\c - postgres
insert into app.notes values (3, :globex, 1);
select event, tenant_id, user_id = md5('gus')::uuid as gus, session_role, detail from tenancy.activity where event in ('warning', 'set_mode') order by id;
select * from tenancy.violations() order by relation, rule, key;
-- enforce only when nothing breaks the rules
select tenancy.set_mode('enforce');
select tenancy.set_mode('setup');
select tenancy.set_mode('off');
select tenancy.set_mode('enforce');
delete from app.notes;
select * from tenancy.violations() order by relation, rule, key;
select tenancy.set_mode('enforce');
\c - app
begin; call app.act_as('gus'); select app.seen(); commit;

-- off: as if there were no tenancy
\c - postgres
select tenancy.set_mode('off');
\c - app
select count(*) from app.documents;
insert into app.documents values (20, :acme, 'nobody''s');
insert into app.notes values (4, :globex, 1);
update app.documents set tenant_id = :globex where id = 20;
insert into app.documents (id, title) values (21, 'whose?');
insert into app.documents (id, tenant_id, title) values (21, :nowhere, 'nowhere');
truncate app.notes;
\c - postgres
select tenancy.set_mode('enforce');
-- in the middle of a transaction it counts from the next statement on
begin;
set local role app;
call app.act_as('gus');
select count(*) from app.documents;
set local role postgres;
select tenancy.set_mode('off');
set local role app;
select count(*) from app.documents;
rollback;
begin; set local role app; call app.act_as('gus'); select count(*) from app.documents; rollback;
-- nobody changes what was written down, superusers excepted
\c - app
select * from tenancy.activity where event in ('warning', 'set_mode', 'forged');
insert into tenancy.activity (event) values ('forged');
update tenancy.activity set event = 'forged';
delete from tenancy.activity;
\c - alice
delete from tenancy.activity;
\c - carol
delete from tenancy.activity;
\c - postgres
select event, detail from tenancy.activity where event in ('warning', 'set_mode', 'forged') order by id;
