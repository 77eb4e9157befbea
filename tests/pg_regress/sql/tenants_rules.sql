-- Who is who among tenants, and what the extension keeps by itself.
\c - postgres
-- two tenants are there from the beginning
select id, name, kind, status, allows_subtenants, depth, number from tenancy.tenants order by number;

-- the first tenant has to be the service provider
insert into tenancy.tenants (name, kind) values ('first', 'tenant');
insert into tenancy.tenants (name, parent_id) select 'first', id from tenancy.tenants where kind = 'default';
insert into tenancy.tenants (name, status) values ('first', 'inactive');
-- it becomes that by itself; a blank name is refused
\set VERBOSITY terse
insert into tenancy.tenants (name) values ('  ');
\set VERBOSITY verbose
insert into tenancy.tenants (name, allows_subtenants, depth) values ('provider', true, 7), ('alone', true, 7)
returning name, kind, status, depth;
-- a kind that is given must be what it would be anyway
insert into tenancy.tenants (name, kind) values ('second', 'tenant') returning kind;
insert into tenancy.tenants (name, kind) values ('another', 'service_provider');
insert into tenancy.tenants (name, kind) values ('another', 'default');
\set VERBOSITY terse
insert into tenancy.tenants (name, kind) values ('another', 'guest');
\set VERBOSITY verbose
insert into tenancy.tenants (name) values ('alone');
\set VERBOSITY terse
insert into tenancy.tenants (name, number) values ('another', 0);
\set VERBOSITY verbose
insert into tenancy.tenants (name, parent_id) values ('another', '00000000-0000-0000-0000-0000000000ff');

-- the service provider
delete from tenancy.tenants where name = 'provider';
update tenancy.tenants set status = 'inactive' where name = 'provider';
update tenancy.tenants set kind = 'tenant' where name = 'provider';
update tenancy.tenants set parent_id = (select id from tenancy.tenants where name = 'alone') where name = 'provider';
update tenancy.tenants set name = 'the provider', description = 'runs it all' where name = 'provider' returning name, description;
update tenancy.tenants set name = 'provider' where kind = 'service_provider';

-- the built-in tenants
delete from tenancy.tenants where kind = 'default';
delete from tenancy.tenants where kind = 'none';
update tenancy.tenants set kind = 'tenant' where kind = 'none';
update tenancy.tenants set status = 'inactive' where kind = 'default';
update tenancy.tenants set allows_subtenants = true where kind = 'default';
update tenancy.tenants set parent_id = (select id from tenancy.tenants where name = 'alone') where kind = 'none';
insert into tenancy.tenants (name, parent_id) select 'below default', id from tenancy.tenants where kind = 'default';
update tenancy.tenants set name = 'unsorted', description = 'not sorted yet' where kind = 'default' returning name, description;
-- inserting them again, as a dump does, takes over what it says
insert into tenancy.tenants (id, name, kind, depth, number, description, created_at, updated_at)
values ('00000000-0000-8000-8000-000000000001', 'default tenant', 'default', 1, -1, 'again', '2020-01-01', '2021-01-01');
select name, kind, description, extract(year from created_at) created, extract(year from updated_at) updated
from tenancy.tenants where number = -1;
insert into tenancy.tenants (id, name, kind) values ('00000000-0000-8000-8000-000000000002', 'no-tenant', 'tenant');

-- what is given once or kept by the extension
update tenancy.tenants set id = gen_random_uuid() where name = 'alone';
update tenancy.tenants set number = 1000 where name = 'alone';
update tenancy.tenants set created_at = 'yesterday' where name = 'alone';
update tenancy.tenants set depth = 2 where name = 'alone';
-- the same values again are nothing new: mapping layers write whole rows
update tenancy.tenants set id = id, number = number, kind = 'tenant', depth = 1, created_at = created_at where name = 'alone';
update tenancy.tenants set updated_at = '2020-01-01' where name = 'alone';
update tenancy.tenants set location = 'here' where name = 'alone';
select updated_at > '2020-01-01' "updated_at is kept" from tenancy.tenants where name = 'alone';
-- numbers of one's own
insert into tenancy.tenants (name, number) values ('numbered', 4711) returning number;

-- nothing below a tenant that does not want it
insert into tenancy.tenants (name, parent_id) select 'below second', id from tenancy.tenants where name = 'second';
insert into tenancy.tenants (name, parent_id) select n, id from tenancy.tenants, (values ('one'), ('two')) v (n) where name = 'alone';
update tenancy.tenants set parent_id = (select id from tenancy.tenants where name = 'second') where name = 'one';
update tenancy.tenants set allows_subtenants = false where name = 'alone';
delete from tenancy.tenants where name = 'alone';
delete from tenancy.tenants where name in ('one', 'two');
update tenancy.tenants set allows_subtenants = false where name = 'alone';
delete from tenancy.tenants where name = 'alone';

-- in which order PostgreSQL lists the tables that it cascades to is not always the same
set client_min_messages = warning;
truncate tenancy.tenants cascade;
reset client_min_messages;
-- rules hold where triggers are thought to be off
set session_replication_role = replica;
delete from tenancy.tenants where kind = 'none';
-- in which order PostgreSQL lists the tables that it cascades to is not always the same
set client_min_messages = warning;
truncate tenancy.roles cascade;
reset client_min_messages;
reset session_replication_role;

select name, kind, depth from tenancy.tenants order by number;
