/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_PRIVATE_H
#define WEB_PRIVATE_H
/* Inside web/: a call on its way from the route table to its handler, and what handlers are written with. */
#include <jansson.h>
#include <stdatomic.h>

#include "base/words.h"
#include "http/server.h"
#include "rectification/link.h"
#include "access/second_factor.h"
#include "access/session.h"
#include "access/throttle.h"
#include "access/token.h"
#include "tls/certificate.h"
#include "web/web.h"

#define WEB_COOKIE "__Host-wanglou_session"
#define WEB_SECRET_KEY "secrets.key" /* in the data folder, beside the database and in no copy of it */
#define NONCE_SIZE 33

struct downloads;
struct turns;
struct files;
struct pool;
struct store_access;
struct streams;

struct web {
	struct web_options options;
	struct db *db;
	struct throttle *throttle;
	struct secret_key secret_key; /* of second factors */
	struct files *files;
	struct pool *pool;
	struct streams *streams;
	struct downloads *downloads;
	struct turns *store_turns; /* who asks the event store */
	struct http_server *servers[WEB_LISTEN_MAX];
	size_t server_count;
	char fingerprint[TLS_FINGERPRINT_SIZE];
	bool certificate_ours;
	int64_t certificate_until; /* µs */
	char *texts[32];           /* copies of the options' */
	size_t text_count;
	_Atomic int64_t store_rest_until; /* monotonic µs: the store is left alone until then */
	_Atomic int64_t store_answered;   /* monotonic µs: when it last did */
};

struct call {
	struct web *web;
	struct http_request *request;
	struct http_response *response;
	struct buf *out;            /* the response's body */
	struct session session;     /* where the route asks for one; by token only the user of it is filled */
	struct str token;           /* of the session, of a program, or the secret of a link */
	struct link link;           /* where the route asks for one: whose secret it is */
	struct api_token api_token; /* where its id is not 0, a program acts for session.user */
	int64_t scope;              /* the unit whose things alone the account may see; 0: all */
	struct str path_values[2];  /* what stands at {…} in the route's path */
	int64_t now;
	struct store_access *store; /* of the worker */
};

/* --- routes (route.c, route.h) ---------------------------------------------------------------------- */

void api_handle(struct call *call); /* from /api/ on: all checks, then the route's handler */
bool api_admit(struct call *call);  /* before the body is read; false: has answered */

/* --- audit trail (audit.c) --------------------------------------------------------------------------- */

struct route;

/* Records what the session's user is about to do, before it is done. False: has answered 503. */
bool audit_route(struct call *call, const struct route *route);

/* Records that the role may not do it; what is answered stays the same. */
void audit_refusal(struct call *call, const struct route *route);

/* For routes that say AUDIT_BY_HANDLER: the handler alone knows how it came out. user: as tried, where nobody
   is signed in. reason: NULL where it was allowed. False: has answered 503. */
bool audit_outcome(struct call *call, const char *action, struct str user, struct str object,
		   const char *reason);
bool audit_done(struct call *call, const char *action, struct str user, struct str object,
		struct str detail); /* allowed; detail: a JSON object, or empty */

/* --- answers (reply.c) ------------------------------------------------------------------------------- */

/* A problem (RFC 9457) in place of what the response holds: type, title, status, detail and our code. What
   call_fail() says is said in the asker's language (base/words.h); message is said as it stands. */
void reply_error(struct http_response *response, int status, const char *code, const char *message);
void call_fail(struct call *call, int status, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void call_fail_more(struct call *call, const char *member, int64_t value); /* right after call_fail() */
void call_fail_code(struct call *call, int code);                          /* of the database, mostly */
void call_no_content(struct call *call);

/* JSON, with commas where they belong. key is NULL in an array and at the top. */
void out_open(struct buf *out, const char *key, char bracket);
void out_close(struct buf *out, char bracket);
void out_text(struct buf *out, const char *key, struct str text);
void out_optional(struct buf *out, const char *key, struct str text); /* nothing where empty */
void out_lines(struct buf *out, const char *key, struct str text);    /* a list; nothing where empty */
void out_integer(struct buf *out, const char *key, int64_t integer);
void out_number(struct buf *out, const char *key, double number);
void out_bool(struct buf *out, const char *key, bool value);
void out_time(struct buf *out, const char *key, int64_t time);
void out_json(struct buf *out, const char *key, struct str json); /* as it stands */

/* --- files (files.c) --------------------------------------------------------------------------------- */

/* Reads the whole folder into memory: a path from outside is only ever looked up. An absent folder is fine.
 */
int files_load(const char *folder, struct files **ret_files, struct err *ret_err);
void files_free(struct files *files);
void files_handle(struct files *files, struct http_request *request, struct http_response *response);

/* --- workers (pool.c) -------------------------------------------------------------------------------- */

struct pool *pool_new(struct web *web, unsigned threads);
void pool_stop(struct pool *pool); /* carries out what waits, takes nothing more; NULL is fine */
void pool_free(struct pool *pool); /* stops it first; NULL is fine */
/* Suspends the request and hands it to a worker, which calls api_handle(). False: the queue is full. */
bool pool_submit(struct pool *pool, struct http_request *request, struct http_response *response);

/* --- certificate (tls.c) ----------------------------------------------------------------------------- */

int tls_load(const struct web_options *options, struct tls_pair *ret_pair, struct err *ret_err);

#include "web/input.h"

#endif
