\set ECHO none
-- After world.sql: the same rows under row security as it is usually made by hand, and made well: FORCE, an owner that nobody
-- logs in as, USING and WITH CHECK, a setting that fails closed. Globex's bob is the attacker, Acme's alice his victim.
create schema rolled authorization owner;
grant usage on schema rolled to public;
create schema playground;
grant create, usage on schema playground to public;
grant create, temporary on database :"DBNAME" to public;

set role owner;
create function rolled.tenant() returns uuid language sql stable return nullif(current_setting('app.tenant', true), '')::uuid;
create table rolled.documents (id integer primary key, tenant_id uuid not null default rolled.tenant(), title text);
create table rolled.comments (id integer primary key, tenant_id uuid not null default rolled.tenant(),
  document_id integer references rolled.documents on delete cascade, text text);
create table rolled.events (id integer, tenant_id uuid not null default rolled.tenant(), what text) partition by range (id);
create table rolled.events_1 partition of rolled.events for values from (1) to (100);
create table rolled.events_2 partition of rolled.events for values from (100) to (200);
create table app.comments (like rolled.comments including indexes, foreign key (document_id) references app.documents on delete cascade);
create table app.events (like rolled.events) partition by range (id);
create table app.events_1 partition of app.events for values from (1) to (100);
create table app.events_2 partition of app.events for values from (100) to (200);
insert into app.comments values (1, :acme, 1, 'acme on acme 1'), (2, :globex, 5, 'globex on globex 5');
insert into app.events values (1, :acme, 'acme 1'), (2, :globex, 'globex 2'), (101, :acme, 'acme 101');

\o /dev/null
select tenancy.protect(relation, 'required', create_index => 'never')
from unnest('{app.comments, app.events}'::regclass[]) relation;
\o
reset role;
insert into rolled.documents select * from app.documents;
insert into rolled.comments select * from app.comments;
insert into rolled.events select * from app.events;
set role owner;
alter table rolled.documents enable row level security, force row level security;
alter table rolled.comments enable row level security, force row level security;
alter table rolled.events enable row level security, force row level security;
create policy tenant on rolled.documents using (tenant_id = rolled.tenant()) with check (tenant_id = rolled.tenant());
create policy tenant on rolled.comments using (tenant_id = rolled.tenant()) with check (tenant_id = rolled.tenant());
create policy tenant on rolled.events using (tenant_id = rolled.tenant()) with check (tenant_id = rolled.tenant());
grant all on all tables in schema rolled to public;
grant all on app.comments, app.events, app.events_1, app.events_2 to public;
reset role;
alter role alice in database :"DBNAME" set app.tenant = :acme;
alter role bob in database :"DBNAME" set app.tenant = :globex;

-- What a table shows: select :titles from app.documents
\set titles 'string_agg(title, '', '' order by id) as titles'
\set ECHO all
