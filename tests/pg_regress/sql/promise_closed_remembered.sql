-- Promise 3: what a session remembers of the hierarchy does not outlive its own move of a tenant.
\i include/world.sql
set role owner;
create table app.notes (id integer primary key, tenant_id uuid not null, document_id integer references app.documents);
select tenancy.protect('app.notes', 'required', create_index => 'never');
reset role;
insert into tenancy.tenants (id, name, allows_subtenants) values (:nowhere, 'Beside Acme', true);

-- East's row leans on Acme being above East; then this very session moves East to the same level elsewhere
insert into app.notes values (1, :east, 1);
update tenancy.tenants set parent_id = :nowhere where name = 'East';
delete from app.notes;
update tenancy.tenants set parent_id = :nowhere where name = 'East';
insert into app.notes values (2, :east, 1);
select tenancy.is_supertenant(:east, :acme) as acme, tenancy.is_supertenant(:east, :nowhere) as beside;

-- in one transaction, and after its end
begin;
update tenancy.tenants set parent_id = :acme where name = 'East';
insert into app.notes values (3, :east, 1);
update tenancy.tenants set parent_id = :nowhere where name = 'East';
rollback;
insert into app.notes values (4, :east, 1);
begin;
update tenancy.tenants set parent_id = :acme where name = 'East';
savepoint here;
update tenancy.tenants set parent_id = :nowhere where name = 'East';
insert into app.notes values (5, :east, 1);
rollback to here;
insert into app.notes values (6, :east, 1);
commit;
select id from app.notes;
select * from tenancy.violations();

-- so do the rights of the session that makes the change
begin;
call app.act_as('mia');
select string_agg(title, ', ' order by id) from app.documents where tenancy.can_read(tenant_id);
delete from app.notes;
update tenancy.tenants set parent_id = :nowhere where name = 'East';
select string_agg(title, ', ' order by id) from app.documents where tenancy.can_read(tenant_id);
update tenancy.tenants set parent_id = :acme where name = 'East';
select string_agg(title, ', ' order by id) from app.documents where tenancy.can_read(tenant_id);
rollback;
