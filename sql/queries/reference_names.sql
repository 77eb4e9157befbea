-- The foreign keys that have a rule.
select s.relation::oid, s.constraint_name::text from tenancy.reference_settings s order by s.relation::text, s.constraint_name
