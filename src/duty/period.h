/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DUTY_PERIOD_H
#define DUTY_PERIOD_H
/*
 * Named spans of the calendar: key periods 重要时期保障 in which more is asked (a report every few hours,
 * 零报告), and holidays on which other hours of escalation hold. They may overlap; the strictest interval
 * holds.
 */
#include "duty/shift.h"

/* Numbered as stored. */
#define DUTY_PERIOD_KINDS(KIND)                     \
	KIND(KEY, 1, "key_period")  /* 重保 */    \
	KIND(HOLIDAY, 2, "holiday") /* 节假日 */ \
	KIND(WORKDAY, 3, "workday") /* 调休上班 */

enum period_kind {
#define KIND(id, n, name) PERIOD_##id = (n),
	DUTY_PERIOD_KINDS(KIND)
#undef KIND
};

const char *period_kind_name(enum period_kind kind);
int period_kind_parse(struct str name, enum period_kind *ret_kind);

#define PERIODS_MAX 1000

struct period {
	int64_t id, version, from, to;
	enum period_kind kind;
	struct str name, requirements;
	int64_t report_every; /* hours between reports, 1 … 24; 0: the daily one only */
};

int period_add(struct db_tx *tx, const struct period *period, int64_t *ret_id, struct err *ret_err);
int period_update(struct db_tx *tx, const struct period *period, struct err *ret_err);
int period_delete(struct db_tx *tx, int64_t id, int64_t version);
int period_list(struct db_tx *tx, int64_t from, int64_t to,
		int (*visit)(void *context, const struct period *period), void *context);

/* What holds at a moment. */
struct period_state {
	bool key, holiday, workday;
	int64_t report_every; /* hours; 0: daily */
};
int period_at(struct db_tx *tx, int64_t time, struct period_state *ret_state);

#endif
