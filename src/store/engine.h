/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H
/*
 * The embedded ClickHouse engine (chDB), the only place that knows its library.
 * One engine per process and folder; a session is one connection with its own
 * settings, used by one thread at a time, cheap enough (0.2 ms) to be made for
 * each request, so that no setting of one user is left for the next.
 *
 * The library is loaded by engine_open(), which says what to do where it is not there.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct engine;
struct engine_session;

struct engine_options {
	const char *folder;  /* made where absent */
	uint64_t memory_max; /* bytes for all queries together; 0: the engine's own choice */
};

/* The folder of libchdb.so: the environment's WANGLOU_ENGINE, else what meson's option engine said; "" where
   neither names one. */
const char *engine_library_folder(void);

/* ERR_BUSY where another process holds the folder. */
int engine_open(const struct engine_options *options, struct engine **ret_engine, struct err *ret_err);
void engine_close(struct engine *engine); /* every session must be closed; NULL is fine */

/* Asks every running query to end. Any thread. */
void engine_cancel_all(struct engine *engine);

int engine_session_open(struct engine *engine, struct engine_session **ret_session, struct err *ret_err);
void engine_session_close(struct engine_session *session); /* ends its stream too; NULL is fine */

/* Values of placeholders {name:Type}, escaped as in TabSeparated. */
struct engine_params {
	const char *const *names;
	const char *const *values;
	size_t count;
};

/* What a query or one step of a stream gave. Valid until the session's next call or close. */
struct engine_result {
	struct str data;
	uint64_t result_rows, read_rows, read_bytes, written_rows;
};

/* sql need not be terminated. format is the default where sql has no FORMAT. 0, or ERR_REFUSED with the
   engine's own text "Code: N. DB::Exception: …" in *ret_err. */
int engine_query(struct engine_session *session, struct str sql, const char *format,
		 const struct engine_params *params, struct engine_result *ret_result, struct err *ret_err);

/* A SELECT piece by piece. engine_stream_next() gives ERR_END behind the last piece. */
int engine_stream(struct engine_session *session, struct str sql, const char *format,
		  const struct engine_params *params, struct err *ret_err);
/* The whole text of the last error, of which struct err keeps the start. Valid until the next call. */
struct str engine_error(const struct engine_session *session);

int engine_stream_next(struct engine_session *session, struct engine_result *ret_result, struct err *ret_err);

#endif
