-- Whether the database can be trusted: src/lint.rs, src/explain.rs

-- Locking: none of its own.
create table tenancy.lint_suppressions (
  code text not null,
  object text not null,
  reason text not null,
  created_at timestamptz not null default now(),
  created_by name not null default session_user,
  primary key (code, object),
  constraint lint_suppressions_reason_not_blank check (reason ~ '\S')
);

comment on table tenancy.lint_suppressions is 'findings of lint() that administrators have looked at and accept, each with the reason';
comment on column tenancy.lint_suppressions.code is 'as lint() gives it';
comment on column tenancy.lint_suppressions.object is 'as lint() gives it';
comment on column tenancy.lint_suppressions.reason is 'why it is accepted';
comment on column tenancy.lint_suppressions.created_at is 'when it was inserted';
comment on column tenancy.lint_suppressions.created_by is 'the role of PostgreSQL that had logged in';

create trigger administrators_only before insert or update or delete on tenancy.lint_suppressions
  for each statement execute function tenancy.require_administrator();
alter table tenancy.lint_suppressions enable always trigger administrators_only;

create trigger never_truncated before truncate on tenancy.lint_suppressions
  for each statement execute function tenancy.refuse_truncate();
alter table tenancy.lint_suppressions enable always trigger never_truncated;

alter table tenancy.lint_suppressions enable row level security;
create policy lint_suppressions_select on tenancy.lint_suppressions for select using (tenancy.administers());
create policy lint_suppressions_insert on tenancy.lint_suppressions for insert with check (tenancy.administers());
create policy lint_suppressions_update on tenancy.lint_suppressions for update using (tenancy.administers()) with check (tenancy.administers());
create policy lint_suppressions_delete on tenancy.lint_suppressions for delete using (tenancy.administers());
grant select, insert, update, delete on tenancy.lint_suppressions to public;

select pg_catalog.pg_extension_config_dump('tenancy.lint_suppressions', '');

create function tenancy.lint(include_suppressed boolean default false)
  returns table (code text, severity text, object text, finding text, remedy text)
  language c volatile parallel unsafe rows 50
  as 'MODULE_PATHNAME', 'lint_wrapper';

comment on function tenancy.lint(boolean) is
  'what weakens isolation in this database, the worst first, each with what removes it; for administrators and members of pg_monitor';

create function tenancy.assert_isolated() returns void
  language c volatile parallel unsafe
  as 'MODULE_PATHNAME', 'assert_isolated_wrapper';

comment on function tenancy.assert_isolated() is 'refuses where lint() finds errors: the last step of a migration';

-- src/explain.rs

create function tenancy.explain_access(relation regclass, key jsonb, for_user uuid default null)
  returns table (aspect text, answer text, rule text)
  language c volatile parallel unsafe rows 7
  as 'MODULE_PATHNAME', 'explain_access_wrapper';

comment on function tenancy.explain_access(regclass, jsonb, uuid) is
  'why the session, or for administrators another user, may or may not read, update and delete a row; the key is an object of its columns';

revoke all on function
  tenancy.lint(boolean),
  tenancy.assert_isolated(),
  tenancy.explain_access(regclass, jsonb, uuid)
from public;

-- They look at their caller themselves.
grant execute on function
  tenancy.lint(boolean),
  tenancy.assert_isolated(),
  tenancy.explain_access(regclass, jsonb, uuid)
to public;
