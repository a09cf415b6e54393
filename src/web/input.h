/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_INPUT_H
#define WEB_INPUT_H
/* Inside web/: what a request says, checked. Comes with private.h. */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct call;

/* Each returns true, or false and has answered 400. */
bool call_span(struct call *call, int64_t *ret_from, int64_t *ret_to); /* from, to; default the last day */
bool call_number(struct call *call, const char *name, int64_t min, int64_t max, int64_t fallback,
		 int64_t *ret_value);
struct str call_text(struct call *call, const char *name); /* empty where absent */

/* The body as a JSON object without repeated keys, freed with json_decref(); NULL: has answered. */
json_t *call_body(struct call *call);

/* A member of at most max characters; *ret_text is empty and *ret_there false where absent and not required.
 */
bool body_text(struct call *call, json_t *body, const char *key, size_t max, bool required,
	       struct str *ret_text, bool *ret_there);

/* Members of other kinds; what is absent and not required stays as it is in *ret_value, so that a PATCH reads
   over what there was. A time without a zone is local. */
bool body_time(struct call *call, json_t *body, const char *key, bool required, int64_t *ret_value);
bool body_number(struct call *call, json_t *body, const char *key, int64_t min, int64_t max, bool required,
		 int64_t *ret_value);

/* The number that stands at {…} in the path, the first (0) or the second; false: has answered 404. */
bool call_id(struct call *call, unsigned which, int64_t *ret_id);

#endif
