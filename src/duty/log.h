/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DUTY_LOG_H
#define DUTY_LOG_H
/*
 * The duty log 值班日志: what happened on duty, in order, by whom; lines are added and never changed.
 * Hand-overs, swaps, escalations and reports write their lines by themselves.
 */
#include "duty/shift.h"

/* LOG_KIND(NAME, number, "name") — numbered as stored */
#define DUTY_LOG_KINDS(KIND)              \
	KIND(NOTE, 1, "note")             \
	KIND(PATROL, 2, "patrol")         \
	KIND(HANDOVER, 3, "handover")     \
	KIND(TAKEOVER, 4, "takeover")     \
	KIND(SWAP, 5, "swap")             \
	KIND(ESCALATION, 6, "escalation") \
	KIND(REPORT, 7, "report")

enum duty_log_kind {
#define KIND(id, n, name) LOG_##id = (n),
	DUTY_LOG_KINDS(KIND)
#undef KIND
};

const char *duty_log_kind_name(enum duty_log_kind kind);
int duty_log_kind_parse(struct str name, enum duty_log_kind *ret_kind);

struct duty_line {
	int64_t id, time;
	enum duty_log_kind kind;
	struct str by, text; /* by: a user name, or "wanglou" */
	int64_t about;       /* the incident, shift, swap or report; 0: none */
};

int duty_log_add(struct db_tx *tx, const struct duty_line *line, int64_t *ret_id);

/* Of [from, to), newest first, before the line `before` (0: the newest), at most limit. */
int duty_log_list(struct db_tx *tx, int64_t from, int64_t to, int64_t before, unsigned limit,
		  int (*visit)(void *context, const struct duty_line *line), void *context);

/* A hand-over 交接班: the outgoing officer leaves a note, the next takes over and says so. ERR_END where
   there is none that waits. */
struct handover {
	int64_t id, time, taken; /* µs; taken 0: not yet */
	struct str by, note, taken_by;
};
int handover_leave(struct db_tx *tx, struct str by, struct str note, int64_t now);
int handover_take(struct db_tx *tx, struct str by, int64_t now);
int handover_last(struct db_tx *tx, int (*visit)(void *context, const struct handover *handover),
		  void *context);

#endif
