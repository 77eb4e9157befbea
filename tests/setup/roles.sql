-- Roles of the whole cluster, for all tests; none is a superuser or exempt from row security.
create role owner login nosuperuser nobypassrls;    -- owns the applications' tables
create role app login nosuperuser nobypassrls;      -- what an application connects as
create role alice login nosuperuser nobypassrls;    -- people with logins of their own
create role bob login nosuperuser nobypassrls;
create role carol login nosuperuser nobypassrls;
