--# A tenant leaves, and comes back

--## Everything of Antarctica's as lines of JSON; here into a table, elsewhere into a file
create table archive (line bigint generated always as identity primary key, content text not null);
insert into archive (content) select tenancy.export_tenant('{tenant AQ}');
select content::json ->> 'pg_tenancy' as what, content::json ->> 'format' as format from archive where line = 1;
--= rows
--| archive | 1

--## A tenant may take along what it may read, and nothing else
--@ itam_de_by
select count(*) > 2 as own from tenancy.export_tenant(tenancy.current_tenant());
select tenancy.export_tenant('{tenant DE-BE}');
--= refused 42501 cannot be exported

--## What would go if the tenant went?
--@ itam_provider
select relation, rows > 0 as some from tenancy.delete_tenant('{tenant AQ}', dry_run => true);
--= has
--| tenancy.contacts | t
--| tenancy.tenants | t

--## Not while it is active
--@ itam_provider
select * from tenancy.delete_tenant('{tenant AQ}');
--= refused 55000 is active

--## It is switched off, and goes
--@ itam_provider
update tenancy.tenants set status = 'inactive' where id = '{tenant AQ}';
select sum(rows) > 1 as went from tenancy.delete_tenant('{tenant AQ}');
--= rows
--| t

--## Not one row is left
select count(*) from itam.assets where serial like 'AQ-%';
select count(*) from tenancy.tenants where name ~ '^AQ ';
--= rows
--| 0

--## A line that was changed on the way is noticed
begin;
update archive set content = replace(content, 'AQ', 'AX') where line = 3;
select * from tenancy.import_tenant('archive');
--= refused 22P04 the archive cannot be read at line

--## It comes back whole
select sum(rows) = sum(written) as all_of_it from tenancy.import_tenant('archive');
--= rows
--| t

--## Exported again, it is the same, but for the line that says when
select count(*) filter (where a.content is distinct from b.content) as different
from archive a
full join tenancy.export_tenant('{tenant AQ}') with ordinality b (content, line) using (line)
where line > 1;
--= rows
--| 0
