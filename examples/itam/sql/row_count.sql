select (select count(*) from itam.vendors) + (select count(*) from itam.models)
  + (select count(*) from itam.cost_centres) + (select count(*) from itam.locations)
  + (select count(*) from itam.contracts) + (select count(*) from itam.contract_lines)
  + (select count(*) from itam.assets) + (select count(*) from itam.asset_assignments)
  + (select count(*) from itam.job_containers) + (select count(*) from itam.job_targets)
  + (select count(*) from itam.asset_events);
