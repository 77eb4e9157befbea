"""Who competes, and how each says on whose behalf a session acts.

By hand is a role that row security does not bind; its queries carry the condition on the tenant as constants. All others
run the same text without any condition.
"""

from dataclasses import dataclass

HAND, OURS = "hand", "ours"
TITLES = {
    HAND: "by hand, no row security",
    OURS: "pg_tenancy",
    "setting": "policy: tenant_id = current_setting()",
    "any": "policy: tenant_id = any ((select f()))",
    "member": "policy: exists in a membership table",
    "function": "policy: a function for each row",
}


@dataclass(frozen=True)
class Shape:
    """How many of the 1,000 tenants a session acts for."""
    name: str
    user: int           # in bench.membership
    role: str           # of tenancy.roles
    tenants: str        # condition on bench.tenant.nth

    def able(self):
        """The competitors that can do it at all: a setting holds one tenant, and nobody lists all tenants in one."""
        cannot = {"one": (), "20": ("setting",), "500": ("setting",), "all": ("setting", "any")}[self.name]
        return [name for name in TITLES if name not in cannot]


SHAPES = [
    Shape("one", 1, "member", "nth = 500"),
    Shape("20", 20, "twenty", "nth % 50 = 0"),
    Shape("500", 500, "many", "nth % 2 = 0"),
    Shape("all", 1000, "everywhere", "true"),
]


class Tenants:
    """The tenants of a shape, as a condition written by hand and as what the competitors' sessions are told."""

    def __init__(self, shape, ids, home):
        self.shape, self.ids, self.home = shape, ids, home

    def condition(self, alias, optional=False):
        """What by hand adds to a WHERE."""
        if self.shape.name == "all":
            return ""
        column = f"{alias}.tenant_id"
        if len(self.ids) == 1:
            own = f"{column} = '{self.ids[0]}'"
        else:
            own = f"{column} = any ('{{{','.join(self.ids)}}}'::uuid[])"
        return f" and ({own} or {column} is null)" if optional else f" and {own}"

    def entry(self, competitor):
        """The statements with which a session of the competitor begins."""
        if competitor == OURS:
            return [f"select tenancy.enter_tenant('{self.home}', '{self.shape.role}', true)"]
        if competitor == HAND:
            return []
        return [f"set bench.person = {self.shape.user}", f"set bench.tenant = '{self.ids[0]}'",
                f"set bench.tenants = '{','.join(self.ids)}'"]


def all_tenants(connection):
    """The shapes with their tenants, read from the database."""
    rows = {shape: [row[0] for row in connection.execute(
        f"select id::text from bench.tenant where {shape.tenants} order by nth")] for shape in SHAPES}
    home = rows[SHAPES[0]][0]
    return [Tenants(shape, ids, home) for shape, ids in rows.items()]
