--# As fast as by hand, and nothing broken

--## The newest assets of one's own, read from the application's index on the tenant and the date
--@ itam_de_by
explain (costs off)
select serial, purchased_on
from itam.assets
where tenant_id = tenancy.current_tenant()
order by purchased_on desc
limit 5;
--= plan Index Scan using assets_tenant_id_purchased_on_idx

--## After all this: rows that break a rule, by table and rule
select * from tenancy.violations();
--= rows
