/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H
/*
 * The tables of the store as statements, from the field table and for a server's
 * version: `events`, and roll-ups that materialised views fill from it. Servers
 * from 18.16 on are served; what an old one lacks is left out.
 *
 * All tables are partitioned by the day of reception, counted from 1970 in UTC:
 * reception is our own clock, so that a source with a wild clock cannot make
 * partitions, and a day is dropped in one step.
 */
#include <stdbool.h>

#include "base/buf.h"

#define SCHEMA_EVENTS "events"

/* First versions, as store_version() counts. */
enum {
	VERSION_LOW_CARDINALITY = 1901, /* without a setting */
	VERSION_PARAMETERS = 1914,      /* {name:Type} */
	VERSION_CODECS = 1914,
	VERSION_SKIP_INDEX = 2001, /* bloom_filter */
	VERSION_DATETIME64 = 2006, /* fromUnixTimestamp64Micro */
	VERSION_FSYNC = 2011,      /* fsync_after_insert */
	VERSION_TOKENS = 2202      /* insert_deduplication_token, non_replicated_deduplication_window */
};

/* Who holds the tables. */
struct schema_server {
	unsigned version;
	bool own; /* our engine, whose configuration chooses how text is compressed */
};

/* Appends CREATE TABLE IF NOT EXISTS events. */
void schema_events(const struct schema_server *server, struct buf *out);

/* A column of events by number, for upgrades: appends "name Type" or "name Type ALIAS …" and gives the name.
   False past the end. */
bool schema_column(const struct schema_server *server, size_t index, struct buf *out, struct str *ret_name);

/* How a stored column is compressed: "CODEC(…)", or "" for the server's choice; of our own engine as its
   system.columns says it. False past the last stored one. */
bool schema_codec(const struct schema_server *server, size_t index, struct str *ret_name,
		  const char **ret_codec);

/* The roll-ups by number: the name of the table; appends its CREATE TABLE and its view's CREATE, each
   IF NOT EXISTS. NULL past the end. */
const char *schema_rollup(unsigned version, size_t index, struct buf *ret_table, struct buf *ret_view);

/* Appends the settings of a table whose granules have that many rows. */
void schema_settings(unsigned version, const char *granule, struct buf *out);

#endif
