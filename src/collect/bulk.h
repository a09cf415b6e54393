/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_BULK_H
#define COLLECT_BULK_H
/*
 * The body of an Elasticsearch _bulk request: for each item a line that names the
 * action, and for all but delete a line with the document.
 *
 *   {"index":{"_index":"logs","_id":"7"}}
 *   {"message":"…"}
 *
 * Elasticsearch refuses the whole body for one bad action line. Here the item
 * alone fails: where the line after it is an action line it is taken as the next
 * item's, else as the lost item's document. A last line without LF and empty lines
 * between items are fine.
 *
 * Pure: reads bytes, allocates from the arena only for names with escapes.
 */
#include <stdbool.h>

#include "base/arena.h"
#include "base/json.h"

#define BULK_INDEX_MAX 255 /* bytes of an index name, as in Elasticsearch */
#define BULK_ID_MAX 512    /* bytes of a document id, as in Elasticsearch */

struct bulk_error {
	int status;
	const char *type, *reason;
};

struct bulk_item {
	const char *action;             /* "index", "create", "update", "delete"; "index" where unknown */
	const struct bulk_error *error; /* NULL: the document is to be taken */
	struct str index, id;           /* id may be empty; both live as long as body and arena */
	struct str document;            /* a JSON object, in the body */
};

struct bulk {
	struct str body, rest;
	struct str default_index; /* of the URL; may be empty */
	size_t document_max;
	struct json_parser *json;
	struct arena *arena;
};

void bulk_init(struct bulk *bulk, struct str body, struct str default_index, size_t document_max,
	       struct json_parser *json, struct arena *arena);

/* The next item. False at the end. */
bool bulk_next(struct bulk *bulk, struct bulk_item *ret_item);

/* The error of a document that is to be stored under a name, or NULL: used by bulk_next(), and for requests
   that carry one document as their body. */
const struct bulk_error *bulk_check(struct bulk *bulk, struct str index, struct str document);

/* What a record of this index is hinted as: the name behind "wanglou-", else all of it; cut to max bytes. */
struct str bulk_hint(struct str index, size_t max);

#endif
