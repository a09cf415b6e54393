/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_RESOURCE_H
#define WEB_RESOURCE_H
/* Inside web/: conventions that all objects of the API share: versions, lists in pages, files to save. */
#include "web/private.h"

/* A transaction of the call, to be ended with db_end(); NULL: has answered. */
struct db_tx *call_begin(struct call *call, enum db_mode mode);

/* What the errors of a resource's functions mean to who asked: the first line for r is the answer. text NULL:
   what err says, or else the error's own sentence. Without a line ERR_BUSY is call_stale(), the rest
   call_fail_code(). */
struct refusal {
	int code, status;
	const char *name, *text;
};
void call_explain(struct call *call, int r, const struct err *err, const struct refusal *refusals,
		  size_t count);

/* ETag: "v7", for the object in the answer. */
void call_etag(struct call *call, int64_t version);

/* Whether the request's If-Match names the version that stands now (before a PATCH, PUT or DELETE, in the
   same transaction where two may come at once). True, or has answered 428 (absent) or 412 (another one). */
bool call_match(struct call *call, int64_t current_version);

/* For the change itself to be made conditional: If-Match as a number; true, or has answered 428 or 412. 0:
   "*", any version will do. Where the change then finds another one (ERR_BUSY), call_stale(). */
bool call_match_version(struct call *call, int64_t *ret_version);
void call_stale(struct call *call); /* answers 412 */

/* A page of a list: behind the item that the page before ended with, by what the list is sorted by and by id.
 */
struct list_page {
	int64_t limit; /* ask for one more, to see whether there is more */
	bool first;    /* after and after_id say nothing */
	int64_t after_id;
	struct str after; /* lives as long as the request */
};

#define PAGE_LIMIT_DEFAULT 100
#define PAGE_LIMIT_MAX 1000

bool call_page(struct call *call, struct list_page *ret_page); /* limit, cursor */

/* {"items":[ … ],"next_cursor":"…"}; no cursor where more is false. */
void page_open(struct call *call);
void page_close(struct call *call, bool more, int64_t last_id, struct str last);

/* The answer is a file to be saved, not shown: Content-Disposition (RFC 6266); nosniff goes with every
   answer. name may be Chinese. The handler then adds the bytes to call->out. content_type is static. */
void call_attachment(struct call *call, const char *content_type, struct str name);

#endif
