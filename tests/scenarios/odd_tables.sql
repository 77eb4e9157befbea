-- Tables that few would make, and values at the edges of their types: test_archive.py takes them from one database to another.
create schema "We ird";
create type "We ird"."Co mp" as (a int, "B b" text, t timestamptz);
create type "We ird".mood as enum ('sad', 'o''k', 'hap"py', 'x,y');
create domain "We ird".posint as int check (value > 0);
create domain "We ird".ci as text check (value = lower(value));
create table "We ird"."Ta""ble" (
  "Id d" bigint generated always as identity primary key,
  "Ten ant" uuid not null,
  "self" bigint references "We ird"."Ta""ble",
  gen int generated always as (1+1) stored,
  arr int[], arr2 text[][], carr "We ird"."Co mp"[], comp "We ird"."Co mp", js jsonb, j json, mood "We ird".mood, moods "We ird".mood[],
  p "We ird".posint, c text collate "C", f4 real, f8 double precision, n numeric, m money, d date, ts timestamp, tz timestamptz, tm timetz, iv interval,
  by bytea, u uuid, i inet, cd cidr, mac macaddr8, b bit(5), vb varbit, pt point, poly polygon, r int4range, mr nummultirange, tsv tsvector, tsq tsquery, xx text, ch char(5), vc varchar(10), nm name, "char" "char", o oid, rc regclass, ln pg_lsn, jp jsonpath, bo boolean, tid tid, xid8 xid8, ivq interval day to second(2), n52 numeric(5,2)
);
create table "We ird".pt (k date not null, tenant_id uuid not null, v text, primary key (k, v)) partition by range (k);
create table "We ird".pt1 partition of "We ird".pt for values from ('-infinity') to ('2000-01-01');
create table "We ird".pt2 partition of "We ird".pt default;
create table "We ird".base (id int, tenant_id uuid not null, v text);
create table "We ird".child (extra text[]) inherits ("We ird".base);
create table "We ird".nokey (tenant_id uuid not null, a text, b float8);
create table "We ird".comp (tenant_id uuid not null, a int, b text, x text, primary key (tenant_id, a, b));
create table "We ird".compref (tenant_id uuid not null, a int, b text, id serial primary key, foreign key (tenant_id, a, b) references "We ird".comp);
create table "We ird".cy1 (id int primary key, tenant_id uuid not null, other int);
create table "We ird".cy2 (id int primary key, tenant_id uuid not null, other int references "We ird".cy1);
alter table "We ird".cy1 add foreign key (other) references "We ird".cy2 deferrable initially deferred;
create table "We ird".num (id smallserial primary key, tenant int not null, v "We ird".ci);
create table "We ird".opt (id int primary key, tenant_id uuid, v text);
create table "We ird".optref (id int primary key, tenant_id uuid not null, o int references "We ird".opt);
create table "We ird".empty (id int primary key, tenant_id uuid not null);
select tenancy.protect('"We ird"."Ta""ble"', 'required', 'Ten ant');
select tenancy.protect(t::regclass, 'required') from unnest(array['"We ird".pt','"We ird".base','"We ird".nokey','"We ird".comp','"We ird".compref','"We ird".cy1','"We ird".cy2','"We ird".optref','"We ird".empty']) t where t <> '"We ird".optref';
select tenancy.protect('"We ird".num', 'required', 'tenant');
select tenancy.protect('"We ird".opt', 'optional');
select tenancy.protect('"We ird".optref', 'required');
