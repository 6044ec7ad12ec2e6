-- Once, on the primary; replicas take it over. The role must exist: CREATE ROLE "lifeboat" LOGIN PASSWORD …
-- psql --dbname chatbot --file this-file
GRANT CONNECT ON DATABASE "chatbot" TO "lifeboat";
GRANT pg_monitor TO "lifeboat";
