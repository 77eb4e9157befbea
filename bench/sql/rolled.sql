-- What projects usually write: a trigger that compares the tenants of both rows, and a policy.
create function rolled.check_parent() returns trigger language plpgsql as $$
begin
  if not exists (select from rolled.parents p where p.id = new.parent_id and p.tenant_id = new.tenant_id) then
    raise foreign_key_violation using message = 'the parent is another tenant''s';
  end if;
  return new;
end
$$;
create trigger check_parent before insert or update on rolled.children for each row execute function rolled.check_parent();
create trigger check_parent before insert or update on rolled.bulk for each row execute function rolled.check_parent();
create function rolled.check_children() returns trigger language plpgsql as $$
begin
  if new.tenant_id <> old.tenant_id and exists (select from rolled.children c where c.parent_id = new.id and c.tenant_id <> new.tenant_id) then
    raise foreign_key_violation using message = 'another tenant''s row refers to it';
  end if;
  return new;
end
$$;
create trigger check_children before update on rolled.parents for each row execute function rolled.check_children();
