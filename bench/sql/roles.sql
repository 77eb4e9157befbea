-- Who competes: a login role each.
create role bench_hand login bypassrls;
create role bench_ours login;
create role bench_setting login;
create role bench_any login;
create role bench_member login;
create role bench_function login;
create role bench_loader login bypassrls;
grant set on parameter pg_stat_statements.track to public;
