/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/ledger_sources.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "coverage/ledger_private.h"

const char *source_state_name(enum source_state state)
{
	static const char *const names[] = {
#define X(id, name) [SOURCE_##id] = (name),
		SOURCE_STATES(X)
#undef X
	};

	return names[state];
}

/* --- the list ------------------------------------------------------------------------------------------- */

/* Two statements in step, both by id: the talkers, and their hours. */
struct walk {
	const struct ledger_span *span;
	struct db_rows *talkers, *hours;
	int hour_left; /* 1: hours stands on a row that was not taken yet */
	int64_t counts[LEDGER_CELLS_MAX];
};

static void open_talkers(struct walk *walk, struct db_tx *tx, uint64_t id, unsigned limit)
{
	static const char sql[] =
		"SELECT " LEDGER_TALKER ", first, last, retired, silent, learning FROM"
		" (SELECT coverage_talkers.*,"
		"   (SELECT start FROM coverage_spans WHERE talker = id AND coverage_spans.kind = 0 AND stop "
		"= 0"
		"    ORDER BY start DESC LIMIT 1) AS silent,"
		"   (SELECT learning FROM coverage_spans WHERE talker = id AND coverage_spans.kind = 0"
		"    AND stop = 0 ORDER BY start DESC LIMIT 1) AS learning"
		"  FROM coverage_talkers"
		"  WHERE iif(?1, id = ?1, retired = 0 AND coverage_talkers.kind != 3)"
		"  ORDER BY silent IS NULL, last DESC LIMIT ?2) AS coverage_talkers ORDER BY id";

	walk->talkers = db_query(tx, sql, DB_ARGS(db_integer((int64_t)id), db_integer(limit)));
}

static void open_hours(struct walk *walk, struct db_tx *tx, uint64_t id)
{
	static const char sql[] =
		"SELECT talker, hour, received, bytes, unparsed, lost, expected, delay, delay_max, "
		"clock_error"
		" FROM coverage_hours WHERE hour >= ?1 AND hour < ?2 AND (?3 = 0 OR talker = ?3)"
		" ORDER BY talker, hour";

	walk->hours = db_query(
		tx, sql,
		DB_ARGS(db_integer(walk->span->from), db_integer(walk->span->to), db_integer((int64_t)id)));
	walk->hour_left = db_next(walk->hours);
}

static void add_hour(struct walk *walk, struct ledger_source *source)
{
	struct db_rows *rows = walk->hours;
	int64_t cell = (db_column_integer(rows, 1) - walk->span->from) / CLOCK_HOUR;
	int64_t received = db_column_integer(rows, 2), expected = db_column_integer(rows, 6);

	if (cell >= 0 && cell < (int64_t)source->hour_count)
		walk->counts[cell] = received;
	source->received += received;
	source->bytes += db_column_integer(rows, 3);
	source->unparsed += db_column_integer(rows, 4);
	source->lost += db_column_integer(rows, 5);
	if (expected != EXPECTED_UNKNOWN)
		source->expected = expected;
	if (db_column_integer(rows, 7) || db_column_integer(rows, 8) || expected != EXPECTED_UNKNOWN) {
		source->delay = db_column_integer(rows, 7);
		source->delay_max = db_column_integer(rows, 8);
		source->clock_error = db_column_integer(rows, 9);
	}
}

/* The hours of one talker; those of talkers that are not in the list are passed over. */
static int take_hours(struct walk *walk, struct ledger_source *source)
{
	memset(walk->counts, 0, sizeof(walk->counts));
	while (walk->hour_left > 0) {
		uint64_t talker = (uint64_t)db_column_integer(walk->hours, 0);

		if (talker > source->talker.id)
			break;
		if (talker == source->talker.id)
			add_hour(walk, source);
		walk->hour_left = db_next(walk->hours);
	}
	return walk->hour_left < 0 ? walk->hour_left : 0;
}

static void judge(struct ledger_source *source, bool retired, bool learning)
{
	source->state = retired                            ? SOURCE_RETIRED
			: source->silent_since && learning ? SOURCE_LEARNING
			: source->silent_since             ? SOURCE_SILENT
			: source->delay > LEDGER_LATE      ? SOURCE_LATE
							   : SOURCE_TALKING;
}

static int read_source(struct walk *walk, struct ledger_source *source)
{
	const int column = LEDGER_TALKER_COLUMNS;
	int r;

	*source = (struct ledger_source){.expected = EXPECTED_UNKNOWN, .hours = walk->counts};
	ledger_read_talker(walk->talkers, 0, &source->talker);
	source->hour_count = (size_t)((walk->span->to - walk->span->from + CLOCK_HOUR - 1) / CLOCK_HOUR);
	source->first = db_column_integer(walk->talkers, column);
	source->last = db_column_integer(walk->talkers, column + 1);
	source->silent_since = db_column_integer(walk->talkers, column + 3);
	r = take_hours(walk, source);
	judge(source, db_column_integer(walk->talkers, column + 2) != 0,
	      db_column_integer(walk->talkers, column + 4) != 0);
	return r;
}

static int visit_all(struct walk *walk, ledger_source_visit *visit, void *context)
{
	struct ledger_source source;
	int r, stop = 0;

	while (stop == 0 && (r = db_next(walk->talkers)) > 0) {
		r = read_source(walk, &source);
		stop = r < 0 ? r : visit(context, &source);
	}
	return stop ? stop : r;
}

static int count_talkers(struct db_tx *tx, int64_t *ret_count)
{
	int r = db_get_integer(tx, "SELECT count(*) FROM coverage_talkers WHERE retired = 0 AND kind != 3",
			       DB_NONE, ret_count);

	return r < 0 ? r : 0;
}

int ledger_sources(struct db *db, uint64_t id, const struct ledger_span *span, unsigned limit,
		   ledger_source_visit *visit, void *context, bool *ret_more)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	struct db_tx *tx;
	int64_t count = 0;
	int r;

	must(walk && limit <= LEDGER_SOURCES_MAX);
	must(span->to > span->from && span->to - span->from <= LEDGER_CELLS_MAX * CLOCK_HOUR);
	*ret_more = false;
	walk->span = span;
	r = db_begin(db, DB_READ, &tx);
	if (r == 0) {
		open_talkers(walk, tx, id, limit);
		open_hours(walk, tx, id);
		r = visit_all(walk, visit, context);
		if (r == 0 && !id)
			r = count_talkers(tx, &count);
		*ret_more = count > limit;
		r = db_end(tx, r);
	}
	free(walk);
	return r;
}

/* --- the grid ------------------------------------------------------------------------------------------- */

int ledger_cells(struct db *db, uint64_t id, const struct ledger_span *span, int64_t step,
		 ledger_cell_visit *visit, void *context)
{
	static const char sql[] =
		"SELECT talker, (hour - ?1) / ?3 AS cell, sum(received), sum(unparsed), sum(lost)"
		" FROM coverage_hours WHERE hour >= ?1 AND hour < ?2 AND (?4 = 0 OR talker = ?4)"
		" GROUP BY talker, cell ORDER BY talker, cell";
	struct db_rows *rows;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx), stop = 0;

	if (r < 0)
		return r;
	rows = db_query(tx, sql,
			DB_ARGS(db_integer(span->from), db_integer(span->to), db_integer(step),
				db_integer((int64_t)id)));
	while (stop == 0 && (r = db_next(rows)) > 0) {
		const struct ledger_cell cell = {.talker = (uint64_t)db_column_integer(rows, 0),
						 .cell = db_column_integer(rows, 1),
						 .received = db_column_integer(rows, 2),
						 .unparsed = db_column_integer(rows, 3),
						 .lost = db_column_integer(rows, 4)};

		stop = visit(context, &cell);
	}
	return db_end(tx, stop ? stop : r);
}

int ledger_gaps(struct db *db, uint64_t id, const struct ledger_span *span, unsigned limit,
		ledger_gap_visit *visit, void *context)
{
	static const char sql[] = "SELECT talker, kind, start, stop, count, learning FROM coverage_spans"
				  " WHERE start < ?2 AND (stop = 0 OR stop > ?1)"
				  " AND (?3 = 0 OR talker = ?3 OR kind = 2) ORDER BY start, talker LIMIT ?4";
	struct db_rows *rows;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx), stop = 0;

	if (r < 0)
		return r;
	rows = db_query(tx, sql,
			DB_ARGS(db_integer(span->from), db_integer(span->to), db_integer((int64_t)id),
				db_integer(limit)));
	while (stop == 0 && (r = db_next(rows)) > 0) {
		const int64_t kind = db_column_integer(rows, 1);
		const struct ledger_gap gap = {.talker = (uint64_t)db_column_integer(rows, 0),
					       .kind = kind >= 0 && kind < SPAN_KINDS ? (enum span_kind)kind
										      : SPAN_SILENT,
					       .from = db_column_integer(rows, 2),
					       .to = db_column_integer(rows, 3),
					       .count = db_column_integer(rows, 4),
					       .learning = db_column_integer(rows, 5) != 0};

		stop = visit(context, &gap);
	}
	return db_end(tx, stop ? stop : r);
}
