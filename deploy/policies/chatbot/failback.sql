-- Once, on the primary; replicas take it over. The role must exist: CREATE ROLE "lifeboat" LOGIN PASSWORD …
-- psql --dbname chatbot --file this-file
GRANT CONNECT ON DATABASE "chatbot" TO "lifeboat";
GRANT CREATE, USAGE ON SCHEMA public TO "lifeboat";
ALTER ROLE "lifeboat" CREATEROLE;
GRANT "chatbot_app" TO "lifeboat" WITH ADMIN OPTION;
GRANT pg_monitor TO "lifeboat";
GRANT pg_signal_backend TO "lifeboat";
