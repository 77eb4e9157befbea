"""Random contexts, plans, cursors and savepoints against a model: whatever a session did before, a query shows exactly the rows
that whoever acts now may read, and a statement changes exactly those that it may write and, where it looks at them, read, while a
second session changes roles, groups, statuses and the hierarchy."""

from dataclasses import dataclass, field

from runner.chance import chance
from runner.scenario import Scenario

TENANTS = 9
# what each role reads, and what it writes
ROLES = {"own": ("home", "same_as_read"), "below": ("home_subtenants", "same_as_read"), "above": ("home_supertenants", "home"),
         "related": ("home_relatedtenants", "home_subtenants"), "nothing": ("none", "home"), "everything": ("all", "same_as_read"),
         "grouped": ("group", "home_relatedtenants"), "poster": ("home", "home_subtenants"), "editor": ("all", "home"),
         "silent": ("home_subtenants", "none"), "clubber": ("home_subtenants", "group"), "blind": ("home", "all")}
# public rows, too, for the service provider
PUBLISHERS = ("everything", "editor", "clubber")

SETUP = f"""
update tenancy.installation set max_depth = 0;
insert into tenancy.tenants (name, number, allows_subtenants) values ('provider', 100, true);
insert into tenancy.tenants (name, number, allows_subtenants) select 't' || n, n, true from generate_series(1, {TENANTS}) n;
insert into tenancy.tenant_groups (name) values ('club');
insert into tenancy.roles (name, read_access, read_group_id, write_access, write_group_id, updates_public)
  select v.name, v.reads, case v.reads when 'group' then g.id end, v.writes, case v.writes when 'group' then g.id end,
    v.name in {PUBLISHERS}
  from tenancy.tenant_groups g,
    (values {", ".join(f"('{name}', '{reads}', '{writes}')" for name, (reads, writes) in ROLES.items())}) v (name, reads, writes)
  where g.name = 'club';
create table app.thing (id integer primary key, tenant_id uuid not null, at integer not null);
create table app.text (id integer primary key, tenant_id uuid, at integer not null);
create table app.number (id integer primary key, tenant integer not null, at integer not null);
create table app.part (id integer, tenant integer not null, at integer not null) partition by list (tenant);
create table app.part_1 partition of app.part for values in (1, 2, 3);
create table app.part_2 partition of app.part default;
create view app.view with (security_invoker) as select * from app.thing;
insert into app.thing select t.number * 10 + k, t.id, k from tenancy.tenants t, generate_series(0, 9) k where t.number > 0;
insert into app.text select * from app.thing union all select n, null, n from generate_series(1, 5) n;
insert into app.number select id, id / 10, at from app.thing;
insert into app.part select * from app.number;
select from tenancy.protect('app.thing', 'required');
select from tenancy.protect('app.text', 'optional');
select from tenancy.protect('app.number', 'required', 'tenant');
select from tenancy.protect('app.part', 'required', 'tenant');
create index on app.thing (tenant_id, at);
analyze;
create function app.things() returns setof integer language plpgsql as $$ begin return query select id from app.thing; end $$;
create function app.texts() returns setof integer language sql as $$ select id from app.text $$;
create function app.things_in_a_loop() returns setof integer language plpgsql as $$
declare n integer; begin for n in select id from app.number loop return next n; end loop; end $$;
create function app.changed() returns setof integer language plpgsql as $$
begin return query update app.text set at = at returning id; end $$;
create function app.removed() returns setof integer language sql as $$ delete from app.number where at >= 0 returning id $$;
grant all on all tables in schema app to app;
grant execute on all functions in schema app to app;
grant execute on function tenancy.enter_tenant to app;
"""

# what each statement shows of the tenants that the session reads: public rows, too?
QUERIES = {
    "select id from app.thing": False, "select id from app.text": True, "select id from app.number": False,
    "select id from app.part": False, "select id from app.view": False, "select * from app.things()": False,
    "select * from app.texts()": True, "select * from app.things_in_a_loop()": False,
    "select id from app.thing order by tenant_id, at": False, "select t.id from app.thing t join app.number n using (id)": False,
    "select id from app.text t where exists (select from app.thing where thing.id = t.id)": False,
    "execute things": False, "execute texts": True, "execute numbers": False, "execute parts": False,
}
# what each statement changes of the rows that the session may read and write: public rows, too?
CHANGES = {
    "update app.thing set at = at returning id": False, "update app.text set at = at returning id": True,
    "update app.part set at = at where at >= 0 returning id": False, "update app.view set at = at returning id": False,
    "delete from app.text returning id": True, "delete from app.part returning id": False, "select id from app.thing for update": False,
    "select id from app.text for no key update": True, "select * from app.changed()": True, "select * from app.removed()": False,
    "with changed as (update app.number set at = at returning id) select id from changed": False,
    "update app.thing t set at = n.at from app.number n where n.id = t.id returning t.id": False,
    "execute change": False, "execute publish": True, "execute remove": False, "execute remove_parts": False,
}
# the same of the rows that it may write, without looking at them
BLIND = {"update app.thing set at = 1": False, "update app.text set at = 1": True, "delete from app.number": False}
PREPARED = ["prepare things as select id from app.thing", "prepare texts as select id from app.text",
            "prepare numbers as select id from app.number where at >= 0", "prepare parts as select id from app.part",
            "prepare change as update app.thing set at = at where at >= 0 returning id",
            "prepare publish as update app.text set at = at returning id", "prepare remove as delete from app.number returning id",
            "prepare remove_parts as delete from app.part where at >= 0 returning id"]


@dataclass
class World:
    """What the second session has made of tenants, roles and the group."""
    parent: dict = field(default_factory=lambda: dict.fromkeys([*range(1, TENANTS + 1), 100]))
    inactive: set = field(default_factory=set)
    access: dict = field(default_factory=lambda: dict(ROLES))
    club: set = field(default_factory=set)

    def above(self, tenant):
        found = []
        while tenant:
            found.append(tenant)
            tenant = self.parent[tenant]
        return found

    def below(self, tenant):
        return {other for other in self.parent if tenant in self.above(other)}

    def may_enter(self, identity):
        return identity[0] not in self.inactive

    def reads(self, identity):
        """The tenants that an identity reads; None for nobody."""
        return self.reach(identity, lambda reads, writes: reads)

    def writes(self, identity):
        """The tenants that it writes; None for nobody."""
        return self.reach(identity, lambda reads, writes: reads if writes == "same_as_read" else writes)

    def writes_public(self, identity):
        return identity is not None and self.may_enter(identity) and identity[0] == 100 and identity[1] in PUBLISHERS

    def reach(self, identity, kind):
        if identity is None or not self.may_enter(identity):
            return None
        home, role = identity
        found = {
            "home": lambda: {home}, "home_subtenants": lambda: self.below(home), "home_supertenants": lambda: set(self.above(home)),
            "home_relatedtenants": lambda: self.below(self.above(home)[-1]), "none": set, "all": lambda: set(self.parent),
            "group": lambda: self.club,
        }[kind(*self.access[role])]()
        return found - self.inactive


@dataclass
class Context:
    """The two values of the context setting: the transaction's and the session's."""
    session: tuple = None
    local: tuple = None    # ("nobody",) after leave()

    @property
    def identity(self):
        now = self.local or self.session
        return None if now == ("nobody",) else now


class Model(Scenario):
    @chance(seconds=20)
    def test_rows(self, dice):
        db = self.database()
        self.cluster.psql(db, SETUP)
        pg = self.psycopg()
        with (pg.connect(self.cluster.conninfo(db), autocommit=True) as changer,
              pg.connect(self.cluster.conninfo(db, "app"), autocommit=True, prepare_threshold=None) as connection):
            walk = Walk(self, dice, changer, connection)
            try:
                for _ in dice.rounds():
                    walk.step()
            except Exception as error:
                raise AssertionError("after:\n" + "\n".join(walk.said[-60:])) from error
        # it was a test only if much was seen, and of each kind something
        self.assertGreater(walk.compared, 50 * dice.seconds)
        self.assertGreater(walk.with_rows, 10 * dice.seconds)
        self.assertGreater(walk.with_changes, 3 * dice.seconds)
        dice.cases = walk.compared


class Walk:
    """One random walk: what it says to the server, and what the model expects."""

    def __init__(self, case, dice, changer, connection):
        self.case, self.dice, self.changer, self.connection = case, dice, changer, connection
        self.world, self.context = World(), Context()
        self.ids = dict(changer.execute("select number, id::text from tenancy.tenants where number > 0").fetchall())
        self.open = False
        self.levels = []        # (savepoint, context when it was made)
        self.before = None      # the context when the transaction began
        self.acted = None       # who acted in this transaction
        self.several = False    # whether somebody else did, too, because a rollback brought an earlier context back
        self.cursors = {}
        self.changed = False    # whether the second session has changed something since the last look
        self.said, self.compared, self.with_rows, self.with_changes, self.names = [], 0, 0, 0, 0
        for statement in PREPARED:
            connection.execute(statement)

    def step(self):
        steps = [(self.look, 12), (self.write, 8), (self.enter, 4), (self.change, 2), (self.plans, 1), (self.role, 1)]
        steps += [(self.savepoint, 2), (self.leave, 1), (self.end, 3), (self.declare, 2)] if self.open else [(self.begin, 5)]
        steps += [(self.back, 2)] if self.levels else []
        steps += [(self.fetch, 3)] if self.cursors else []
        self.dice.choices([step for step, _ in steps], [weight for _, weight in steps])[0]()

    def say(self, statement):
        self.said.append(statement)
        return self.connection.execute(statement)

    # -- transactions ----------------------------------------------------------------------------------------------

    def begin(self):
        self.changed = False
        self.say(f"begin isolation level {self.dice.choice(('read committed', 'repeatable read', 'serializable'))}")
        self.open, self.before = True, Context(self.context.session, None)
        self.levels, self.acted, self.several, self.cursors = [], None, False, {}

    def end(self):
        committed = self.dice.random() < 0.6
        self.say("commit" if committed else "rollback")
        self.over(committed)

    def over(self, committed):
        self.context = Context(self.context.session) if committed else self.before
        self.open, self.levels, self.acted, self.several, self.cursors = False, [], None, False, {}

    def savepoint(self):
        self.names += 1
        self.say(f"savepoint s{self.names}")
        self.levels.append((f"s{self.names}", Context(self.context.session, self.context.local), dict(self.cursors)))

    def back(self):
        number = self.dice.randrange(len(self.levels))
        name, context, cursors = self.levels[number]
        if self.dice.random() < 0.3:
            self.say(f"release {name}")
            del self.levels[number:]
            return
        self.say(f"rollback to {name}")
        del self.levels[number + 1:]
        self.context, self.cursors = Context(context.session, context.local), dict(cursors)

    # -- who acts --------------------------------------------------------------------------------------------------

    def enter(self):
        identity = (self.dice.choice(list(self.world.parent)), self.dice.choice(list(ROLES)))
        for_session = self.dice.random() < 0.3
        # most entries should be for the one who has acted already: others are refused
        if self.acted and self.dice.random() < 0.7:
            identity = self.acted
        statement = f"select tenancy.enter_tenant('{self.ids[identity[0]]}', '{identity[1]}', {for_session})"
        if not self.world.may_enter(identity):
            self.refused(statement, "28000")
        elif self.several or self.acted and self.acted != identity:
            self.refused(statement, "25001")
        else:
            self.say(statement)
            if for_session:
                self.context = Context(identity)
            elif self.open:
                self.context.local = identity
            if self.open:
                self.acted = identity

    def refused(self, statement, sqlstate):
        if not self.open:
            self.expect_error(statement, sqlstate)
            return
        self.say("savepoint refused")
        self.expect_error(statement, sqlstate)
        self.say("rollback to refused")
        self.say("release refused")

    def expect_error(self, statement, sqlstate):
        try:
            self.say(statement)
        except self.case.psycopg().Error as error:
            self.case.assertEqual(error.sqlstate, sqlstate, str(error))
        else:
            self.case.fail(f"went through: {statement}")

    def leave(self):
        if self.levels:
            return
        self.say("select tenancy.leave()")
        self.context = Context(None, ("nobody",))

    # -- what is seen ----------------------------------------------------------------------------------------------

    def expected(self, with_public):
        """The ids that whoever acts now sees."""
        tenants = self.world.reads(self.acting())
        return self.rows(tenants, with_public and tenants is not None)

    def expected_of_writing(self, with_public, looks):
        """The ids that whoever acts now may change, in a statement that looks at the rows or not."""
        identity = self.acting()
        tenants = self.world.writes(identity) or set()
        if looks:
            tenants &= self.world.reads(identity) or set()
        return self.rows(tenants, with_public and self.world.writes_public(identity))

    def acting(self):
        """Looking is acting."""
        identity = self.context.identity
        if self.open and identity:
            self.acted = self.acted or identity
            self.several |= identity != self.acted
        return identity

    def rows(self, tenants, with_public):
        found = {tenant * 10 + k for tenant in tenants or () for k in range(10)}
        return found | set(range(1, 6)) if with_public else found

    def look(self):
        statement, with_public = self.dice.choice(list(QUERIES.items()))
        found = [row[0] for row in self.say(statement).fetchall()]
        self.with_rows += bool(found)
        self.compare(statement, found, self.expected(with_public))

    def write(self):
        """A statement that changes or locks rows. What it did is taken back: outside of a transaction only what changes nothing."""
        looks = self.dice.random() < 0.8
        statement, with_public = self.dice.choice(list((CHANGES if looks else BLIND).items()))
        if not self.open and (not looks or "delete" in statement or "remove" in statement):
            return
        if self.open:
            self.say("savepoint changed")
        result = self.say(statement)
        expected = self.expected_of_writing(with_public, looks)
        # how many they are is all that is told of rows that were not looked at
        found = [row[0] for row in result.fetchall()] if looks else sorted(expected)[:result.rowcount] + [0] * (result.rowcount - len(expected))
        if self.open:
            self.say("rollback to changed")
            self.say("release changed")
        self.with_changes += bool(found)
        self.compare(statement, found, expected)

    def compare(self, statement, found, expected):
        self.compared += 1
        said = f"{statement} by {self.context}, {self.world}"
        if self.changed and self.open:
            # news arrived after the plan was chosen: it may show less, once, and never more
            self.case.assertEqual(set(found) - expected, set(), said)
        else:
            self.case.assertEqual(sorted(found), sorted(expected), said)
        self.changed = False

    def declare(self):
        self.names += 1
        self.say(f"declare c{self.names} cursor for select id from app.thing")
        self.cursors[f"c{self.names}"] = self.expected(False)

    def fetch(self):
        """A cursor never shows more than was visible to whoever opened it or is to whoever acts now, or does not go on."""
        if self.context.identity not in (None, self.acted):
            return    # whether fetching is acting depends on the plan
        name = self.dice.choice(list(self.cursors))
        self.say("savepoint fetched")
        try:
            found = {row[0] for row in self.say(f"fetch {self.dice.choice(('1', '7', 'all'))} from {name}").fetchall()}
        except self.case.psycopg().errors.SerializationFailure as error:
            # while it was read, or before its first row was
            self.case.assertRegex(str(error), "cannot go on with the rights|was planned for a session that reads all tenants")
            self.say("rollback to fetched")
            self.say("release fetched")
            for cursors in (self.cursors, *(cursors for _, _, cursors in self.levels)):
                cursors.pop(name, None)
            return
        self.say("release fetched")
        self.compared += 1
        self.cursors[name] = self.cursors[name] | self.expected(False)
        self.case.assertLessEqual(found, self.cursors[name], f"{name} by {self.context}, {self.world}")

    # -- what else happens -----------------------------------------------------------------------------------------

    def plans(self):
        mode = self.dice.choice(("auto", "force_custom_plan", "force_generic_plan"))
        self.say(f"set plan_cache_mode = {mode}" if not self.open else f"set local plan_cache_mode = {mode}")

    def role(self):
        self.say("set max_parallel_workers_per_gather = " + self.dice.choice("02"))

    def change(self):
        """The second session changes what others may do."""
        world, tenant = self.world, self.dice.randint(1, TENANTS)
        kind = self.dice.choice(("status", "move", "role", "club"))
        if kind == "status":
            active = tenant in world.inactive
            statement = f"update tenancy.tenants set status = '{'active' if active else 'inactive'}' where number = {tenant}"
            world.inactive ^= {tenant}
        elif kind == "move":
            above = self.dice.choice([None, *(other for other in world.parent if other not in world.below(tenant) and other != 100)])
            statement = f"update tenancy.tenants set parent_id = {repr(self.ids[above]) if above else 'null'} where number = {tenant}"
            world.parent[tenant] = above
        elif kind == "role":
            name = self.dice.choice(("own", "below", "everything"))
            access = self.dice.choice(("home", "home_subtenants", "all", "none"))
            statement = f"update tenancy.roles set read_access = '{access}' where name = '{name}'"
            world.access[name] = (access, world.access[name][1])
        elif tenant in world.club:
            statement = f"delete from tenancy.tenant_group_members where tenant_id = '{self.ids[tenant]}'"
        else:
            statement = ("insert into tenancy.tenant_group_members (group_id, tenant_id) "
                         f"select id, '{self.ids[tenant]}' from tenancy.tenant_groups where name = 'club'")
        self.said.append("-- " + statement)
        self.changed = True
        self.changer.execute(statement)
        # tenants below come and go with a member
        self.world.club = {row[0] for row in self.changer.execute(
            "select t.number from tenancy.tenant_group_members m join tenancy.tenants t on t.id = m.tenant_id").fetchall()}
