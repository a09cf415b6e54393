/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_PERSON_H
#define PEOPLE_PERSON_H
/* The people of the register, who need no account of ours. */
#include "people/register.h"

struct person {
	int64_t id, version;
	struct str name;
	struct str number; /* of staff; unique at any time; may be empty */
	struct str phone, mail;
	int64_t unit; /* 0: none */
	struct str note;
	int64_t from, to;
	struct str unit_name; /* out only */
};

enum {
	PERSON_NAME = 1,
	PERSON_NUMBER = 2,
	PERSON_PHONE = 4,
	PERSON_MAIL = 8,
	PERSON_UNIT = 16,
	PERSON_NOTE = 32,
};

typedef int person_visit(void *context, const struct person *person);

/* As those of unit.h. Closing somebody who left ends the duties, too. */
int person_add(struct db_tx *tx, const struct person *person, const struct statement *statement,
	       int64_t *ret_id, struct err *ret_err);
int person_update(struct db_tx *tx, int64_t id, const struct person *person, unsigned members,
		  const struct statement *statement, struct err *ret_err);
int person_span(struct db_tx *tx, int64_t id, const struct register_span *span,
		const struct statement *statement, struct err *ret_err);
int person_close(struct db_tx *tx, int64_t id, const struct statement *statement, struct err *ret_err);

int person_get(struct db_tx *tx, int64_t id, const struct register_view *view, person_visit *visit,
	       void *context);
int person_states(struct db_tx *tx, int64_t id, person_visit *visit, void *context);

/* By staff number, else by mail, else by name where one alone has it; ERR_END, ERR_DUPLICATE. */
int person_find(struct db_tx *tx, struct str who, const struct register_view *view, int64_t *ret_id);

struct person_filter {
	struct register_view view;
	int64_t unit;     /* this one and those below; 0: all */
	struct str words; /* part of name, number, phone or mail */
	int64_t cursor;   /* of the page before; 0: the first */
	unsigned limit;   /* at most REGISTER_PAGE_MAX */
};
int person_list(struct db_tx *tx, const struct person_filter *filter, person_visit *visit, void *context,
		int64_t *ret_next); /* 0: no more */

#endif
