"""What is the same in databases with another locale."""

from devtools import circumstances
from runner.scenario import Scenario
from scenarios.test_archive import EXPORT, STAGE, TENANT

GERMAN = "de_DE.UTF-8"


class Locales(Scenario):
    def setUp(self):
        self.server = self.start_cluster(name="locales", bare=True, variables={"LOCPATH": str(circumstances.locales(GERMAN))})

    def make(self, db, setup, options=""):
        self.server.psql("postgres", f"create database {db} template template0 {options}")
        self.server.psql(db, f"create extension pg_tenancy; insert into tenancy.tenants (name) values ('provider'); {setup}")

    def test_money(self):
        """It is written with the signs of lc_monetary: an archive is read wherever another one is set."""
        shown = {"here": "1.234,56 €", "elsewhere": "$1,234.56", "back": "1.234,56 €"}
        for db in shown:
            self.make(db, f"""alter database {db} set lc_monetary = '{'C' if db == 'elsewhere' else GERMAN}'; {STAGE};
                create table prices (id integer primary key, tenant_id uuid not null, price money);
                select from tenancy.protect('prices', 'required')""")
        self.server.psql("here", f"insert into tenancy.tenants (id, name) values ('{TENANT}', 'Acme'); insert into prices values (1, '{TENANT}', 1234.56)")
        for db, following in (("here", "elsewhere"), ("elsewhere", "back"), ("back", None)):
            self.assertEqual(shown[db], self.server.psql(db, "select price from prices").strip())
            if following:
                lines = self.server.psql(db, EXPORT).splitlines()
                with self.psycopg().connect(self.server.conninfo(following), autocommit=True) as connection:
                    connection.cursor().executemany("insert into archive (content) values (%s)", [[line] for line in lines])
                    connection.execute("select tenancy.import_tenant('archive')")

    def test_order(self):
        """Tenants with as many rows are drawn in one order everywhere."""
        drawn = {}
        for db, options in (("plain", "locale 'C'"), ("german", f"locale '{GERMAN}'")):
            self.make(db, "insert into tenancy.tenants (name) values ('b'), ('A'), ('a'), ('Ä'), ('B')", options)
            lines = self.server.psql(db, "select tenancy.tenant_overview()").splitlines()
            drawn[db] = [line.split()[0] for line in lines]
        self.assertEqual("a", self.server.psql("german", "select min(name) from tenancy.tenants where name in ('a', 'B')").strip())
        self.assertEqual(drawn["plain"], drawn["german"])
