--# An old table is adopted

--## A table from before: 100,000 repairs, which know their asset and nothing of tenants
create table itam.repairs (
  id bigint generated always as identity primary key,
  asset_id bigint not null constraint asset references itam.assets,
  done_on date not null,
  what text not null
);
insert into itam.repairs (asset_id, done_on, what)
select a.id, a.purchased_on + 100 + n, 'Fan replaced'
from (select id, purchased_on from itam.assets order by id limit 50000) a, generate_series(1, 2) n;
alter table itam.repairs owner to itam_owner;
grant select, insert, update, delete on itam.repairs to itam_user;
select count(*) from itam.repairs;
--= rows
--| 100000

--## As it is, everybody sees everybody's
--@ itam_de_by
select count(*) from itam.repairs;
--= rows
--| 100000

--## Who runs the installation decides what comes under tenancy: nobody else may, until it is granted
--@ itam_provider
call tenancy.adopt('itam.repairs', 'required', by_reference => 'asset');
--= refused 42501 permission denied for procedure adopt

--## The tenant of a repair is the one of its asset. Writers go on meanwhile, and it could be stopped and called again
call tenancy.adopt('itam.repairs', 'required', by_reference => 'asset');
select kind, tenant_column from tenancy.protected_tables where relation = 'itam.repairs'::regclass;
--= rows
--| required | tenant_id

--## Each repair has its asset's tenant
select count(*) as repairs, count(*) filter (where r.tenant_id is distinct from a.tenant_id) as wrong
from itam.repairs r
join itam.assets a on a.id = r.asset_id;
--= rows
--| 100000 | 0

--## From now on a country's desk sees its own and those of the tenants below it
--@ itam_de
select count(*), count(distinct tenant_id) > 1 as several from itam.repairs;
--= rows of the superuser
--| select count(*), count(distinct tenant_id) > 1
--| from itam.repairs
--| where tenant_id in (select tenancy.subtenants('{tenant DE}'));

--## The INSERT of before enters a repair of one's own, without a word about tenants
--@ itam_de_by
begin;
insert into itam.repairs (asset_id, done_on, what)
select id, '2026-03-01', 'Battery replaced' from itam.assets limit 1
returning tenant_id = tenancy.current_tenant() as mine;
commit;
--= rows
--| t

--## What the adoption needed on its way is gone
select count(*) from tenancy.adoptions;
select count(*) from pg_trigger where tgrelid = 'itam.repairs'::regclass and tgname ~ 'adopt';
--= rows
--| 0
