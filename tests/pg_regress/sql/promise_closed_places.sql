-- A session remembers where it found the row that another refers to. What lies at that place by now counts only if it is that
-- row: in one session, which is a superuser's, so that nothing but the references is in the way.
\i include/world.sql
\o /dev/null
create table app.shelves (id integer primary key, tenant_id uuid not null, title text);
create table app.books (id integer generated always as identity, tenant_id uuid not null, shelf integer references app.shelves);
create table app.racks (half smallint, name text, tenant_id uuid not null, primary key (name, half));
create table app.hats (tenant_id uuid not null, half smallint, rack text, foreign key (half, rack) references app.racks (half, name));
select tenancy.protect(t::regclass, 'required') from unnest(array['app.shelves', 'app.books', 'app.racks', 'app.hats']) t;
alter table app.shelves set (autovacuum_enabled = off);
\o
insert into app.shelves values (1, :acme, 'one'), (2, :globex, 'two');
insert into app.books (tenant_id, shelf) values (:acme, 1);
\set ECHO queries

-- the row has a new version, where its index does not point
update app.shelves set title = title || ' again';
insert into app.books (tenant_id, shelf) values (:acme, 1);
-- remembered: what is left is the foreign key's own look-up
begin;
create temp table before on commit drop as select idx_scan from pg_stat_xact_user_tables where relid = 'app.shelves'::regclass;
insert into app.books (tenant_id, shelf) values (:acme, 1);
select s.idx_scan - b.idx_scan as looked_up from pg_stat_xact_user_tables s, before b where s.relid = 'app.shelves'::regclass;
commit;
-- it has another tenant
delete from app.books;
update app.shelves set tenant_id = :globex where id = 1;
insert into app.books (tenant_id, shelf) values (:acme, 1);
insert into app.books (tenant_id, shelf) values (:globex, 1);
-- it has another key, and the key is another tenant's
delete from app.books;
update app.shelves set id = 3 where id = 1;
insert into app.books (tenant_id, shelf) values (:globex, 1);
insert into app.shelves values (1, :acme, 'one');
insert into app.books (tenant_id, shelf) values (:globex, 1);
insert into app.books (tenant_id, shelf) values (:acme, 1);
-- its place is another row's; VACUUM says nothing of itself where it finds the table as large as before
delete from app.books;
truncate app.books, app.shelves;
alter table app.shelves alter title set storage plain;
insert into app.shelves select n, :acme, repeat('wide ', 400) from generate_series(1, 400) n;
update app.shelves set title = title where id in (10, 390);
vacuum (index_cleanup on) app.shelves;
insert into app.books (tenant_id, shelf) values (:acme, 200);
insert into app.books (tenant_id, shelf) values (:acme, 200);
create temp table place as select ctid as was from app.shelves where id = 200;
delete from app.books;
delete from app.shelves where id = 200;
insert into app.shelves values (900, :acme, repeat('wide ', 400));
vacuum (index_cleanup on) app.shelves;
insert into app.shelves values (1000, :acme, repeat('wide ', 400));
select s.ctid = p.was as at_its_place from app.shelves s, place p where s.id = 1000;
insert into app.books (tenant_id, shelf) values (:acme, 200);
insert into app.books (tenant_id, shelf) values (:acme, 1000);
-- its place is no longer there
delete from app.books;
delete from app.shelves;
vacuum (truncate) app.shelves;
select pg_relation_size('app.shelves');
insert into app.books (tenant_id, shelf) values (:acme, 1000);
-- the table was written anew, and its rows lie in another order
insert into app.shelves select n, case n % 2 when 0 then :acme::uuid else :globex end, 'shelf' from generate_series(1, 100) n;
insert into app.books (tenant_id, shelf) select tenant_id, id from app.shelves;
update app.shelves set title = 'other' where id < 50;
cluster app.shelves using shelves_pkey;
insert into app.books (tenant_id, shelf) select tenant_id, id from app.shelves;
insert into app.books (tenant_id, shelf) select :acme, id from app.shelves where id in (10, 20, 31);
-- what was undone does not count
begin;
insert into app.shelves values (300, :acme, 'undone');
insert into app.books (tenant_id, shelf) values (:acme, 300);
rollback;
insert into app.books (tenant_id, shelf) values (:acme, 300);
-- keys of several columns, in an order that is not the index's, one of which has no fixed length
insert into app.racks values (1, 'hall', :acme), (2, 'hall', :globex), (1, repeat('long ', 400), :globex);
insert into app.hats values (:acme, 1, 'hall');
insert into app.hats values (:acme, 1, 'hall');
insert into app.hats values (:acme, 2, 'hall');
insert into app.hats values (:globex, 2, 'hall'), (:globex, 1, repeat('long ', 400));
insert into app.hats values (:globex, 2, 'hall'), (:globex, 1, repeat('long ', 400));
insert into app.hats values (:acme, 1, repeat('long ', 400));
select * from tenancy.violations();
-- many are remembered side by side
delete from app.books;
insert into app.shelves select n, :acme, 'shelf' from generate_series(2001, 2100) n;
insert into app.books (tenant_id, shelf) select :acme, n from generate_series(2001, 2100) n;
begin;
create temp table before on commit drop as select idx_scan from pg_stat_xact_user_tables where relid = 'app.shelves'::regclass;
insert into app.books (tenant_id, shelf) select :acme, n from generate_series(2001, 2100) n;
select s.idx_scan - b.idx_scan <= 105 as remembered from pg_stat_xact_user_tables s, before b where s.relid = 'app.shelves'::regclass;
commit;
