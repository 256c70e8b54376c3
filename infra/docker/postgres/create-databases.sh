#!/bin/sh
# Run once by the image, on an empty volume: a database for each service, and a role that may enter it alone.
set -eu

create() {
  psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set name="cairn_$1" --set password="$2" <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name";
revoke all on database :"name" from public;
grant all on database :"name" to :"name";
SQL
}

create enrollment "$ENROLLMENT_PASSWORD"
create sessions "$SESSIONS_PASSWORD"
create goals "$GOALS_PASSWORD"
create analytics "$ANALYTICS_PASSWORD"
