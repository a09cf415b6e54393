/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CLIENT_H
#define STORE_CLIENT_H
/*
 * The event store as everybody but the store process sees it: ClickHouse's HTTP
 * interface at "unix:/path/to/socket" or "http(s)://host:port". One client per
 * thread. A store that is away gives -ECONNREFUSED, -ETIMEDOUT and the like; the
 * caller decides whether to wait.
 */
#include <stdatomic.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "event/param.h"

#define STORE_ANSWER_MAX (1024u * 1024 * 1024) /* bytes of one answer that is kept in memory */

struct store_client;

struct store_options {
	const char *url;
	const char *user, *password, *database; /* NULL: default */
	int64_t timeout;                        /* µs for one request; 0: 60 s */
	const _Atomic bool *unwanted; /* NULL, or turns true when a request shall end within a second */
};

int store_client_open(const struct store_options *options, struct store_client **ret_client,
		      struct err *ret_err);
void store_client_close(struct store_client *client); /* NULL is fine */

struct store_summary {
	uint64_t read_rows, read_bytes, result_rows;
	int64_t elapsed; /* µs, as measured here */
};

/* Runs a query read-only with a time and memory limit; the answer in format ("JSONEachRow",
   "JSONCompact", "TabSeparated" …) goes to *ret_answer (appended). ERR_REFUSED with the server's message in
   *ret_err. ret_summary may be NULL. */
int store_query(struct store_client *client, const struct sql_query *query, const char *format,
		struct buf *ret_answer, struct store_summary *ret_summary, struct err *ret_err);

/* The same piece by piece, whatever its size: take is called with each piece and ends the query by returning
   a negative code, which is then returned; ret_summary (NULL is fine) is filled even so. */
typedef int store_take(void *context, struct str piece);
int store_query_stream(struct store_client *client, const struct sql_query *query, const char *format,
		       store_take *take, void *context, struct store_summary *ret_summary,
		       struct err *ret_err);

/* A statement that changes something: DDL, DROP PARTITION. */
int store_execute(struct store_client *client, struct str sql, struct err *ret_err);

/* Inserts one Native block with those columns ("a,b", see block_names()) into table; the same token a second
   time is ignored by servers from 22.2 on. */
int store_insert(struct store_client *client, struct str table, struct str columns, struct str token,
		 struct str block, struct err *ret_err);

/* Whoever decides whether a block that is on its way may be inserted; may take its time. */
struct store_gate {
	void *context;
	bool (*may_insert)(void *context);
};

/* The same of a block in pieces, one after the other. Where there is a gate, all bytes but the last are sent
   before it is asked; where it refuses nothing is inserted: -ECANCELED. */
struct store_insertion {
	struct str table, columns, token;
	const struct str *pieces;
	size_t piece_count;
	const struct store_gate *gate; /* NULL: none */
};

int store_insert_pieces(struct store_client *client, const struct store_insertion *insertion,
			struct err *ret_err);

/* The server's version as 2605 for 26.5; asks it the first time. */
int store_version(struct store_client *client, unsigned *ret_version, struct err *ret_err);

/* Whether it is our own store process, which nobody else has behind a Unix socket. */
bool store_is_own(const struct store_client *client);

/* Makes or upgrades the tables of the field table (schema.h), by the server's version. */
int store_prepare(struct store_client *client, struct err *ret_err);

/* Drops what was received more than days ago, in the events and in the roll-ups. */
int store_retain(struct store_client *client, unsigned days, int64_t now, struct err *ret_err);

#endif
