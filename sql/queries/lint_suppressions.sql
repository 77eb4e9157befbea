-- What administrators do not want to hear of.
select s.code, s.object, s.reason from tenancy.lint_suppressions s
