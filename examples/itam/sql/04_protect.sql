-- All that it takes to bring the tables under tenancy. Their foreign keys become reference rules by themselves.
-- The tables are empty here: all rows that are loaded afterwards go through the checks.
select tenancy.protect('itam.currencies', 'untenanted');
select tenancy.protect('itam.countries', 'untenanted');
select tenancy.protect('itam.asset_statuses', 'untenanted');

select tenancy.protect('itam.vendors', 'optional');
select tenancy.protect('itam.models', 'optional');

select tenancy.protect('itam.cost_centres', 'required');
select tenancy.protect('itam.locations', 'required');
select tenancy.protect('itam.contracts', 'required');
select tenancy.protect('itam.contract_lines', 'required');
select tenancy.protect('itam.assets', 'required');
select tenancy.protect('itam.asset_assignments', 'required');
select tenancy.protect('itam.job_containers', 'required');
select tenancy.protect('itam.job_targets', 'required');
select tenancy.protect('itam.asset_events', 'required');

-- Nobody may act for a tenant until it is granted: the application may.
grant execute on function tenancy.enter(uuid, text, boolean) to itam_app;
