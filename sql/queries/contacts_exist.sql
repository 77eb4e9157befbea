select exists (select from tenancy.contacts c)
