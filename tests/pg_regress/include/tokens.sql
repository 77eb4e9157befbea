\set ECHO none
-- An issuer of HS256 tokens in SQL, and the key that the installation has of it. After world.sql.
create function app.base64url(bytea) returns text language sql immutable as
  $$ select rtrim(translate(encode($1, 'base64'), E'+/\n', '-_'), '=') $$;

create function app.hmac(message bytea, secret bytea) returns bytea language plpgsql immutable as $$
declare
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
begin
  for i in 0 .. length(secret) - 1 loop
    inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # get_byte(secret, i));
    outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # get_byte(secret, i));
  end loop;
  return sha256(outer_pad || sha256(inner_pad || message));
end
$$;

create function app.at(later interval) returns bigint language sql volatile as
  $$ select extract(epoch from clock_timestamp() + later)::bigint $$;

-- Valid for an hour, unless the claims say otherwise; a claim that is null is left out.
create function app.token(claims jsonb, header jsonb default '{}', secret text default 'a secret of thirty-two bytes ...')
  returns text language sql as $$
  select message || '.' || app.base64url(app.hmac(message::bytea, secret::bytea))
  from (
    select app.base64url(jsonb_strip_nulls('{"alg": "HS256", "kid": "first"}' || header)::text::bytea) || '.'
      || app.base64url(jsonb_strip_nulls(jsonb_build_object('exp', app.at('1 hour')) || claims)::text::bytea) as message
  ) m
$$;

create function app.token_of(who text, further jsonb default '{}') returns text language sql volatile as
  $$ select app.token(jsonb_build_object('sub', md5(who)::uuid) || further) $$;

create function app.jwk(secret text default 'a secret of thirty-two bytes ...') returns jsonb language sql as
  $$ select jsonb_build_object('kty', 'oct', 'k', app.base64url(secret::bytea)) $$;

create function app.seen() returns text language sql stable as
  $$ select coalesce((select string_agg(title, ', ' order by id) from app.documents), 'nothing') $$;

-- What becomes of a token, for an ordinary role: what is seen, or the refusal.
create function app.try(token text) returns text language plpgsql security definer as $$
begin
  perform set_config('tenancy.token', token, true);
  return app.seen();
exception when others then
  return sqlstate || ' ' || sqlerrm;
end
$$;

alter function app.try owner to app;

insert into tenancy.token_keys (kid, algorithm, jwk) values ('first', 'HS256', app.jwk());
\set ECHO all
