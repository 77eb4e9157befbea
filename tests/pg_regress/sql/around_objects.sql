-- Ways around, objects of the attacker's: functions that look at rows in passing, operators, casts, views, rules, triggers, names
-- in front of the real ones. First against row security made by hand, then against pg_tenancy.
\i include/world.sql
\i include/rolled.sql
\c - bob

-- A function that looks at each row that passes by, so cheap that it comes first where it may. Policies come before it; it sees
-- nothing of others, in both. (More of them: promise_invisible_tricks.)
create function playground.peek(text) returns boolean language plpgsql cost 0.0000001
  as $$ begin raise notice 'saw %', $1; return true; end $$;
create operator playground.<<< (leftarg = text, rightarg = text, function = texteq, restrict = eqsel);
create type playground.spy as (seen text);
create function playground.to_spy(text) returns playground.spy language plpgsql immutable
  as $$ begin raise notice 'cast %', $1; return row($1); end $$;
create cast (text as playground.spy) with function playground.to_spy(text) as implicit;
-- a view in the place of row security shows it all rows, unless somebody thought of security_barrier
\c - owner
create table rolled.letters as select * from rolled.documents with no data;
create view rolled.my_letters as select * from rolled.letters where tenant_id = rolled.tenant();
create view rolled.my_own_letters with (security_barrier) as select * from rolled.letters where tenant_id = rolled.tenant();
grant select on rolled.my_letters, rolled.my_own_letters to public;
\c - postgres
insert into rolled.letters select * from rolled.documents;
\c - bob
select count(*) from rolled.my_letters where playground.peek(title);
select count(*) from rolled.my_own_letters where playground.peek(title);
select count(*) from rolled.documents where playground.peek(title);
select count(*) from rolled.documents where title operator(playground.<<<) 'acme 1';
select count(*) from rolled.documents where title similar to 'acme%' or 1 / (id - 1) < 0 or title::numeric > 0;
select count(*) from app.documents where playground.peek(title);
select count(*) from app.documents where title operator(playground.<<<) 'acme 1';
create function playground.same_spy(playground.spy, playground.spy) returns boolean language plpgsql cost 0.0000001
  as $$ begin raise notice 'compared %', $1; return true; end $$;
create operator playground.~~~ (leftarg = playground.spy, rightarg = playground.spy, function = playground.same_spy);
select count(*) from app.documents where title::playground.spy operator(playground.~~~) row('x')::playground.spy;
select count(*) from app.documents group by title having playground.peek(min(title));
select count(*) from app.documents d, lateral (select playground.peek(d.title) offset 0) l;
select count(*) from app.documents where title similar to 'acme%' or 1 / (id - 1) < 0 or title::numeric > 0;
select max(title) filter (where playground.peek(title)) over (order by id) from app.documents;
-- said to be without side effects: only superusers may
create function playground.sly(text) returns boolean language plpgsql leakproof as 'begin return true; end';

-- A helper of the hand-made policies' that does not say where its tables are: it finds the attacker's.
\c - owner
create table rolled.members (login name, tenant_id uuid);
insert into rolled.members values ('alice', :acme), ('bob', :globex);
create function rolled.is_member(tenant uuid) returns boolean language plpgsql stable security definer
  as $$ begin return exists (select from members m where m.login = session_user and m.tenant_id = tenant); end $$;
alter policy tenant on rolled.comments using (rolled.is_member(tenant_id)) with check (rolled.is_member(tenant_id));
\c - bob
set search_path = rolled;
select id, text from rolled.comments order by id;
create temp table members (login name, tenant_id uuid);
insert into members values ('bob', :acme), ('bob', :globex);
grant select on members to public;
select id, text from rolled.comments order by id;
-- everything that our functions ask, in the attacker's edition
create temp table tenants (like tenancy.tenants);
create temp table users (like tenancy.users);
create temp table user_roles (like tenancy.user_roles);
create temp table roles as select * from tenancy.roles;
update roles set read_access = 'all', write_access = 'all';
create temp table installation as select true as id, 'off' as mode;
create function pg_temp.can_read(uuid) returns boolean language sql as 'select true';
create function playground.uuid_eq(uuid, uuid) returns boolean language sql immutable as 'select true';
create operator playground.= (leftarg = uuid, rightarg = uuid, function = playground.uuid_eq);
create function playground.any_of(uuid, uuid[]) returns boolean language sql immutable as 'select true';
set search_path = pg_temp, playground, tenancy, pg_catalog;
select id, text from app.comments order by id;
select :titles from app.documents;
insert into app.documents (id, title) values (30, 'globex 30') returning tenant_id;
insert into app.documents (id, tenant_id, title) values (31, :acme, 'acme 31');
reset search_path;
discard temp;

-- A trigger that the attacker puts on a table to which all privileges were granted: it runs as whoever writes there next.
-- On protected tables it is refused.
create table playground.caught (who name, title text);
grant insert on playground.caught to public;
create function playground.catch() returns trigger language plpgsql as $$
begin
  insert into playground.caught select current_user, d.title from rolled.documents d;
  return new;
end $$;
create trigger catch after insert on rolled.documents for each row execute function playground.catch();
create trigger catch after insert on app.comments for each row execute function playground.catch();
create table playground.probe (comment_id integer references app.comments);
\c - alice
insert into rolled.documents (id, title) values (40, 'acme 40');
\c - bob
select * from playground.caught order by title;

-- A helper that has to see more than its caller is SECURITY DEFINER, a superuser's, because FORCE binds the owner; and everybody
-- may execute what nobody thought of. The attacker makes it a trigger of a table of his own, and tells it what to write.
\c - postgres
create table rolled.changes (tenant_id uuid, what text);
create function rolled.note_change() returns trigger language plpgsql security definer as $$
begin
  execute format('insert into rolled.changes select tenant_id, %s from %s', tg_argv[0], tg_argv[1]);
  return new;
end $$;
grant select on rolled.changes to public;
\c - bob
create table playground.own (id integer, tenant_id uuid);
create trigger told after insert on playground.own for each row execute function rolled.note_change('title', 'rolled.documents');
insert into playground.own values (1);
select what from rolled.changes order by 1;
drop table playground.own;
-- ours are for the tables that are in the registry
create table playground.own (id integer, tenant_id uuid);
create trigger told after insert on playground.own for each row execute function tenancy.check_row('deferred');
create trigger told before insert on playground.own for each row execute function tenancy.name_tenant();
select tenancy.follow_ddl();

-- Views, rules, triggers and functions on the attacker's own tables run with the rights of whoever uses them, or of their
-- owner, who is bound as well: in both.
create view playground.mine as select title from rolled.documents;
create materialized view playground.kept as select title from rolled.documents;
create function playground.ask() returns setof text language sql security definer as 'select title from rolled.documents order by id';
create table playground.bait (note text);
create rule also as on insert to playground.bait do also select :titles from rolled.documents;
create function playground.reach() returns trigger language plpgsql security definer as $$
begin
  raise notice '% for % sees %', current_user, session_user, (select string_agg(title, ', ' order by id) from rolled.documents);
  return new;
end $$;
create trigger reach before insert on playground.bait for each row execute function playground.reach();
select title from playground.mine order by 1;
select title from playground.kept order by 1;
select playground.ask();
insert into playground.bait values ('x');
update playground.mine set title = 'x' where title like 'acme%' returning title;
drop materialized view playground.kept;
drop view playground.mine;
drop table playground.bait;
create view playground.mine as select title from app.documents;
create view playground.theirs with (security_invoker) as select title from app.documents;
create materialized view playground.kept as select title from app.documents;
create or replace function playground.ask() returns setof text language sql security definer as 'select title from app.documents order by id';
create table playground.bait (note text);
create rule also as on insert to playground.bait do also select :titles from app.documents;
create or replace function playground.reach() returns trigger language plpgsql security definer as $$
begin
  raise notice '% for % sees %', current_user, session_user, (select string_agg(title, ', ' order by id) from app.documents);
  return new;
end $$;
create trigger reach before insert on playground.bait for each row execute function playground.reach();
select title from playground.mine order by 1;
select title from playground.theirs order by 1;
select title from playground.kept order by 1;
select playground.ask();
insert into playground.bait values ('x');
update playground.mine set title = 'x' where title like 'acme%' returning title;

-- But code of the attacker's that his victim runs is the victim: it reads what she may read, and puts it where he wants it. No row
-- security can tell, in both.
create function playground.take() returns trigger language plpgsql as $$
begin
  insert into playground.caught select current_user, title from rolled.documents;
  insert into playground.caught select current_user, title from app.documents;
  return new;
end $$;
truncate playground.caught;
create table playground.gift (note text);
create trigger take before insert on playground.gift for each row execute function playground.take();
grant insert on playground.gift to alice;
\c - alice
insert into playground.gift values ('thank you');
\c - bob
select who, title, count(*) from playground.caught group by 1, 2 order by 2;
