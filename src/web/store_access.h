/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_STORE_ACCESS_H
#define WEB_STORE_ACCESS_H
/*
 * Inside web/: how handlers ask the event store, which may be away, stopped or
 * slow. Each worker has clients of its own. A store that did not answer in time, nor
 * anybody else meanwhile, is left alone for a moment, so that not every request waits
 * for it again; and STORE_CALLS_MAX of the workers ask it at once while as many wait
 * for their turn, so that the others are free for what needs no store.
 */
#include "event/param.h"
#include "web/private.h"

#define STORE_CALLS_MAX 6
#define STORE_WAITING_MAX 6
_Static_assert(STORE_CALLS_MAX + STORE_WAITING_MAX < WEB_WORKERS, "some serve what needs no store");
#define STORE_QUICK (3 * INT64_C(1000000))    /* µs: parts of a page */
#define STORE_PATIENT (20 * INT64_C(1000000)) /* µs: somebody's search */
#define STORE_LOOK (10 * INT64_C(1000000))    /* µs: what stands beside a search */
#define STORE_REST (5 * INT64_C(1000000))     /* µs it is left alone after a timeout */

/* LOOK: what takes longer goes without an answer, and says nothing about the store, which is not left alone
 * for it. */
enum patience { QUICK, PATIENT, LOOK, PATIENCE_COUNT };

struct store_client;
struct store_access {
	struct store_client *clients[PATIENCE_COUNT]; /* opened when first needed */
};

void store_access_done(struct store_access *access);

/* Runs the query; *ret_rows is an array of objects, one for each row. ERR_REFUSED where the store refused it,
   another negative code where it is not to be had now; *ret_err says which. */
int store_ask(struct call *call, enum patience patience, const struct sql_query *query, json_t **ret_rows,
	      struct err *ret_err);

/* The same, the answer appended as the store wrote it in that format. */
int store_ask_text(struct call *call, enum patience patience, const struct sql_query *query,
		   const char *format, struct buf *ret_answer, struct err *ret_err);

/* Somebody's own SQL, PATIENT, the answer piece by piece (store_query_stream()). That it takes too long says
   nothing about the store, which is not left alone for it. */
struct store_summary;
int store_ask_stream(struct call *call, const struct sql_query *query, const char *format,
		     int (*take)(void *context, struct str piece), void *context,
		     struct store_summary *ret_summary, struct err *ret_err);

/* Answers 503 or 400 for what store_ask() returned. */
void store_fail(struct call *call, int code, const struct err *err);

/* A member of a row as a number, whether it was written with quotes or without; 0 where it is none. */
int64_t row_integer(const json_t *row, const char *key);
struct str row_text(const json_t *row, const char *key);

#endif
