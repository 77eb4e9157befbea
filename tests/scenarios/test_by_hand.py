"""Random queries and changes by a tenant's user, compared with the same ones by a superuser who says himself which rows count: by
views with a WHERE for what is read, by a further condition for what is written. Each round for another kind of context, with other
settings of the planner's."""

from collections import Counter

from runner.chance import chance
from runner.scenario import Scenario

STATEMENTS = 40    # a round
TENANTS = ("acme", "acme 1", "acme 2", "globex", "umbra")
ACME = TENANTS[:3]

# Each table with its tenant column, and whether it has public rows.
TABLES = {"docs": ("tenant_id", False), "arts": ("tenant_id", True), "nums": ("tenant", False), "bign": ("tenant", True),
          "parts": ("tenant_id", False), "papers": ("tenant_id", True)}
OF_MODULE = ("docs", "arts", "parts")
# Alice's roles, at acme: what she reads and writes.
CONTEXTS = {
    "nobody": ([], (), ()),
    "one": (["one"], TENANTS[:1], TENANTS[:1]),
    "several": (["several"], ACME, ACME),
    "reads more": (["reads more"], ACME, TENANTS[:1]),
    "writes more": (["writes more"], TENANTS[:1], ACME),
    "reads all": (["reads all"], TENANTS, ()),
    "all": (["all"], TENANTS, TENANTS),
    "module": (["module"], ACME, ACME),
}
SETTINGS = ("plan_cache_mode = force_generic_plan", "enable_partitionwise_join = on", "enable_partitionwise_aggregate = on",
            "{parallel} = on", "parallel_setup_cost = 0", "min_parallel_table_scan_size = 0", "enable_seqscan = off",
            "enable_hashjoin = off", "enable_nestloop = off", "enable_mergejoin = off", "enable_memoize = off",
            "enable_bitmapscan = off", "enable_indexscan = off", "enable_hashagg = off", "enable_sort = off",
            "join_collapse_limit = 1", "constraint_exclusion = on")
COMPILING = ("jit = on", "jit_above_cost = 0")

SETUP = """
insert into tenancy.tenants (name, allows_subtenants) values ('provider', false), ('acme', true), ('globex', false), ('umbra', false);
insert into tenancy.tenants (name, parent_id) select 'acme ' || n, id from tenancy.tenants, generate_series(1, 2) n where name = 'acme';
insert into tenancy.contacts (tenant_id, name, email) select id, 'alice', 'alice@example.org' from tenancy.tenants where name = 'acme';
insert into tenancy.users (id, db_role) select id, 'alice' from tenancy.contacts;
insert into tenancy.roles (name, read_access, write_access) values ('one', 'home', 'same_as_read'), ('several', 'home_subtenants', 'same_as_read'),
  ('reads more', 'home_relatedtenants', 'home'), ('writes more', 'home', 'home_subtenants'), ('reads all', 'all', 'none'), ('all', 'all', 'all'),
  ('module', 'home_subtenants', 'same_as_read');
create table app.docs (id integer primary key, tenant_id uuid not null, n integer, parent integer, title text,
  more integer generated always as (n + 1) {virtual});
create table app.arts (id integer primary key, tenant_id uuid, n integer, parent integer, title text,
  more integer generated always as (n + 1) {virtual});
create table app.nums (id integer primary key, tenant integer not null, n integer, parent integer, title text, more integer);
create table app.bign (id integer primary key, tenant bigint, n integer, parent integer, title text, more integer);
create table app.parts (id integer, tenant_id uuid not null, n integer, parent integer, title text, more integer) partition by range (n);
create table app.parts_1 partition of app.parts for values from (minvalue) to (3) partition by hash (id);
create table app.parts_1a partition of app.parts_1 for values with (modulus 2, remainder 0);
create table app.parts_1b partition of app.parts_1 for values with (modulus 2, remainder 1);
create table app.parts_2 partition of app.parts default;
create table app.papers (id integer, tenant_id uuid, n integer, parent integer, title text, more integer);
create table app.posters (size integer) inherits (app.papers);
create index on app.docs (n, tenant_id);
create index on app.arts (n);
create index on app.bign (n, tenant);
create index on app.parts (id);
"""

FILL = """
insert into app.{table} (id, {column}, n, parent, title)
select row_number() over (), case when n % 7 > 0 or not {public} then t.{key} end, n * 7 % 9, n % 13, t.name
from tenancy.tenants t, generate_series(1, 30) n where t.name <> 'provider' and t.kind = 'tenant';
"""

FINISH = """
insert into tenancy.modules (name) values ('some');
insert into tenancy.role_modules select r.id, m.id from tenancy.roles r, tenancy.modules m where r.name = 'module';
grant all on all tables in schema app to alice;
analyze;
"""

GIVE = "insert into tenancy.user_roles select u.id, r.id from tenancy.users u, tenancy.roles r where r.name = any (%s)"


class Maker:
    """Makes statements by the dice."""

    def __init__(self, dice, keys):
        self.dice, self.keys, self.aliases = dice, keys, 0

    def alias(self):
        self.aliases += 1
        return f"t{self.aliases}"

    def number(self, sources):
        return f"{self.dice.choice(sources)[0]}.{self.dice.choice(('id', 'n', 'parent', 'more'))}"

    def condition(self, sources, depth=0):
        alias, table = self.dice.choice(sources)
        tenant, again = TABLES[table][0], lambda: self.condition(sources, depth + 1)
        key, other = self.dice.sample(self.keys[tenant], 2)
        plain = (
            f"{alias}.n {self.dice.choice(('=', '<', '>', '<>'))} {self.dice.randrange(9)}",
            f"{alias}.id between {self.dice.randrange(60)} and {self.dice.randrange(160)}",
            f"{alias}.{tenant} = {key}",
            f"({alias}.{tenant} = {key} or {alias}.{tenant} = {other})",
            f"{alias}.{tenant} is {self.dice.choice(('null', 'not null'))}",
            f"{alias}.title like 'acme%'",
            f"{self.number(sources)} = {self.number(sources)}",
        )
        if depth > 1 or self.dice.random() < 0.6:
            return self.dice.choice(plain)
        inner, of = self.alias(), self.dice.choice(list(TABLES))
        return self.dice.choice((
            lambda: f"not ({again()})",
            lambda: f"({again()} or {again()})",
            lambda: f"exists (select from {of} {inner} where {inner}.id = {alias}.n and {self.condition([(inner, of)], 2)})",
            lambda: f"{alias}.id not in (select {inner}.id from {of} {inner} where {self.condition([(inner, of)], 2)})",
            lambda: f"{alias}.n < (select max({inner}.n) from {of} {inner} where {inner}.parent = {alias}.parent)",
        ))()

    def tables(self):
        table = self.dice.choice(list(TABLES))
        sources = [(self.alias(), table)]
        text = f"{table} {sources[0][0]}"
        for _ in range(self.dice.choice((0, 1, 1, 2))):
            alias, of = self.alias(), self.dice.choice(list(TABLES))
            on = f"{sources[0][0]}.id = {alias}.{self.dice.choice(('id', 'n', 'parent'))}"
            kind = self.dice.choice(("join", "left join", "full join", "lateral"))
            if kind == "lateral":
                text += f" cross join lateral (select * from {of} z where z.id = {sources[0][0]}.n offset 0) {alias}"
            else:
                text += f" {kind} {of} {alias} on {on}"
            sources.append((alias, of))
        return text, sources

    def query(self, depth=0):
        text, sources = self.tables()
        one, two = self.number(sources), self.number(sources)
        rest = f"from {text} where {self.condition(sources)}"
        return self.dice.choice((
            lambda: f"select {one}, {two} {rest}",
            lambda: f"select distinct {one}, {two} {rest}",
            lambda: f"select {one}, {two} {rest} order by 1, 2 limit 9",
            lambda: f"select count(*), max({two}) {rest} group by {one}",
            lambda: f"select count(*), min({two}) {rest} group by rollup ({one}, {sources[0][0]}.n)",
            lambda: f"select {one}, count(*) over (partition by {one}) {rest}",
            lambda: self.both(depth) if depth == 0 else f"select {two}, {one} {rest}",
        ))()

    def both(self, depth):
        how = self.dice.choice(("union", "union all", "except", "intersect"))
        return f"({self.query(depth + 1)}) {how} ({self.query(depth + 1)})"

    def change(self):
        """A change, and what makes it the same by hand: `{table}` and `{may}` differ."""
        table = self.dice.choice(list(TABLES))
        tenant, sources = TABLES[table][0], [("x", table)]
        returning = f"returning x.id, x.{tenant}::text"
        return table, self.dice.choice((
            f"update {{table}} x set parent = x.parent + 1 where {self.condition(sources, 1)} {{may}} {returning}",
            f"delete from {{table}} x where {self.condition(sources, 1)} {{may}} {returning}",
            f"delete from {{table}} x using docs y where y.id = x.parent and {self.condition([*sources, ('y', 'docs')], 1)} {{may}} "
            f"{returning}",
            f"select x.id, x.{tenant}::text from {{table}} x where {self.condition(sources, 2)} {{may}} for update",
        ))


class Compared(Scenario):
    def compare(self, own, dice, settings=()):
        own.createdb("hand", template="tenancy_template")
        own.psql("hand", SETUP.replace("{virtual}", "virtual" if own.major >= 18 else "stored"))
        for table, (column, public) in (TABLES | {"posters": ("tenant_id", True)}).items():
            key = "id" if column == "tenant_id" else "number"
            own.psql("hand", FILL.format(table=table, column=column, public=public, key=key))
        for table, (column, public) in TABLES.items():
            kind = "optional" if public else "required"
            own.psql("hand", f"select from tenancy.protect('app.{table}', '{kind}', '{column}')")
        own.psql("hand", FINISH)
        for table in OF_MODULE:
            own.psql("hand", f"insert into tenancy.module_tables select id, 'app.{table}' from tenancy.modules")
        keys = self.keys(own)
        for _ in dice.rounds():
            context = dice.choice(list(CONTEXTS))
            with self.psycopg().connect(own.conninfo("hand"), autocommit=True) as hand:
                hand.execute("delete from tenancy.user_roles")
                hand.execute(GIVE, [CONTEXTS[context][0]])
                self.views(hand, context, keys)
                maker = Maker(dice, {column: list(of.values()) for column, of in keys.items()})
                with self.session(own, dice, settings) as session:
                    self.round(dice, context, maker, keys, session, hand)

    def round(self, dice, context, maker, keys, session, hand):
        for _ in range(STATEMENTS):
            if dice.random() < 0.7:
                text = by_hand = maker.query()
            else:
                table, change = maker.change()
                may = f"and {self.rows(context, table, 1, keys, 'x.')} and {self.rows(context, table, 2, keys, 'x.')}"
                text, by_hand = change.format(table=table, may=""), change.format(table=f"app.{table}", may=may)
            got = self.outcome(session, text, dice.random() < 0.3)
            self.assertEqual(got, self.outcome(hand, by_hand, False), f"{context}: {text}")
            dice.cases += 1

    def outcome(self, session, text, prepare):
        """The rows, or the error; nothing stays changed."""
        try:
            with session.transaction(force_rollback=True):
                return Counter(session.execute(text, prepare=prepare).fetchall())
        except self.psycopg().Error as error:
            self.assertFalse(session.broken, f"the server is gone after {text}")
            return error.sqlstate

    def session(self, own, dice, settings):
        parallel = "debug_parallel_query" if own.major >= 16 else "force_parallel_mode"
        session = self.psycopg().connect(own.conninfo("hand", "alice"), autocommit=True)
        session.execute("set search_path = app")
        for setting in (*settings, *(setting for setting in SETTINGS if dice.random() < 0.2)):
            session.execute(f"set {setting.format(parallel=parallel)}")
        return session

    def keys(self, own):
        """What tenant columns hold for each tenant, as SQL."""
        lines = own.psql("hand", "select name, id, number from tenancy.tenants").splitlines()
        tenants = (line.split("|") for line in lines)
        found = {name: (f"'{key}'::uuid", number) for name, key, number in tenants if name in TENANTS}
        return {"tenant_id": {name: of[0] for name, of in found.items()}, "tenant": {name: of[1] for name, of in found.items()}}

    def rows(self, context, table, what, keys, alias=""):
        """Which rows of a table count: 1 for reading, 2 for writing."""
        column, public = TABLES[table]
        tenants = CONTEXTS[context][what] if context != "module" or table in OF_MODULE else ()
        names = ", ".join(keys[column][name] for name in tenants)
        known = f"{alias}{column} in ({names})" if names else "false"
        return f"({known} or {alias}{column} is null)" if public and what == 1 and names else known

    def views(self, hand, context, keys):
        hand.execute("drop schema if exists by_hand cascade; create schema by_hand; set search_path = by_hand")
        for table in TABLES:
            hand.execute(f"create view by_hand.{table} as select * from app.{table} where {self.rows(context, table, 1, keys)}")


class ByHand(Compared):
    @chance(seconds=2)
    def test_same_rows(self, dice):
        self.compare(self.start_cluster(name="by_hand"), dice)


class Compiled(Compared):
    """Conditions in machine code that is made for the query."""
    library = "llvmjit.so"

    @chance(seconds=2)
    def test_compiled(self, dice):
        own = self.start_cluster(name="by_hand")
        self.assertEqual(own.psql("postgres", "set jit = on; select pg_jit_available()").strip(), "t")
        self.compare(own, dice, COMPILING)
