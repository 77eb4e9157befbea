-- How deep and how many.
\c - postgres
insert into tenancy.tenants (name, allows_subtenants) values ('provider', true);
create function app.t(text) returns uuid stable language sql as 'select id from tenancy.tenants where name = $1';
table tenancy.installation;
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('l2', app.t('provider'), true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('l3', app.t('l2'), true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('l4', app.t('l3'), true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('l5', app.t('l4'), true);
update tenancy.installation set max_depth = 3;
update tenancy.installation set max_depth = -1;
update tenancy.installation set max_depth = 5;
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('l5', app.t('l4'), true);
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('l6', app.t('l5'), true);
update tenancy.installation set max_depth = 0;
insert into tenancy.tenants (name, parent_id, allows_subtenants) values ('l6', app.t('l5'), true);
update tenancy.installation set max_depth = 6;

-- the built-in tenants do not count
update tenancy.installation set max_tenants = 5;
update tenancy.installation set max_tenants = 7;
insert into tenancy.tenants (name) values ('seven'), ('eight');
insert into tenancy.tenants (name) values ('seven');
insert into tenancy.tenants (name) values ('eight');
delete from tenancy.tenants where name = 'seven';
insert into tenancy.tenants (name) values ('eight');
update tenancy.installation set max_tenants = 0;
insert into tenancy.tenants (name) values ('nine');

-- the installation has one row
delete from tenancy.installation;
truncate tenancy.installation;
-- inserting it again, as a dump does, takes over what it says
insert into tenancy.installation (mode, max_depth, max_tenants) values ('warn', 9, 99);
table tenancy.installation;
