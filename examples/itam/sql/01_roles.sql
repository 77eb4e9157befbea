-- Roles of the demo's server. None is a superuser, none is exempt from row security.
create role itam_owner nologin;                     -- owns the schema and its tables
create role itam_user nologin;                      -- what may be done with the tables; which rows, tenancy decides
create role itam_app login in role itam_user;       -- an application that says for whom it acts
create role itam_provider login in role itam_user;  -- and three people with logins of their own
create role itam_de login in role itam_user;
create role itam_de_by login in role itam_user;
