-- $1 name. The role; it stays while the transaction lasts.
select r.id from tenancy.roles r where r.name = $1 for key share
