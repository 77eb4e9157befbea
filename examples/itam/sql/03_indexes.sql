-- What the application's own queries want, as anywhere: none of these is for tenancy's sake, protect() sees to those.
set role itam_owner;

create index on itam.models (vendor_id);
create index on itam.locations (parent_id);
create index on itam.contracts (vendor_id);
create index on itam.assets (tenant_id, purchased_on desc);
create index on itam.assets (model_id);
create index on itam.assets (location_id);
create index on itam.assets (cost_centre_id);
create index on itam.assets (contract_id, contract_line);
create index on itam.asset_assignments (asset_id);
create index on itam.job_targets (asset_id);
create index on itam.asset_events (asset_id);
