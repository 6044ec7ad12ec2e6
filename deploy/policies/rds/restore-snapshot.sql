-- Once, on the primary; replicas take it over. The role must exist: CREATE ROLE "lifeboat" LOGIN PASSWORD …
-- psql --dbname chatbot --file this-file
GRANT CONNECT ON DATABASE "chatbot" TO "lifeboat";
GRANT CREATE, USAGE ON SCHEMA public TO "lifeboat";
ALTER ROLE "lifeboat" CREATEROLE;
GRANT "chatbot_app" TO "lifeboat" WITH ADMIN OPTION;
CREATE EXTENSION IF NOT EXISTS amcheck;
GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean, boolean), verify_heapam(regclass, boolean, boolean, text, bigint, bigint) TO "lifeboat";
CREATE EXTENSION IF NOT EXISTS pg_walinspect;
GRANT EXECUTE ON FUNCTION pg_get_wal_records_info(pg_lsn, pg_lsn) TO "lifeboat";
GRANT USAGE ON SCHEMA public TO "lifeboat";
GRANT SELECT ON "users", "chat_sessions", "messages" TO "lifeboat";
GRANT pg_monitor TO "lifeboat";
GRANT pg_signal_backend TO "lifeboat";
