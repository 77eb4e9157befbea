\set ECHO none
-- Archives of tenancy.export_tenant() that somebody has written by hand, with checksums that fit. After world.sql.
create table app.archive (line bigint generated always as identity primary key, content text not null);
grant all on app.archive to public;
alter table app.archive owner to carol;

-- A tenant as an archive describes it, with more said of it.
create function app.tenant(id text, more jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('id', id, 'number', 5000, 'name', 'Evil', 'status', 'active', 'allows_subtenants', true,
    'created_at', '2026-01-01', 'updated_at', '2026-01-01') || more
$$;

-- The section of a table: its rows are objects of JSON, of which the first one tells the columns.
create function app.section(named text, rows text[], tenant_column text default 'tenant_id', rows_of text default 'tenants')
  returns jsonb language sql as $$
  select jsonb_build_object('schema', split_part(named, '.', 1), 'table', split_part(named, '.', 2), 'rows_of', rows_of,
    'rows', cardinality(rows), 'tenant_column', tenant_column, 'lines', to_jsonb(rows),
    'columns', (select jsonb_agg(jsonb_build_object('name', c[1], 'type', '?')) from regexp_matches(rows[1], '"(\w+)":', 'g') c))
$$;

-- A row of app.things.
create function app.thing(id numeric, tenant text, more text default '') returns text language sql as
  $$ select format('{"id":%s,"tenant_id":"%s"%s}', id, tenant, more) $$;

-- Fills app.archive.
create function app.forge(tenants jsonb[], variadic sections jsonb[] default '{}') returns void language plpgsql as $$
declare
  hashed text := '';
  counted integer := 1;
  section jsonb;
  row_ text;
begin
  truncate app.archive restart identity;
  insert into app.archive (content) values ('{"pg_tenancy":"archive","format":1,"version":"0.1.0","exported_at":"2026-01-01"}');
  hashed := jsonb_build_object('tenants', tenants, 'sections', (select coalesce(jsonb_agg(s - 'lines'), '[]') from unnest(sections) s))::text || e'\n';
  foreach section in array sections loop
    for row_ in select jsonb_array_elements_text(section -> 'lines') loop
      hashed := hashed || row_ || e'\n';
    end loop;
    hashed := hashed || format(e'{"end_of":%s,"rows":%s,"sha256":"%s"}\n', section -> 'table', section ->> 'rows', encode(sha256(convert_to(hashed, 'utf8')), 'hex'));
  end loop;
  insert into app.archive (content) select t from regexp_split_to_table(rtrim(hashed, e'\n'), e'\n') t;
  select count(*) into counted from app.archive;
  insert into app.archive (content)
    values (format('{"end_of_archive":%s,"sha256":"%s"}', counted, encode(sha256(convert_to(hashed, 'utf8')), 'hex')));
end $$;
\set ECHO all
