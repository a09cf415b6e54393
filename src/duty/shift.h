/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DUTY_SHIFT_H
#define DUTY_SHIFT_H
/*
 * The roster: who is on duty from when to when, and in which place. Shifts of one place may not overlap; a
 * place may be empty for a while, which the daily report says. A shift keeps name, phone and mail as they
 * were when it was made, so that the roster of last year still says who could be called then.
 *
 * Times are µs UTC, spans [from, to). Functions take the caller's transaction. Views live until visit
 * returns.
 */
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

extern const struct db_schema duty_schema;

#define DUTY_NAME_MAX 64 /* characters */
#define DUTY_NOTE_MAX 4000
#define SHIFT_SPAN_MAX (7 * INT64_C(86400000000))
#define SHIFTS_LISTED_MAX 1000

/* Numbered as stored: never renumber. PLACE(NAME, number, "name", "Chinese term") */
#define DUTY_PLACES(PLACE)                     \
	PLACE(OFFICER, 1, "officer", "值班员") \
	PLACE(DEPUTY, 2, "deputy", "副班")     \
	PLACE(LEADER, 3, "leader", "带班领导")

enum duty_place {
#define PLACE(id, n, name, chinese) PLACE_##id = (n),
	DUTY_PLACES(PLACE)
#undef PLACE
};

const char *duty_place_name(enum duty_place place);
const char *duty_place_term(enum duty_place place);
int duty_place_parse(struct str name, enum duty_place *ret_place); /* 0 or ERR_UNKNOWN */

struct duty_person {
	int64_t person;  /* of the register; 0: none */
	struct str user; /* account; may be empty */
	struct str name, phone, mail;
};

struct shift {
	int64_t id, version, from, to;
	enum duty_place place;
	struct duty_person who;
	struct str note;
};

/* *ret_id: the new one's. ERR_DUPLICATE where the place is taken then, ERR_RANGE for a span or a text not
   allowed; both explained in *ret_err. */
int shift_add(struct db_tx *tx, const struct shift *shift, int64_t *ret_id, struct err *ret_err);

/* Sets all but the id. ERR_END where there is none, ERR_BUSY where version is not the shift's (0: any). */
int shift_update(struct db_tx *tx, const struct shift *shift, struct err *ret_err);
int shift_delete(struct db_tx *tx, int64_t id, int64_t version);

typedef int shift_visit(void *context, const struct shift *shift);
int shift_get(struct db_tx *tx, int64_t id, shift_visit *visit,
	      void *context); /* ERR_END where there is none */

/* Those that touch the span, by time and place; at most SHIFTS_LISTED_MAX. A visit other than 0 ends it. */
int shift_list(struct db_tx *tx, int64_t from, int64_t to, shift_visit *visit, void *context);

/* Parts of the span in which the place was empty, in order. */
int shift_holes(struct db_tx *tx, enum duty_place place, int64_t from, int64_t to,
		int (*visit)(void *context, int64_t from, int64_t to), void *context);

/* A rotation: people take turns, each for span µs, from `from` until `to`; where the place is taken already
   the turn is left out and counted. Returns how many shifts were made. */
struct rotation {
	enum duty_place place;
	int64_t from, to, span;
	const struct duty_person *people;
	size_t count, first; /* who begins */
};
#define ROTATION_SHIFTS_MAX 800
int shift_rotate(struct db_tx *tx, const struct rotation *rotation, size_t *ret_left_out,
		 struct err *ret_err);

#endif
