#!/bin/bash
# First start of the compose file's warehouse: the same roles and rights as the embedded server has.
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set=pipeline="$PIPELINE_PASSWORD" --set=reader="$READER_PASSWORD" <<'SQL'
CREATE ROLE duizhang_pipeline LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'pipeline';
CREATE ROLE duizhang_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'reader';
CREATE DATABASE duizhang OWNER duizhang_pipeline;
REVOKE ALL ON DATABASE duizhang, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE duizhang TO duizhang_reader;
SQL
