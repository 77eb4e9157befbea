-- Goes before each check: what several of them ask for. What a check does not name is not computed.
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
),
-- roles that it would do harm to act as, and who may admit others to them, or to roles that are members of them
target (role) as (
  select role from exempt
  union
  select owner from tenanted
  union
  select oid from pg_roles where rolname = 'pg_read_all_stats'
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
-- unique keys that leave the tenant out, and whether their values say something. A uuid cannot be guessed, a generated
-- number says nothing, and a key of the public rows alone is everybody's.
tenantless_key (index, relation, kind, tenant_column, says_something) as (
  select
    i.indexrelid,
    t.relation,
    t.kind,
    t.tenant_column,
    bool_or(k.attnum = 0 or coalesce(nullif(y.typbasetype, 0), y.oid) not in (16, 20, 21, 23) and y.typtype <> 'e')
  from tenanted t
  join pg_index i on i.indrelid = t.relation and (i.indisunique or i.indisexclusion)
  cross join unnest(i.indkey) with ordinality k (attnum, nth)
  left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum <> 0
  left join pg_type y on y.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where k.nth <= i.indnkeyatts
    and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)
    and not coalesce(
      pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NULL)', t.tenant_column)
        or starts_with(pg_get_expr(i.indpred, i.indrelid), format('((%I IS NULL) AND ', t.tenant_column)),
      false
    )
  group by i.indexrelid, t.relation, t.kind, t.tenant_column
  having not bool_or(k.attnum = t.attnum or coalesce(coalesce(nullif(y.typbasetype, 0), y.oid) = 'uuid'::regtype, false))
    and not bool_and(coalesce(a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false))
),
-- the same as what lint() says of them: the object, and what adds the tenant to the key where that changes nothing else
revealing_key (object, says_something, remedy) as (
  select
    case when c.oid is null then 'index ' || k.index::regclass else format('constraint %I on %s', c.conname, k.relation::regclass) end,
    k.says_something,
    case
      when exists (select from pg_constraint f where f.contype = 'f' and f.conindid = k.index) or i.indisexclusion then null
      when i.indisprimary and k.kind = 'optional' then null
      when c.oid is not null then format(
        'alter table %s drop constraint %I, add constraint %I %s',
        k.relation::regclass,
        c.conname,
        c.conname,
        regexp_replace(
          pg_get_constraintdef(c.oid),
          '( NULLS NOT DISTINCT)? \(',
          format('%s (%s, ', case k.kind when 'optional' then ' NULLS NOT DISTINCT' end, replace(quote_ident(k.tenant_column), '\', '\\'))
        )
      )
      else format(
        'drop index %s; %s',
        k.index::regclass,
        regexp_replace(
          pg_get_indexdef(k.index),
          '( USING \w+ \()',
          format('\1%s, ', replace(quote_ident(k.tenant_column), '\', '\\'))
        )
      )
    end
  from tenantless_key k
  join pg_index i on i.indexrelid = k.index
  left join pg_constraint c on c.conindid = k.index and c.contype in ('p', 'u', 'x')
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
-- functions that run with the rights of a role that row security does not bind, and that somebody else may call, if only by a
-- trigger on a table without tenants: see trigger_definer for the others
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
    and (
      exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee <> p.proowner)
      or exists (select from pg_trigger g where g.tgfoid = p.oid and g.tgrelid not in (select relation from tenanted))
    )
)
