/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIEWS_VIEWS_H
#define VIEWS_VIEWS_H
/*
 * Saved views: what a page of the console shows, its address's query, under a name. A view is its owner's
 * alone or shared with all who may see the page; which of them a person begins the page with is each person's
 * own. Who may see which page is the caller's business; here a person is a name.
 *
 * Views passed in are copied; texts handed to a visitor live until it returns.
 */
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

extern const struct db_schema views_schema;

#define VIEW_NAME_MAX 60    /* characters */
#define VIEW_QUERY_MAX 8192 /* bytes */
#define VIEWS_PER_OWNER 200 /* of all pages */

struct view {
	int64_t id, version;
	struct str page;        /* "alerts" */
	struct str name, query; /* "level=high&from=-7d"; may be empty */
	struct str owner;       /* user name */
	bool shared;
	bool is_default; /* of who asks; only from the database */
	int64_t changed; /* µs */
};

typedef int view_visit(void *context, const struct view *view);

/* Those of a page that somebody sees: his own, and where with_shared everybody's shared ones; by name. */
int views_list(struct db_tx *tx, struct str page, struct str who, bool with_shared, view_visit *visit,
	       void *context);

/* ERR_END where there is none, or one that who does not see. */
int view_get(struct db_tx *tx, int64_t id, struct str who, bool with_shared, view_visit *visit,
	     void *context);

/* page, name, query, owner and shared are taken. ERR_DUPLICATE where the owner has one of this name on the
   page, ERR_LIMIT beyond VIEWS_PER_OWNER. */
int view_add(struct db_tx *tx, const struct view *view, int64_t now, int64_t *ret_id);

struct view_change {
	const struct str *name, *query; /* NULL: stays */
	const bool *shared;
};

/* ERR_END where there is none, ERR_BUSY where version (0: any) is another one, ERR_DUPLICATE as above. */
int view_update(struct db_tx *tx, int64_t id, int64_t version, const struct view_change *change, int64_t now);

/* ERR_END, ERR_BUSY as above. */
int view_remove(struct db_tx *tx, int64_t id, int64_t version);

/* The view that who begins the page with, in place of the one before; or no longer. */
int view_set_default(struct db_tx *tx, int64_t id, struct str page, struct str who, bool on);

#endif
