-- $1 foreign key. What it does with rows whose row referred to is deleted.
select c.confdeltype::text from pg_constraint c where c.oid = $1
