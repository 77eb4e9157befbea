\i include/world.sql
-- What administrators have looked at and accept, and the last step of a migration.
create view app.everything as select * from app.documents;
\set found 'select code, severity, object, finding from tenancy.lint() where code in (''view_of_exempt_owner'', ''suppression_unused'')'
:found;
\set ON_ERROR_STOP on
-- a migration ends here
\! "$PSQL" -X -q -U postgres -v ON_ERROR_STOP=1 -c 'select tenancy.assert_isolated()' -c "select 'not reached'" || echo "exit code $?"
\set ON_ERROR_STOP off
\c - carol
insert into tenancy.lint_suppressions (code, object, reason) values
  ('view_of_exempt_owner', 'view app.everything', 'Only the billing job may read it.'),
  ('view_of_exempt_owner', 'view app.it''s gone', 'It was only for the move.');
select code, object, reason, created_by from tenancy.lint_suppressions order by object;
select tenancy.assert_isolated();
:found;
select code, severity, object, finding from tenancy.lint(include_suppressed => true) where severity = 'suppressed';
select remedy from tenancy.lint() where code = 'suppression_unused' \gexec
:found;

-- others neither see nor make them
\c - alice
select * from tenancy.lint_suppressions;
insert into tenancy.lint_suppressions (code, object, reason) values ('view_of_exempt_owner', 'view app.other', 'mine');
delete from tenancy.lint_suppressions;
\c - carol
insert into tenancy.lint_suppressions (code, object, reason) values ('view_of_exempt_owner', 'view app.other', ' ');
delete from tenancy.lint_suppressions;
select tenancy.assert_isolated();
