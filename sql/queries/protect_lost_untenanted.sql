-- $1 a table that was a part of an untenanted one.
insert into tenancy.protection (relation, kind, had) values ($1, 'untenanted', '{}') on conflict (relation) do nothing
