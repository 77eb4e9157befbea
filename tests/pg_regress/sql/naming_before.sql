-- BEFORE triggers of others see the tenant that a row will have, also where a reference names it; what they change counts.
\i include/world.sql
set role owner;
create table app.places (id integer primary key, tenant_id uuid);
create table app.numbers (tenant_id uuid primary key, last integer not null default 0);
create table app.bills (id integer primary key, tenant_id uuid, place_id integer references app.places, number integer, seen uuid, note text);
select tenancy.protect('app.places', 'required'), tenancy.protect('app.numbers', 'required'), tenancy.protect('app.bills', 'required');
select tenancy.set_reference_rule('app.bills', 'bills_place_id_fkey', names_tenant => true);
create function app.number_bill() returns trigger language plpgsql as $$
begin
  new.seen := new.tenant_id;
  insert into app.numbers values (new.tenant_id, 1) on conflict (tenant_id) do update set last = numbers.last + 1 returning last into new.number;
  return new;
end $$;
create trigger number_bill before insert on app.bills for each row execute function app.number_bill();
reset role;
insert into app.places select 1, id from tenancy.tenants where name = 'Acme';
insert into app.places select 2, id from tenancy.tenants where name = 'Globex';
grant select, insert, update on app.places, app.numbers, app.bills to app;
create function app.bills() returns table (id integer, tenant text, number integer, seen_before boolean, place integer) language sql stable as $$
  select b.id, t.name, b.number, b.seen = b.tenant_id, b.place_id from app.bills b join tenancy.tenants t on t.id = b.tenant_id order by b.id $$;
set role app;
begin;
call app.act_as('ada');
insert into app.bills (id, place_id) values (1, 1), (2, 2), (3, 1);
insert into app.bills (id, tenant_id, place_id) values (4, :globex, 2);
merge into app.bills b using (values (5, 2)) v (id, place) on b.id = v.id when not matched then insert (id, place_id) values (v.id, v.place);
insert into app.bills (id, place_id) values (5, 1), (6, 1) on conflict (id) do update set note = 'again';
select * from app.bills();
commit;
-- later ones change what the row refers to, its tenant, or skip it
reset role;
create function app.move_bill() returns trigger language plpgsql as $$
begin
  if new.note = 'skip' then return null; end if;
  if new.note = 'to 2' then new.place_id := 2; end if;
  if new.note = 'to 1' then new.place_id := 1; end if;
  if new.note = 'of globex' then new.tenant_id := (select p.tenant_id from app.places p where p.id = 2); end if;
  if new.note = 'nested' then insert into app.bills (id, place_id) values (new.id + 100, 2); end if;
  return new;
end $$;
alter table app.bills disable trigger number_bill;
create trigger place_bill before insert on app.bills for each row execute function app.move_bill();
set role app;
begin;
call app.act_as('ada');
insert into app.bills (id, place_id, note) values (10, 1, 'to 2'), (11, null, 'to 1'), (12, 1, 'skip'), (13, 2, null), (14, 1, 'nested');
insert into app.bills (id, tenant_id, place_id, note) values (15, :acme, 1, null), (16, :acme, 1, 'skip'), (17, :acme, 1, null);
select * from app.bills() where id >= 10;
savepoint s;
insert into app.bills (id, place_id, note) values (18, 1, 'of globex');
rollback to s;
insert into app.bills (id, tenant_id, place_id, note) values (19, :acme, 1, 'to 2');
rollback;
-- who writes one tenant
begin;
call app.act_as('ann');
insert into app.bills (id) values (20);
select * from app.bills() where id >= 20;
savepoint s;
insert into app.bills (id, place_id) values (21, 2);
rollback to s;
insert into app.bills (id, place_id, note) values (22, 1, 'to 2');
rollback;
-- partitions, and the triggers that the two go with
reset role;
create table app.cut (id integer, tenant_id uuid, place_id integer references app.places, seen uuid) partition by list (id);
create table app.cut_1 partition of app.cut default;
create function app.see() returns trigger language plpgsql as $$ begin new.seen := new.tenant_id; return new; end $$;
create trigger see before insert on app.cut for each row execute function app.see();
select tenancy.protect('app.cut', 'required');
select tenancy.set_reference_rule('app.cut', 'cut_place_id_fkey', names_tenant => true);
insert into app.cut (id, place_id) values (1, 1), (2, 2);
insert into app.cut_1 (id, place_id) values (3, 2);
copy app.cut (id, place_id) from stdin;
4	1
5	2
\.
select c.id, t.name, c.seen = c.tenant_id as seen_before from app.cut c join tenancy.tenants t on t.id = c.tenant_id order by c.id;
select tgrelid::regclass, tgname from pg_trigger where tgname ~ 'tenancy_name' and tgrelid::regclass::text ~ 'cut|bills' order by 1, 2;
drop trigger "00_tenancy_name" on app.bills;
select tenancy.mend('app.bills');
select tenancy.set_reference_rule('app.bills', 'bills_place_id_fkey', names_tenant => false);
select tgrelid::regclass, tgname from pg_trigger where tgname ~ 'tenancy_name' and tgrelid::regclass::text ~ 'bills' order by 1, 2;
