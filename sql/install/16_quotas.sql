-- Limits for tenants: src/quotas.rs

-- Never holds a row. Who gains or loses rows that a quota counts locks it in ROW SHARE mode while committing, which never waits
-- for its like; who changed quotas, or changes very many tenants' rows, locks it in EXCLUSIVE mode while committing. Statements
-- that change quotas lock it in SHARE ROW EXCLUSIVE mode: one at a time, without making those who commit wait.
create table tenancy.quota_lock ();

comment on table tenancy.quota_lock is 'empty; locked by those who count (ROW SHARE) and those who change what is counted (EXCLUSIVE)';

-- Locking: changes lock quota_lock; the first quota of a table also locks the table in SHARE ROW EXCLUSIVE mode, because its
-- writers do not count before. Restored after users, to which it refers: a user quota is not asked by rows that come back. A table
-- keeps its quotas while it is released.
create table tenancy.quotas (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
  relation regclass,
  max_rows bigint not null,
  action text not null default 'refuse',
  set_by uuid references tenancy.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (tenant_id, relation),
  constraint quotas_max_rows check (max_rows >= 0),
  constraint quotas_action check (action in ('refuse', 'warn'))
);

create index quotas_relation_idx on tenancy.quotas (relation);
create index quotas_set_by_idx on tenancy.quotas (set_by);

comment on table tenancy.quotas is 'how many rows of a table, or how many users, a tenant may have';
comment on column tenancy.quotas.relation is 'the protected table; NULL: the quota is for the number of users who may log in';
comment on column tenancy.quotas.max_rows is 'what is there already stays, also where it is more: nothing can be added then';
comment on column tenancy.quotas.action is 'refuse: no transaction commits more; warn: a warning, and a row in tenancy.activity';
comment on column tenancy.quotas.set_by is 'the user who set it; filled in by the extension';
comment on column tenancy.quotas.id is 'names the quota in quota_room';
comment on column tenancy.quotas.tenant_id is 'the tenant';
comment on column tenancy.quotas.created_at is 'when it was inserted';
comment on column tenancy.quotas.updated_at is 'when it was last changed; kept by the extension';

-- What is left of a quota, in as many rows as can commit at the same time without waiting for each other. Their sum plus the
-- tenant's rows is never more than the quota, or over is true. No rows: not counted yet.
-- Locking: a row is read and changed only while committing, by who holds quota_lock ROW SHARE and the lock of the quota and the
-- slot (an object lock of PostgreSQL's lock manager), or quota_lock EXCLUSIVE; so that its changes never meet. Not dumped: it is
-- counted anew.
create table tenancy.quota_room (
  quota_id uuid not null,
  slot integer not null,
  room bigint not null,
  over boolean not null,
  primary key (quota_id, slot)
) using heap;

comment on table tenancy.quota_room is 'what is left of quotas, in slots; kept by the extension';
comment on column tenancy.quota_room.quota_id is 'the quota';
comment on column tenancy.quota_room.slot is 'so that writers need not wait for each other, each takes from one of several';
comment on column tenancy.quota_room.room is 'how many rows may come before all slots have to be counted';
comment on column tenancy.quota_room.over is 'more is there than the quota allows';

create function tenancy.complete_quota() returns trigger
  language c
  as 'MODULE_PATHNAME', 'complete_quota_wrapper';

comment on function tenancy.complete_quota() is 'trigger: fills set_by and updated_at; the table has tenants; its writers count from now on; one change at a time';

create function tenancy.note_quota() returns trigger
  language c
  as 'MODULE_PATHNAME', 'note_quota_wrapper';

comment on function tenancy.note_quota() is 'trigger: what is left of a changed quota is counted anew';

create function tenancy.note_user() returns trigger
  language c
  as 'MODULE_PATHNAME', 'note_user_wrapper';

comment on function tenancy.note_user() is 'trigger: counts the users of tenants';

create function tenancy.note_mode() returns trigger
  language c
  as 'MODULE_PATHNAME', 'note_mode_wrapper';

comment on function tenancy.note_mode() is 'trigger: what is left of all quotas is counted anew, because nothing is counted in the mode off';

revoke all on function
  tenancy.complete_quota(),
  tenancy.note_quota(),
  tenancy.note_user(),
  tenancy.note_mode()
from public;

create trigger administrators_only before insert or update or delete on tenancy.quotas
  for each statement execute function tenancy.require_administrator();
alter table tenancy.quotas enable always trigger administrators_only;

create trigger never_truncated before truncate on tenancy.quotas
  for each statement execute function tenancy.refuse_truncate();
alter table tenancy.quotas enable always trigger never_truncated;

create trigger "00_changes_announced" after insert or update or delete on tenancy.quotas
  for each statement execute function tenancy.announce_change();
alter table tenancy.quotas enable always trigger "00_changes_announced";

create trigger replicated_changes_announced after insert or update or delete on tenancy.quotas
  for each row execute function tenancy.announce_change();
alter table tenancy.quotas enable always trigger replicated_changes_announced;

create trigger row_completed before insert or update or delete on tenancy.quotas
  for each row execute function tenancy.complete_quota();
alter table tenancy.quotas enable always trigger row_completed;

create trigger counted_anew after insert or update or delete on tenancy.quotas
  for each row execute function tenancy.note_quota();
alter table tenancy.quotas enable always trigger counted_anew;

create trigger users_counted after insert or update or delete on tenancy.users
  for each row execute function tenancy.note_user();
alter table tenancy.users enable always trigger users_counted;

create trigger quotas_counted_anew after update of mode on tenancy.installation
  for each statement execute function tenancy.note_mode();
alter table tenancy.installation enable always trigger quotas_counted_anew;

alter table tenancy.quotas enable row level security;
create policy quotas_select on tenancy.quotas for select
  using (tenancy.knows_tenant(tenant_id) and tenancy.knows_tenant(tenant_id, relation));
create policy quotas_insert on tenancy.quotas for insert with check (tenancy.administers());
create policy quotas_update on tenancy.quotas for update using (tenancy.administers()) with check (tenancy.administers());
create policy quotas_delete on tenancy.quotas for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.quotas to public;

-- For members of pg_read_all_data and pg_write_all_data, who have privileges on everything.
alter table tenancy.quota_room enable row level security;
alter table tenancy.quota_lock enable row level security;

select pg_catalog.pg_extension_config_dump('tenancy.quotas', '');
