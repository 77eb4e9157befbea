"""The database of estate.sql, and how to tell that its protection works: for the tests of dump, upgrade and replica."""

from pathlib import Path

SQL = Path(__file__).with_name("estate.sql")

# what each login role sees, a line a table
SEEN = "; ".join(f"select '{table}', count(*), min(id::text), max(id::text) from app.{table}"
                 for table in ("vendor", "type", "place", "house", "event", "attendance", "bill", "paper", "contract"))

EXPECTED = {
    "alice": """vendor|1|2|2
type|2|1|4
place|1|00000000-0000-4000-8000-0000000000d2|00000000-0000-4000-8000-0000000000d2
house|2|1|2
event|20|1|9
attendance|10|1|9
bill|1|1|1
paper|2|1|3
contract|1|3|3
""",
    "bob": """vendor|1|3|3
type|3|1|4
place|1|00000000-0000-4000-8000-0000000000d3|00000000-0000-4000-8000-0000000000d3
house|1|3|3
event|10|10|6
attendance|5|10|6
bill|1|2|2
paper|2|2|4
contract|1|4|4
""",
}

# what a session is refused, with the SQLSTATE; each in a transaction of its own
REFUSED = [
    ("alice", "insert into app.place (tenant_id, name) values (app.t('south'), 'x')", "42501"),
    ("alice", "insert into app.type values (9, null, 'x')", "42501"),
    ("alice", "insert into app.house (id, place) values (9, '00000000-0000-4000-8000-0000000000d3')", "23503"),
    ("alice", "insert into app.contract (id, title, house) values (9, 'x', 3)", "23503"),
    ("alice", "truncate app.bill_line", "42501"),
    ("alice", "insert into tenancy.tenants (name) values ('x')", "42501"),
    ("postgres", "insert into app.attendance select 99, app.t('south'), id, year from app.event where house = 1 limit 1", "23503"),
    ("postgres", "update app.event_new_0 set tenant_id = app.t('south') where house = 1", "23503"),
    ("postgres", "update app.place set tenant_id = app.t('south') where name = 'valley'", "23001"),
    ("postgres", "insert into app.house values (9, app.t('south'), '00000000-0000-4000-8000-0000000000d3', null, null, 1)", "23503"),
    ("postgres", "insert into app.bill_line values (2, 3, app.n('north'))", "23503"),
    ("postgres", "insert into app.place (name) values ('x')", "42501"),
    ("postgres", "update tenancy.tenants set parent_id = null where name = 'north-east'", "23001"),
    ("postgres", "delete from tenancy.tenants where name = 'parking lot'", "55000"),
    ("postgres", "create policy more on app.event_old for select using (true)", "55000"),
]

# what goes, each in a transaction of its own that is rolled back; the last line is what it prints
ALLOWED = [
    ("alice", "insert into app.house (id, place, vendor) values (9, '00000000-0000-4000-8000-0000000000d2', 1) "
              "returning tenant_id = tenancy.current_tenant()", "t"),
    ("alice", "insert into app.event values (99, 2024, default, 1) returning tenant_id = tenancy.current_tenant()", "t"),
    ("alice", "insert into app.bill (id) values (9) returning client = app.n('north-east')", "t"),
    ("postgres", "insert into tenancy.tenants (name) values ('new') returning kind || depth", "tenant1"),
    # a partition that comes now is protected like the others
    ("postgres", "create table app.event_oldest partition of app.event for values from (minvalue) to (2000) partition by list (id); "
                 "create table app.event_oldest_1 partition of app.event_oldest for values in (1); "
                 "insert into app.event values (1, 1990, app.t('north'), 4), (1, 1991, app.t('north-east'), 4); "
                 "grant select on app.event_oldest_1 to alice; set role alice; set session authorization alice; "
                 "select count(*) from app.event_oldest_1", "1"),
    ("postgres", "select from tenancy.enter_tenant(app.t('south'), 'archivist'); set role bob; "
                 "select (select count(*) from app.event) || ' ' || (select count(*) from app.event_old) || ' ' || (select count(*) from app.vendor)", "10 2 0"),
    ("postgres", "create table app.extra (id integer primary key, tenant_id uuid not null, house integer references app.house); "
                 "select from tenancy.protect('app.extra', 'required'); "
                 "select count(*) from tenancy.reference_rules where relation = 'app.extra'::regclass", "1"),
]

# the protection as the catalogs show it, in an order of names
CATALOG = """
set timezone = 'UTC';
select 'policy', polrelid::regclass::text, polname, polpermissive, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
  from pg_policy order by 2, 3;
select 'security', oid::regclass::text, relrowsecurity, relforcerowsecurity from pg_class
  where relrowsecurity or relforcerowsecurity order by 2;
select 'trigger', tgrelid::regclass::text, case when tgparentid = 0 then tgname else '(a partition''s)' end, tgenabled, tgfoid::regproc, tgtype,
  tgdeferrable, tginitdeferred from pg_trigger where not tgisinternal or tgparentid <> 0 order by 2, 3, tgfoid, tgtype;
select 'constraint', conrelid::regclass::text, case when conparentid = 0 then conname else '(a partition''s)' end, contype, convalidated,
  pg_get_constraintdef(oid) from pg_constraint where conrelid >= 16384 and contype <> 'n' order by 2, 3, 6;
select 'default', adrelid::regclass::text, adnum, pg_get_expr(adbin, adrelid) from pg_attrdef order by 2, 3;
select 'event trigger', evtname, evtenabled, evtfoid::regproc from pg_event_trigger order by 2;
select 'protected', relation::text, kind, tenant_column, tenant_key from tenancy.protection order by 2;
select 'reference', relation::text, constraint_name, service_provider_eligible, on_tenant_change, names_tenant
  from tenancy.reference_settings order by 2, 3;
select 'tenant', t.* from tenancy.tenants t order by 2;
select 'group', g.* from tenancy.tenant_groups g order by 2;
select 'member', m.* from tenancy.tenant_group_members m order by 2, 3;
select 'role', r.* from tenancy.roles r order by 2;
select 'module', m.name, t.relation::text, r.name from tenancy.modules m join tenancy.module_tables t on t.module_id = m.id
  join tenancy.role_modules l on l.module_id = m.id join tenancy.roles r on r.id = l.role_id order by 2, 3, 4;
select 'contact', c.* from tenancy.contacts c order by 2;
select 'user', u.*, r.* from tenancy.users u left join tenancy.user_roles r on r.user_id = u.id order by u.id, r.role_id;
select 'installation', i.* from tenancy.installation i;
select 'activity', a.* from tenancy.activity a order by id;
select 'next', last_value, is_called from tenancy.tenants_number_seq;
"""


def fill(cluster, database):
    cluster.psql_file(database, SQL)


def check(case, cluster, database):
    """Fails the test unless the database protects its rows as estate.sql left it. Leaves no trace but in sequences."""
    for user, expected in EXPECTED.items():
        case.assertEqual(cluster.psql(database, SEEN, user), expected, user)
    nothing = "".join(f"{line.split('|')[0]}|0||\n" for line in EXPECTED["alice"].splitlines())
    case.assertEqual(cluster.psql(database, SEEN, "app"), nothing, "nobody in particular")
    for user, statement, sqlstate in REFUSED:
        case.assertEqual(outcome(cluster, database, user, statement)[0], sqlstate, f"{user}: {statement}")
    for user, statement, printed in ALLOWED:
        state, text = outcome(cluster, database, user, statement)
        case.assertEqual(state, "done", f"{user}: {statement}\n{text}")
        if printed is not None:
            case.assertEqual(text.splitlines()[-1], printed, f"{user}: {statement}")
    case.assertEqual(cluster.psql(database, "select * from tenancy.violations()"), "")


def outcome(cluster, database, user, statement):
    """The SQLSTATE of the first error, or done; what was printed. Rolled back."""
    try:
        text = cluster.psql(database, f"\\set VERBOSITY verbose\nbegin;\n{statement};\nset constraints all immediate;\nrollback;\n", user)
        return "done", text
    except Exception as failure:    # say.Failure, with psql's words
        words = str(failure)
        return words.partition("ERROR:  ")[2][:5] or words, words
