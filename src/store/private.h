/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H
/* Inside store/: one request on its way through the server. */
#include <pthread.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/vec.h"
#include "http/server.h"
#include "store/engine.h"
#include "store/statement.h"

#define CALL_PARAMS_MAX 1024
#define CALL_FORMAT_MAX 64

struct call {
	struct call *next; /* in a queue */
	struct engine *engine;
	struct http_request *request;

	/* what was asked for; strings live in the request's arena or body */
	struct statement statement;
	struct str data; /* of an INSERT */
	struct buf sql;  /* query and body in one, where both were given */
	struct {
		VEC_OF(const char *)
	} names, values;     /* of placeholders */
	struct buf settings; /* "a='1',b='2'" */
	char format[CALL_FORMAT_MAX];
	const char *database, *query_id;
	unsigned revision; /* client_protocol_version, 0: none */
	bool readonly, gzip, wait_end;

	/* what came of it */
	struct engine_session *session;
	struct err err;
	int status;        /* HTTP; 0 while it runs */
	int code;          /* ClickHouse's, 0 where it went well */
	struct buf out;    /* the piece to send next */
	struct buf native; /* a piece as the client's revision wants it */
	size_t sent;       /* of it */
	size_t header;     /* bytes of names that later pieces repeat */
	bool streaming;    /* more pieces follow */
	bool broken;       /* it failed behind the first piece */
	bool deflating;
	z_stream deflate;
	struct engine_result totals;
	int64_t started, elapsed;
};

/* --- call.c: from a request to a call --------------------------------------------------------------- */

/* Fills call; on a mistake call->status and call->code are set and *ret_err speaks ClickHouse's language. */
int call_read(struct call *call, struct http_request *request, bool readonly, struct err *ret_err);
void call_free(void *call); /* its session too */
/* Whether the request carries that name and password, in any of the three ways ClickHouse knows. */
bool call_allowed(const struct http_request *request, const char *user, const char *password);

/* --- run.c: from a call to an answer; on a worker thread -------------------------------------------- */

void call_run(struct call *call);    /* the statement up to its answer, or to the answer's first piece */
void call_refuse(struct call *call); /* the server is stopping */
void call_more(struct call *call);   /* the next piece; streaming becomes false at the end */

/* --- native.c ----------------------------------------------------------------------------------------- */

/* Appends the Native blocks of piece as a later protocol revision writes them. False for a type not known
   here, or a damaged piece. */
bool native_convert(struct str piece, unsigned revision, struct buf *out);

/* --- answer.c ---------------------------------------------------------------------------------------- */

/* The code in "Code: N. DB::…", or 1002 (UNKNOWN_EXCEPTION). */
int exception_code(struct str text);
int exception_status(int code);
const char *format_content_type(const char *format);
/* Lines of names that a format puts at the head of each piece; -1 where it cannot be sent in pieces. */
int format_header_lines(const char *format);
/* Where the first lines of a text end; with quotes, line ends between '"' do not count. */
size_t header_length(struct str text, int lines, bool quotes);
/* Compresses piece into call->out; last ends the stream. */
void answer_deflate(struct call *call, struct str piece, bool last);

/* --- workers.c: threads with a queue ----------------------------------------------------------------- */

struct workers;
/* run is told to refuse the call once workers_refuse() was called. */
struct workers *workers_start(unsigned threads, void (*run)(struct call *call, bool refuse));
bool workers_push(struct workers *workers, struct call *call); /* false: nothing is taken any more */
/* From now on nothing is taken, and what waits is refused. True while something is running; call it again. */
bool workers_refuse(struct workers *workers);
/* µs that calls have run until now, those of all threads together. */
int64_t workers_spent(struct workers *workers);
void workers_join(struct workers *workers);
void workers_free(struct workers *workers); /* once nobody pushes any more */

/* --- settings.c -------------------------------------------------------------------------------------- */

enum setting_rule { SETTING_REFUSED, SETTING_IGNORED, SETTING_TAKEN };
enum setting_rule setting_rule(struct str name);

/* 'text', `text` with what must be escaped in them. */
void add_literal(struct buf *buf, struct str text);
void add_identifier(struct buf *buf, struct str text);

#endif
