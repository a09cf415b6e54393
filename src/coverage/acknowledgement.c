/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/acknowledgement.h"

#include "coverage/ledger_private.h"

#define OVER_MAX 64 /* alarms in one go; the others a minute later */

int acknowledgement_add(struct db_tx *tx, const struct acknowledgement *acknowledgement)
{
	const struct db_value talker = db_integer((int64_t)acknowledgement->talker);
	int64_t there = 0;
	int r = db_get_integer(
		tx,
		"SELECT count(*) FROM coverage_talkers WHERE id = ?1 AND retired = 0 AND kind IN (?2, ?3)",
		DB_ARGS(talker, db_integer(TALKER_LEARNT), db_integer(TALKER_REGISTERED)), &there);

	if (r >= 0 && !there)
		return ERR_END;
	/* The new one takes over that an alarm was held back. */
	if (r >= 0)
		r = db_run(tx,
			   "INSERT INTO coverage_acknowledgements (whom, said, until, ends, by_user, reason, "
			   "held)"
			   " SELECT ?1, ?2, ?3, ?3, ?4, ?5, coalesce((SELECT max(held) FROM"
			   " coverage_acknowledgements WHERE whom = ?1 AND ends > ?2), 0)",
			   DB_ARGS(talker, db_integer(acknowledgement->said),
				   db_integer(acknowledgement->until), db_text(acknowledgement->by),
				   db_text(acknowledgement->reason)));
	if (r >= 0)
		r = db_run(tx,
			   "UPDATE coverage_acknowledgements SET ends = ?2, told = 1"
			   " WHERE whom = ?1 AND ends > ?2 AND number < last_insert_rowid()",
			   DB_ARGS(talker, db_integer(acknowledgement->said)));
	return r < 0 ? r : 0;
}

/* Where no alarm was held back none is due. */
int acknowledgement_end(struct db_tx *tx, uint64_t talker, int64_t now)
{
	int r = db_run(tx,
		       "UPDATE coverage_acknowledgements SET ends = ?2, told = NOT held WHERE whom = ?1 AND "
		       "ends > ?2",
		       DB_ARGS(db_integer((int64_t)talker), db_integer(now)));

	if (r < 0)
		return r;
	return r ? 0 : ERR_END;
}

int acknowledgement_find(struct db_tx *tx, uint64_t talker, int64_t now, acknowledgement_visit *visit,
			 void *context)
{
	struct db_rows *rows = db_query(tx,
					"SELECT said, until, by_user, reason FROM coverage_acknowledgements"
					" WHERE whom = ?1 AND ends > ?2 ORDER BY number DESC LIMIT 1",
					DB_ARGS(db_integer((int64_t)talker), db_integer(now)));
	struct acknowledgement found = {0};
	int r = db_next(rows);

	if (r < 0)
		return r;
	if (r > 0)
		found = (struct acknowledgement){talker, db_column_integer(rows, 0),
						 db_column_integer(rows, 1), db_column_text(rows, 2),
						 db_column_text(rows, 3)};
	return visit(context, &found);
}

int acknowledgement_ask(struct db *db, struct str payload, int64_t now, uint64_t *ret_value)
{
	struct message_reader reader = {payload, false};
	uint64_t talker = message_get_u64(&reader);
	struct db_tx *tx;
	int r;

	if (!message_complete(&reader))
		return ERR_PROTOCOL;
	r = db_begin(db, DB_WRITE, &tx);
	if (r < 0)
		return r;
	r = db_end(tx,
		   db_run(tx, "UPDATE coverage_acknowledgements SET held = 1 WHERE whom = ?1 AND ends > ?2",
			  DB_ARGS(db_integer((int64_t)talker), db_integer(now))));
	if (r < 0)
		return r;
	*ret_value = r > 0;
	return 0;
}

/* --- when they are over --------------------------------------------------------------------------------- */

struct over {
	acknowledgement_over_visit *visit;
	void *context;
	int64_t raised[OVER_MAX];
	size_t count;
};

/* Alarms of sources that are new are of no weight and are not raised late. */
static int visit_over(struct db *db, int64_t now, struct over *over)
{
	static const char sql[] =
		"SELECT " LEDGER_TALKER ", start, number FROM coverage_acknowledgements AS a"
		" JOIN coverage_talkers ON id = a.whom AND retired = 0"
		" JOIN coverage_spans ON talker = id AND coverage_spans.kind = ?2 AND stop = 0 AND learning "
		"= 0"
		" WHERE told = 0 AND ends <= ?1 AND NOT EXISTS"
		" (SELECT 1 FROM coverage_acknowledgements AS b WHERE b.whom = a.whom AND b.ends > ?1)"
		" ORDER BY number LIMIT ?3";
	struct db_rows *rows;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return r;
	rows = db_query(tx, sql, DB_ARGS(db_integer(now), db_integer(SPAN_SILENT), db_integer(OVER_MAX)));
	while ((r = db_next(rows)) > 0) {
		struct ledger_talker talker;

		ledger_read_talker(rows, 0, &talker);
		if (over->visit(over->context, &talker, db_column_integer(rows, LEDGER_TALKER_COLUMNS)) == 0)
			over->raised[over->count++] = db_column_integer(rows, LEDGER_TALKER_COLUMNS + 1);
	}
	return db_end(tx, r);
}

/* Those that were raised, and those whose source has talked again. */
static int mark(struct db_tx *tx, int64_t now, const struct over *over)
{
	int r = db_run(
		tx,
		"UPDATE coverage_acknowledgements SET told = 1 WHERE told = 0 AND ends <= ?1 AND NOT EXISTS"
		" (SELECT 1 FROM coverage_spans WHERE talker = whom AND coverage_spans.kind = ?2 AND stop = "
		"0)",
		DB_ARGS(db_integer(now), db_integer(SPAN_SILENT)));

	for (size_t i = 0; i < over->count && r >= 0; i++)
		r = db_run(tx, "UPDATE coverage_acknowledgements SET told = 1 WHERE number = ?1",
			   DB_ARGS(db_integer(over->raised[i])));
	return r < 0 ? r : 0;
}

int acknowledgement_over(struct db *db, int64_t now, acknowledgement_over_visit *visit, void *context)
{
	struct over over = {.visit = visit, .context = context};
	struct db_tx *tx;
	int64_t due = 0;
	int r = db_begin(db, DB_READ, &tx);

	if (r == 0)
		r = db_end(tx, db_get_integer(tx,
					      "SELECT count(*) FROM coverage_acknowledgements WHERE told = 0 "
					      "AND ends <= ?1",
					      DB_ARGS(db_integer(now)), &due));
	if (r < 0 || !due)
		return r < 0 ? r : 0;
	r = visit_over(db, now, &over);
	if (r >= 0)
		r = db_begin(db, DB_WRITE, &tx);
	if (r < 0)
		return r;
	return db_end(tx, mark(tx, now, &over));
}
