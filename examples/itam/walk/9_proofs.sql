--# As fast as by hand, and nothing broken

--## The newest assets of one tenant, read from the application's index on the tenant and the date
--@ itam_de_by
explain (costs off)
select serial, purchased_on
from itam.assets
order by purchased_on desc
limit 5;
--= plan Index Scan using assets_tenant_id_purchased_on_idx

--## A country and the tenants below it: an index on the tenant, too
--@ itam_de
explain (costs off)
select status, count(*)
from itam.assets
group by status;
--= plan Index.*(using|on) assets_tenant_id

--## After all this: rows that break a rule, by table and rule
select * from tenancy.violations();
--= rows

--## What could be got round in this database, roles and views and functions included: nothing that lint() calls an error
select code, object from tenancy.lint() where severity = 'error';
--= rows
