--# Side doors
--> All of these logins hold SELECT, INSERT, UPDATE, DELETE and TRUNCATE on the tables.

--## TRUNCATE asks no policy
--@ itam_de_by
truncate itam.job_targets;
--= refused 42501 cannot be truncated

--## A partition, by its own name, when somebody has granted it
grant select on itam.asset_events_2025_q1 to itam_user;
set session authorization itam_de_by;
select count(*) as events, count(distinct tenant_id) as tenants from itam.asset_events_2025_q1;
--= rows of the superuser
--| select count(*), 1 from itam.asset_events where tenant_id = '{tenant DE-BY}' and happened_at < '2025-04-01';

--## The tables' owner, who is nobody's user
set role itam_owner;
select count(*) as assets, count(distinct tenant_id) as tenants from itam.assets;
--= rows
--| 0 | 0

--## A function so cheap that the planner would like to call it first is not shown the rows of others
--@ itam_de_by
create function pg_temp.peek(text) returns boolean cost 0.0001 language plpgsql
as $$ begin if $1 not like 'DE-BY-%' then raise exception 'saw %', $1; end if; return true; end $$;
select count(*) as shown from itam.assets where pg_temp.peek(serial);
--= rows of the superuser
--| select count(*) from itam.assets where tenant_id = '{tenant DE-BY}';

--## A prepared statement, planned for one user and run for another
--@ itam_app
prepare serials as select count(*) as assets, min(split_part(serial, '-0', 1)) as tenant from itam.assets;
begin;
select tenancy.enter('{user FR-44}');
execute serials;
commit;
begin;
select tenancy.enter('{user DE-BY}');
execute serials;
commit;
--= rows of the superuser
--| select count(*), 'DE-BY' from itam.assets where tenant_id = '{tenant DE-BY}';
