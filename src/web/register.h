/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_REGISTER_H
#define WEB_REGISTER_H
/* Inside web/: units, people, duties and assets are asked for, added, changed and closed in the same way. */
#include "people/asset.h"
#include "people/duty.h"
#include "people/person.h"
#include "people/unit.h"
#include "web/route.h"

union register_thing {
	struct unit unit;
	struct person person;
	struct held_duty duty;
	struct asset asset;
};

struct register_resource {
	const char *noun;
	/* The members of a body that are there, which live as long as it; false: has answered. adding: those
	   that are needed must be there. */
	bool (*read)(struct call *call, json_t *body, bool adding, union register_thing *ret_thing,
		     unsigned *ret_members);
	int (*add)(struct db_tx *tx, const union register_thing *thing, const struct statement *statement,
		   int64_t *ret_id, struct err *ret_err);
	/* NULL: none of its members can change. */
	int (*update)(struct call *call, struct db_tx *tx, int64_t id, const union register_thing *thing,
		      unsigned members, const struct statement *statement, struct err *ret_err);
	int (*span)(struct db_tx *tx, int64_t id, const struct register_span *span,
		    const struct statement *statement, struct err *ret_err);
	int (*close)(struct db_tx *tx, int64_t id, const struct statement *statement, struct err *ret_err);
	/* Writes the object of that moment without braces; *ret_version of the thing. ERR_END: not valid
	 * then. */
	int (*get)(struct call *call, struct db_tx *tx, int64_t id, const struct register_view *view,
		   int64_t *ret_version);
	/* When what is said last of it begins to hold; ERR_END where there is no such thing. */
	int (*last)(struct db_tx *tx, int64_t id, int64_t *ret_from);
	/* Writes more members for whoever looks at it alone. */
	int (*more)(struct call *call, struct db_tx *tx, int64_t id);
};
extern const struct register_resource register_units, register_people, register_duties, register_assets;

void register_get(struct call *call, const struct register_resource *resource);
void register_add(struct call *call, const struct register_resource *resource);
void register_update(struct call *call, const struct register_resource *resource);
void register_close(struct call *call, const struct register_resource *resource);

/* at, known and the call's scope; false: has answered. */
bool register_view_read(struct call *call, struct register_view *ret_view);
bool register_page_read(struct call *call, int64_t *ret_cursor, unsigned *ret_limit); /* limit, cursor */
void register_page_close(struct call *call, int r, int64_t next);                     /* r: how it went */

void register_fail(struct call *call, const char *noun, int r, const struct err *err);

/* A number that may be null: 0 then. */
bool register_number(struct call *call, json_t *body, const char *key, bool *ret_there, int64_t *ret_number);
/* "valid_from" and "valid_to", if they are known. */
void register_write_span(struct call *call, int64_t from, int64_t to);
/* api.yaml's Asset. */
void register_write_asset(struct call *call, const struct asset *asset);
/* "history": what was said and by whom. */
int register_write_history(struct call *call, struct db_tx *tx, int64_t id);
/* "duties" of what the filter names, of all times. */
int register_write_duties(struct call *call, struct db_tx *tx, struct duty_filter *filter);

#endif
