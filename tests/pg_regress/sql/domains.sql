-- E-mail domains: one spelling, one tenant, and which tenant an address belongs to.
\i include/world.sql

insert into tenancy.domains (domain, tenant_id) values ('Acme.Example.', :acme), ('globex.example', :globex)
returning domain, includes_subdomains, created_at = updated_at as same;
-- one domain, one tenant, in whatever spelling
\set VERBOSITY terse
insert into tenancy.domains (domain, tenant_id) values ('ACME.example', :globex);
insert into tenancy.domains (domain, tenant_id) values (null, :globex);
insert into tenancy.domains (domain, tenant_id) values ('unknown.example', '00000000-0000-0000-0000-00000000000f');
\set VERBOSITY verbose
-- what is no domain
insert into tenancy.domains (domain, tenant_id) values ('ann@acme.example', :acme);
\set VERBOSITY terse
insert into tenancy.domains (domain, tenant_id) values ('@acme.example', :acme);
insert into tenancy.domains (domain, tenant_id) values ('*.acme.example', :acme);
insert into tenancy.domains (domain, tenant_id) values ('example', :acme);
insert into tenancy.domains (domain, tenant_id) values (' acme.example', :acme);
insert into tenancy.domains (domain, tenant_id) values ('bücher.example', :acme);
insert into tenancy.domains (domain, tenant_id) values ('192.0.2.1', :acme);
insert into tenancy.domains (domain, tenant_id) values ('', :acme);
update tenancy.domains set domain = 'not a domain' where tenant_id = :globex;
\set VERBOSITY verbose
-- no people, no domains
insert into tenancy.domains (domain, tenant_id) select 'parked.example', id from tenancy.tenants where kind = 'none';
update tenancy.domains set created_at = '2020-01-01' where tenant_id = :acme;
update tenancy.domains set domain = 'GLOBEX.test' where tenant_id = :globex returning domain, updated_at >= created_at as updated;

-- which tenant is it?
create function app.whose(variadic text[]) returns table (email text, tenant text) language sql as $$
  select a.email, t.name from unnest($1) with ordinality a (email, nth)
  left join tenancy.tenants t on t.id = tenancy.tenant_for_email(a.email) order by a.nth $$;
select * from app.whose('ann@acme.example', 'Ann.Smith+x@ACME.EXAMPLE', 'gus@globex.test', 'ann@mail.acme.example', 'x@other.example');
-- what is no address
select * from app.whose('', 'acme.example', '@acme.example', 'ann@', 'a@b@acme.example', 'an n@acme.example', 'ann@acme.example ', null);
-- subdomains, where the domain includes them; the most specific one that is configured decides
update tenancy.domains set includes_subdomains = true where domain = 'acme.example';
insert into tenancy.domains (domain, tenant_id) values ('east.acme.example', :east);
select * from app.whose('a@acme.example', 'a@mail.acme.example', 'a@east.acme.example', 'a@mail.east.acme.example', 'a@notacme.example', 'a@example');
-- a tenant that nobody can enter has no addresses, and does not leave them to the domain above
update tenancy.tenants set status = 'inactive' where id = :east;
select * from app.whose('a@east.acme.example');
update tenancy.tenants set status = 'active' where id = :east;

-- who may ask: nobody to whom it was not granted
\c - app
select tenancy.tenant_for_email('ann@acme.example');
\c - postgres
grant execute on function tenancy.tenant_for_email(text) to app;
\c - app
select tenancy.tenant_for_email('ann@acme.example');
-- the table shows nothing to who acts for nobody, and to others the domains of tenants that they may read
select * from tenancy.domains;
begin; call app.act_as('ann'); select domain from tenancy.domains order by 1; commit;
begin; call app.act_as('mia'); select domain from tenancy.domains order by 1; commit;
begin; call app.act_as('gus'); select domain from tenancy.domains order by 1; commit;
begin; call app.act_as('ada'); select domain from tenancy.domains order by 1; commit;
-- only administrators change it; that a domain is taken is not told
begin; call app.act_as('gus'); insert into tenancy.domains (domain, tenant_id) values ('acme.example', 'b0000000-0000-0000-0000-000000000000'); rollback;
begin; call app.act_as('gus'); update tenancy.domains set includes_subdomains = true; rollback;
begin; call app.act_as('gus'); delete from tenancy.domains; rollback;
begin; call app.act_as('gus'); truncate tenancy.domains; rollback;
begin; call app.act_as('all'); delete from tenancy.domains; rollback;
begin;
call app.act_as('ada');
insert into tenancy.domains (domain, tenant_id) values ('west.example', 'af000000-0000-0000-0000-000000000000') returning domain;
commit;
select name, t.id = tenancy.tenant_for_email('wes@west.example') as found from (values ('West', 'af000000-0000-0000-0000-000000000000'::uuid)) t (name, id);
-- domains go with their tenant
\c - postgres
delete from tenancy.users where tenant_id = :west;
delete from app.documents where tenant_id = :west;
delete from tenancy.tenants where id = :west;
select domain from tenancy.domains order by 1;
truncate tenancy.domains;
