"""The ledger of HINTs that name a command or an order of commands: each is provoked, followed to the letter, and leads out."""

import re
from dataclasses import dataclass

from devtools import paths, say
from runner.scenario import Scenario

WORLD = """
    insert into tenancy.tenants (name) values ('provider'), ('acme'), ('globex');
    create function app.t(text) returns uuid stable security definer
      begin atomic select id from tenancy.tenants where name = $1; end;
    grant execute on function tenancy.enter_tenant to app;
    set client_min_messages = error;
    create table app.parent (id integer primary key, tenant_id uuid);
    create table app.child (id integer primary key, tenant_id uuid, parent_id integer constraint to_parent references app.parent);
    select tenancy.protect('app.parent', 'required'), tenancy.protect('app.child', 'required');
    insert into app.parent values (1, app.t('acme')), (2, app.t('globex'));
    insert into app.child values (1, app.t('acme'), 1);
    create table app.free (id integer primary key, tenant_id uuid, parent_id integer);
    create table app.plain (id integer primary key);
    grant select, insert, update, delete on all tables in schema app to app;
    alter table app.parent owner to owner; alter table app.child owner to owner;
    alter table app.free owner to owner; alter table app.plain owner to owner;
    """

# What a text in src/error/ says to be done: a function of ours, or a command.
COMMAND = re.compile(
    r"\b(?:tenancy\.)?(?:protect|release|adopt|mend|enter|enter_tenant|leave|set_mode|set_reference_rule|forget_activity"
    r"|writable_tenant|delete_tenant)\(|\b(?:alter table|alter trigger|alter function|drop trigger|create temporary table|create policy|drop policy|delete from"
    r"|set constraints|call tenancy|with select|insert into)|\b(?:AS RESTRICTIVE|NOT VALID|without CONCURRENTLY|ADD TABLE|GRANT these|WITH … UPDATE)")

# Functions in src/error/ that put such texts together.
SPELLED_ELSEWHERE = re.compile(r"\b(?:release\(root\)|declare\(table\)|\w+\.way_out\(\)|instead\.hint\(\)|\{declare\}|rows::ENTER|\{instead\})")

AS_ACME = "set role app; begin; select tenancy.enter_tenant(app.t('acme'));"


@dataclass
class Hint:
    """`refused` is refused with the message and a HINT that matches; what `follow` makes of its groups is done; then `works`, or what
    was refused."""
    message: str
    refused: str
    hint: str
    follow: str
    works: str = ""
    setup: str = ""


HINTS = [
    Hint("this session may not write rows of this tenant", "set role app; insert into app.parent values (3, app.t('acme'))",
         r"Enter a context first, with tenancy\.enter\(\) or (tenancy\.enter_tenant\()\)",
         r"set role app; begin; select \1app.t('acme')); insert into app.parent values (3, app.t('acme')); commit", "select 1"),
    Hint("this session may not write rows of this tenant", AS_ACME + "insert into app.owned (id) values (1)",
         r"own tenant, (tenancy\.writable_tenant\(\))", AS_ACME + r"insert into app.owned values (1, \1); commit", "select 1",
         setup="create table app.owned (id integer, tenant_id uuid default '00000000-0000-8000-8000-000000000001');"
               "select tenancy.protect('app.owned', 'required'); grant insert on app.owned to app"),
    Hint("this session may not write public rows", AS_ACME + "insert into app.shared values (1, null)",
         r"Give the row a tenant, (tenancy\.writable_tenant\(\))", AS_ACME + r"insert into app.shared values (1, \1); commit", "select 1",
         setup="create table app.shared (id integer, tenant_id uuid); select tenancy.protect('app.shared', 'optional');"
               "grant insert on app.shared to app"),
    Hint("the row needs a tenant, and this session may write none", "set role app; insert into app.parent (id) values (3)",
         r"with tenancy\.enter\(\) or (tenancy\.enter_tenant\()\)",
         r"set role app; begin; select \1app.t('acme')); insert into app.parent (id) values (3); commit", "select 1"),
    Hint("a row of table \"{table}\" has the tenant of the row of table \"{referenced}\" that it refers to",
         "update app.child set parent_id = 2 where id = 1", r"Name that tenant in the same statement",
         "update app.child set parent_id = 2, tenant_id = app.t('globex') where id = 1",
         setup="select tenancy.set_reference_rule('app.child', 'to_parent', on_tenant_change => 'cascade')"),
    Hint("a row of table \"{table}\" has the tenant of the row of table \"{referenced}\" that it refers to",
         "update app.child set tenant_id = app.t('globex') where id = 1", r"or change the tenant of the row referred to",
         "update app.parent set tenant_id = app.t('globex') where id = 1",
         "do $$ begin assert (select tenant_id = app.t('globex') from app.child); end $$",
         setup="select tenancy.set_reference_rule('app.child', 'to_parent', on_tenant_change => 'cascade')"),
    # three ways out of moving rows that refer to each other, as when two tenants become one
    Hint("rows of table \"{referencing}\" refer to this row of table \"{table}\" and no longer could",
         "select tenancy.reassign('app.parent', 'id = 1', app.t('globex'))", r"\(WITH … UPDATE\)",
         "with p as (update app.parent set tenant_id = app.t('globex') where id = 1)"
         "update app.child set tenant_id = app.t('globex') where parent_id = 1", "select 1"),
    Hint("rows of table \"{referencing}\" refer to this row of table \"{table}\" and no longer could",
         "select tenancy.reassign('app.parent', 'id = 1', app.t('globex'))",
         r"let them follow \((select tenancy\.set_reference_rule\(.*?'cascade'\))\)", r"\1",
         "select tenancy.reassign('app.parent', 'id = 1', app.t('globex'));"
         "do $$ begin assert (select tenant_id = app.t('globex') from app.child); end $$"),
    Hint("rows of table \"{referencing}\" refer to this row of table \"{table}\" and no longer could",
         "update app.parent set tenant_id = app.t('globex') where id = 1",
         r"\((alter table [^;]* deferrable); (set constraints all deferred)\)",
         r"\1; begin; \2; update app.parent set tenant_id = app.t('globex') where id = 1;"
         "update app.child set tenant_id = app.t('globex'); commit", "select 1"),
    Hint("column \"{column}\" of {relation} cannot hold tenants", "select tenancy.protect('app.small', 'required')",
         r"(alter table .* type bigint);", r"\1", setup="create table app.small (tenant_id smallint)"),
    Hint("column \"{column}\" of {relation} cannot hold tenants", "select tenancy.protect('app.tasks', 'optional', 'key')",
         r"(call tenancy\.adopt\('app\.tasks', )…\) with (by_reference)",
         r"alter table app.keys add column tenant_id uuid; update app.keys set tenant_id = app.t('acme');"
         r"select tenancy.protect('app.keys', 'required'); \1'optional', \2 => 'tasks_key_fkey')",
         "do $$ begin assert (select tenant_id = app.t('acme') from app.tasks); end $$",
         setup="create table app.keys (key text primary key); insert into app.keys values ('a');"
               "create table app.tasks (key text references app.keys); insert into app.tasks values ('a')"),
    Hint("permissive policies of table {relation} would show rows that tenancy hides", "select tenancy.protect('app.free', 'required')",
         r"What means the same beside tenancy: (.*)", r"\1",
         setup="create policy a on app.free for select using (id > 1); create policy b on app.free using (id < 9);"
               "alter table app.free enable row level security"),
    Hint("protected table {relation} may not have a further permissive policy",
         "set role owner; create policy p on app.child for select using (id > 0)", r"Create it (AS RESTRICTIVE)",
         r"set role owner; create policy p on app.child \1 for select using (id > 0)", "select 1"),
    Hint("table {relation} may not have a further permissive policy", "select tenancy.protect('app.free', 'required')",
         r"or drop it", "drop policy tenancy_select on app.free",
         setup="create policy tenancy_select on app.free using (true)"),
    Hint("{relation} has quotas and cannot be untenanted", "select tenancy.protect('app.child', 'untenanted')",
         r"first: (delete from .*);", r"\1", "delete from app.child; select tenancy.protect('app.child', 'untenanted')",
         setup="insert into tenancy.quotas (tenant_id, relation, max_rows) values (app.t('acme'), 'app.child', 9);"
               "select tenancy.release('app.child')"),
    Hint("table {relation} is protected already", "select tenancy.protect('app.child', 'optional')",
         r"Call (tenancy\.release\('app\.child'\)) first", r"begin; select \1; select tenancy.protect('app.child', 'optional'); commit",
         "do $$ begin assert (select kind = 'optional' from tenancy.protected_tables where relation = 'app.child'::regclass); end $$"),
    Hint("table {relation} is not protected", "select tenancy.reassign('app.free', 'true', app.t('acme'))",
         r"Call (tenancy\.protect\('app\.free', )…\)", r"select \1'required')"),
    Hint("rows of {relation} break the rules of tenancy", "select tenancy.protect('app.free', 'required')",
         r"Correct them first", "update app.free set tenant_id = app.t('acme')",
         setup="insert into app.free values (1, null, null)"),
    Hint("rows of {relation} break the rules of tenancy", "select tenancy.protect('app.free', 'required')",
         r"In the modes off, setup and (warn), protect\(\) accepts them",
         r"select tenancy.set_mode('\1'); select tenancy.protect('app.free', 'required');"
         "do $$ begin assert (select count(*) = 1 from tenancy.violations()); end $$",
         "do $$ begin assert (select count(*) = 1 from tenancy.protected_tables where relation = 'app.free'::regclass); end $$",
         setup="insert into app.free values (1, null, null)"),
    Hint("table {table} may not refer to the protected table {referenced}",
         "set role app; alter table app.mine add foreign key (parent_id) references app.parent",
         r"Call (tenancy\.protect\('app\.mine', )…\) first, then add the foreign key",
         r"set role app; select \1'untenanted'); alter table app.mine add foreign key (parent_id) references app.parent",
         "do $$ begin assert (select count(*) = 1 from pg_constraint where conrelid = 'app.mine'::regclass and contype = 'f'); end $$",
         setup="create table app.mine (parent_id integer); alter table app.mine owner to app; grant references on app.parent to app;"
               "grant execute on function tenancy.protect to app; grant usage, create on schema app to app;"
               "insert into tenancy.referring_owners (relation, owner) values ('app.parent', 'app')"),
    Hint("table {table} of role {owner} may not refer to table {referenced}, which is another owner's",
         "set role app; alter table app.mine add foreign key (parent_id) references app.parent",
         r"declare whom he trusts: (insert into .*);", r"\1",
         setup="create table app.mine (tenant_id uuid, parent_id integer); select tenancy.protect('app.mine', 'required');"
               "alter table app.mine owner to app; grant references on app.parent to app; grant usage, create on schema app to app"),
    Hint("table {table} of role {owner} may not refer to table {referenced}, which is another owner's",
         "select tenancy.protect('app.free', 'optional')", r"declare whom he trusts: (insert into .*);", r"\1",
         setup="create table app.mine (a integer references app.free on delete cascade, b integer references app.free);"
               "create table app.below (a integer); alter table app.mine add primary key (b);"
               "alter table app.below add foreign key (a) references app.mine;"
               "alter table app.mine owner to owner; alter table app.below owner to app; alter table app.free owner to alice"),
    *(Hint("trigger {trigger} on table {table} runs a function of role {owner}, who is not the owner of the table",
           "set role owner; select tenancy.protect('app.free', 'required')", way, r"\1",
           setup="grant execute on function tenancy.protect to owner; grant usage, create on schema app to alice; grant trigger on app.free to alice;"
                 "set role alice; create function app.planted() returns trigger language plpgsql as 'begin return new; end';"
                 "create trigger planted before insert on app.free for each row execute function app.planted(); reset role")
      for way in (r"\((alter function .* owner to owner;)\)", r"(drop trigger planted on app\.free;)")),
    Hint("table {table} has a trigger with the name of one of tenancy, {trigger}", "select tenancy.protect('app.free', 'required')",
         r"Rename it: (alter trigger .* rename to) …", r"\1 other",
         setup="create function app.nothing() returns trigger language plpgsql as 'begin return new; end';"
               "create trigger \"00_tenancy_row\" after insert on app.free for each row execute function app.nothing()"),
    Hint("publication \\\"{publication}\\\" would publish the rows of all tenants of table {table}",
         "set role owner; create publication p for table app.child", r"(FOR TABLE app\.child WHERE \(tenant_id = ')…('\))",
         r"set role owner; create publication p \g<1>00000000-0000-8000-8000-000000000001\2 with (publish = 'insert')", "select 1",
         setup="grant create on database :\"DBNAME\" to owner"),
    Hint("protected table {table} would lose its row security",
         "set role owner; alter table app.child disable row level security",
         r"call (tenancy\.release\('app\.child'\))", r"select \1"),
    Hint("tenant \\\"{tenant}\\\" is active", "select * from tenancy.delete_tenant(app.t('globex'))", r"Set its status to (inactive) first",
         r"update tenancy.tenants set status = '\1' where name = 'globex'"),
    Hint("{relation} holds no archive", "select * from tenancy.import_tenant('app.plain')", r"Create one: (create temporary table .*)\.",
         r"delete from app.parent where id = 2; \1; insert into archive (content) select tenancy.export_tenant(app.t('globex'));"
         "select * from tenancy.import_tenant('archive', target => app.t('acme'))", "select 1"),
    Hint("table {relation} is untenanted: its rows cannot move to a tenant",
         "select tenancy.reassign('app.plain', 'true', app.t('acme'))", r"call (tenancy\.release\()\) and then (tenancy\.adopt\()\)",
         r"select \1'app.plain'); call \2'app.plain', 'required')", "select tenancy.reassign('app.plain', 'true', app.t('acme'))", setup="select tenancy.protect('app.plain', 'untenanted')"),
]

# Not followed here, because another test does, by name.
FOLLOWED_ELSEWHERE = {
    "rows of {relation} would get no tenant that exists": "regress/adopt_ways",
    "table {table} takes no rows before it is declared": "regress/governed_schemas",
    "table {table} would have rows before it is declared": "regress/governed_schemas",
    "table {table} cannot come into a governed schema before it is declared": "regress/governed_schemas",
    "table {table} cannot become a part of a table that takes no rows before it is declared": "regress/governed_schemas",
    "table {table} of a governed schema cannot be a partition of a table that takes rows undeclared": "regress/governed_schemas",
    "the rows of table {table} may not be looked up in the protected table {referenced}": "regress/around_oracles_ddl",
    "the rows of the protected table {table} may not be looked at for a domain": "regress/around_domains",
    "partition {partition} of {table} may not be detached concurrently": "regress/guards_parts",
    "protected table {table} may not be a part of {above}, which is not protected by the same tenant column": "regress/guards_above",
    "foreign key \"{constraint}\" of table {table} has the strictest rule": "regress/unregistered",
    "no foreign key of table {table} names the tenant of its rows": "regress/unregistered",
    "table {table} has the trigger of an adoption that is not known": "regress/unregistered",
    "table {table}, which has what protect() gives, would lack {what}": "regress/unregistered",
    "what table {table} was under tenancy cannot be told": "regress/unregistered",
    "permission denied to bring table {table} under tenancy": "regress/unregistered",
    "what the rule of foreign key \"{constraint}\" of table {relation} said is no longer in force": "regress/protect_again",
    "the token names somebody else than the context that was entered": "regress/tokens_sessions",
    "protected table {table} would lose a policy of tenancy": "regress/protect_release",
    "protected table {table} would lose a trigger of tenancy": "regress/protect_release",
    "protected table {table} would lose its foreign key to tenants": "regress/protect_release",
    "protected table {table} would lose what its tenant column must be": "regress/protect_release",
    "table {table} would take rows before it is declared": "regress/governed_schemas",
}

# Shown by the test named, not followed: what they name is no way to what was refused, but says where else to go.
POINTS_ELSEWHERE = {
    "only superusers may change or delete rows of tenancy.activity": "regress/around_predefined",
    "privileges that {what} needs are missing": "regress/lifecycle_export",
    "publication \"{publication}\" publishes the rows of all tenants of table {table}": "regress/guards_published",
    "role \"{name}\" does not exist": "regress/roles_users",
    "there is no way of creating an index named \"{given}\"": "regress/protect_refused",
}


def source():
    """Messages in src/error/ whose other texts name a command, with those texts."""
    found = {}
    for file in sorted((paths.ROOT / "src/error").glob("*.rs")):
        for arm in file.read_text().split("=> parts(")[1:]:
            message, *texts = re.findall(r'"((?:[^"\\]|\\.)*)"', arm, re.S)
            named = [text for text in texts if COMMAND.search(text)] + SPELLED_ELSEWHERE.findall(arm)
            if named:
                found[plain(message)] = named
    return found


def plain(message):
    return re.sub(r"\\(.)", r"\1", message)


class Hints(Scenario):
    majors = (18,)

    def test_ledger(self):
        named, known = set(source()), {plain(hint.message) for hint in HINTS} | set(FOLLOWED_ELSEWHERE) | set(POINTS_ELSEWHERE)
        self.assertGreater(len(named), 25, "the pattern no longer fits src/error/")
        self.assertEqual(sorted(named - known), [], "nothing shows that these HINTs lead out")
        there = {f"regress/{file.stem}" for file in (paths.ROOT / "tests/pg_regress/sql").glob("*.sql")}
        self.assertEqual(sorted({*FOLLOWED_ELSEWHERE.values(), *POINTS_ELSEWHERE.values()} - there), [])

    def test_each_leads_out(self):
        for number, hint in enumerate(HINTS):
            db = self.database(f"_{number}")
            self.cluster.psql(db, WORLD + hint.setup)
            with self.assertRaises(say.Failure) as failure:
                self.cluster.psql(db, hint.refused)
            said = str(failure.exception)
            message = re.sub(r"\\\{\w+\\\}", ".+", re.escape(plain(hint.message)))
            self.assertRegex(said, f"ERROR:  {message}\n")
            told = re.search(r"^HINT:  (.*)$", said, re.M)
            self.assertIsNotNone(told, said)
            matched = re.search(hint.hint, told[1])
            self.assertIsNotNone(matched, told[1])
            # what it says is done, and then what was refused, unless that was done with it
            self.cluster.psql(db, matched.expand(hint.follow))
            self.cluster.psql(db, hint.works or hint.refused)
