-- The tenants: a service provider, below it the countries of ISO 3166-1 and their subdivisions of ISO 3166-2.
create temp table iso_countries (code text, name text, numeric_code text);
create temp table iso_subdivisions (code text, name text, type text, parent text);
\copy iso_countries from 'countries.csv' csv header
\copy iso_subdivisions from 'subdivisions.csv' csv header

-- Four levels are the default. Alsace, a part of Grand Est with départements of its own, makes France five deep here.
update tenancy.installation set max_depth = 5;

-- The first tenant becomes the service provider.
insert into tenancy.tenants (name, allows_subtenants, description)
values ('Worldwide IT Services', true, 'runs this database for all the others');

-- Antarctica stands alone: a customer that is not below the service provider.
insert into tenancy.tenants (name, parent_id, allows_subtenants, description)
select code || ' ' || c.name, case when code <> 'AQ' then p.id end,
       exists (select from iso_subdivisions s where s.parent = c.code), 'Country'
from iso_countries c, tenancy.tenants p
where p.kind = 'service_provider'
order by code;

-- One statement a level, because a parent must be there first.
prepare next_level as
insert into tenancy.tenants (name, parent_id, allows_subtenants, description)
select s.code || ' ' || s.name, p.id,
       exists (select from iso_subdivisions c where c.parent = s.code), s.type
from iso_subdivisions s
join tenancy.tenants p on split_part(p.name, ' ', 1) = s.parent
where not exists (select from tenancy.tenants t where split_part(t.name, ' ', 1) = s.code)
order by s.code;

execute next_level;
execute next_level;
execute next_level;

analyze tenancy.tenants;
