\i include/world.sql
-- Functions, operators, triggers and rules. Each finding's remedy removes it.
create view app.titles with (security_invoker) as select title from app.documents;
create function app.parsed() returns bigint language sql security definer set search_path = pg_catalog, pg_temp
  begin atomic select count(*) from app.titles; end;
create function app.written() returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$ begin return (select count(*) from app.DOCUMENTS); end $$;
create procedure app.harmless() language plpgsql security definer as $$ begin end $$;
create function app.documentsless() returns text language sql security definer set search_path = '' as $$ select 'documents_of' $$;
revoke execute on function app.parsed(), app.written(), app.documentsless() from public;
grant execute on function app.parsed(), app.written(), app.documentsless() to app;
-- nobody else may call it, or it runs with the rights of whom row security binds
create function app.own() returns bigint language sql security definer set search_path = app as $$ select count(*) from documents $$;
revoke execute on function app.own() from public;
create function app.bound() returns bigint language sql security definer set search_path = app as $$ select count(*) from documents $$;
alter function app.bound() owner to owner;

-- what extensions brought is told of where it is known to read protected tables; event triggers nobody calls
create function app.brought() returns bigint language plpgsql security definer as $$ begin return (select count(*) from app.documents); end $$;
create function app.brought_and_reads() returns bigint language sql security definer begin atomic select count(*) from app.documents; end;
alter extension plpgsql add function app.brought();
alter extension plpgsql add function app.brought_and_reads();
create function app.at_ddl() returns event_trigger language plpgsql security definer set search_path = '' as $$ begin end $$;

create language sly handler plpgsql_call_handler;
create function app.anything() returns integer language sly as $$ begin return 1; end $$;
create function app.told(text, text) returns boolean language plpgsql leakproof as $$ begin raise notice '%', $1; return true; end $$;
create operator app.=== (leftarg = text, rightarg = text, function = app.told);

create function app.stranger() returns trigger language plpgsql as $$ begin return new; end $$;
alter function app.stranger() owner to app;
create function app.powerful() returns trigger language plpgsql security definer set search_path = '' as $$ begin return new; end $$;
create function app.owners() returns trigger language plpgsql as $$ begin return new; end $$;
alter function app.owners() owner to owner;
revoke execute on function app.powerful() from public;
create trigger of_stranger after insert on app.documents for each row execute function app.stranger();
create trigger powerful after insert on app.documents for each row execute function app.powerful();
create trigger in_order before insert on app.documents for each row execute function app.owners();
create table app.replies (id uuid primary key, tenant_id uuid, document_id integer references app.documents);
alter table app.replies owner to owner;
select tenancy.protect('app.replies', 'required') \g /dev/null
select tenancy.set_reference_rule('app.replies', 'replies_document_id_fkey', names_tenant => true);
create trigger in_order before insert on app.replies for each row execute function app.owners();
create trigger "zz_z" before insert on app.replies for each row execute function app.owners();
create function app.allowed(text) returns boolean language sql immutable return true;
create function app.shown(text) returns text language sql immutable return $1;
create domain app.word as text;
create domain app.short_word as app.word;
alter function app.allowed(text) owner to app;
alter function app.shown(text) owner to alice;
alter domain app.word owner to app;
alter domain app.short_word owner to owner;
alter table app.documents add word app.short_word, add check (app.allowed(title)), alter title set default app.shown('x');
create index on app.documents (app.shown(title)) where app.allowed(title);
create policy narrower on app.documents as restrictive using (app.allowed(title));
set client_min_messages = error;
create rule copied as on delete to app.replies do also select 1;
reset client_min_messages;
-- what row security does not see, because it is done with the rights of a superuser: by a rule elsewhere, and by a trigger's function
create view app.inbox as select 0 as id, null::uuid as tenant_id;
create rule forwarded as on insert to app.inbox do instead insert into app.documents values (new.id, new.tenant_id, 'from the inbox');
create view app.inbox_of_owner as select 0 as id, null::uuid as tenant_id;
alter view app.inbox_of_owner owner to owner;
create rule forwarded as on insert to app.inbox_of_owner do instead insert into app.documents values (new.id, new.tenant_id, 'from the owner');
grant insert on app.inbox, app.inbox_of_owner to app;
create table app.wishes (id integer);
create function app.fulfil() returns trigger language plpgsql security definer set search_path = ''
  as $$ begin delete from app.documents where id = new.id; return new; end $$;
revoke execute on function app.fulfil() from public;
create trigger fulfilled after insert on app.wishes for each row execute function app.fulfil();
grant insert on app.wishes to app;
set role app;
insert into app.inbox values (30, :globex);
insert into app.inbox_of_owner values (31, :globex);
insert into app.wishes values (5);
reset role;
select id, title from app.documents where tenant_id = :globex order by id;

\set codes '''function_untrusted'', ''leakproof_of_others'', ''rule_on_table'''
\set found 'select code, severity, object, finding, remedy from tenancy.lint() where code ~ ''^(definer|trigger|code_of)'' or code in (' :codes ')'
\x
:found;
\x
select remedy from (:found) f where remedy is not null \gexec
select code, object from (:found) f;
