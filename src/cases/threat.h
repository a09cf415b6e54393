/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_THREAT_H
#define CASES_THREAT_H
/*
 * The threat index: one number from 0 (nothing to do) to 100, the sum of five parts, each with a most that it
 * can add and the number it was made from, so that whoever reads it can see why it is what it is. A pure
 * function of what it is given; doc/formats/situation.md has the weights and the reasons.
 */
#include <stddef.h>
#include <stdint.h>

/* X(NAME, "name", most points) */
#define THREAT_PARTS(X)                                                      \
	X(INCIDENTS, "incidents", 45) /* open ones, by their level */        \
	X(ALERTS, "alerts", 20)       /* grave ones that nobody looked at */ \
	X(RISE, "rise", 10)           /* alerts against the week before */   \
	X(OVERDUE, "overdue", 15)     /* reports, rectifications, tasks */   \
	X(BLIND, "blind", 10)         /* sources that do not say what they should */

enum threat_kind {
#define X(id, name, most) THREAT_##id,
	THREAT_PARTS(X)
#undef X
		THREAT_PART_COUNT
};

#define THREAT_LEVELS 5      /* 1 … 4 of GB/T 20986-2023, 0: not graded */
#define THREAT_RISE_LEAST 20 /* alerts; fewer are no rise */

struct threat_facts {
	int64_t incidents[THREAT_LEVELS]; /* open, by level */
	int64_t critical, high;           /* alerts of the last day, still new */
	int64_t alerts, alerts_before;    /* medium and above: the last day, and a week before it */
	int64_t reports_overdue, rectifications_overdue, tasks_overdue;
	int64_t sources, silent; /* silent: or blind; sources 0: nothing was ever heard */
};

struct threat_part {
	const char *name;
	int points, most;
	int64_t value; /* what it was made from: incidents, alerts, per cent of last week's, overdue things,
			  sources */
};

struct threat {
	int index;        /* 0 … 100 */
	const char *band; /* "calm" below 20, "watch" below 40, "guarded" below 60, "grave" below 80,
			     "critical" */
	struct threat_part parts[THREAT_PART_COUNT];
};

void threat_index(const struct threat_facts *facts, struct threat *ret_threat);

#endif
