\i include/world.sql
-- Keys of tokens. Each finding's remedy removes it.
insert into tenancy.token_keys (id, kid, algorithm, jwk, names_tenants, expires_at) values
  ('e0000000-0000-0000-0000-000000000001', 'open', 'HS256', '{"kty": "oct", "k": "dGhlIHNlY3JldCBpcyBub3QgaW4gYW55IGR1bXAgLi4u"}', true, null),
  ('e0000000-0000-0000-0000-000000000002', 'over', 'HS256', '{"kty": "oct", "k": "dGhlIHNlY3JldCBpcyBub3QgaW4gYW55IGR1bXAgLi4u"}', false, '2020-01-01');
grant select on tenancy.token_secrets to app;
\set found 'select code, severity, object, finding, remedy from tenancy.lint() where code ~ ''^token'''
\x
:found;
\x
select remedy from (:found) f \gexec
select code, object from (:found) f;

-- whoever makes backups reads the secrets as well, where there are any
begin;
create role lint_tokens_backup bypassrls in role pg_read_all_data;
select code, severity, object, finding, remedy from (:found) f where object ~ 'backup';
set local role lint_tokens_backup;
select count(*) from tenancy.token_secrets;
reset role;
delete from tenancy.token_keys;
select code from (:found) f where object ~ 'backup';
rollback;
