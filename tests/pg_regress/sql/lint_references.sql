\i include/world.sql
-- Foreign keys. Each finding's remedy removes it.
set role owner;
alter table app.documents add unique (tenant_id, id);
create table app.replies (
  id uuid primary key,
  tenant_id uuid not null,
  document_id integer constraint later references app.documents deferrable,
  constraint cascades foreign key (document_id) references app.documents on delete cascade,
  constraint some_emptied foreign key (tenant_id, document_id) references app.documents (tenant_id, id) on delete set null (document_id)
);
create table app.log (id uuid primary key, document_id integer constraint log_key references app.documents);
create table app.words (id uuid primary key, reply uuid constraint words_key references app.replies);
select tenancy.protect('app.replies', 'required') \g /dev/null
reset role;
\i include/guards_off.sql
alter table app.replies
  add constraint emptied foreign key (tenant_id, document_id) references app.documents (tenant_id, id) on update set default on delete set null,
  add constraint doubted foreign key (document_id) references app.documents not valid;
alter table app.words owner to alice;
grant usage on schema app to alice;
grant select on app.replies to alice;
\i include/guards_on.sql
\set found 'select code, severity, object, finding, remedy from tenancy.lint() where code ~ ''reference|key_empties'''
\x
:found;
\x
select remedy from (:found) f where remedy is not null \gexec
select code, object from (:found) f;
select pg_get_constraintdef(oid) from pg_constraint where conname = 'emptied';
