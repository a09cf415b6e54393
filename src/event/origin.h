/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_ORIGIN_H
#define EVENT_ORIGIN_H
/*
 * Where in the store the value is that an event had under a name: what a source
 * moved into a canonical field is not stored under its own name a second time.
 * parse/ knows, from the programs of the sources; who searches the store by the
 * names of rules asks.
 */
#include "event/field.h"

enum origin_kind {
	ORIGIN_FIELD,     /* whole, in that field's column */
	ORIGIN_ATTRIBUTE, /* it is the value of another attribute */
	ORIGIN_LOST,      /* this source makes it out of others: nothing stored is equal to it */
};

struct origin {
	enum origin_kind kind;
	enum field_id field;  /* of ORIGIN_FIELD */
	struct str attribute; /* of ORIGIN_ATTRIBUTE */
	struct str source;    /* id of the source, as event.dataset has it; the set's */
};

typedef void origin_visit(void *context, const struct origin *origin);

/* Calls visit for each origin of the values under name besides the attribute name itself. */
typedef void origin_find(const void *origins, struct str name, origin_visit *visit, void *context);

#endif
