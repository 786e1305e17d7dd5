--
-- PostgreSQL database dump
--

\restrict aOqlCiLAcWPM4zvnZsY3iTFtJaqgS7zSiOdXHrMt7Y7zGBEat9dnKqVcMGBcqs6

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: job; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.job (
    id bigint NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    prio integer NOT NULL,
    state text NOT NULL,
    owner text NOT NULL,
    args text NOT NULL,
    result text,
    error text,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer NOT NULL,
    created double precision NOT NULL,
    run_at double precision NOT NULL,
    started double precision,
    finished double precision,
    worker text,
    lease_until double precision,
    token bigint DEFAULT 0 NOT NULL,
    cancel integer DEFAULT 0 NOT NULL,
    after_job bigint,
    song_s double precision DEFAULT 0 NOT NULL,
    stage text DEFAULT ''::text NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    total integer DEFAULT 0 NOT NULL
);


--
-- Name: job_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.job ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: migration; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.migration (
    number integer NOT NULL,
    name text NOT NULL,
    at double precision NOT NULL
);


--
-- Name: move; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.move (
    was text NOT NULL,
    becomes text NOT NULL
);


--
-- Name: orders; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.orders (
    id bigint NOT NULL,
    request_id text NOT NULL,
    state text NOT NULL,
    job bigint,
    owner text NOT NULL,
    platform text NOT NULL,
    reply_to text NOT NULL,
    song text NOT NULL,
    song_name text NOT NULL,
    wish text NOT NULL,
    language text NOT NULL,
    limit_bytes bigint NOT NULL,
    receipt text DEFAULT ''::text NOT NULL,
    created double precision NOT NULL,
    send_at double precision,
    lease_until double precision,
    token bigint DEFAULT 0 NOT NULL
);


--
-- Name: orders_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.orders ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.orders_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: served; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.served (
    owner text NOT NULL,
    at double precision NOT NULL
);


--
-- Name: worker; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.worker (
    name text NOT NULL,
    device text NOT NULL,
    speed double precision,
    seen double precision NOT NULL
);


--
-- Data for Name: job; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.job OVERRIDING SYSTEM VALUE VALUES (4, 'mix', 'mix:separate:01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f:spleeter-rhythm@1:vocals:ogg:0:818530ce', 0, 'done', 'chat:1', '{"song":"01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f","wish":"vocals:ogg","limit_bytes":0,"title":"Tone 220","separation":"separate:01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f:spleeter-rhythm@1"}', '{"manifest":"songs/01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f/spleeter-rhythm@1/3-1/manifest.json","model":"spleeter-rhythm","song_s":1.2,"title":"Tone 220","artist":"","estimated":false,"files":[{"mix":"vocals","code":"vocals","key":"mixes/9f4f4650a71991e3e8d3ef4cc6333126/4-1/vocals-320.ogg","size_bytes":23506,"name":"Tone 220 (vocals).ogg","title":"Tone 220 (vocals)","mime":"audio/ogg","estimated":false}]}', NULL, 1, 3, 1795425540.965862, 1795425545.960226, 1795425545.980205, 1795425546.267545, 'vm:17153:ad77', NULL, 1, 0, 3, 1.2, '', 0, 0);
INSERT INTO public.job OVERRIDING SYSTEM VALUE VALUES (6, 'mix', 'mix:separate:7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50:spleeter-rhythm@1:-bass:mp3:0:1f44ed55', 0, 'waiting', 'chat:1', '{"song":"7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50","wish":"-bass:mp3","limit_bytes":0,"title":"Tone 330","separation":"separate:7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50:spleeter-rhythm@1"}', NULL, NULL, 0, 3, 1795425546.431526, 1795425546.431526, NULL, NULL, NULL, NULL, 0, 0, 5, 0, '', 0, 0);
INSERT INTO public.job OVERRIDING SYSTEM VALUE VALUES (1, 'separate', 'separate:aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135:spleeter-rhythm@1', 0, 'done', 'chat:1', '{"song":"aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135","source":"songs/aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135/source","name":"Tone 110.mp3","model":"spleeter-rhythm","version":"1"}', '{"manifest":"songs/aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135/spleeter-rhythm@1/1-1/manifest.json","song_s":1.2,"took_s":12.357140932002949}', NULL, 1, 3, 1795425509.382276, 1795425509.382276, 1795425527.533168, 1795425539.924146, 'vm:17153:ad77', NULL, 1, 0, NULL, 1.2, 'encode', 1, 1);
INSERT INTO public.job OVERRIDING SYSTEM VALUE VALUES (2, 'mix', 'mix:separate:aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135:spleeter-rhythm@1:-drums:mp3:0:f629535a', 0, 'done', 'chat:1', '{"song":"aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135","wish":"-drums:mp3","limit_bytes":0,"title":"Tone 110","separation":"separate:aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135:spleeter-rhythm@1"}', '{"manifest":"songs/aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135/spleeter-rhythm@1/1-1/manifest.json","model":"spleeter-rhythm","song_s":1.2,"title":"Tone 110","artist":"","estimated":true,"files":[{"mix":"drumless","code":"-drums","key":"mixes/d447bdae5a13be43f79554499b66882d/2-1/drumless-320.mp3","size_bytes":51291,"name":"Tone 110 (drumless).mp3","title":"Tone 110 (drumless)","mime":"audio/mpeg","estimated":true}]}', NULL, 1, 3, 1795425509.389294, 1795425539.969529, 1795425540.023304, 1795425540.548509, 'vm:17153:ad77', NULL, 1, 0, 1, 1.2, 'mix', 0, 0);
INSERT INTO public.job OVERRIDING SYSTEM VALUE VALUES (5, 'separate', 'separate:7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50:spleeter-rhythm@1', 0, 'running', 'chat:1', '{"song":"7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50","source":"songs/7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50/source","name":"Tone 330.mp3","model":"spleeter-rhythm","version":"1"}', NULL, NULL, 1, 3, 1795425546.431214, 1795425546.431214, 1795425546.456606, NULL, 'vm:17153:ad77', 1795425549.456606, 1, 0, NULL, 0, 'decode', 0, 0);
INSERT INTO public.job OVERRIDING SYSTEM VALUE VALUES (7, 'separate', 'separate:538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2:spleeter-rhythm@1', 0, 'queued', 'chat:1', '{"song":"538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2","source":"songs/538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2/source","name":"Tone 440.mp3","model":"spleeter-rhythm","version":"1"}', NULL, NULL, 0, 3, 1795425547.029284, 1795425547.029284, NULL, NULL, NULL, NULL, 0, 0, NULL, 0, '', 0, 0);
INSERT INTO public.job OVERRIDING SYSTEM VALUE VALUES (3, 'separate', 'separate:01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f:spleeter-rhythm@1', 0, 'done', 'chat:1', '{"song":"01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f","source":"songs/01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f/source","name":"Tone 220.mp3","model":"spleeter-rhythm","version":"1"}', '{"manifest":"songs/01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f/spleeter-rhythm@1/3-1/manifest.json","song_s":1.2,"took_s":4.833886830998381}', NULL, 1, 3, 1795425540.957144, 1795425540.957144, 1795425541.003753, 1795425545.891305, 'vm:17153:ad77', NULL, 1, 0, NULL, 1.2, 'decode', 0, 0);
INSERT INTO public.job OVERRIDING SYSTEM VALUE VALUES (8, 'mix', 'mix:separate:538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2:spleeter-rhythm@1:-vocals:mp3:0:3b787a7e', 0, 'waiting', 'chat:1', '{"song":"538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2","wish":"-vocals:mp3","limit_bytes":0,"title":"Tone 440","separation":"separate:538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2:spleeter-rhythm@1"}', NULL, NULL, 0, 3, 1795425547.0314, 1795425547.0314, NULL, NULL, NULL, NULL, 0, 0, 7, 0, '', 0, 0);


--
-- Data for Name: migration; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.migration VALUES (1, '0001_line.sql', 1795425507.669425);


--
-- Data for Name: move; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.move VALUES ('queued', 'cancelled');
INSERT INTO public.move VALUES ('queued', 'running');
INSERT INTO public.move VALUES ('running', 'cancelled');
INSERT INTO public.move VALUES ('running', 'done');
INSERT INTO public.move VALUES ('running', 'failed');
INSERT INTO public.move VALUES ('running', 'queued');
INSERT INTO public.move VALUES ('running', 'refused');
INSERT INTO public.move VALUES ('running', 'running');
INSERT INTO public.move VALUES ('waiting', 'cancelled');
INSERT INTO public.move VALUES ('waiting', 'failed');
INSERT INTO public.move VALUES ('waiting', 'queued');
INSERT INTO public.move VALUES ('waiting', 'refused');


--
-- Data for Name: orders; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.orders OVERRIDING SYSTEM VALUE VALUES (1, 'chat:1', 'sent', 2, 'chat:1', 'chat', 'here', 'aeec057c54301d33f9850e7c9193fccc960c647bc3b5723bd974409fcf07b135', 'Tone 110.mp3', '-drums:mp3', 'en', 0, 'https://stems.example/m/WyJNOXFUIiwic29uZ3MvYWVlYzA1N2M1NDMwMWQzM2Y5ODUwZTdjOTE5M2ZjY2M5NjBjNjQ3YmMzYjU3MjNiZDk3NDQwOWZjZjA3YjEzNS9zcGxlZXRlci1yaHl0aG1AMS8xLTEvbWFuaWZlc3QuanNvbiIsIlRvbmUgMTEwIiwzMzcyMjI1NTQwXQ.XFAD645Y3AXVO4bgflPxUNJzhnYtBeM18yx_EfCxrxU', 1795425509.380236, 1795425540.554118, NULL, 1);
INSERT INTO public.orders OVERRIDING SYSTEM VALUE VALUES (2, 'chat:2', 'ready', 4, 'chat:1', 'chat', 'here', '01adbdb547625f1081cfdc104963b37ad0451ed7684d93064ac9a6f3dd0e168f', 'Tone 220.mp3', 'vocals:ogg', 'en', 0, '', 1795425540.953824, 1795425546.26814, NULL, 0);
INSERT INTO public.orders OVERRIDING SYSTEM VALUE VALUES (3, 'chat:3', 'open', 6, 'chat:1', 'chat', 'here', '7790e7aec4de92a4046e0d38ac9de2ecee7e951cd6b9cb6d3e12e4aaeb319f50', 'Tone 330.mp3', '-bass:mp3', 'en', 0, '', 1795425546.429825, 1795425546.429825, NULL, 0);
INSERT INTO public.orders OVERRIDING SYSTEM VALUE VALUES (4, 'chat:4', 'open', 8, 'chat:1', 'chat', 'here', '538472b1d86dec3fce9a772585b157cb645c96b08a498eadca249f9842f414b2', 'Tone 440.mp3', '-vocals:mp3', 'en', 0, '', 1795425547.011569, 1795425547.011569, NULL, 0);
INSERT INTO public.orders OVERRIDING SYSTEM VALUE VALUES (5, 'chat:5', 'draft', NULL, 'chat:1', 'chat', 'here', 'b90b25196959982f58fdd3321aaf22983a660316e98f3041e1f8a6f5f6a4a407', 'Tone 550.mp3', '', 'en', 0, '', 1795425547.153119, 1795425547.153119, NULL, 0);


--
-- Data for Name: served; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.served VALUES ('chat:1', 1795425546.457043);


--
-- Data for Name: worker; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.worker VALUES ('vm:17153:ad77', 'cpu', 0.14041633499324424, 1795425546.482318);


--
-- Name: job_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.job_id_seq', 8, true);


--
-- Name: orders_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.orders_id_seq', 5, true);


--
-- Name: job job_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (id);


--
-- Name: migration migration_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);


--
-- Name: move move_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.move
    ADD CONSTRAINT move_pkey PRIMARY KEY (was, becomes);


--
-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);


--
-- Name: orders orders_request_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_request_id_key UNIQUE (request_id);


--
-- Name: served served_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.served
    ADD CONSTRAINT served_pkey PRIMARY KEY (owner);


--
-- Name: worker worker_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.worker
    ADD CONSTRAINT worker_pkey PRIMARY KEY (name);


--
-- Name: job_after; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX job_after ON public.job USING btree (after_job) WHERE (after_job IS NOT NULL);


--
-- Name: job_alive; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX job_alive ON public.job USING btree (key) WHERE (state = ANY (ARRAY['waiting'::text, 'queued'::text, 'running'::text]));


--
-- Name: job_done; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX job_done ON public.job USING btree (key, id) WHERE (state = 'done'::text);


--
-- Name: job_finished; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX job_finished ON public.job USING btree (kind, finished) WHERE (finished IS NOT NULL);


--
-- Name: job_in_line; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX job_in_line ON public.job USING btree (state, kind, owner, prio, run_at, id, created);


--
-- Name: orders_by_job; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_by_job ON public.orders USING btree (job) WHERE (job IS NOT NULL);


--
-- Name: orders_by_owner; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_by_owner ON public.orders USING btree (owner, id);


--
-- Name: orders_unsent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_unsent ON public.orders USING btree (platform, state);


--
-- Name: job job_after_job_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_after_job_fkey FOREIGN KEY (after_job) REFERENCES public.job(id);


--
-- Name: orders orders_job_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_job_fkey FOREIGN KEY (job) REFERENCES public.job(id);


--
-- PostgreSQL database dump complete
--

\unrestrict aOqlCiLAcWPM4zvnZsY3iTFtJaqgS7zSiOdXHrMt7Y7zGBEat9dnKqVcMGBcqs6

