--
-- PostgreSQL database dump
--

\restrict V2tO2C3i3hUQgk5ea1FuPoe83sLifqYOIPMxNjNtOT8VtXDhSd2s16npdw2b5AC

-- Dumped from database version 18.6
-- Dumped by pg_dump version 18.6

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: rep; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA rep;


ALTER SCHEMA rep OWNER TO postgres;

--
-- Name: pg_tenancy; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_tenancy WITH SCHEMA pg_catalog;


--
-- Name: EXTENSION pg_tenancy; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION pg_tenancy IS 'multi-tenancy enforced by the database: hierarchies, roles, row-level security, closed references';


--
-- Name: allowed(text, text); Type: FUNCTION; Schema: rep; Owner: postgres
--

CREATE FUNCTION rep.allowed(what text, q text) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare got text := rep.try(q); begin perform rep.ok(what, got = '', got); end $$;


ALTER FUNCTION rep.allowed(what text, q text) OWNER TO postgres;

--
-- Name: ok(text, boolean, text); Type: FUNCTION; Schema: rep; Owner: postgres
--

CREATE FUNCTION rep.ok(what text, ok boolean, got text DEFAULT ''::text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    AS $_$insert into rep.checks (what, ok, got) values ($1, coalesce($2, false), $3)$_$;


ALTER FUNCTION rep.ok(what text, ok boolean, got text) OWNER TO postgres;

--
-- Name: refused(text, text, text); Type: FUNCTION; Schema: rep; Owner: postgres
--

CREATE FUNCTION rep.refused(what text, state text, q text) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare got text := rep.try(q); begin perform rep.ok(what, got ~ ('^' || state), case when got = '' then 'was not refused' else got end); end $$;


ALTER FUNCTION rep.refused(what text, state text, q text) OWNER TO postgres;

--
-- Name: rows(text); Type: FUNCTION; Schema: rep; Owner: postgres
--

CREATE FUNCTION rep.rows(q text) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare n bigint; begin execute q; get diagnostics n = row_count; return n; end $$;


ALTER FUNCTION rep.rows(q text) OWNER TO postgres;

--
-- Name: try(text); Type: FUNCTION; Schema: rep; Owner: postgres
--

CREATE FUNCTION rep.try(q text) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare s text; m text; d text; h text;
begin
  execute q; return '';
exception when others then
  get stacked diagnostics s = returned_sqlstate, m = message_text, d = pg_exception_detail, h = pg_exception_hint;
  return s || ' ' || m || ' | ' || d || ' | ' || h;
end $$;


ALTER FUNCTION rep.try(q text) OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: t1; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.t1 (
    id integer NOT NULL,
    tenant_id uuid DEFAULT tenancy.writable_tenant() NOT NULL
);

ALTER TABLE ONLY public.t1 FORCE ROW LEVEL SECURITY;


ALTER TABLE public.t1 OWNER TO postgres;

--
-- Name: t2; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.t2 (
    id integer NOT NULL,
    tenant_id uuid DEFAULT tenancy.writable_tenant() NOT NULL,
    t1_id integer
);

ALTER TABLE ONLY public.t2 FORCE ROW LEVEL SECURITY;


ALTER TABLE public.t2 OWNER TO postgres;

--
-- Name: t3; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.t3 (
    id integer NOT NULL,
    tenant_id uuid DEFAULT tenancy.writable_tenant(true) NOT NULL,
    t1_id integer
);

ALTER TABLE ONLY public.t3 FORCE ROW LEVEL SECURITY;


ALTER TABLE public.t3 OWNER TO postgres;

--
-- Name: checks; Type: TABLE; Schema: rep; Owner: postgres
--

CREATE TABLE rep.checks (
    n integer NOT NULL,
    what text,
    ok boolean,
    got text
);


ALTER TABLE rep.checks OWNER TO postgres;

--
-- Name: checks_n_seq; Type: SEQUENCE; Schema: rep; Owner: postgres
--

ALTER TABLE rep.checks ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME rep.checks_n_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: t1 t1_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.t1
    ADD CONSTRAINT t1_pkey PRIMARY KEY (id);


--
-- Name: t2 t2_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.t2
    ADD CONSTRAINT t2_pkey PRIMARY KEY (id);


--
-- Name: t3 t3_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.t3
    ADD CONSTRAINT t3_pkey PRIMARY KEY (id);


--
-- Name: t1_tenant_id_idx; Type: INDEX; Schema: public; Owner: postgres
--

CREATE INDEX t1_tenant_id_idx ON public.t1 USING btree (tenant_id);


--
-- Name: t2_tenant_id_idx; Type: INDEX; Schema: public; Owner: postgres
--

CREATE INDEX t2_tenant_id_idx ON public.t2 USING btree (tenant_id);


--
-- Name: t3_tenant_id_idx; Type: INDEX; Schema: public; Owner: postgres
--

CREATE INDEX t3_tenant_id_idx ON public.t3 USING btree (tenant_id);


--
-- Name: t1 00_tenancy_delete; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER "00_tenancy_delete" AFTER DELETE ON public.t1 FOR EACH ROW EXECUTE FUNCTION tenancy.check_row();

ALTER TABLE public.t1 ENABLE ALWAYS TRIGGER "00_tenancy_delete";


--
-- Name: t3 00_tenancy_name; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER "00_tenancy_name" BEFORE INSERT ON public.t3 FOR EACH ROW EXECUTE FUNCTION tenancy.name_tenant('first');

ALTER TABLE public.t3 ENABLE ALWAYS TRIGGER "00_tenancy_name";


--
-- Name: t1 00_tenancy_row; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER "00_tenancy_row" AFTER INSERT OR UPDATE ON public.t1 FOR EACH ROW EXECUTE FUNCTION tenancy.check_row();

ALTER TABLE public.t1 ENABLE ALWAYS TRIGGER "00_tenancy_row";


--
-- Name: t2 00_tenancy_row; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER "00_tenancy_row" AFTER INSERT OR UPDATE ON public.t2 FOR EACH ROW EXECUTE FUNCTION tenancy.check_row();

ALTER TABLE public.t2 ENABLE ALWAYS TRIGGER "00_tenancy_row";


--
-- Name: t3 00_tenancy_row; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER "00_tenancy_row" AFTER INSERT OR UPDATE ON public.t3 FOR EACH ROW EXECUTE FUNCTION tenancy.check_row();

ALTER TABLE public.t3 ENABLE ALWAYS TRIGGER "00_tenancy_row";


--
-- Name: t1 00_tenancy_truncate; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER "00_tenancy_truncate" BEFORE TRUNCATE ON public.t1 FOR EACH STATEMENT EXECUTE FUNCTION tenancy.check_truncate();

ALTER TABLE public.t1 ENABLE ALWAYS TRIGGER "00_tenancy_truncate";


--
-- Name: t2 00_tenancy_truncate; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER "00_tenancy_truncate" BEFORE TRUNCATE ON public.t2 FOR EACH STATEMENT EXECUTE FUNCTION tenancy.check_truncate();

ALTER TABLE public.t2 ENABLE ALWAYS TRIGGER "00_tenancy_truncate";


--
-- Name: t3 00_tenancy_truncate; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER "00_tenancy_truncate" BEFORE TRUNCATE ON public.t3 FOR EACH STATEMENT EXECUTE FUNCTION tenancy.check_truncate();

ALTER TABLE public.t3 ENABLE ALWAYS TRIGGER "00_tenancy_truncate";


--
-- Name: t3 zz_tenancy_name; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER zz_tenancy_name BEFORE INSERT ON public.t3 FOR EACH ROW EXECUTE FUNCTION tenancy.name_tenant();

ALTER TABLE public.t3 ENABLE ALWAYS TRIGGER zz_tenancy_name;


--
-- Name: t1 t1_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.t1
    ADD CONSTRAINT t1_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenancy.tenants(id);


--
-- Name: t2 t2_t1_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.t2
    ADD CONSTRAINT t2_t1_id_fkey FOREIGN KEY (t1_id) REFERENCES public.t1(id);


--
-- Name: t2 t2_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.t2
    ADD CONSTRAINT t2_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenancy.tenants(id);


--
-- Name: t3 t3_t1_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.t3
    ADD CONSTRAINT t3_t1_id_fkey FOREIGN KEY (t1_id) REFERENCES public.t1(id);


--
-- Name: t3 t3_tenant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.t3
    ADD CONSTRAINT t3_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenancy.tenants(id);


--
-- Name: t1; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.t1 ENABLE ROW LEVEL SECURITY;

--
-- Name: t2; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.t2 ENABLE ROW LEVEL SECURITY;

--
-- Name: t3; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.t3 ENABLE ROW LEVEL SECURITY;

--
-- Name: t1 tenancy_delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_delete ON public.t1 FOR DELETE USING (tenancy.can_write(tenant_id));


--
-- Name: t2 tenancy_delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_delete ON public.t2 FOR DELETE USING (tenancy.can_write(tenant_id));


--
-- Name: t3 tenancy_delete; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_delete ON public.t3 FOR DELETE USING (tenancy.can_write(tenant_id));


--
-- Name: t1 tenancy_insert; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_insert ON public.t1 FOR INSERT WITH CHECK (tenancy.check_write(tenant_id));


--
-- Name: t2 tenancy_insert; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_insert ON public.t2 FOR INSERT WITH CHECK (tenancy.check_write(tenant_id));


--
-- Name: t3 tenancy_insert; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_insert ON public.t3 FOR INSERT WITH CHECK (tenancy.check_write(tenant_id));


--
-- Name: t1 tenancy_select; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_select ON public.t1 FOR SELECT USING (tenancy.can_read(tenant_id));


--
-- Name: t2 tenancy_select; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_select ON public.t2 FOR SELECT USING (tenancy.can_read(tenant_id));


--
-- Name: t3 tenancy_select; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_select ON public.t3 FOR SELECT USING (tenancy.can_read(tenant_id));


--
-- Name: t1 tenancy_update; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_update ON public.t1 FOR UPDATE USING (tenancy.can_write(tenant_id)) WITH CHECK (tenancy.check_write(tenant_id));


--
-- Name: t2 tenancy_update; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_update ON public.t2 FOR UPDATE USING (tenancy.can_write(tenant_id)) WITH CHECK (tenancy.check_write(tenant_id));


--
-- Name: t3 tenancy_update; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY tenancy_update ON public.t3 FOR UPDATE USING (tenancy.can_write(tenant_id)) WITH CHECK (tenancy.check_write(tenant_id));


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner
--

GRANT ALL ON SCHEMA public TO rep_owner;


--
-- Name: SCHEMA rep; Type: ACL; Schema: -; Owner: postgres
--

GRANT USAGE ON SCHEMA rep TO PUBLIC;


--
-- Name: FUNCTION enter(user_id uuid, role text, for_session boolean); Type: ACL; Schema: tenancy; Owner: postgres
--

GRANT ALL ON FUNCTION tenancy.enter(user_id uuid, role text, for_session boolean) TO rep_app;


--
-- Name: FUNCTION enter_tenant(tenant_id uuid, role text, for_session boolean); Type: ACL; Schema: tenancy; Owner: postgres
--

GRANT ALL ON FUNCTION tenancy.enter_tenant(tenant_id uuid, role text, for_session boolean) TO rep_app;


--
-- Name: TABLE t1; Type: ACL; Schema: public; Owner: postgres
--

GRANT SELECT,INSERT ON TABLE public.t1 TO rep_app;


--
-- Name: TABLE t2; Type: ACL; Schema: public; Owner: postgres
--

GRANT SELECT,INSERT ON TABLE public.t2 TO rep_app;


--
-- Name: TABLE t3; Type: ACL; Schema: public; Owner: postgres
--

GRANT SELECT,INSERT ON TABLE public.t3 TO rep_app;


--
-- PostgreSQL database dump complete
--

\unrestrict V2tO2C3i3hUQgk5ea1FuPoe83sLifqYOIPMxNjNtOT8VtXDhSd2s16npdw2b5AC

