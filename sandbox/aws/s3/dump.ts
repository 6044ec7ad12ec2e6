import { seedsOf } from '../../postgres/seeds.ts';

/** Of the servers that stand behind the instances, and so of whoever dumps them. */
const VERSION = '18.4';
/** What psql wants to hear again at the end; pg_dump draws it anew for each dump. */
const RESTRICTION = 'kfQH2wFvYb0rTzQm7cJxN4LsPdWg8eUaXo3iRy5tBnM1hVjC6kESG9uDqAlZpOI';

/** What every database of a server has by its template, with the words of their control files. */
const EXTENSIONS = {
  amcheck: 'functions for verifying relation integrity',
  pg_walinspect: 'functions to inspect contents of PostgreSQL Write-Ahead Log',
};

/** Who may execute them beside their owner, and what: as pg_dump names it. */
const READER = 'lifeboat';
const EXECUTED = [
  'bt_index_check(index regclass)',
  'bt_index_check(index regclass, heapallindexed boolean)',
  'bt_index_check(index regclass, heapallindexed boolean, checkunique boolean)',
  'pg_get_wal_records_info(start_lsn pg_lsn, end_lsn pg_lsn, OUT start_lsn pg_lsn, OUT end_lsn pg_lsn, OUT prev_lsn pg_lsn, OUT xid xid, OUT resource_manager text, OUT record_type text, OUT record_length integer, OUT main_data_length integer, OUT fpi_length integer, OUT description text, OUT block_ref text)',
  'verify_heapam(relation regclass, on_error_stop boolean, check_toast boolean, skip text, startblock bigint, endblock bigint, OUT blkno bigint, OUT offnum integer, OUT attnum integer, OUT msg text)',
];

/**
 * The database as pg_dump writes it in its plain format, with the rows that were there at `at` (epoch milliseconds) in a
 * world that began at `startedAt`. Rows that the product wrote after the beginning are in none.
 */
export function dumpOf(options: { startedAt: number; at: number; owner: string }): string {
  const { startedAt, at, owner } = options;
  const { users, chatSessions, messages } = seedsOf(startedAt);
  const time = (milliseconds: number) =>
    `${new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '')}000+00`.replace(/\.?0+\+/, '+');
  const copy = (table: string, columns: string, rows: (string | number)[][]) =>
    [`COPY public.${table} (${columns}) FROM stdin;`, ...rows.map((row) => row.join('\t')), '\\.', '', ''].join('\n');
  const table = (name: string, columns: string[]) => `
--
-- Name: ${name}; Type: TABLE; Schema: public; Owner: ${owner}
--

CREATE TABLE public.${name} (
    ${columns.join(',\n    ')}
);


ALTER TABLE public.${name} OWNER TO ${owner};
`;
  const extension = ([name, description]: [string, string]) => `
--
-- Name: ${name}; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS ${name} WITH SCHEMA public;


--
-- Name: EXTENSION ${name}; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION ${name} IS '${description}';

`;
  const grant = (signature: string) => `
--
-- Name: FUNCTION ${signature}; Type: ACL; Schema: public; Owner: rdsadmin
--

GRANT ALL ON FUNCTION public.${signature} TO ${READER};

`;
  const add = (name: string, constraint: string) => `
ALTER TABLE ONLY public.${name}
    ADD CONSTRAINT ${constraint};
`;
  return `--
-- PostgreSQL database dump
--

\\restrict ${RESTRICTION}

-- Dumped from database version ${VERSION}
-- Dumped by pg_dump version ${VERSION}

-- Started on ${time(at)}

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
${Object.entries(EXTENSIONS).map(extension).join('')}
SET default_tablespace = '';

SET default_table_access_method = heap;
${table('chat_sessions', ['id bigint NOT NULL', 'user_id bigint NOT NULL', 'created_at timestamp with time zone DEFAULT now() NOT NULL'])}${table('messages', ['id bigint NOT NULL', 'session_id bigint', 'written_at timestamp with time zone DEFAULT now() NOT NULL'])}${table('users', ['id bigint NOT NULL', 'email text NOT NULL', 'created_at timestamp with time zone DEFAULT now() NOT NULL'])}
${copy(
  'chat_sessions',
  'id, user_id, created_at',
  chatSessions
    .filter(({ createdAt }) => createdAt <= at)
    .map(({ id, userId, createdAt }) => [id, userId, time(createdAt)]),
)}
${copy(
  'messages',
  'id, session_id, written_at',
  messages
    .filter(({ writtenAt }) => writtenAt <= at)
    .map(({ id, sessionId, writtenAt }) => [id, sessionId, time(writtenAt)]),
)}
${copy(
  'users',
  'id, email, created_at',
  users.filter(({ createdAt }) => createdAt <= at).map(({ id, email, createdAt }) => [id, email, time(createdAt)]),
)}
${add('chat_sessions', 'chat_sessions_pkey PRIMARY KEY (id)')}${add('messages', 'messages_pkey PRIMARY KEY (id)')}${add('users', 'users_email_key UNIQUE (email)')}${add('users', 'users_pkey PRIMARY KEY (id)')}
CREATE INDEX chat_sessions_user_id_idx ON public.chat_sessions USING btree (user_id);


CREATE INDEX messages_session_id_idx ON public.messages USING btree (session_id);

${add('chat_sessions', 'chat_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id)')}${add('messages', 'messages_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.chat_sessions(id)')}${EXECUTED.map(grant).join('')}
-- Completed on ${time(at + 4000)}

--
-- PostgreSQL database dump complete
--

\\unrestrict ${RESTRICTION}

`;
}
