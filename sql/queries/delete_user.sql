-- $1 user, whose roles go along.
delete from tenancy.users where id = $1
