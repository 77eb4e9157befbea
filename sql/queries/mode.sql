select i.mode from tenancy.installation i
