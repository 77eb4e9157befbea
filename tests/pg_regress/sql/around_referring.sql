-- Ways around, foreign keys: who was granted ALL on tables of others lets a table of his own refer to them. PostgreSQL looks up and
-- writes the rows that refer as their owner, whose code so runs in the session of whoever deletes or changes a row. First against row
-- security made by hand, then against pg_tenancy.
\i include/world.sql
\i include/rolled.sql
alter table app.events add primary key (id);
grant all on app.documents, app.articles to bob;
grant execute on function tenancy.protect to bob;
\c - bob
create table playground.caught (what text);
grant insert, select on playground.caught to public;
-- what the session shows to the one whose code runs in it
create function playground.look() returns trigger language plpgsql as $$
declare
  seen text;
begin
  execute format('select string_agg(title, '', '' order by id) from %s', tg_argv[0]) into seen;
  insert into playground.caught values (format('%s: %s', tg_argv[0], seen));
  return null;
end $$;
create table playground.rolled (doc integer references rolled.documents on delete set null);
create trigger look after update on playground.rolled for each statement execute function playground.look('rolled.documents');
create table playground.mine (id integer primary key, tenant_id uuid, doc integer, other integer, more integer);
select tenancy.protect('playground.mine', 'optional', create_index => 'never');
create trigger look after update on playground.mine for each statement execute function playground.look('app.documents');
alter table playground.mine add constraint doc foreign key (doc) references app.documents on delete set null;
\c - alice
delete from rolled.documents where id = 2;
delete from app.documents where id = 2;
select * from playground.caught;

-- However the key comes about, and whatever it does: nothing but looking a row up is enough, by an index of functions of one's own.
\c - bob
alter table playground.mine add foreign key (doc) references app.documents;
alter table playground.mine add foreign key (doc) references app.documents not valid;
alter table playground.mine add foreign key (doc) references app.documents deferrable initially deferred;
alter table playground.mine add foreign key (doc) references app.events_1;
alter table playground.mine add foreign key (doc) references app.articles on update cascade;
alter table playground.mine add column last integer references app.documents on delete cascade;
create table playground.part (tenant_id uuid, doc integer references app.documents) partition by list (doc);
create table playground.inherits (foreign key (doc) references app.documents on delete set null) inherits (playground.mine);
create table playground.many (tenant_id uuid, doc integer) partition by list (doc);
create table playground.many_1 partition of playground.many default;
select tenancy.protect('playground.many', 'optional', create_index => 'never');
alter table playground.many add foreign key (doc) references app.documents;
alter table playground.many_1 add foreign key (doc) references app.documents;
create table playground.many_2 partition of playground.many (foreign key (doc) references app.documents) for values in (2);
create schema authorization bob create table mine (doc integer references app.documents);
do $$ begin execute 'alter table playground.mine add foreign key (doc) references app.documents'; end $$;

-- By what a key of the owner's writes: the attacker's key is one table further down, or two, and none of them is protected.
\c - owner
create table app.notes (id integer primary key, doc integer references app.documents on delete cascade);
create table app.lines (id integer primary key, note integer references app.notes on delete set null);
create table app.tags (id integer primary key, doc integer references app.documents);
create table app.loose (id integer primary key, doc integer);
grant all on app.notes, app.lines, app.tags, app.loose to bob;
\c - bob
create table playground.further (note integer references app.notes);
create table playground.further (line integer references app.lines on delete cascade);
-- what no key's action writes is nobody's business, until one does
create table playground.further (tag integer references app.tags on delete cascade, loose integer references app.loose on delete cascade);
\c - owner
alter table app.loose add foreign key (doc) references app.documents;
alter table app.loose add foreign key (doc) references app.documents on delete cascade;
alter table app.tags drop constraint tags_doc_fkey, add foreign key (doc) references app.documents on update cascade;

-- A trigger on a table in between, on which one has TRIGGER: what a key's action writes, it writes as the table's owner, with whose rights
-- the trigger then runs.
\c - owner
create table rolled.notes (id integer primary key, doc integer references rolled.documents on delete cascade);
create table app.apart (id integer primary key);
create table app.divided (id integer, doc integer references app.documents on delete cascade) partition by list (id);
create table app.divided_1 partition of app.divided default;
grant all on rolled.notes, app.apart, app.divided, app.divided_1 to bob;
\c - postgres
insert into rolled.documents values (8, :acme, 'acme 8');
insert into rolled.notes values (1, 1);
\c - bob
create trigger look after delete on rolled.notes for each statement execute function playground.look('rolled.documents');
create trigger look after delete on app.notes for each statement execute function playground.look('app.documents');
create trigger look after update on app.lines for each row execute function playground.look('app.documents');
create trigger look before delete on app.divided for each statement execute function playground.look('app.documents');
create trigger look after delete on app.divided_1 for each row execute function playground.look('app.documents');
-- nobody's business: the one is written by no key's action, to the other a key refers that has none
create trigger look after insert on app.apart for each statement execute function playground.look('app.documents');
create trigger look after delete on app.tags for each statement execute function playground.look('app.documents');
\c - alice
delete from rolled.documents where id = 1;
select * from playground.caught;
\c - owner
-- once a key's action writes it, it is found
alter table app.apart add doc integer references app.documents on delete cascade;
\c - postgres
select code, severity, object, finding, remedy from tenancy.lint() where code = 'trigger_of_others';
select remedy from tenancy.lint() where code = 'trigger_of_others' \gexec
select code, object from tenancy.lint() where code = 'trigger_of_others';

-- Before the table is protected, or becomes a part of a protected one; and by another owner.
\c - owner
create table app.coming (id integer primary key, tenant_id uuid not null);
create table app.child (id integer primary key, tenant_id uuid not null default tenancy.writable_tenant(), title text);
grant all on app.coming, app.child to bob;
\c - bob
create table playground.early (id integer references app.coming on delete cascade);
create table playground.on_child (id integer references app.child);
\c - postgres
grant execute on procedure tenancy.adopt to owner;
grant execute on function tenancy.protect to owner;
\c - owner
select tenancy.protect('app.coming', 'required');
select tenancy.protect('app.coming', 'untenanted');
call tenancy.adopt('app.coming', 'required', 'tenant_id');
alter table app.child inherit app.documents;
\c - postgres
-- not for a superuser either
select tenancy.protect('app.coming', 'required');
alter table app.notes owner to bob;
alter table app.notes owner to owner;
create role around_referring_heir;
grant create, usage on schema app to around_referring_heir;
grant around_referring_heir to owner;
\c - owner
-- who may do all that the owner of the table referred to may is trusted, the other way round not
create table app.twins (id integer primary key, tenant_id uuid not null);
create table app.siblings (id integer references app.twins);
select tenancy.protect('app.twins', 'required', create_index => 'never');
alter table app.siblings owner to around_referring_heir;
-- each part by its own owner
alter table app.divided_1 owner to around_referring_heir;
alter table app.divided detach partition app.divided_1;
alter table app.divided_1 owner to around_referring_heir;
alter table app.divided_1 drop constraint divided_doc_fkey, owner to around_referring_heir;
alter table app.twins owner to around_referring_heir;
alter table app.siblings owner to around_referring_heir;

-- An administrator declares whom he trusts, for a table and what is a part of it.
\c - bob
insert into tenancy.referring_owners (relation, owner) values ('app.documents', 'bob');
delete from tenancy.referring_owners;
truncate tenancy.referring_owners;
\c - carol
insert into tenancy.referring_owners (relation, owner) values ('app.documents', 'bob'), ('app.events', 'bob'), ('app.coming', 'bob');
insert into tenancy.referring_owners (relation, owner) values ('app.documents', 'around_referring_nobody');
select relation, owner, created_by from tenancy.referring_owners order by relation::text;
\c - bob
alter table playground.mine add constraint doc foreign key (doc) references app.documents on delete set null;
alter table playground.mine add constraint other foreign key (other) references app.events_1;
-- what is not protected tells keys
create table playground.plain (doc integer references app.documents);
\c - postgres
select tenancy.protect('app.coming', 'required');
-- what was done, and by whom
select event, session_role, detail from tenancy.activity where detail ->> 'table' = 'referring_owners' order by id;
select relation, protected_by, protected_at <= now() as before from tenancy.protected_tables where relation::text ~ 'playground|coming' order by 1;
-- names are followed, also where a part becomes a table of its own, and a table that goes is forgotten
alter table app.documents rename to papers;
alter table app.events detach partition app.events_1;
drop table app.coming cascade;
select relation, owner from tenancy.referring_owners order by relation::text;
-- A superuser is told. What would be then, lint finds, as where a declaration is taken back.
delete from tenancy.referring_owners;
alter table playground.mine add constraint more foreign key (more) references app.papers on delete set null;
insert into playground.mine (id, tenant_id, more) values (1, :acme, 1);
create or replace trigger look after update on playground.mine for each statement execute function playground.look('app.papers');
insert into app.papers values (21, :acme, 'acme 21');
\c - alice
delete from app.comments;
delete from app.papers where id = 1;
select * from playground.caught;
\c - postgres
select code, severity, object, finding, remedy from tenancy.lint() where code = 'reference_of_others';
select remedy from tenancy.lint() where code = 'reference_of_others' \gexec
select code, object from tenancy.lint() where code = 'reference_of_others';
drop owned by around_referring_heir cascade;
revoke around_referring_heir from owner;
drop role around_referring_heir;
