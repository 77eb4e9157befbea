select nextval('tenancy.tenants_number_seq')
