"""What the extension gives to others: nothing appears, changes or disappears unnoticed, and all of it is described.

public_surface.sql lists it, public_surface.txt is what it should list; ACCEPT=1 writes that file.
"""

import difflib
import os
import re

from devtools import paths
from runner.scenario import Scenario

QUERY = paths.ROOT / "tests/public_surface.sql"
LEDGER = paths.ROOT / "tests/public_surface.txt"

MEMBERS = """
from pg_depend d
join pg_extension e on e.oid = d.refobjid and e.extname = 'pg_tenancy'
where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
"""


COLUMNS = """
join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relkind in ('r', 'v')
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where"""


class Surface(Scenario):
    def test_ledger(self):
        lines = self.cluster.psql(self.database(), QUERY.read_text()).splitlines() + settings()
        if os.environ.get("ACCEPT"):
            LEDGER.write_text("\n".join(lines) + "\n")
        wanted = LEDGER.read_text().splitlines()
        self.assertEqual(wanted, lines, "\n".join(difflib.unified_diff(wanted, lines, LEDGER.name, "now", lineterm="")))

    def test_everything_is_described(self):
        bare = self.ask(f"""
            select pg_describe_object(d.classid, d.objid, 0) {MEMBERS}
              and d.classid in ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_namespace'::regclass)
              and not exists (select from pg_class c where d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relkind in ('i', 'S'))
              and obj_description(d.objid, d.classid::regclass::name) is null""")
        self.assertEqual([], bare, "these have no comment")

    def test_every_column_is_described(self):
        """What \\d+ shows of our tables and views."""
        bare = self.ask(f"""
            select d.objid::regclass || '.' || a.attname {MEMBERS.replace("where", COLUMNS)}
              and col_description(d.objid, a.attnum) is null""")
        self.assertEqual([], bare, "these columns have no comment")

    def test_search_path_is_pinned(self):
        """In SQL and PL functions, and in those that run with their owner's rights. Bodies that are parsed at creation
        (BEGIN ATOMIC) need no search_path."""
        loose = self.ask(f"""
            select d.objid::regprocedure {MEMBERS}
              and d.classid = 'pg_proc'::regclass
              and exists (
                select from pg_proc p
                join pg_language l on l.oid = p.prolang
                where p.oid = d.objid
                  and (p.prosecdef or (l.lanname not in ('c', 'internal') and p.prosqlbody is null))
                  and not exists (select from unnest(p.proconfig) s where s like 'search_path=%')
              )""")
        self.assertEqual([], loose, "these do not pin search_path")

    def test_all_is_in_the_schema(self):
        """Nothing of ours outside the schema, but event triggers."""
        strays = self.ask(f"""
            select pg_describe_object(d.classid, d.objid, 0) {MEMBERS}
              and (d.classid = 'pg_proc'::regclass and (select pronamespace from pg_proc where oid = d.objid) <> 'tenancy'::regnamespace
                or d.classid = 'pg_class'::regclass and (select relnamespace from pg_class where oid = d.objid) <> 'tenancy'::regnamespace)""")
        self.assertEqual([], strays)

    def test_privileges_of_what_plans_call(self):
        """They are the default, which PostgreSQL finds fast."""
        listed = self.ask("""
            select p.oid::regprocedure
            from pg_proc p
            where p.pronamespace = 'tenancy'::regnamespace and p.proacl is not null
              and (p.proname ~ '^(can|check|reads?|writes?|own|readable|writable|changeable|changes|knows)_' and p.prorettype <> 'internal'::regtype
                  and p.prorettype <> 'trigger'::regtype
                or exists (select from pg_depend d where d.classid = 'pg_policy'::regclass and d.refobjid = p.oid))
              and has_function_privilege('public', p.oid, 'execute')""")
        self.assertEqual([], listed, "these have a list of privileges")

    def test_default_privileges(self):
        """Where the DBA has taken EXECUTE from PUBLIC, policies ask all the same."""
        database = self.database()
        self.cluster.psql(database, """
            drop extension pg_tenancy;
            alter default privileges revoke execute on functions from public;
            create extension pg_tenancy;
            insert into tenancy.tenants (name) values ('Provider');
            create table notes (tenant_id uuid, title text);
            select tenancy.protect('notes', 'optional');
            insert into notes values (null, 'for everybody');
            create role defaults_reader login;
            grant select on notes to defaults_reader;
            grant execute on function tenancy.enter_tenant to defaults_reader;""")
        provider = self.cluster.psql(database, "select id from tenancy.tenants where name = 'Provider'").strip()
        seen = self.cluster.psql(database, f"""
            begin;
            select tenancy.enter_tenant('{provider}') \\g /dev/null
            select title from notes;""", user="defaults_reader")
        self.assertEqual("for everybody", seen.strip())
        self.cluster.psql(database, "drop owned by defaults_reader; drop role defaults_reader")

    def ask(self, sql):
        return self.cluster.psql(self.database(), sql).splitlines()


def settings():
    """PostgreSQL does not list settings that are hidden from SHOW ALL: they are read off the source."""
    found = set()
    for file in (paths.ROOT / "src").rglob("*.rs"):
        found.update(re.findall(r'c"(tenancy\.\w+)"', file.read_text()))
    return [f"setting {name}" for name in sorted(found)]
