-- Whose tables may refer to a protected table of another owner: src/referring.rs

-- Locking: none of its own. DDL looks here when it is done; lint() names keys whose declaration was taken back meanwhile.
create table tenancy.referring_owners (
  relation regclass not null,
  owner regrole not null,
  created_at timestamptz not null default now(),
  created_by name not null default session_user,
  primary key (relation, owner)
);

comment on table tenancy.referring_owners is
  'whose tables may have foreign keys to a protected table of another owner: their code runs in the sessions of whoever deletes or changes its rows';
comment on column tenancy.referring_owners.relation is 'the table referred to, or one that it is a part of';
comment on column tenancy.referring_owners.owner is 'the role that owns tables which refer to it';
comment on column tenancy.referring_owners.created_at is 'when it was inserted';
comment on column tenancy.referring_owners.created_by is 'the role of PostgreSQL that had logged in';

create trigger administrators_only before insert or update or delete on tenancy.referring_owners
  for each statement execute function tenancy.require_administrator();
alter table tenancy.referring_owners enable always trigger administrators_only;

create trigger never_truncated before truncate on tenancy.referring_owners
  for each statement execute function tenancy.refuse_truncate();
alter table tenancy.referring_owners enable always trigger never_truncated;

-- Who is trusted so is no secret: those whose foreign keys are refused look here.
grant select, insert, update, delete on tenancy.referring_owners to public;

-- A role that was dropped would be dumped as the number that it had, which is another role's where the dump is restored.
select pg_catalog.pg_extension_config_dump(
  'tenancy.referring_owners',
  'where exists (select from pg_catalog.pg_roles r where r.oid operator(pg_catalog.=) owner)'
);
