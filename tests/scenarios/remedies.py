"""For each code of lint() a place where it is found, in a database with rows: what test_remedies.py runs the remedies on.

Every case begins with tests/pg_regress/include/world.sql. `setup` brings the finding about, as superuser, with the event triggers off
where `unguarded`. `object` picks the case's own findings. `works` are statements of the application's, which acts for Acme's ann
unless it says otherwise: they go before and after. `afterwards` go after only: what has to be said differently then, as `finding` or
docs/lint.md says. `words`: there is no SQL for it, but words in `finding`. `then`: what the remedy
leads to takes another.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    setup: str
    object: str = "."
    works: tuple = ()
    afterwards: tuple = ()
    refused_before: tuple = ()
    unguarded: bool = False
    words: bool = False
    then: bool = False


ACME = "'a0000000-0000-0000-0000-000000000000'"
GLOBEX = "'b0000000-0000-0000-0000-000000000000'"
SEES_OWN = "do $$ begin if (select count(*) from app.documents) <> 2 then raise 'ann sees other rows'; end if; end $$;"
NOTES = f"""
create table app.notes (id bigint generated always as identity primary key, tenant_id uuid not null, title text);
insert into app.notes (tenant_id, title) values ({ACME}, 'a'), ({GLOBEX}, 'b');
alter table app.notes owner to owner;
grant select, insert, update, delete on app.notes to app;
"""
PROTECTED_NOTES = NOTES + "select tenancy.protect('app.notes', 'required');"
KEYED = """
create table app.keyed (id uuid primary key default gen_random_uuid(), tenant_id uuid, slug text, {columns});
insert into app.keyed (tenant_id, slug) select {acme}, 'acme ' || n from generate_series(1, 3) n;
insert into app.keyed (tenant_id, slug) select {globex}, 'globex ' || n from generate_series(1, 3) n;
{rows}
alter table app.keyed owner to owner;
select tenancy.protect('app.keyed', '{kind}');
grant select, insert, update, delete on app.keyed to app, public;
{more}
"""


def keyed(columns, kind="required", rows="", more=""):
    return KEYED.format(columns=columns, kind=kind, rows=rows, more=more, acme=ACME, globex=GLOBEX)


PUBLIC_ROWS = "insert into app.keyed (slug) values ('public 1'), ('public 2');"
OF_ACME = "insert into app.keyed (slug) values ('globex 1');"    # a slug that Globex has
TWICE = "do $$ begin insert into app.keyed (slug) values ('acme 1'); raise 'Acme has it twice'; exception when unique_violation then null; end $$;"
TWO_WITHOUT = "insert into app.keyed (slug) values (null), (null);"
FOREIGN = "create foreign data wrapper nowhere; create server nowhere foreign data wrapper nowhere;"
DRIFT = """
create table app.plain (id integer primary key, tenant_id uuid not null, document_id integer references app.documents deferrable);
insert into app.plain values (1, 'a0000000-0000-0000-0000-000000000000', 1), (2, 'b0000000-0000-0000-0000-000000000000', 5);
alter table app.plain owner to owner;
select tenancy.protect('app.plain', 'required', create_index => 'never');
grant select, insert, update, delete on app.plain to app;
"""
PLAIN_WORKS = ("do $$ begin if (select count(*) from app.plain) <> 1 then raise 'other rows are seen'; end if; end $$;",)
PLAIN_INSERT = ("insert into app.plain (id, document_id) values (10, 2);",)


def drifted(change, **more):
    """A protected table with rows, changed while nobody looked."""
    return Case(DRIFT + "\\echo off\n" + change, "plain", unguarded=True, afterwards=PLAIN_WORKS + PLAIN_INSERT, **more)


CASES = {
    # how strictly
    "mode_lax": (Case("select tenancy.set_mode('warn');", afterwards=(SEES_OWN,)),),
    "mode_setup": (Case("select tenancy.set_mode('setup');", afterwards=(SEES_OWN,)),),
    "event_trigger_disabled": (
        Case("alter event trigger tenancy_guard_ddl disable;"),
        Case("alter extension pg_tenancy drop event trigger tenancy_guard_ddl; drop event trigger tenancy_guard_ddl;", words=True),
    ),
    "own_trigger_disabled": (Case("alter table tenancy.users disable trigger user;"),),
    "setting_weakens": (
        Case("alter database :\"DBNAME\" set session_replication_role = replica;", "database"),
        Case("create role remedies_weak; alter role remedies_weak set lo_compat_privileges = on;", "remedies_weak"),
        Case("alter system set allow_system_table_mods = on;\nselect pg_reload_conf(), pg_sleep(1);", "server", then=True),
    ),
    "setting_granted": (Case("create role remedies_dba; grant alter system on parameter archive_command to remedies_dba;", "setting"),),
    "server_outdated": (),    # regress/lint_server
    "suppression_unused": (Case("insert into tenancy.lint_suppressions (code, object, reason) values ('x', 'it''s', 'y');"),),

    # who
    "application_is_exempt": (
        Case("alter role app bypassrls;", "role app$", afterwards=(SEES_OWN,)),
        Case("grant execute on function pg_read_file(text), pg_ls_dir(text) to app;", "role app$", works=(SEES_OWN,)),
        Case("grant pg_read_all_data to app;", "role app$", works=(SEES_OWN,)),
    ),
    "application_is_owner": (Case("grant owner to app;", "role app$", works=(SEES_OWN,)),),
    "application_sets_guards": (Case("grant set on parameter session_replication_role to app;", "setting", works=(SEES_OWN,)),),
    "protect_granted": (
        Case("grant execute on function tenancy.protect to app; grant execute on procedure tenancy.adopt to public;", works=(SEES_OWN,)),
    ),
    "application_sees_queries": (Case("grant pg_monitor to app;", "role app$", works=(SEES_OWN,)),),
    "application_has_role": (Case("grant pg_signal_backend, pg_checkpoint to app;", "role app$", works=(SEES_OWN,)),),
    "enter_granted_to_public": (Case("grant execute on function tenancy.enter(uuid, text, boolean) to public;", works=(SEES_OWN,)),),
    # the role may enter as users then
    "enter_tenant_granted": (Case("", "role app$", works=(SEES_OWN,)),),
    "db_role_missing": (Case("create role remedies_gone login; update tenancy.users set db_role = 'remedies_gone' where id = md5('wes')::uuid; drop role remedies_gone;"),),
    "login_is_exempt": (Case("create role remedies_backup login bypassrls;", "remedies_backup", words=True),),
    "login_can_become_exempt": (Case("create role remedies_operator login in role pg_read_server_files;", "remedies_operator"),),
    "login_creates_roles": (Case("create role remedies_maker login createrole;", "remedies_maker"),),
    "owner_can_log_in": (Case("", "role owner", works=(SEES_OWN,)),),
    "login_can_become_owner": (Case("create role remedies_migrator login in role owner;", "remedies_migrator"),),
    "session_is_exempt": (),    # regress/lint_roles
    "authentication_trusts": (Case("", words=True),),
    "token_secrets_readable": (Case("grant select on tenancy.token_secrets to app;"),),
    "token_key_names_tenants": (Case("""insert into tenancy.token_keys (kid, algorithm, jwk, names_tenants)
        values ('open', 'HS256', '{"kty": "oct", "k": "dGhlIHNlY3JldCBpcyBub3QgaW4gYW55IGR1bXAgLi4u"}', true);"""),),
    "token_key_expired": (Case("""insert into tenancy.token_keys (kid, algorithm, jwk, expires_at)
        values ('over', 'HS256', '{"kty": "oct", "k": "dGhlIHNlY3JldCBpcyBub3QgaW4gYW55IGR1bXAgLi4u"}', '2020-01-01');"""),),

    # tables
    "table_unprotected": (
        Case(NOTES, "notes", works=("insert into app.notes (tenant_id, title) values (" + ACME + ", 'x');",), afterwards=("insert into app.notes (title) values ('x');",)),
        Case(NOTES + "alter table app.notes drop column tenant_id; alter table app.notes add payer uuid not null default " + ACME + " references tenancy.tenants;", "notes"),
        Case("create table app.texts (tenant_id text); insert into app.texts values ('acme'); grant select on app.texts to app;", "texts", words=True),
    ),
    "table_undeclared": (
        Case("create table app.colours (name text primary key); insert into app.colours values ('red'); grant select, insert on app.colours to app;",
             "colours", works=("insert into app.colours values ('blue');",)),
        Case("create table app.log (document_id integer not null references app.documents); insert into app.log values (1), (5);", "app.log"),
    ),
    "governed_table_open": (Case("create table app.came (id integer primary key); insert into app.came values (1); insert into tenancy.governed_schemas values ('app');", "came"),),
    "governed_schema_gone": (Case("create schema passing; insert into tenancy.governed_schemas values ('passing');\n\\echo off\ndrop schema passing;", unguarded=True),),
    "foreign_part": (Case(FOREIGN + """
        create table app.days (id integer, tenant_id uuid, day date) partition by list (day);
        create table app.days_1 partition of app.days for values in ('2020-01-01');
        alter table app.days owner to owner; alter table app.days_1 owner to owner; select tenancy.protect('app.days', 'required');
        insert into app.days values (1, 'a0000000-0000-0000-0000-000000000000', '2020-01-01');
        \\echo off
        alter table app.days drop constraint days_tenant_id_fkey;
        create foreign table app.days_far partition of app.days for values in ('2021-01-01') server nowhere;""", "days_far", unguarded=True),),
    "part_of_unprotected": (Case("create table app.above (title text);\n\\echo off\nalter table app.articles inherit app.above;", "above", unguarded=True),),
    "foreign_table": (Case(FOREIGN + "create foreign table app.far (id integer) server nowhere; grant select on app.far to app, public;", "far"),),
    "index_missing": (Case("", "documents", works=(SEES_OWN,)),),
    "index_approximate": (Case("""create access method hnsw type index handler gisthandler;
        create operator class app.near for type point using hnsw as
          function 1 gist_point_consistent(internal, point, smallint, oid, internal), function 2 gist_box_union(internal, internal),
          function 3 gist_point_compress(internal), function 5 gist_box_penalty(internal, internal, internal),
          function 6 gist_box_picksplit(internal, internal), function 7 gist_box_same(box, box, internal), storage box;
        alter table app.documents add place point; create index on app.documents using hnsw (place app.near);""", "place", words=True),),
    "unique_values": (
        # each with what was allowed before: rows without a value, several public rows; refused before: another tenant's value
        Case(keyed("unique (slug)"), "keyed", works=(TWO_WITHOUT, TWICE), refused_before=(OF_ACME,),
             afterwards=("insert into app.keyed (slug) values ('acme 1') on conflict (tenant_id, slug) do update set slug = 'acme 9';",)),
        Case(keyed("constraint quoted unique (slug, n) include (m), n integer default 1, m integer"), "keyed", works=(TWICE,), refused_before=(OF_ACME,)),
        Case(keyed("n integer", more="create unique index on app.keyed (lower(slug)) where slug is not null; alter table app.keyed alter slug set default 'x';"),
             "keyed", works=(TWO_WITHOUT, TWICE), refused_before=(OF_ACME,)),
        Case(keyed("unique (slug)", "optional", PUBLIC_ROWS), "keyed", works=(TWO_WITHOUT, TWICE), refused_before=(OF_ACME,),
             afterwards=("insert into app.keyed (slug) values ('acme 1') on conflict (tenant_id, slug) do nothing;",
                         "PUBLIC insert into app.keyed (tenant_id, slug) values (null, 'public 1') on conflict (slug) where tenant_id is null do nothing;",
                         "PUBLIC insert into app.keyed (tenant_id, slug) values (null, 'public 3'), (null, null), (null, null);",
                         "PUBLIC TWICE insert into app.keyed (tenant_id, slug) values (null, 'public 1');")),
        Case(keyed("n integer", "optional", PUBLIC_ROWS, more="create unique index on app.keyed (lower(slug)) where length(slug) > 2 or slug is null;"), "keyed",
             works=(TWO_WITHOUT, TWICE), refused_before=(OF_ACME,),
             afterwards=("PUBLIC insert into app.keyed (tenant_id, slug) values (null, 'public 3'), (null, 'x'), (null, 'x'), (null, null), (null, null);",
                         "PUBLIC TWICE insert into app.keyed (tenant_id, slug) values (null, 'PUBLIC 1');")),
        Case(keyed("unique nulls not distinct (slug)", "optional", PUBLIC_ROWS), "keyed", works=(TWICE,), refused_before=(OF_ACME,),
             afterwards=("PUBLIC TWICE insert into app.keyed (tenant_id, slug) values (null, 'public 1');",)),
        Case("""create table app.keyed (slug text, at date default '2026-01-01', tenant_id uuid, unique (slug, at)) partition by range (at);
            create table app.keyed_1 partition of app.keyed for values from ('2026-01-01') to ('2027-01-01');
            create unique index on app.keyed (upper(slug), at);
            insert into app.keyed (slug, tenant_id) values ('acme 1', 'a0000000-0000-0000-0000-000000000000'), ('globex 1', 'b0000000-0000-0000-0000-000000000000'), ('public 1', null);
            alter table app.keyed owner to owner; alter table app.keyed_1 owner to owner; select tenancy.protect('app.keyed', 'optional'); grant all on app.keyed to app, public;""",
             "keyed", works=(TWICE,), refused_before=(OF_ACME,), afterwards=("PUBLIC TWICE insert into app.keyed (tenant_id, slug) values (null, 'public 1');",)),
        Case(keyed("unique (slug)", more="create table app.of_slug (slug text references app.keyed (slug));"), "keyed_slug", works=(TWICE,), words=True),
    ),
    "unique_numbers": (
        Case("", "documents", works=("insert into app.documents (id) values (100); insert into app.documents (id) values (101) on conflict do nothing;",),
             afterwards=("insert into app.documents (id) values (1) on conflict (tenant_id, id) do nothing;",)),
        Case("", "articles", words=True),
    ),
    "unique_generated": (Case(PROTECTED_NOTES, "notes", words=True, works=("insert into app.notes (title) values ('x');",)),),

    # references
    "reference_from_unprotected": (
        Case("""create table app.lines (id bigint generated always as identity primary key, document_id integer not null references app.documents, n integer);
            insert into app.lines (document_id) values (1), (2), (5);
            alter table app.lines owner to owner; grant all on app.lines to app;""", "lines",
             works=("insert into app.lines (document_id) values (1);",),
             afterwards=("do $$ begin if (select count(*) from app.lines) <> 2 then raise 'other rows are seen'; end if; end $$;",)),
        Case("""create table app.lines (document_id integer references app.documents, article_id integer references app.articles, n integer);
            insert into app.lines values (1, null), (5, 1), (null, null), (2, 1);
            alter table app.lines owner to owner; grant all on app.lines to app;""", "lines",
             works=("insert into app.lines values (1, 1);",),
             afterwards=("do $$ begin if (select count(*) from app.lines) <> 3 then raise 'other rows are seen'; end if; end $$;",)),
        Case("""alter table app.documents add account bigint default 1; create table app.numbered (id integer primary key, account bigint);
            insert into app.numbered select 1, number from tenancy.tenants where name = 'Acme';
            alter table app.numbered owner to owner; select tenancy.protect('app.numbered', 'required', 'account');
            create table app."Of Number" (n integer not null references app.numbered); insert into app."Of Number" values (1);
            alter table app."Of Number" owner to owner; grant all on app."Of Number" to app;""", "Of Number",
             works=('insert into app."Of Number" values (1);',)),
    ),
    "reference_of_others": (
        Case("""create role remedies_stranger; create table app.lines (id integer primary key, tenant_id uuid not null, document_id integer references app.documents on delete cascade);
            insert into app.lines values (1, 'a0000000-0000-0000-0000-000000000000', 1); select tenancy.protect('app.lines', 'required');
            grant select, insert, update, delete on app.lines to app; alter table app.lines owner to remedies_stranger;""", "lines",
             works=("insert into app.lines (id, document_id) values (2, 2);", "delete from app.documents where id = 1;")),
        Case("""create role remedies_below; create table app.lines (id integer primary key, document_id integer references app.documents on delete cascade);
            create table app.words (line integer references app.lines); alter table app.lines owner to owner; alter table app.words owner to remedies_below;""", "words"),
    ),
    "reference_not_validated": (Case(PROTECTED_NOTES + "alter table app.notes add document_id integer; alter table app.notes add foreign key (document_id) references app.documents not valid;", "notes"),),
    "reference_cascades": (Case(PROTECTED_NOTES + "alter table app.notes add document_id integer references app.documents on delete cascade;", "notes", words=True),),

    # views and code
    "view_of_exempt_owner": (Case("create view app.all_documents as select * from app.documents; grant select on app.all_documents to app;",
                                  works=("select * from app.all_documents;",)),),
    "view_without_invoker": (Case("create view app.of_owner as select * from app.documents; alter view app.of_owner owner to owner; grant select on app.of_owner to app;",
                                  works=("select * from app.of_owner;",)),),
    "materialized_view": (Case("create materialized view app.hoard as select * from app.documents; grant select on app.hoard to app, public;", "hoard"),),
    "definer_reads": (Case("create function app.reads() returns bigint language sql security definer set search_path = '' begin atomic select count(*) from app.documents; end;",
                           "reads", works=("select app.reads();",)),),
    "definer_suspected": (Case("create function app.reads() returns bigint language sql security definer set search_path = '' as 'select count(*) from app.documents';",
                               "reads", works=("select app.reads();",)),),
    "definer_for_everybody": (Case("create function app.does() returns integer language sql security definer set search_path = '' return 1; grant execute on function app.does() to app;",
                                   "does", works=("select app.does();",)),),
    "definer_search_path": (Case("create function app.does() returns integer language sql security definer as 'select 1';", "does", works=("select app.does();",)),),
    "function_untrusted": (Case("create language sly handler plpgsql_call_handler; create function app.does() returns integer language sly as 'begin return 1; end';", "does"),),
    "leakproof_of_others": (Case("create function app.told(text) returns boolean language plpgsql leakproof as 'begin return true; end';", "told", works=("select app.told('x');",)),),
    "code_of_others": (Case("""create domain app.word as text; alter table app.documents add word app.word; update app.documents set word = 'x'; alter domain app.word owner to app;""",
                            "word", works=(SEES_OWN, "insert into app.documents (id, word) values (50, 'y');")),),
    "trigger_of_others": (Case("""create function app.stamp() returns trigger language plpgsql as 'begin return new; end'; alter function app.stamp() owner to app;
        create trigger stamp before insert on app.documents for each row execute function app.stamp();""", "stamp", works=("insert into app.documents (id) values (50);",)),),
    "trigger_definer": (Case("""create function app.stamp() returns trigger language plpgsql security definer set search_path = '' as 'begin return new; end';
        create trigger stamp before insert on app.documents for each row execute function app.stamp();""", "stamp", works=("insert into app.documents (id) values (50);",)),),
    "trigger_too_late": (Case("""create table app.lines (id integer primary key, tenant_id uuid, document_id integer references app.documents);
        insert into app.lines values (1, 'a0000000-0000-0000-0000-000000000000', 1); alter table app.lines owner to owner;
        select tenancy.protect('app.lines', 'required'); grant all on app.lines to app;
        select tenancy.set_reference_rule('app.lines', 'lines_document_id_fkey', names_tenant => true);
        create function app.stamp() returns trigger language plpgsql as 'begin return new; end'; alter function app.stamp() owner to owner;
        create trigger zzz before insert on app.lines for each row execute function app.stamp();""", "zzz", works=("insert into app.lines (id, document_id) values (50, 1);",)),),
    "rule_on_table": (Case("create rule quietly as on delete to app.documents do instead nothing;", "quietly", works=("insert into app.documents (id) values (50);",)),),

    # privileges, names
    "privilege_excessive": (Case("grant all on app.documents to app;", "documents", works=("insert into app.documents (id) values (50);",)),),
    "administration_lockable": (Case("", words=True),),
    "default_privileges": (Case("alter default privileges for role owner in schema app grant select on tables to app;", "owner"),),
    "schema_writable": (Case("grant create on schema app to public;", "schema app", works=("insert into app.documents (id) values (50);",)),),
    "search_path_shadows": (Case("create role remedies_shadow; alter role remedies_shadow set search_path = app, pg_catalog;", "remedies_shadow"),),
    "statistics_readable": (Case("grant select on pg_statistic to app;"),),
    "files_readable": (Case("grant execute on function pg_read_file(text) to public;"),),
    "sequence_shared": (
        Case(PROTECTED_NOTES + "grant all on all sequences in schema app to app;", "notes", works=("insert into app.notes (title) values ('x');",)),
        Case(PROTECTED_NOTES + "alter table app.notes add no serial; grant all on all sequences in schema app to app;", "notes_no", works=("insert into app.notes (title) values ('x');",)),
        Case("create sequence app.free; grant select on sequence app.free to app;", "free"),
    ),
    "sequence_counts": (Case(PROTECTED_NOTES + "alter table app.notes add no serial; grant usage on all sequences in schema app to app;", "notes_no", words=True,
                             works=("insert into app.notes (title) values ('x');",)),),
    "large_objects_shared": (Case("select lo_from_bytea(0, 'x') as lo \\gset\ngrant select on large object :lo to app;", words=True),),

    # ways out
    "publication_unfiltered": (
        Case("create publication whole for table app.documents, app.articles where (true);", "whole", works=("insert into app.documents (id) values (50);",), unguarded=False),
        Case("create publication by_schema for tables in schema app;", "by_schema", works=("insert into app.documents (id) values (50);",)),
    ),
    "publication_filtered": (Case(f"create publication filtered for table app.documents where (tenant_id = {ACME});", "filtered", words=True),),
    "logical_slot": (Case("select pg_create_logical_replication_slot('remedies', 'pgoutput');"),),
    "prepared_transaction": (Case("begin; select 1; lock table app.articles in access share mode; prepare transaction 'remedies';"),),
    "user_mapping": (Case(FOREIGN + "create user mapping for public server nowhere;"),),
    "extension_reaches_out": (Case("insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion) select 16384, 'dblink', 10, 2200, true, '1.2';"),),

    # what protection was
    "tenant_column_renamed": (Case(DRIFT + "\\echo off\nalter table app.plain rename column tenant_id to party;", "plain", unguarded=True, afterwards=PLAIN_WORKS + PLAIN_INSERT),),
    "tenant_column_missing": (Case("""create table app.empty (id integer, tenant_id uuid); alter table app.empty owner to owner; select tenancy.protect('app.empty', 'required');
        \\echo off
        alter table app.empty drop column tenant_id cascade;""", "empty", unguarded=True),),
    "tenant_column_type": (Case("""create table app.retyped (id integer, tenant_id bigint); alter table app.retyped owner to owner;
        insert into app.retyped select 1, number from tenancy.tenants where name = 'Acme'; select tenancy.protect('app.retyped', 'required');
        \\echo off
        alter table app.retyped drop constraint retyped_tenant_id_fkey;
        drop policy tenancy_select on app.retyped; drop policy tenancy_insert on app.retyped; drop policy tenancy_update on app.retyped; drop policy tenancy_delete on app.retyped;
        alter table app.retyped alter tenant_id drop default, alter tenant_id type text;""", "retyped", unguarded=True),),
    "row_security_disabled": (drifted("alter table app.plain disable row level security;"),),
    "row_security_not_forced": (drifted("alter table app.plain no force row level security;"),),
    "policy_missing": (drifted("drop policy tenancy_insert on app.plain;"),),
    "policy_changed": (drifted("alter policy tenancy_select on app.plain using (true);"),),
    "policy_permissive": (drifted("create policy everybody on app.plain using (true);"),),
    "trigger_missing": (drifted('drop trigger "00_tenancy_row" on app.plain;'),),
    "trigger_changed": (drifted("""create function app.nothing() returns trigger language plpgsql as 'begin return new; end';
        drop trigger "00_tenancy_row" on app.plain; create trigger "00_tenancy_row" after insert on app.plain for each row execute function app.nothing();"""),),
    "trigger_disabled": (drifted('alter table app.plain disable trigger "00_tenancy_row";'),),
    "tenant_column_nullable": (drifted("alter table app.plain alter tenant_id drop not null;"),),
    "tenant_default": (drifted("alter table app.plain alter tenant_id drop default;"),),
    "tenant_key_missing": (drifted("alter table app.plain drop constraint plain_tenant_id_fkey;"),),
    "tenant_key_not_valid": (drifted("alter table app.plain drop constraint plain_tenant_id_fkey, add foreign key (tenant_id) references tenancy.tenants not valid;"),),
    "reference_deferrable": (drifted("""do $$ declare t name; begin
        for t in select tgname from pg_trigger where tgrelid = 'app.plain'::regclass and tgname ~ 'key'
        loop execute format('drop trigger %I on app.plain', t); end loop; end $$;"""),),
    "key_empties_tenant": (drifted("""alter table app.documents add unique (tenant_id, id);
        alter table app.plain add foreign key (tenant_id, document_id) references app.documents (tenant_id, id) on delete set null on update set default;"""),),
    "reference_unregistered": (drifted("alter table app.plain add article_id integer, add foreign key (article_id) references app.articles;"),),
    "registry_table": (Case(DRIFT + "\\echo off\ndrop table app.plain;", r"\d", unguarded=True),),
    "registry_part": (Case("""create table app.drafts (id integer not null, tenant_id uuid not null, title text); insert into app.drafts values (9, 'a0000000-0000-0000-0000-000000000000', 'x');
        alter table app.drafts owner to owner; select tenancy.protect('app.drafts', 'required');
        \\echo off
        alter table app.drafts inherit app.documents;""", "drafts", unguarded=True),),
    "registry_module": (Case("""insert into tenancy.modules (id, name) values (md5('papers')::uuid, 'papers'); insert into tenancy.module_tables values (md5('papers')::uuid, 'app.articles');
        \\echo off
        drop table app.articles;""", unguarded=True),),
    "registry_reference": (drifted("alter table app.plain drop constraint plain_document_id_fkey;"),),
    "policies_without_protection": (drifted("delete from tenancy.reference_settings where relation = 'app.plain'::regclass; delete from tenancy.protection where relation = 'app.plain'::regclass;"),),
    "table_distributed": (),    # scenario/citus: the remedy is a function of Citus, which is not there
}
