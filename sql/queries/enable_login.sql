-- $1 contact, who is a user from now on.
insert into tenancy.users (id) values ($1)
on conflict (id) do update set login_enabled = true where not users.login_enabled
