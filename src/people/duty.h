/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_DUTY_H
#define PEOPLE_DUTY_H
/* Who has which duty (owner.h) in a unit or for an asset, from when to when. */
#include "people/owner.h"
#include "people/register.h"

struct held_duty {
	int64_t id, version;
	int64_t person;
	int64_t unit, asset; /* one of them; the other 0 */
	enum duty duty;
	int64_t from, to;
	struct str person_name, phone, mail, unit_name, asset_name; /* out only; as they were then */
};

typedef int duty_visit(void *context, const struct held_duty *duty);

/* ERR_DUPLICATE where the same person has it already, or another and neither statement->also nor ->instead is
   set; several may be operators and duty officers anyway. Else as those of unit.h. */
int duty_add(struct db_tx *tx, const struct held_duty *duty, const struct statement *statement,
	     int64_t *ret_id, struct err *ret_err);
int duty_span(struct db_tx *tx, int64_t id, const struct register_span *span,
	      const struct statement *statement, struct err *ret_err);
int duty_close(struct db_tx *tx, int64_t id, const struct statement *statement, struct err *ret_err);

struct duty_filter {
	struct register_view view;
	int64_t id, person, unit, asset; /* 0: any */
	enum duty duty;                  /* 0: any */
	bool any_time;                   /* past and future ones, too; view.time is then not looked at */
	int64_t cursor;
	unsigned limit;
};
int duty_list(struct db_tx *tx, const struct duty_filter *filter, duty_visit *visit, void *context,
	      int64_t *ret_next);

#endif
