--# One query, three users
--> The same text, sent by three people who logged in with their own names. tenancy.users.db_role says who they are,
--> so that they need not call anything first.

--## Bavaria's service desk: its own tenant
--@ itam_de_by
select count(*) as assets, count(distinct tenant_id) as tenants, sum(price) as worth from itam.assets;
--= rows of the superuser
--| select count(*), count(distinct tenant_id), sum(price) from itam.assets where tenant_id = '{tenant DE-BY}';

--## Germany's service desk: its role reads the tenants below, too
--@ itam_de
select count(*) as assets, count(distinct tenant_id) as tenants, sum(price) as worth from itam.assets;
--= rows of the superuser
--| select count(a.id), count(distinct t.id), sum(price) from itam.assets a join tenancy.tenants t on t.id = tenant_id
--| where t.name ~ '^DE[ -]';

--## The service provider's administrator: all tenants
--@ itam_provider
select count(*) as assets, count(distinct tenant_id) as tenants, sum(price) as worth from itam.assets;
--= rows of the superuser
--| select count(*), (select count(*) from tenancy.tenants where kind in ('tenant', 'service_provider')), sum(price)
--| from itam.assets;

--## An application, before it has said for whom it acts: nobody in particular sees nothing in particular
--@ itam_app
select count(*) as assets, count(distinct tenant_id) as tenants, sum(price) as worth from itam.assets;
--= rows
--| 0 | 0 |

--## The application acts for a user, until its transaction ends
--@ itam_app
begin;
select tenancy.enter('{user FR-44}');
select count(*) as assets, min(serial) as first, max(serial) as last from itam.assets;
commit;
--= rows of the superuser
--| select count(*), min(serial), max(serial) from itam.assets where tenant_id = '{tenant FR-44}';

--## In the next transaction it is nobody again
--@ itam_app
begin;
select tenancy.enter('{user FR-44}');
commit;
select count(*) as assets from itam.assets;
--= rows
--| 0

--## One transaction acts for one user only
--> What the first user read could otherwise be written as the second.
--@ itam_app
begin;
select tenancy.enter('{user FR-44}');
select tenancy.enter('{user DE-BY}');
--= refused 25001 already acts for somebody else

--## And not every login may choose whom to act for
--@ itam_de_by
select tenancy.enter('{user FR-44}');
--= refused 42501 permission denied for function enter

--## A join over all three kinds of table: everybody's, public and the tenant's own
--@ itam_de_by
select a.serial, v.name as vendor, c.currency, s.meaning
from itam.assets a
join itam.models m on m.id = a.model_id
join itam.vendors v on v.id = m.vendor_id
join itam.cost_centres c on c.id = a.cost_centre_id
join itam.asset_statuses s on s.code = a.status
order by a.serial
limit 3;
--= rows of the superuser
--| select a.serial, v.name, c.currency, s.meaning
--| from itam.assets a, itam.models m, itam.vendors v, itam.cost_centres c, itam.asset_statuses s
--| where m.id = a.model_id and v.id = m.vendor_id and c.id = a.cost_centre_id and s.code = a.status
--|   and a.tenant_id = '{tenant DE-BY}'
--| order by a.serial limit 3;
