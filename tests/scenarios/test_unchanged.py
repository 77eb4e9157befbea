"""What the extension leaves alone: tables that are not protected behave as on a server without it, to the letter."""

import difflib
import subprocess

from runner.scenario import Scenario

SETUP = """
create table app.kind (id integer primary key, name text unique, constraint short check (length(name) < 9));
create table app.thing (id integer primary key, kind integer not null constraint of_kind references app.kind,
  later integer constraint of_later references app.kind deferrable initially deferred, at int4range,
  constraint apart exclude using gist (at with &&));
create domain app.even as integer constraint is_even check (value % 2 = 0);
create table app.part (id integer, day integer) partition by range (day);
create table app.part_1 partition of app.part for values from (1) to (10);
create function app.fail(integer) returns integer language plpgsql as
  $$ begin if $1 > 2 then raise exception 'no %', $1 using errcode = 'AB123', detail = 'd', hint = 'h', constraint = 'c'; end if;
     return $1; end $$;
create function app.guard() returns trigger language plpgsql as
  $$ begin perform app.fail(new.id); return new; end $$;
create trigger guard before update on app.kind for each row execute function app.guard();
create view app.kinds as select * from app.kind with check option;
alter table app.part enable row level security;
create policy days on app.part using (day < 5);
grant usage on schema app to app;
grant all on all tables in schema app to app;
insert into app.kind values (1, 'one'), (2, 'two');
"""

# Each is sent alone, by an ordinary role and by a superuser.
STATEMENTS = [
    "selec 1", "select 1 from", "select nothing from app.kind", "select * from app.missing", "select app.missing(1)",
    "select 1 / (id - id) from app.kind", "select name::integer from app.kind", "select app.fail(id + 1) from app.kind",
    "insert into app.kind values (1, 'again')", "insert into app.kind values (3, 'far too long')",
    "insert into app.kind values (null, 'x')", "insert into app.kind values (3, 'one')",
    "insert into app.thing values (1, 9)", "insert into app.thing values (1, 1, 9)", "insert into app.thing values (1, null)",
    "insert into app.thing values (1, 1, 1, '[1,5)'), (2, 1, 1, '[4,9)')",
    "insert into app.thing values (1, 1, 9); set constraints all immediate", "insert into app.thing values (1, 1, 9); commit",
    "insert into app.thing values (1, 1); delete from app.kind where id = 1; delete from app.thing",
    "update app.kind set id = 7", "update app.kind set id = 2 where id = 1", "insert into app.kinds values (1, 'x')",
    "select 3::app.even", "insert into app.part values (1, 50)", "insert into app.part values (1, 7)", "truncate app.kind",
    "create table app.kind (x integer)", "alter table app.kind add name text", "drop table app.kind", "drop table app.gone",
    "alter table app.kind alter name type integer", "create index on app.kind (gone)", "create unique index on app.thing (kind, kind)",
    "do $$ begin insert into app.kind values (1, 'x'); exception when unique_violation then raise notice 'caught %', sqlerrm; end $$",
    "do $$ begin perform app.fail(9); end $$", "copy app.kind (gone) to stdout",
    "prepare p (integer) as select $1; execute p('x')", "lock table app.kind in no mode", "set search_path_ = 1", "set work_mem = 'x'",
    "merge into app.kind k using (values (1), (1)) v (id) on k.id = v.id when matched then update set id = 2",
    "insert into app.kind values (1, 'x') on conflict (id) do update set id = 3", "grant select on app.gone to app",
    "create policy days on app.part using (true)", "alter table app.part_1 add constraint c check (gone > 1)",
    "create table app.part_2 partition of app.part for values from (5) to (20)", "create schema pg_x", "vacuum app.gone",
    "explain (costs off) select * from app.part where day = 3", "set role nobody_of_this_name", "select 1; declare c cursor for selec",
    "copy app.kind from stdin;\nx\tx\n\\.\n",
]


class Unchanged(Scenario):
    def test_errors(self):
        """SQLSTATE, LINE, CONTEXT, constraint and table names: all that a client is told."""
        plain = f"{type(self).__name__}_plain".lower()
        self.cluster.createdb(plain, template="template0")
        self.addCleanup(self.cluster.dropdb, plain)
        self.cluster.psql(plain, "create schema app authorization owner; grant usage on schema app to public")
        ours = self.database()
        for database in (plain, ours):
            self.cluster.psql(database, SETUP)
        # the library is loaded and somebody acts: nothing of it may be felt elsewhere
        self.cluster.psql(ours, """
            insert into tenancy.tenants (name) values ('provider'), ('acme');
            create table app.own (id integer primary key, tenant_id uuid not null);
            select from tenancy.protect('app.own', 'required');
        """)
        for user in ("app", "postgres"):
            without = self.answers(plain, user, "select 'nobody'")
            with_us = self.answers(ours, user, "select 'nobody' where tenancy.current_tenant() is null")
            self.assertGreater(without.count("ERROR:"), 40, without)
            self.assertEqual("\n".join(difflib.unified_diff(without.splitlines(), with_us.splitlines(), "without", "with", "")), "")

    def answers(self, database, user, first):
        """What psql prints, errors with everything that they carry, each statement rolled back."""
        each = (f"begin;\n{text}\n;rollback;" for text in STATEMENTS)
        script = "\n".join([r"\set VERBOSITY verbose", f"{first};", *each])
        command = [self.cluster.server.program("psql"), "-X", "-q", "-d", database, "-f", "-"]
        done = subprocess.run(command, input=script, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=self.cluster.environment(user))
        return done.stdout.replace(database, "database")
