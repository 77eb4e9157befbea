-- Goes before each check: what several of them ask for. Only what a check names, or what that names, goes with it (src/lint.rs).
with recursive
-- the tables given to protect(), and all their parts
part (relation, root, kind, tenant_column) as (
  select p.relation::oid, p.relation::oid, p.kind, p.tenant_column
  from tenancy.protection p
  union
  select i.inhrelid, part.root, part.kind, part.tenant_column
  from part
  join pg_inherits i on i.inhparent = part.relation
),
-- what is written when rows of a table are deleted or changed: parts, and what the actions of foreign keys write
action (above, below) as (
  select k.confrelid, k.conrelid
  from pg_constraint k
  where k.contype = 'f'
    and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'))
  union all
  select i.inhparent, i.inhrelid from pg_inherits i
),
-- protected tables and what is written with them
written_with (relation) as (
  select relation from part
  union
  select action.below from written_with join action on action.above = written_with.relation
),
-- those with a tenant column
tenanted (relation, root, kind, tenant_column, attnum, owner) as (
  select c.oid, part.root, part.kind, part.tenant_column, a.attnum, c.relowner
  from part
  join pg_class c on c.oid = part.relation
  join pg_attribute a on a.attrelid = c.oid and a.attname = part.tenant_column and not a.attisdropped
),
-- roles that row security does not bind
unbound (role, why) as (
  select r.oid, case when r.rolsuper then 'is a superuser' else 'has BYPASSRLS' end
  from pg_roles r
  where r.rolsuper or r.rolbypassrls
),
-- functions of PostgreSQL's own by which whoever was granted them reaches the server's files, where the rows of all tenants are
file_function (function) as (
  select p.oid
  from pg_proc p
  where p.oid < 16384
    and p.pronamespace = 'pg_catalog'::regnamespace
    and p.proname in ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'lo_import', 'lo_export')
),
-- and those that come to the rows by other ways. Before PostgreSQL 16, CREATEROLE could take any of these roles.
exempt (role, why) as (
  select role, why from unbound
  union all
  select
    r.oid,
    case
      when r.rolreplication then 'has REPLICATION, which reads all that is written'
      when r.rolcreaterole then 'has CREATEROLE, which can take every role but superusers'
      when r.rolname = 'pg_read_all_data' then 'reads samples of all rows in pg_statistic'
      else 'reaches the server''s files'
    end
  from pg_roles r
  where not r.rolsuper
    and not r.rolbypassrls
    and (
      r.rolreplication
      or r.rolcreaterole and current_setting('server_version_num')::integer < 160000
      or r.rolname in ('pg_read_all_data', 'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
    )
  union all
  select distinct a.grantee, format('reaches the server''s files by %s()', min(p.proname) over (partition by a.grantee))
  from file_function f
  join pg_proc p on p.oid = f.function
  cross join aclexplode(p.proacl) a
  join pg_roles r on r.oid = a.grantee and not r.rolsuper and not r.rolbypassrls
),
-- roles of PostgreSQL's own for who looks after the server
server_role (name, what) as (
  values
    ('pg_read_all_settings', 'reads all settings, also by which password a standby connects'),
    ('pg_write_all_data', 'writes all tables, also those that nobody granted it'),
    ('pg_stat_scan_tables', 'locks tables while it counts their rows'),
    ('pg_signal_backend', 'ends the sessions and queries of others'),
    ('pg_signal_autovacuum_worker', 'stops autovacuum'),
    ('pg_checkpoint', 'has the server write all that was changed'),
    ('pg_use_reserved_connections', 'takes the connections that are kept for administrators'),
    ('pg_create_subscription', 'has the server connect to others'),
    ('pg_maintain', 'locks, rewrites and analyzes all tables')
),
-- roles that it would do harm to act as, and who may admit others to them, or to roles that are members of them
target (role) as (
  select role from exempt
  union
  select owner from tenanted
  union
  select oid from pg_roles where rolname = 'pg_read_all_stats'
  union
  select oid from pg_roles where rolname in (select name from server_role)
),
admits (role, target) as (
  select distinct m.member, t.role
  from pg_auth_members m
  join target t on pg_has_role(m.roleid, t.role, 'member')
  where m.admin_option
),
-- logins that can act as one of them: have what is its, become it, or admit themselves to it
reaches (role, target, remedy) as (
  select
    r.oid,
    t.oid,
    (
      select string_agg(
        format('revoke %s from %s granted by %s', m.roleid::regrole, m.member::regrole, m.grantor::regrole), '; '
        order by m.roleid::regrole::text
      )
      from pg_auth_members m
      where m.member = r.oid
        and pg_has_role(m.roleid, t.oid, 'member')
    )
  from pg_roles r
  join pg_roles t on t.oid <> r.oid
  where r.rolcanlogin
    and not r.rolsuper
    and t.oid in (select role from target)
    and (
      pg_has_role(r.oid, t.oid, 'usage')
      or exists (select from admits a where a.target = t.oid and pg_has_role(r.oid, a.role, 'member'))
      or pg_has_role(r.oid, t.oid, case when current_setting('server_version_num')::integer < 160000 then 'member' else 'set' end)
    )
),
-- logins that act for tenants: of users, those that may enter, and those that lately have, by whatever way. Whoever looks after
-- the server as the role that it was made with may try what others see.
application (role) as (
  select r.oid
  from tenancy.users u
  join pg_roles r on r.rolname = u.db_role
  union
  select r.oid
  from pg_proc p
  cross join aclexplode(p.proacl) a
  join pg_roles r on r.oid = a.grantee or not r.rolsuper and pg_has_role(r.oid, nullif(a.grantee, 0), 'member')
  where p.pronamespace = 'tenancy'::regnamespace
    and p.proname in ('enter', 'enter_tenant')
    and a.grantee <> p.proowner
    and r.rolcanlogin
  union
  select r.oid
  from tenancy.activity a
  join pg_roles r on r.rolname = a.session_role
  where a.event = 'entered'
    and a.happened_at > now() - interval '30 days'
    and r.oid <> 10
),
-- unique keys that leave the tenant out, and what their values are: a value says something, a number can be tried, one that is drawn
-- from a sequence can be tried and taken, and nothing else can be told by it, whatever stands beside it in the key. A uuid cannot be
-- guessed. A key of one tenant's rows, or of the public ones alone, tells nothing of other tenants.
tenantless_key (index, relation, kind, tenant_column, drawn, says_something) as (
  select
    i.indexrelid,
    t.relation,
    t.kind,
    t.tenant_column,
    array_agg(a.attname order by k.nth) filter (where d.drawn),
    bool_or(k.attnum = 0 or coalesce(nullif(y.typbasetype, 0), y.oid) not in (16, 20, 21, 23) and y.typtype <> 'e')
  from tenanted t
  join pg_index i on i.indrelid = t.relation and (i.indisunique or i.indisexclusion)
  cross join unnest(i.indkey) with ordinality k (attnum, nth)
  left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum <> 0
  left join pg_type y on y.oid = a.atttypid
  cross join lateral (
    select a.attidentity <> '' or exists (
      select from pg_attrdef f
      join pg_depend u on u.classid = 'pg_attrdef'::regclass and u.objid = f.oid and u.refclassid = 'pg_class'::regclass
      join pg_class s on s.oid = u.refobjid and s.relkind = 'S'
      where f.adrelid = a.attrelid and f.adnum = a.attnum
    )
  ) d (drawn)
  where k.nth <= i.indnkeyatts
    and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)
    and tenancy.names_one_tenant(i.indpred, t.attnum) is not true
  group by i.indexrelid, t.relation, t.kind, t.tenant_column
  having not bool_or(k.attnum = t.attnum or coalesce(coalesce(nullif(y.typbasetype, 0), y.oid) = 'uuid'::regtype, false))
),
-- the same as what lint() says of them: the object, what becomes of statements, and what adds the tenant to the key. Rows that are
-- everybody's have a key of their own, without the tenant, which NULL would not hold apart.
revealing_key (object, says_something, afterwards, remedy) as (
  select
    case when n.constraint_name is null then 'index ' || k.index::regclass else format('constraint %I on %s', n.constraint_name, k.relation::regclass) end,
    k.says_something,
    coalesce(
      'There is no remedy in one command' || o.none || '.',
      format(
        'After the remedy, ON CONFLICT names the tenant as well%s.',
        case k.kind when 'optional' then format('; for public rows it is ON CONFLICT … WHERE %I IS NULL', k.tenant_column) end
      )
    ),
    case
      when o.none is not null then null
      else concat_ws(
        '; ',
        case
          when n.constraint_name is null then format(
            'drop index %s; create unique index %I on %s%I, %s%s', k.index::regclass, c.relname, d.target, k.tenant_column, d.columns, d.predicate
          )
          else format(
            'alter table %s drop constraint %I, add constraint %2$I %s',
            k.relation::regclass,
            n.constraint_name,
            overlay(d.definition placing format('(%I, ', k.tenant_column) from position('(' in d.definition) for 1)
          )
        end,
        case when i.indisreplident then format('alter table %s replica identity using index %I', k.relation::regclass, c.relname) end,
        case when k.kind = 'optional' then format(
          'create unique index on %s%s WHERE (%I IS NULL)%s',
          d.target,
          d.columns,
          k.tenant_column,
          regexp_replace(d.predicate, '^ WHERE (.*)$', ' AND (\1)')
        ) end
      )
    end
  from tenantless_key k
  join pg_index i on i.indexrelid = k.index
  join pg_class c on c.oid = i.indexrelid
  join pg_class r on r.oid = i.indrelid
  join pg_namespace s on s.oid = r.relnamespace
  join pg_am m on m.oid = c.relam
  left join pg_constraint b on b.conrelid = i.indrelid and b.conindid = k.index and b.contype in ('p', 'u', 'x')
  left join (
    select f.conindid, min(format('%I of %s', f.conname, f.conrelid::regclass))
    from pg_constraint f
    where f.contype = 'f'
    group by f.conindid
  ) f (index, keys) on f.index = k.index
  cross join lateral (
    select
      b.conname,
      coalesce(
        f.keys,
        case when i.indisreplident and k.kind = 'optional' then format('the replica identity of %s', k.relation::regclass) end
      )
  ) n (constraint_name, referring)
  -- pg_get_indexdef() opens the table, and would wait for whoever has locked it against everybody: then there is no remedy for now.
  cross join lateral (
    select exists (
      select from pg_locks l
      where l.locktype = 'relation'
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
        and l.relation in (i.indrelid, i.indexrelid)
        and l.mode = 'AccessExclusiveLock'
        and l.pid <> pg_backend_pid()
    )
  ) h (locked)
  -- PostgreSQL writes CREATE UNIQUE INDEX name ON [ONLY] table USING method (columns) … [WHERE predicate]. Where WHERE stands there
  -- more than once, which one it is cannot be said.
  cross join lateral (
    select format('%I.%I USING %I (', s.nspname, r.relname, m.amname)
  ) t (target)
  cross join lateral (
    select substr(
      case when not h.locked then pg_get_indexdef(k.index) end,
      length(format('CREATE UNIQUE INDEX %I ON %s%s', c.relname, case c.relkind when 'I' then 'ONLY ' end, t.target)) + 1
    )
  ) w (rest)
  cross join lateral (
    select string_to_array(w.rest, ' WHERE ')
  ) p (rest)
  cross join lateral (
    select
      t.target,
      pg_get_constraintdef(b.oid),
      p.rest[1],
      case
        when i.indpred is null then ''
        when cardinality(p.rest) = 2 then ' WHERE ' || p.rest[2]
      end
  ) d (target, definition, columns, predicate)
  cross join lateral (
    select case
      when i.indisexclusion then ': the tenant comes into it with an operator of the same access method, as by btree_gist'
      when n.referring is not null then format(
        ', because %s refers to it: make a key with the tenant, let it refer to that, and drop this one',
        n.referring
      )
      when i.indisprimary and k.kind = 'optional' then
        ', because a primary key takes no public rows: draw its values by lot, or make two unique keys of it'
      when h.locked then ' while somebody has locked the table'
      when d.predicate is null then ': make it anew with the tenant as the first column'
    end
  ) o (none)
  where k.drawn is null
),
-- tables that name tenants: by a column of the name that protected tables use, by a foreign key, or by a default that protect() gave
naming (relation, attnum, why) as (
  select a.attrelid, a.attnum, 'name'
  from pg_attribute a
  where not a.attisdropped
    and a.attnum > 0
    and a.attname in (select 'tenant_id' union all select tenant_column from tenancy.protection)
  union all
  select k.conrelid, k.conkey[1], 'key'
  from pg_constraint k
  where k.contype = 'f'
    and k.conparentid = 0
    and k.confrelid = 'tenancy.tenants'::regclass
  union all
  select d.adrelid, d.adnum, 'default'
  from pg_attrdef d
  where exists (
    select from pg_proc f
    where f.pronamespace = 'tenancy'::regnamespace
      and f.proname in ('writable_tenant', 'writable_tenant_number')
      and d.adbin::text like '%{FUNCEXPR :funcid ' || f.oid || ' %'
  )
),
-- tables that do not, and refer to protected ones: their rows are those tenants' as well. Of several foreign keys the one by which
-- each row is most likely to have a tenant: it may not be NULL, leads to a table without public rows, and goes with what it refers to.
child (relation, keys, parents, adopt) as (
  select
    k.conrelid,
    string_agg(quote_ident(k.conname), ', ' order by k.conname),
    string_agg(distinct k.confrelid::regclass::text, ', '),
    case
      when not c.relispartition then (
        array_agg(
          format(
            'call tenancy.adopt(%L, %L, %L, null, by_reference => %L, tenant_type => %L)',
            k.conrelid::regclass,
            case when n.given and t.kind = 'required' then 'required' else 'optional' end,
            t.tenant_column,
            k.conname,
            a.atttypid::regtype
          )
          order by n.given desc, t.kind = 'required' desc, k.confdeltype = 'c' desc, k.conkey
        )
      )[1]
    end
  from pg_constraint k
  join tenanted t on t.relation = k.confrelid
  join pg_attribute a on a.attrelid = t.relation and a.attnum = t.attnum
  join pg_class c on c.oid = k.conrelid
  cross join lateral (
    select bool_and(b.attnotnull) from pg_attribute b where b.attrelid = k.conrelid and b.attnum = any (k.conkey)
  ) n (given)
  where k.contype = 'f'
    and k.conparentid = 0
    and k.conrelid not in (select relation from part)
    and k.conrelid not in (select relation from naming)
  group by k.conrelid, c.relispartition
),
-- tables that others than their owner may use, or whose owner some login is or can become
usable (relation) as (
  select c.oid
  from pg_class c
  where c.relowner in (
      select o.oid
      from pg_roles o
      where not o.rolsuper
        and exists (select from pg_roles l where l.rolcanlogin and not l.rolsuper and pg_has_role(l.oid, o.oid, 'member'))
    )
    or exists (select from aclexplode(c.relacl) a where a.grantee <> c.relowner)
    or exists (select from pg_attribute b cross join aclexplode(b.attacl) a where b.attrelid = c.oid and b.attacl is not null and a.grantee <> c.relowner)
),
-- what relations a view or materialized view names
names (view, relation) as (
  select distinct r.ev_class, d.refobjid
  from pg_rewrite r
  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
  where r.ev_type = '1'
    and d.refclassid = 'pg_class'::regclass
    and d.refobjid <> r.ev_class
),
invoker_view (view) as (
  select c.oid
  from pg_class c
  cross join pg_options_to_table(c.reloptions) o
  where c.relkind = 'v'
    and o.option_name = 'security_invoker'
    and o.option_value::boolean
),
-- what a view comes from, by whatever other views
comes_from (view, relation) as (
  select n.view, n.relation
  from names n
  union
  select f.view, n.relation
  from comes_from f
  join names n on n.view = f.relation
),
-- what a view reads with the rights of its owner: what it names, and what views name that leave the rights to it
shows (view, relation) as (
  select n.view, n.relation
  from names n
  union
  select s.view, n.relation
  from shows s
  join invoker_view i on i.view = s.relation
  join names n on n.view = i.view
),
-- what extensions brought, which nobody but their makers changes
brought (class, object) as (
  select d.classid, d.objid
  from pg_depend d
  where d.deptype = 'e' and d.refclassid = 'pg_extension'::regclass
),
-- functions that run with the rights of a role that row security does not bind, and that somebody else may call, if only by a
-- trigger on a table without tenants: see trigger_definer for the others. Event triggers nobody calls.
definer (function, reads) as (
  select
    p.oid,
    (
      select min(c.oid::regclass::text)
      from pg_class c
      where c.oid in (select relation from tenanted union select s.view from shows s join tenanted t on t.relation = s.relation)
        and exists (
          select from pg_depend d
          where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
        )
    )
  from pg_proc p
  join unbound u on u.role = p.proowner
  where p.prosecdef
    and p.oid >= 16384
    and p.prorettype <> 'event_trigger'::regtype
    and (
      exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee <> p.proowner)
      or exists (select from pg_trigger g where g.tgfoid = p.oid and g.tgrelid not in (select relation from tenanted))
    )
),
-- settings that switch guards off or bring code in, and who else than superusers may set them
guarding (name, why) as (
  values
    ('session_replication_role', 'have foreign keys not looked at'),
    ('event_triggers', 'have DDL that takes protection away not looked at'),
    ('lo_compat_privileges', 'read and write all large objects'),
    ('allow_system_table_mods', 'have catalogs changed'),
    ('ignore_system_indexes', 'have catalogs read without their indexes'),
    ('tenancy.context', 'act for whomever he likes'),
    ('dynamic_library_path', 'choose what code the server loads'),
    ('extension_control_path', 'choose what code the server loads'),
    ('session_preload_libraries', 'choose what code the server loads'),
    ('local_preload_libraries', 'choose what code the server loads'),
    ('shared_preload_libraries', 'choose what code the server loads'),
    ('jit_provider', 'choose what code the server loads'),
    ('archive_library', 'choose what code the server loads')
),
granted_setting (setting, grantee, how, why) as (
  select p.parname, a.grantee, case a.privilege_type when 'SET' then 'set it' else 'set it for the whole server' end, w.why
  from pg_parameter_acl p
  cross join aclexplode(p.paracl) a
  cross join lateral (
    select g.why from guarding g where g.name = p.parname
    union all
    -- what stands in the server's files holds for everybody, and commands in it run as the server
    select 'choose what the server runs, or where its files are'
    where a.privilege_type = 'ALTER SYSTEM'
      and p.parname ~ '(_command|_file|_directory)$'
  ) w
  where a.grantee not in (select oid from pg_roles where rolsuper)
)
