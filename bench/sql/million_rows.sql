-- Rows of the first thousand tenants, however many tenants there are.
create schema ours;
create table ours.notes (id bigint primary key, tenant_id uuid not null, note text not null);
insert into ours.notes select k, p.id, 'note ' || k from generate_series(1, 100000) k join bench.plan p on p.n = 1 + k % 1000;
create index notes_tenant on ours.notes (tenant_id);
