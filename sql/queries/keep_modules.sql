-- $1 a table that was a part, $2 the protected table that it was a part of, whose modules it stays in.
insert into tenancy.module_tables (module_id, relation)
select m.module_id, $1 from tenancy.module_tables m where m.relation = $2
on conflict do nothing
