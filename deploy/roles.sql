-- Roles of Afterglow on PostgreSQL 14 or newer. An administrator runs this once:
--   psql -v ON_ERROR_STOP=1 -f deploy/roles.sql postgres
-- and lets the two that sign in do so by certificate (docs/operations.md), or gives them passwords:
-- \password afterglow_owner, \password afterglow_app

-- Owns the tables and runs `afterglow migrate` (AFTERGLOW_MIGRATION_URL). Backups, restores and rotations see every row
-- as this one once it has been let: ALTER ROLE afterglow_owner BYPASSRLS
CREATE ROLE afterglow_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
-- The service signs in as this one (AFTERGLOW_DATABASE_URL). It owns nothing: no wall yields to it.
CREATE ROLE afterglow_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
-- Nobody signs in as this one. It owns the few functions that look past the walls.
CREATE ROLE afterglow_lookup NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
GRANT afterglow_lookup TO afterglow_owner;

CREATE DATABASE afterglow OWNER afterglow_owner;
REVOKE ALL ON DATABASE afterglow FROM PUBLIC;
GRANT CONNECT ON DATABASE afterglow TO afterglow_app;
\connect afterglow
ALTER SCHEMA public OWNER TO afterglow_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
