\i include/world.sql
-- Protected tables that are no longer as protect() made them. Each finding's remedy mends it.
set role owner;
create table app.plain (id integer primary key, tenant_id uuid, document_id integer references app.documents deferrable);
create table app.parts (id integer, tenant_id uuid not null) partition by list (id);
create table app.part_1 partition of app.parts for values in (1);
create table app.named (id integer primary key, tenant_id uuid, document_id integer references app.documents);
create table app.without_key (id integer, tenant_id uuid not null);
create table app.without_column (id integer, tenant_id uuid);
create table app.retyped (id integer, tenant_id bigint);
create table app.gone (id integer primary key, tenant_id uuid);
create table app.left_over (id integer, tenant_id uuid not null);
alter table app.documents add unique (tenant_id, id);
select tenancy.protect(('app.' || name)::regclass, 'required') from unnest('{plain,parts,named,without_key,without_column,retyped,gone,left_over}'::text[]) name \g /dev/null
select tenancy.set_reference_rule('app.named', 'named_document_id_fkey', names_tenant => true);
reset role;
\i include/guards_off.sql
alter table app.plain disable row level security, no force row level security, alter tenant_id drop not null, alter tenant_id drop default,
  disable trigger "00_tenancy_row";
drop policy tenancy_insert on app.plain;
select format('drop trigger %I on app.plain', tgname) as key_trigger from pg_trigger where tgrelid = 'app.plain'::regclass and tgname ~ 'key' \gset
\set ECHO none
:key_trigger;
\set ECHO all
alter policy tenancy_select on app.plain using (true);
create policy everybody on app.part_1 using (true);
drop trigger "00_tenancy_deferred" on app.plain;
create or replace function app.nothing() returns trigger language plpgsql as $$ begin return new; end $$;
drop trigger zz_tenancy_name on app.named;
create trigger zz_tenancy_name before insert on app.named for each row execute function app.nothing();
alter table app.without_key drop constraint without_key_tenant_id_fkey;
alter table app.left_over drop constraint left_over_tenant_id_fkey, add foreign key (tenant_id) references tenancy.tenants not valid;
alter table app.without_column drop column tenant_id cascade;
alter table app.retyped drop constraint retyped_tenant_id_fkey;
drop policy tenancy_select on app.retyped;
drop policy tenancy_insert on app.retyped;
drop policy tenancy_update on app.retyped;
drop policy tenancy_delete on app.retyped;
alter table app.retyped alter tenant_id drop default, alter tenant_id type text;
alter table app.named drop constraint named_document_id_fkey,
  add constraint empties foreign key (tenant_id, document_id) references app.documents (tenant_id, id) on update set default on delete set null;
drop table app.gone;
\i include/guards_on.sql
create table app.stray (id integer, tenant_id uuid not null);
create policy tenancy_select on app.stray for select using (tenancy.can_read(tenant_id));
\set drift 'row_security|policy|policies|trigger_(missing|changed|disabled)|tenant_(column|default|key)|key_empties|registry|reference_(unregistered|deferrable)'
\set found 'select code, severity, regexp_replace(object, ''\\d{5,}'', ''…'') as object, finding, remedy from tenancy.lint() where code ~ ' :'drift'
\x
select code, severity, object, finding, regexp_replace(remedy, '\d{5,}', '…') as remedy from (:found) f;
\x
-- mend() may have been there before a remedy is run
\set ECHO none
select remedy from (:found) f \gexec
\set ECHO all
select code, object from (:found) f;
