/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_OWNER_H
#define PEOPLE_OWNER_H
/*
 * Who answers for something at a moment: the asset behind an address, a host name, a URL or a name of the
 * register, its unit, and the people who held a duty there then. Every row of the register has a time of
 * validity and a time of recording and is never changed, only closed or corrected, so that an answer about
 * the past stays what it was (register.h).
 *
 * Views live until the visitor returns.
 */
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

#define OWNER_WHAT_MAX 2048 /* bytes of what is asked for; more: ERR_LIMIT */

/* What a person may have to do in a unit or for an asset. Numbered as stored: never renumber.
   DUTY(NAME, number, "name", "Chinese term") */
#define DUTIES(DUTY)                                                                                   \
	DUTY(FIRST_RESPONSIBLE, 1, "first_responsible", "第一责任人")       /* the unit's head */      \
	DUTY(DIRECTLY_RESPONSIBLE, 2, "directly_responsible", "直接责任人") /* the deputy in charge */ \
	DUTY(IT_HEAD, 3, "it_head", "信息化工作负责人")                                                \
	DUTY(IT_LIAISON, 4, "it_liaison", "信息化工作联络员")                                          \
	DUTY(SYSTEM_OWNER, 5, "system_owner", "系统负责人")                                            \
	DUTY(OPERATOR, 6, "operator", "运维人员")                                                      \
	DUTY(DUTY_OFFICER, 7, "duty_officer", "值班人员")

enum duty {
#define DUTY(id, n, name, chinese) DUTY_##id = (n),
	DUTIES(DUTY)
#undef DUTY
};

const char *duty_name(enum duty duty);
int duty_parse(struct str name, enum duty *ret_duty); /* the name or the Chinese term; 0 or ERR_UNKNOWN */

struct responsible {
	int64_t person, unit;
	enum duty duty;
	unsigned distance; /* 0: for the asset itself or in its unit; 1: in the unit above, and so on */
	struct str name, phone, mail, unit_name;
	int64_t since; /* µs: when the duty began */
	int64_t held;  /* its id in the register */
	bool of_asset; /* held for the asset itself, not in a unit */
};

#define RESPONSIBLES_MAX 64

struct owner {
	int64_t asset; /* 0: no asset fits, and all below is empty */
	int64_t unit;  /* 0: none */
	struct str asset_name, asset_kind, unit_name, criticality, exposure, purpose, mlps_number;
	unsigned mlps_level; /* 0: not classified */
	struct str life;     /* "in_service" … */
	int64_t since;       /* µs: since when it has been this unit's asset */
	size_t count;
	struct responsible responsibles[RESPONSIBLES_MAX]; /* nearest first, in the order of DUTIES */
};

/* Whether an asset fits, which is all that is wanted to know: 1 or 0, or a negative code. */
int owner_known(struct db_tx *tx, struct str what, int64_t time);

typedef int owner_visit(void *context, const struct owner *owner);

/* what: an address, a host name, a URL, or an asset's name. known: as the register stood at that moment, 0:
   now. Calls visit once; ERR_END where nothing fits. */
int owner_find(struct db_tx *tx, struct str what, int64_t time, int64_t known, owner_visit *visit,
	       void *context);

/* Where the answer about a past moment is another than it was then. */
struct owner_correction {
	int64_t at; /* µs: when the latest statement that changed it was made */
	struct str by, reason;
	const struct owner *before; /* the answer until then; asset 0: nobody was known */
};
typedef int owner_correction_visit(void *context, const struct owner_correction *correction);

/* Calls visit and returns 1 where a correction changed the answer, else 0; the arguments as of owner_find().
 */
int owner_corrected(struct db_tx *tx, struct str what, int64_t time, int64_t known,
		    owner_correction_visit *visit, void *context);

/* Asks and writes the object of doc/formats/api.yaml, Owner; with a correction, where there was one. scope:
   an answer of a unit outside of it is none; 0: all. 1 where somebody answers for it, else 0.
   ERR_SYNTAX, ERR_LIMIT where what cannot be asked for. */
struct buf;
int owner_write(struct db_tx *tx, struct str what, int64_t time, int64_t known, int64_t scope,
		struct buf *out);
/* The people of an answer, with commas between: the items of its "responsibles". */
void owner_write_responsibles(const struct owner *owner, struct buf *out);

/* The same for an asset by its id, and the people of a unit and of those above it. */
int owner_of_asset(struct db_tx *tx, int64_t asset, int64_t time, owner_visit *visit, void *context);
int owner_of_unit(struct db_tx *tx, int64_t unit, int64_t time, owner_visit *visit, void *context);

/* Whether unit is top or lies below it at that time: what a role that is bound to a unit may see. */
bool unit_within(struct db_tx *tx, int64_t unit, int64_t top, int64_t time);

#endif
