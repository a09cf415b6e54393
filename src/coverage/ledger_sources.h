/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_LEDGER_SOURCES_H
#define COVERAGE_LEDGER_SOURCES_H
/*
 * The talkers as the console lists them: how each stands now, what it said in a span of hours, and a grid of
 * counts over days, out of the ledger. Any thread.
 */
#include "coverage/ledger.h"

#define LEDGER_SOURCES_MAX 2000 /* that one list may hold */
#define LEDGER_CELLS_MAX 200    /* columns of a grid */
#define LEDGER_LATE (5 * CLOCK_MINUTE)

/* X(NAME, "name"): how a talker stands, the worst first. */
#define SOURCE_STATES(X)                                                                    \
	X(SILENT, "silent")     /* for longer than its rhythm explains */                   \
	X(LATE, "late")         /* what it says comes more than LEDGER_LATE after it was */ \
	X(LEARNING, "learning") /* silent, but too new for that to say much */              \
	X(TALKING, "talking")   /* in its rhythm */                                         \
	X(RETIRED, "retired")   /* forgotten: it was silent for very long */

enum source_state {
#define X(id, name) SOURCE_##id,
	SOURCE_STATES(X)
#undef X
		SOURCE_STATE_COUNT
};
const char *source_state_name(enum source_state state);

struct ledger_source {
	struct ledger_talker talker;
	enum source_state state;
	int64_t first, last;                     /* µs */
	int64_t silent_since;                    /* 0: it is not */
	int64_t received, bytes, unparsed, lost; /* in the span */
	int64_t expected; /* messages of the last hour that had a rhythm; EXPECTED_UNKNOWN */
	int64_t delay, delay_max, clock_error; /* µs, of the last hour that is over */
	const int64_t *hours;                  /* received in each hour of the span, from its first */
	size_t hour_count;
};

/* Talkers that are not retired, or the one of that id whatever it is (id 0: all): silent ones first, then who
   was heard last, limit at most (LEDGER_SOURCES_MAX), but visited by id. from is the beginning of an hour;
   the span has at most LEDGER_CELLS_MAX of them. *ret_more: there were more. The views live until visit
   returns; a visit other than 0 ends it and is returned. Cost: the rows of coverage_hours of the span, some
   25 a talker and day. */
struct ledger_span {
	int64_t from, to;
};
typedef int ledger_source_visit(void *context, const struct ledger_source *source);
int ledger_sources(struct db *db, uint64_t id, const struct ledger_span *span, unsigned limit,
		   ledger_source_visit *visit, void *context, bool *ret_more);

struct ledger_cell {
	uint64_t talker;
	int64_t cell; /* from 0 */
	int64_t received, unparsed, lost;
};

/* What was received in each step of the span, by talker and then by step; steps of nothing are missing. from
   and step are whole hours. id 0: all. */
typedef int ledger_cell_visit(void *context, const struct ledger_cell *cell);
int ledger_cells(struct db *db, uint64_t id, const struct ledger_span *span, int64_t step,
		 ledger_cell_visit *visit, void *context);

struct ledger_gap {
	uint64_t talker; /* of kind platform for SPAN_DOWN */
	enum span_kind kind;
	int64_t from, to; /* to is 0 while it lasts */
	int64_t count;
	bool learning;
};

/* Silences, losses and spans without collect that reach into the span, by time; at most limit. */
typedef int ledger_gap_visit(void *context, const struct ledger_gap *gap);
int ledger_gaps(struct db *db, uint64_t id, const struct ledger_span *span, unsigned limit,
		ledger_gap_visit *visit, void *context);

#endif
