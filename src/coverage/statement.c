/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/statement.h"

#include "coverage/ledger_private.h"

struct making {
	struct statement *statement;
	int64_t now, began, known;
	struct db_tx *tx;
	gap_visit *visit;
	void *context;
};

const char *gap_reason_name(enum gap_reason reason)
{
	static const char *const names[GAP_REASONS] = {"unknown", "down", "silent", "lost", "unparsed"};

	return (unsigned)reason < GAP_REASONS ? names[reason] : names[0];
}

static int tell(struct making *making, struct gap *gap)
{
	struct statement *statement = making->statement;

	if (gap->from < statement->from)
		gap->from = statement->from;
	if (gap->to > statement->to)
		gap->to = statement->to;
	statement->blind = statement->blind || !gap->learning;
	return statement->gaps++ < STATEMENT_GAPS_MAX ? making->visit(making->context, gap) : 0;
}

static int tell_unknown(struct making *making)
{
	const struct statement *statement = making->statement;
	int64_t end = statement->to < making->now ? statement->to : making->now;
	struct gap gap = {.reason = GAP_UNKNOWN, .from = statement->from, .to = end};
	int r = 0;

	if (!making->known)
		return gap.from < end ? tell(making, &gap) : 0;
	if (making->began > statement->from) {
		gap.to = making->began < end ? making->began : end;
		r = tell(making, &gap);
	}
	if (r == 0 && making->known < end && making->now - making->known > STATEMENT_BEHIND) {
		gap.from = making->known;
		gap.to = end;
		gap.lasts = true;
		r = tell(making, &gap);
	}
	return r;
}

static void read_span(struct db_rows *rows, const struct making *making, enum gap_reason reason,
		      struct gap *ret_gap)
{
	int column = LEDGER_TALKER_COLUMNS;

	*ret_gap = (struct gap){.reason = reason};
	ledger_read_talker(rows, 0, &ret_gap->talker);
	ret_gap->from = db_column_integer(rows, column);
	ret_gap->to = db_column_integer(rows, column + 1);
	ret_gap->count = db_column_integer(rows, column + 2);
	ret_gap->learning = db_column_integer(rows, column + 3) != 0;
	ret_gap->acknowledged = (struct acknowledgement){
		.talker = (uint64_t)db_column_integer(rows, column + 4),
		.said = db_column_integer(rows, column + 5),
		.until = db_column_integer(rows, column + 6),
		.by = db_column_text(rows, column + 7),
		.reason = db_column_text(rows, column + 8),
	};
	ret_gap->lasts = ret_gap->to == 0;
	if (ret_gap->lasts)
		ret_gap->to = making->known;
}

/* stop >= from: a loss may be a single moment. */
static int tell_spans(struct making *making, enum span_kind kind, enum gap_reason reason)
{
	static const char sql[] =
		"SELECT " LEDGER_TALKER ", start, stop, count, learning,"
		" coalesce(whom, 0), coalesce(said, 0), coalesce(ends, 0), coalesce(by_user, ''), "
		"coalesce(reason, '')"
		" FROM coverage_spans JOIN coverage_talkers ON id = talker"
		" LEFT JOIN coverage_acknowledgements ON number = (SELECT max(number) FROM"
		"  coverage_acknowledgements WHERE whom = id AND coverage_spans.kind = 0 AND ends > "
		"max(start, ?2)"
		"  AND said < iif(stop = 0, ?3, min(stop, ?3)))"
		" WHERE coverage_spans.kind = ?1 AND start < ?3 AND (stop = 0 OR stop >= ?2)"
		" ORDER BY learning, start, listener, peer, source, name";
	const struct statement *statement = making->statement;
	struct db_rows *rows =
		db_query(making->tx, sql,
			 DB_ARGS(db_integer(kind), db_integer(statement->from), db_integer(statement->to)));
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct gap gap;

		read_span(rows, making, reason, &gap);
		stop = tell(making, &gap);
	}
	return r < 0 ? r : stop;
}

/* A sender's sources together: each of those that are not understood would be unparsed as a whole. */
static int tell_unparsed(struct making *making)
{
	static const char sql[] =
		"SELECT min(id), coverage_talkers.kind, listener, peer, '', name, sum(unparsed), "
		"sum(received)"
		" FROM coverage_hours JOIN coverage_talkers ON id = talker"
		" WHERE hour >= ?1 AND hour < ?2 AND coverage_talkers.kind = ?3 GROUP BY listener, peer, name"
		" HAVING sum(unparsed) >= ?4 AND sum(unparsed) * 100 > sum(received) * ?5"
		" ORDER BY listener, peer, name";
	const struct statement *statement = making->statement;
	struct db_rows *rows = db_query(making->tx, sql,
					DB_ARGS(db_integer(statement->from), db_integer(statement->to),
						db_integer(TALKER_LEARNT), db_integer(UNPARSED_LEAST),
						db_integer(UNPARSED_PERCENT)));
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct gap gap = {.reason = GAP_UNPARSED, .from = statement->from, .to = statement->until};

		ledger_read_talker(rows, 0, &gap.talker);
		gap.count = db_column_integer(rows, LEDGER_TALKER_COLUMNS);
		gap.received = db_column_integer(rows, LEDGER_TALKER_COLUMNS + 1);
		stop = tell(making, &gap);
	}
	return r < 0 ? r : stop;
}

static int count_talkers(struct making *making)
{
	static const char sql[] =
		"SELECT count(*) FROM coverage_talkers WHERE kind IN (?1, ?2) AND first < ?4"
		" AND (retired = 0 OR retired >= ?3)";
	const struct statement *statement = making->statement;
	int64_t count = 0;
	int r = db_get_integer(making->tx, sql,
			       DB_ARGS(db_integer(TALKER_LEARNT), db_integer(TALKER_REGISTERED),
				       db_integer(statement->from), db_integer(statement->to)),
			       &count);

	making->statement->talkers = (size_t)count;
	return r < 0 ? r : 0;
}

int statement_make(struct db *db, int64_t from, int64_t to, int64_t now, gap_visit *visit, void *context,
		   struct statement *ret_statement)
{
	struct statement statement = {.from = from, .to = to};
	struct making making = {.statement = &statement, .now = now, .visit = visit, .context = context};
	int r = ledger_known(db, &making.began, &making.known);

	statement.until = to < making.known ? to : making.known > from ? making.known : from;
	if (r == 0)
		r = db_begin(db, DB_READ, &making.tx);
	if (r < 0)
		return r;
	r = tell_unknown(&making);
	if (r == 0)
		r = tell_spans(&making, SPAN_DOWN, GAP_DOWN);
	if (r == 0)
		r = tell_spans(&making, SPAN_SILENT, GAP_SILENT);
	if (r == 0)
		r = tell_spans(&making, SPAN_LOST, GAP_LOST);
	if (r == 0)
		r = tell_unparsed(&making);
	if (r == 0)
		r = count_talkers(&making);
	r = db_end(making.tx, r);
	if (r == 0)
		*ret_statement = statement;
	return r;
}
