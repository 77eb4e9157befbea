-- A key that is freed and taken by another tenant's row while one statement runs: whichever comes first, and by whatever way.
\i include/world.sql
set role owner;
create table app.shelves (id integer primary key, tenant_id uuid not null, code numeric unique, name text unique);
create table app.books (id integer primary key, tenant_id uuid not null, shelf integer references app.shelves);
create table app.maps (id integer primary key, tenant_id uuid not null, code numeric references app.shelves (code), name text references app.shelves (name));
create table app.halls (id integer, half integer, tenant_id uuid not null, primary key (id, half)) partition by list (half);
create table app.halls_1 partition of app.halls for values in (1);
create table app.halls_2 partition of app.halls for values in (2);
create table app.doors (id integer primary key, tenant_id uuid not null, hall integer, half integer, foreign key (hall, half) references app.halls);
reset role;
do $$ begin
  perform tenancy.protect(t::regclass, 'required')
  from unnest(array['app.shelves', 'app.books', 'app.maps', 'app.halls', 'app.doors']) t;
end $$;
-- What a table's owner may have: triggers before ours, and between ours and PostgreSQL's.
create function app.retake() returns trigger language plpgsql security definer as $$ begin
  insert into app.shelves values (old.id, tg_argv[0]::uuid, old.code, old.name);
  return null;
end $$;
insert into app.shelves values (1, :east, 1.0, 'one'), (2, :east, 2.0, 'two'), (3, :west, 3.0, 'three'), (4, :west, 4.0, 'four'), (6, :west, 6.0, 'six');
insert into app.books values (1, :east, 1), (3, :west, 3);
insert into app.maps values (2, :east, 2.0, 'two'), (6, :west, null, 'six');
insert into app.halls values (1, 1, :east), (2, 2, :east), (3, 1, :west);
insert into app.doors values (1, :east, 1, 1), (2, :east, 2, 2);

\set ECHO queries
-- after ours has looked, by another tenant's row and by one of the same tenant
create trigger "Q_retake" after delete on app.shelves for each row execute function app.retake(:west);
delete from app.shelves where id = 1;
delete from app.shelves where id = 2;
drop trigger "Q_retake" on app.shelves;
create trigger "Q_retake" after delete on app.shelves for each row execute function app.retake(:east);
delete from app.shelves where id = 1;
delete from app.shelves where id = 2;
delete from app.shelves where id = 6;
drop trigger "Q_retake" on app.shelves;
-- before ours has looked
create trigger "00_retake" after delete on app.shelves for each row execute function app.retake(:west);
delete from app.shelves where id = 1;
drop trigger "00_retake" on app.shelves;
-- and where it would have been refused alone, which the statement survives
create function app.try_retake() returns trigger language plpgsql security definer as $$ begin
  insert into app.shelves values (old.id, tg_argv[0]::uuid);
  return null;
exception when restrict_violation then
  raise notice 'refused';
  return null;
end $$;
create trigger "Q_retake" after delete on app.shelves for each row execute function app.try_retake(:west);
delete from app.shelves where id = 1;
drop trigger "Q_retake" on app.shelves;

-- by a row that changes its key; the number is the same, written differently
create function app.take_over() returns trigger language plpgsql security definer as $$ begin
  update app.shelves set id = old.id, code = old.code * 1.000, name = old.name where id = tg_argv[0]::integer;
  return null;
end $$;
create trigger "Q_take" after delete on app.shelves for each row execute function app.take_over(3);
delete from app.shelves where id = 1;
drop trigger "Q_take" on app.shelves;
create trigger "Q_take" after delete on app.shelves for each row execute function app.take_over(4);
delete from app.shelves where id = 2;
delete from app.shelves where id = 1;
drop trigger "Q_take" on app.shelves;

-- in a mode in which nothing is checked, which ends before the key is taken
begin;
create function app.enforce() returns trigger language plpgsql as $$ begin
  perform tenancy.set_mode('enforce');
  insert into app.shelves values (old.id, tg_argv[0]::uuid);
  return null;
end $$;
select tenancy.set_mode('off');
create trigger "Q_enforce" after delete on app.shelves for each row execute function app.enforce(:west);
delete from app.shelves where id = 1;
rollback;

-- in a partition
create function app.retake_hall() returns trigger language plpgsql security definer as $$ begin
  insert into app.halls_1 values (old.id, old.half, tg_argv[0]::uuid);
  return null;
end $$;
create trigger "Q_retake" after delete on app.halls for each row execute function app.retake_hall(:west);
delete from app.halls where id = 1;
drop trigger "Q_retake" on app.halls;
create function app.move_hall() returns trigger language plpgsql security definer as $$ begin
  update app.halls set id = old.id, half = old.half where id = 3;
  return null;
end $$;
create trigger "Q_move" after delete on app.halls_2 for each row execute function app.move_hall();
delete from app.halls where id = 2;
drop trigger "Q_move" on app.halls_2;

-- what refers to nothing any more, and other keys, are nobody's business
begin;
create function app.renew() returns void begin atomic
  delete from app.books where shelf = 1;
  delete from app.shelves where id = 1;
  insert into app.shelves select 1, id from tenancy.tenants where name = 'West';
  insert into app.shelves select 5, id from tenancy.tenants where name = 'West';
end;
select app.renew();
select * from app.shelves order by id;
rollback;
select relation, rule, key from tenancy.violations();

-- in a session in which PostgreSQL's own foreign keys are off: the key of a row that is gone, of one that is another now, and one
-- that was referred to before there was a row; nothing else is new in another transaction
reset role;
set session_replication_role = replica;
insert into app.shelves values (11, :east, 11.0, 'eleven'), (12, :east, 12.0, 'twelve');
insert into app.books values (11, :east, 11), (12, :east, 12);
begin;
delete from app.shelves where id = 11;
insert into app.shelves values (11, :west, 11.0, 'eleven');
rollback;
begin;
update app.shelves set id = 111 where id = 12;
update app.shelves set id = 12, tenant_id = :west where id = 11;
rollback;
begin;
insert into app.books values (13, :east, 13);
insert into app.maps values (13, :east, 13, 'thirteen');
savepoint taken;
insert into app.shelves values (13, :west, 15, 'fifteen');
rollback to taken;
insert into app.shelves values (14, :west, 13.0, 'x');
rollback to taken;
insert into app.shelves values (14, :west, 14, 'thirteen');
rollback to taken;
insert into app.shelves values (13, :east, 13.0, 'thirteen');
commit;
begin;
insert into app.doors values (13, :east, 13, 1);
insert into app.halls values (13, 1, :west);
rollback;
reset session_replication_role;
select * from tenancy.violations();
