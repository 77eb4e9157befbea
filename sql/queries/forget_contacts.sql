-- No tenant may name a contact of this statement any longer.
update tenancy.tenants t set contact_id = null where t.contact_id in (select o.id from old_rows o)
