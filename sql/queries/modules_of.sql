-- $1 table. The modules that it is in.
select m.module_id from tenancy.module_tables m where m.relation = $1
