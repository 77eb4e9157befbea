-- Assets, and what happens to them. Nothing random: n numbers the tenants, k a tenant's assets.
create temp table party as
select t.id, split_part(t.name, ' ', 1) as code, substr(t.name, 1, 2) as country, t.parent_id, t.allows_subtenants,
       row_number() over (order by t.name) as n, (select c.id from itam.contracts c where c.tenant_id = t.parent_id) as contract
from tenancy.tenants t
where t.kind in ('tenant', 'service_provider');

create temp table offered as
select id, row_number() over (order by pci_id) - 1 as n
from itam.models
where name ~* 'ethernet|geforce|quadro|radeon|connectx|raid|nvme';

-- Every third asset is under the contract of the tenant above.
insert into itam.assets (tenant_id, serial, model_id, location_id, cost_centre_id, contract_id, contract_line,
                         status, price, purchased_on)
select p.id, p.code || '-' || lpad(k::text, 4, '0'), m.id, l.id, c.id,
       case when k % 3 = 1 then p.contract end, case when k % 3 = 1 and p.contract is not null then 1 + k / 3 % 3 end,
       (array['in_use', 'in_use', 'in_use', 'in_use', 'in_stock', 'in_use', 'repair', 'in_use', 'retired'])[1 + (p.n + k) % 9],
       50 + (p.n * 37 + k * 211) % 2400, date '2021-01-01' + ((p.n * 13 + k * 97) % 1800)::integer
from party p
cross join generate_series(1, 30) as k
join offered m on m.n = (p.n * 31 + k * 17) % (select count(*) from offered)
join itam.locations l on l.tenant_id = p.id and l.name = 'Server room ' || p.code
join itam.cost_centres c on c.tenant_id = p.id and c.code = case when k % 4 = 0 then '2000' else '1000' end
where k <= case when p.allows_subtenants then 30 else 8 + p.n * 7 % 17 end
order by p.n, k;

insert into itam.asset_assignments (tenant_id, asset_id, assigned_to, assigned_from)
select tenant_id, id, (array['Service desk', 'Finance', 'Field engineering', 'Laboratory'])[1 + id % 4], purchased_on + 14
from itam.assets
where status = 'in_use'
order by id;

insert into itam.asset_events (tenant_id, asset_id, happened_at, event)
select a.tenant_id, a.id, timestamptz '2025-01-01 08:00+00' + (a.id * 1231 + e.n * 1013) % 8700 * interval '1 hour', e.event
from itam.assets a
join (values (1, 'inventoried'), (2, 'firmware updated')) as e (n, event) on e.n = 1 or a.id % 3 <> 0
order by a.id, e.n;

-- The first four assets in use of each tenant are in the roll-out of the tenant above.
insert into itam.job_targets (container_id, asset_id, tenant_id)
select j.id, a.id, a.tenant_id
from (select id, tenant_id, row_number() over (partition by tenant_id order by id) as k
      from itam.assets where status = 'in_use') a
join tenancy.tenants t on t.id = a.tenant_id
join itam.job_containers j on j.tenant_id = t.parent_id
where a.k <= 4
order by a.id;

analyze itam.assets, itam.asset_assignments, itam.asset_events, itam.job_targets;
