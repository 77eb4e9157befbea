-- A restrictive policy of the owner's beside ours, of which the planner finds that it is always true, or never: the rest holds.
\i include/world.sql
set role owner;
create policy aaa on app.documents as restrictive using (true);
create policy zzz on app.documents as restrictive for select using (1 = 1);
create policy aaa on app.articles as restrictive for select using (id is not null or true);
create policy bbb on app.articles as restrictive for update using (current_user <> '');
create table app.numbered (id integer primary key, tenant integer not null);
select tenancy.protect('app.numbered', 'required', 'tenant', create_index => 'never') \g /dev/null
create policy aaa on app.numbered as restrictive using (true);
grant select, insert, update, delete on app.numbered to app;
reset role;
insert into app.numbered values (1, 1010), (2, 1020);

\c - app
begin;
call app.act_as('ann');
select id from app.documents order by id;
select count(*) from app.documents d join app.articles a using (tenant_id) where d.id = any (select id from app.numbered);
select id from app.articles order by id;
select id from app.numbered;
select id from app.documents for update;
update app.documents set title = title || '!' returning title;
update app.articles set title = title || '!' returning title;
update app.documents set tenant_id = 'b0000000-0000-0000-0000-000000000000';
rollback;
begin;
call app.act_as('mia');
select id from app.documents order by id;
delete from app.documents returning id;
delete from app.numbered returning id;
rollback;
begin;
call app.act_as('ada');
select count(*) from app.documents;
select count(*) from app.articles;
merge into app.documents d using (values (1), (5), (99)) n (id) on d.id = n.id
  when matched then delete when not matched then insert values (n.id, 'a0000000-0000-0000-0000-000000000000', 'new');
select count(*) from app.documents;
rollback;
select count(*) from app.documents;

-- never true
\c - owner
create policy never on app.documents as restrictive for select using (false);
create policy null_is_not_true on app.articles as restrictive for delete using (null);
\c - app
begin;
call app.act_as('ada');
select id from app.documents;
update app.documents set title = 'x';
update app.documents set title = 'x' where id = 1;
delete from app.articles;
rollback;
