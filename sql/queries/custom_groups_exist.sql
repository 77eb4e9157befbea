select exists (select from tenancy.custom_groups c)
