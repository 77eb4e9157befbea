"""The same as scenario/stress.references for other shapes: keys of several columns, tables that refer to themselves, partitioned
tables that are referred to, cascades over three tables, rows that follow and links that go, MERGE, two-phase commit, tenants that
are moved, deactivated and emptied at once; and quotas, which are to be exact whatever came of each transaction."""

from runner.chance import chance
from scenarios import many_sessions

SECONDS = 15
TENANTS = 6
KEYS = 12
QUOTA = 8

EXPECTED = many_sessions.EXPECTED | {
    "28000": "the tenant is inactive",
    "23502": "the row it hangs on became nothing",
    "53400": "more rows than the quota",
    "P0002": "no such tenant any more",
}

SETUP = f"""{many_sessions.setup(TENANTS)}

-- three tables: keys and deletions cascade, and tenants do
create table app.root (id integer primary key, tenant_id uuid not null, note text);
create table app.branch (id integer primary key, tenant_id uuid not null,
  root integer constraint branch_root references app.root on update cascade on delete cascade);
create table app.leaf (id bigint generated always as identity primary key, tenant_id uuid not null,
  branch integer constraint leaf_branch references app.branch on update cascade on delete set null, note text);
-- a link of two, which goes when they part
create table app.link (id bigint generated always as identity primary key, tenant_id uuid not null,
  branch integer not null constraint link_branch references app.branch on update cascade on delete cascade,
  pair_a integer, pair_b text);
-- keys of two columns, one that can be deferred
create table app.pair (a integer, b text, tenant_id uuid, primary key (b, a));
alter table app.link add constraint link_pair foreign key (pair_a, pair_b) references app.pair (a, b)
  on update cascade on delete set null (pair_b);
create table app.paired (id bigint generated always as identity primary key, tenant_id uuid not null, a integer, b text,
  constraint paired_pair foreign key (a, b) references app.pair (a, b) on update cascade deferrable initially deferred);
-- a table that refers to itself
create table app.node (id integer primary key, tenant_id uuid, up integer references app.node on update cascade on delete cascade);
-- a partitioned table that is referred to, from a partitioned one
create table app.bucket (id integer primary key, tenant_id uuid not null) partition by range (id);
create table app.bucket_low partition of app.bucket for values from (minvalue) to ({KEYS // 2});
create table app.bucket_high partition of app.bucket for values from ({KEYS // 2}) to (maxvalue);
create table app.item (id bigint generated always as identity, tenant_id uuid not null,
  bucket integer references app.bucket on update cascade, primary key (id)) partition by hash (id);
create table app.item_0 partition of app.item for values with (modulus 2, remainder 0);
create table app.item_1 partition of app.item for values with (modulus 2, remainder 1);

select from tenancy.protect('app.root', 'required');
select from tenancy.protect('app.branch', 'required');
select from tenancy.protect('app.leaf', 'required');
select from tenancy.protect('app.pair', 'optional');
select from tenancy.protect('app.link', 'required');
select from tenancy.protect('app.paired', 'required');
select from tenancy.protect('app.node', 'optional');
select from tenancy.protect('app.bucket', 'required');
select from tenancy.protect('app.item', 'required');
select from tenancy.set_reference_rule('app.branch', 'branch_root', on_tenant_change => 'cascade');
select from tenancy.set_reference_rule('app.leaf', 'leaf_branch', on_tenant_change => 'cascade');
select from tenancy.set_reference_rule('app.link', 'link_branch', on_tenant_change => 'cascade');
select from tenancy.set_reference_rule('app.link', 'link_pair', on_tenant_change => 'delete');
insert into app.root select n, (select id from app.tenant where tenant.n = 1 + g.n % {TENANTS}) from generate_series(1, {KEYS}) g (n);
insert into app.branch select id, tenant_id, id from app.root;
insert into app.pair select n, 'x', (select id from app.tenant where tenant.n = 1 + g.n % {TENANTS}) from generate_series(1, {KEYS}) g (n);
insert into app.node select id, tenant_id from app.root;
insert into app.bucket select id, tenant_id from app.root;
insert into tenancy.quotas (tenant_id, relation, max_rows)
  select id, r, {QUOTA} from app.tenant, unnest('{{app.leaf,app.item,app.link,app.node}}'::regclass[]) r where n > 1;
grant all on all tables in schema app to app;
grant execute on function tenancy.enter_tenant to app;
"""

# {t}, {u}: tenants; {k}, {l}: keys
NUMBERS = {"n": TENANTS, "m": TENANTS, "k": KEYS, "l": KEYS}
OF_ROOT = "(select tenant_id from app.root where id = {k})"
OF_BRANCH = "(select tenant_id from app.branch where id = {k})"
ANYBODY = [
    "insert into app.root values ({k}, {t}) on conflict (id) do update set note = 'again'",
    f"insert into app.branch values ({{k}}, coalesce({OF_ROOT}, {{t}}), {{k}}) on conflict (id) do update set root = excluded.root",
    f"insert into app.leaf (tenant_id, branch) values (coalesce({OF_BRANCH}, {{t}}), {{k}})",
    f"insert into app.leaf (tenant_id, branch) select coalesce({OF_BRANCH}, {{t}}), {{k}} from generate_series(1, 3)",
    "insert into app.leaf (tenant_id) values ({t})",
    "update app.leaf set branch = {k} where branch = {l}",
    "delete from app.leaf where branch = {k}",
    f"insert into app.link (tenant_id, branch, pair_a, pair_b) values (coalesce({OF_BRANCH}, {{t}}), {{k}}, {{l}}, 'x')",
    "delete from app.link where branch = {k}",
    "insert into app.paired (tenant_id, a, b) values ({t}, {k}, 'x')",
    "update app.paired set a = {k} where a = {l}",
    "delete from app.paired where a = {k}",
    "insert into app.node values ({k}, {t}, {l}) on conflict (id) do update set up = excluded.up",
    "update app.node set up = {l} where id = {k}",
    "delete from app.node where id = {k}",
    "insert into app.item (tenant_id, bucket) values ({t}, {k})",
    "update app.item set bucket = {k} where bucket = {l}",
    "delete from app.item where bucket = {k}",
    "merge into app.item i using (values ({k}, {l})) n (k, l) on i.bucket = n.k when matched then update set bucket = n.l "
    "when not matched then insert (tenant_id, bucket) values ({t}, n.l)",
    "merge into app.leaf f using (values ({k})) n (k) on f.branch = n.k when matched and f.id % 2 = 0 then delete "
    "when matched then update set note = 'merged'",
    "savepoint s; insert into app.item (tenant_id, bucket) values ({t}, {k}), ({t}, {k}); rollback to s",
    "savepoint s; delete from app.leaf where branch = {k}; savepoint r; insert into app.leaf (tenant_id) values ({t}); "
    "release r; release s",
    "set constraints all immediate",
]
SUPERUSER = ANYBODY + [
    "update app.root set tenant_id = {t} where id = {k}",
    "update app.root set id = {l} where id = {k}",
    "update app.root set id = {l}, tenant_id = {t} where id = {k}",
    "delete from app.root where id = {k}",
    "update app.branch set id = {l} where id = {k}",
    "delete from app.branch where id = {k}",
    "update app.pair set tenant_id = {t} where a = {k}",
    "update app.pair set tenant_id = null where a = {k}",
    "update app.pair set a = {l} where a = {k}",
    "with freed as (delete from app.pair where a = {k} returning a, b) insert into app.pair select a, b, {t} from freed",
    "insert into app.pair values ({k}, 'x', {t}) on conflict do nothing",
    "update app.node set tenant_id = {t} where id = {k}",
    "update app.node set tenant_id = null, up = null where id = {k}",
    "update app.node set id = {l} where id = {k}",
    "update app.bucket set tenant_id = {t} where id = {k}",
    "update app.bucket set id = {l} where id = {k}",
    "delete from app.bucket_low where id = {k}",
    "insert into app.bucket values ({k}, {t}) on conflict do nothing",
    "update app.item set tenant_id = {t} where bucket = {k}",
    "update tenancy.tenants set parent_id = {t} where id = {u}",
    "update tenancy.tenants set parent_id = null where id = {u}",
    "update tenancy.tenants set status = 'inactive' where id = {t}",
    "update tenancy.tenants set status = 'active' where id = {t}",
    "update tenancy.tenants set status = 'inactive' where id = {t}; "
    "select from tenancy.delete_tenant({t}, only_tables => '{{app.leaf,app.link,app.item}}')",
    "select from tenancy.reassign('app.item', 'bucket = {k}', {t})",
]

# said once more in plain words, apart from the extension's own violations()
BROKEN = f"""
with recursive {many_sessions.ABOVE},
reference (what, child, parent, same) as (
  select 'branch_root', c.tenant_id, p.tenant_id, true from app.branch c join app.root p on p.id = c.root
  union all
  select 'leaf_branch', c.tenant_id, p.tenant_id, true from app.leaf c join app.branch p on p.id = c.branch
  union all
  select 'link_branch', c.tenant_id, p.tenant_id, true from app.link c join app.branch p on p.id = c.branch
  union all
  select 'link_pair', c.tenant_id, p.tenant_id, false from app.link c join app.pair p on p.a = c.pair_a and p.b = c.pair_b
  union all
  select 'paired', c.tenant_id, p.tenant_id, false from app.paired c join app.pair p on p.a = c.a and p.b = c.b
  union all
  select 'node', c.tenant_id, p.tenant_id, false from app.node c join app.node p on p.id = c.up
  union all
  select 'item', c.tenant_id, p.tenant_id, false from app.item c join app.bucket p on p.id = c.bucket
)
select what, child, parent from reference r
where case when same then child is distinct from parent
  else parent is not null and not exists (select from above a where a.id = r.child and a.above_id = r.parent) end
"""

# quotas with more rows than they allow, or of which something else is said to be used than there is
COUNTED_WRONGLY = """
with counted (relation, tenant_id, rows) as (
  select 'app.leaf'::regclass, tenant_id, count(*) from app.leaf group by 2
  union all
  select 'app.link', tenant_id, count(*) from app.link group by 2
  union all
  select 'app.item', tenant_id, count(*) from app.item group by 2
  union all
  select 'app.node', tenant_id, count(*) from app.node group by 2
),
room as (select quota_id, sum(room)::bigint as left from tenancy.quota_room group by 1)
select q.relation, t.n, coalesce(c.rows, 0) as rows, q.max_rows - r.left as said
from tenancy.quotas q
join app.tenant t on t.id = q.tenant_id
left join counted c on c.relation = q.relation and c.tenant_id = q.tenant_id
left join room r on r.quota_id = q.id
where coalesce(c.rows, 0) > q.max_rows
  or q.max_rows - r.left <> coalesce(c.rows, 0)
"""


class StressShapes(many_sessions.ManySessions):
    @chance(seconds=SECONDS)
    def test_references_and_quotas(self, dice):
        db = self.database()
        self.cluster.psql(db, SETUP)
        outcomes = self.work_at_once(db, dice, (ANYBODY, SUPERUSER), NUMBERS, EXPECTED)
        said = str(dict(outcomes))
        self.assertEqual(self.cluster.psql(db, BROKEN), "", said)
        self.assertEqual(self.cluster.psql(db, "select * from tenancy.violations()"), "", said)
        self.assertEqual(self.cluster.psql(db, COUNTED_WRONGLY), "", said)
        # it was a test only if much of it went through, and much of it met
        self.assertGreater(outcomes["committed"], 50, said)
        self.assertGreater(outcomes["prepared"], 5, said)
        self.assertGreater(outcomes["23503"], 10, said)
