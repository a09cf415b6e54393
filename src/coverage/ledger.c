/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/ledger.h"

#include "coverage/ledger_private.h"
#include "event/ip.h"
#include "event/listener.h"

#define NODE_MAX 64

/*
 * Times are µs since 1970 UTC. kind: the numbers of change.h. stop is 0 while a span lasts. hours: expected
 * is -1 where unknown. state: applied is the end of the last range taken.
 */
static const char tables[] =
	"CREATE TABLE coverage_talkers ("
	"  id INTEGER PRIMARY KEY,"
	"  kind INTEGER NOT NULL, listener INTEGER NOT NULL,"
	"  peer TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL,"
	"  first INTEGER NOT NULL, last INTEGER NOT NULL, retired INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE TABLE coverage_hours ("
	"  hour INTEGER NOT NULL, talker INTEGER NOT NULL,"
	"  received INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,"
	"  unparsed INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0,"
	"  expected INTEGER NOT NULL DEFAULT -1, delay INTEGER NOT NULL DEFAULT 0,"
	"  delay_max INTEGER NOT NULL DEFAULT 0, clock_error INTEGER NOT NULL DEFAULT 0,"
	"  unsure INTEGER NOT NULL DEFAULT 0,"
	"  PRIMARY KEY (hour, talker)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE coverage_spans ("
	"  talker INTEGER NOT NULL, kind INTEGER NOT NULL, start INTEGER NOT NULL,"
	"  stop INTEGER NOT NULL, count INTEGER NOT NULL, learning INTEGER NOT NULL,"
	"  PRIMARY KEY (talker, kind, start)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX coverage_spans_by_start ON coverage_spans (start);"
	"CREATE TABLE coverage_state ("
	"  node BLOB PRIMARY KEY, applied INTEGER NOT NULL, began INTEGER NOT NULL, time INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE coverage_days ("
	"  day INTEGER PRIMARY KEY, blind INTEGER NOT NULL, said INTEGER NOT NULL"
	") STRICT;";

/* acknowledgement.h. ends: until, or when it was taken back before; held: an alarm was held back; told: none
   is due any more. */
static const char acknowledgements[] =
	"CREATE TABLE coverage_acknowledgements ("
	"  number INTEGER PRIMARY KEY, whom INTEGER NOT NULL,"
	"  said INTEGER NOT NULL, until INTEGER NOT NULL, ends INTEGER NOT NULL,"
	"  by_user TEXT NOT NULL, reason TEXT NOT NULL,"
	"  held INTEGER NOT NULL DEFAULT 0, told INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE INDEX coverage_acknowledgements_by_whom ON coverage_acknowledgements (whom, ends);";

static const char *const steps[] = {tables, acknowledgements};

const struct db_schema coverage_schema = {"coverage", steps, sizeof(steps) / sizeof(steps[0])};

/* --- writing ------------------------------------------------------------------------------------------ */

static int put_talker(struct db_tx *tx, const struct coverage_change *change)
{
	static const char sql[] =
		"INSERT INTO coverage_talkers (id, kind, listener, peer, source, name, first, last)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)"
		" ON CONFLICT (id) DO UPDATE SET first = min(first, excluded.first), retired = 0";
	static const uint8_t nobody[16];
	char peer[IP_TEXT_SIZE] = "";

	if (memcmp(change->key.peer, nobody, sizeof(nobody)) != 0)
		ip_format(change->key.peer, peer);
	return db_run(tx, sql,
		      DB_ARGS(db_integer((int64_t)change->talker), db_integer(change->kind),
			      db_integer(change->key.listener), db_text(str_from(peer)),
			      db_text(change->key.source), db_text(change->key.name),
			      db_integer(change->first)));
}

static int put_heard(struct db_tx *tx, const struct coverage_change *change)
{
	static const char sql[] = "INSERT INTO coverage_hours (hour, talker, received, bytes, unparsed, lost)"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (hour, talker) DO UPDATE SET"
				  " received = received + excluded.received, bytes = bytes + excluded.bytes,"
				  " unparsed = unparsed + excluded.unparsed, lost = lost + excluded.lost";
	struct db_value talker = db_integer((int64_t)change->talker);
	int r = db_run(tx, sql,
		       DB_ARGS(db_integer(change->hour), talker, db_integer((int64_t)change->received),
			       db_integer((int64_t)change->bytes), db_integer((int64_t)change->unparsed),
			       db_integer((int64_t)change->lost)));

	if (r < 0)
		return r;
	return db_run(tx, "UPDATE coverage_talkers SET last = ?2 WHERE id = ?1 AND last < ?2",
		      DB_ARGS(talker, db_integer(change->last)));
}

static int put_hour(struct db_tx *tx, const struct coverage_change *change)
{
	static const char sql[] =
		"INSERT INTO coverage_hours (hour, talker, expected, delay, delay_max, clock_error, unsure)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (hour, talker) DO UPDATE SET"
		" expected = excluded.expected, delay = excluded.delay, delay_max = excluded.delay_max,"
		" clock_error = excluded.clock_error, unsure = excluded.unsure";

	return db_run(tx, sql,
		      DB_ARGS(db_integer(change->hour), db_integer((int64_t)change->talker),
			      db_integer(change->expected), db_integer(change->delay),
			      db_integer(change->delay_max), db_integer(change->clock_error),
			      db_integer(change->unsure)));
}

static int put_span(struct db_tx *tx, const struct coverage_change *change)
{
	static const char sql[] = "INSERT INTO coverage_spans (talker, kind, start, stop, count, learning)"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (talker, kind, start)"
				  " DO UPDATE SET stop = excluded.stop, count = excluded.count";

	return db_run(tx, sql,
		      DB_ARGS(db_integer((int64_t)change->talker), db_integer(change->span),
			      db_integer(change->from), db_integer(change->to),
			      db_integer((int64_t)change->count), db_integer(change->learning)));
}

/* Talker 0: analyze begins anew and knows nothing of who was silent. */
static int put_retired(struct db_tx *tx, const struct coverage_change *change)
{
	if (!change->talker)
		return db_run(tx,
			      "UPDATE coverage_spans SET stop = max(start, ?1) WHERE kind = ?2 AND stop = 0",
			      DB_ARGS(db_integer(change->from), db_integer(SPAN_SILENT)));
	return db_run(tx, "UPDATE coverage_talkers SET retired = ?2 WHERE id = ?1",
		      DB_ARGS(db_integer((int64_t)change->talker), db_integer(change->from)));
}

static int (*const writers[])(struct db_tx *tx, const struct coverage_change *change) = {
	[CHANGE_TALKER] = put_talker, [CHANGE_HEARD] = put_heard,     [CHANGE_HOUR] = put_hour,
	[CHANGE_SPAN] = put_span,     [CHANGE_RETIRED] = put_retired,
};

static struct db_value node_of(const struct coverage_batch *batch)
{
	return db_blob(batch->node.ptr, batch->node.len);
}

static int put_changes(struct db_tx *tx, struct message_reader *reader)
{
	int r = 0;

	while (reader->rest.len && r >= 0) {
		struct coverage_change change;

		coverage_get(reader, &change);
		r = reader->bad ? ERR_PROTOCOL : writers[change.type](tx, &change);
	}
	return r;
}

static int put_state(struct db_tx *tx, const struct coverage_batch *batch)
{
	static const char sql[] =
		"INSERT INTO coverage_state (node, applied, began, time) VALUES (?1, ?2, ?3, ?3)"
		" ON CONFLICT (node) DO UPDATE SET applied = excluded.applied, time = excluded.time";

	return db_run(tx, sql,
		      DB_ARGS(node_of(batch), db_integer((int64_t)batch->end), db_integer(batch->time)));
}

static int apply(struct db_tx *tx, const struct coverage_batch *batch, struct message_reader *reader,
		 uint64_t *ret_value)
{
	bool asks = batch->first == batch->end;
	const char *sql = asks ? "SELECT time FROM coverage_state WHERE node = ?1"
			       : "SELECT applied FROM coverage_state WHERE node = ?1";
	int64_t value = 0;
	int r = db_get_integer(tx, sql, DB_ARGS(node_of(batch)), &value);

	if (r < 0 || asks) {
		*ret_value = (uint64_t)value;
		return r;
	}
	if (batch->first < (uint64_t)value)
		return 0;
	r = put_changes(tx, reader);
	if (r >= 0)
		r = put_state(tx, batch);
	if (r >= 0)
		*ret_value = 1;
	return r;
}

int ledger_apply(struct db *db, struct str message, uint64_t *ret_value)
{
	struct message_reader reader = {message, false};
	struct coverage_batch batch;
	struct db_tx *tx;
	uint64_t value = 0;
	int r;

	coverage_get_batch(&reader, &batch);
	if (reader.bad || !batch.node.len || batch.node.len > NODE_MAX)
		return ERR_PROTOCOL;
	r = db_begin(db, batch.first == batch.end ? DB_READ : DB_WRITE, &tx);
	if (r < 0)
		return r;
	r = db_end(tx, apply(tx, &batch, &reader, &value));
	if (r >= 0)
		*ret_value = value;
	return r < 0 ? r : 0;
}

/* --- reading ------------------------------------------------------------------------------------------ */

int ledger_known(struct db *db, int64_t *ret_from, int64_t *ret_to)
{
	struct db_tx *tx;
	int64_t from = 0, to = 0;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return r;
	r = db_get_integer(tx, "SELECT coalesce(min(began), 0) FROM coverage_state", DB_NONE, &from);
	if (r >= 0)
		r = db_get_integer(tx, "SELECT coalesce(max(time), 0) FROM coverage_state", DB_NONE, &to);
	r = db_end(tx, r);
	if (r < 0)
		return r;
	*ret_from = from;
	*ret_to = to;
	return 0;
}

void ledger_read_talker(struct db_rows *rows, int column, struct ledger_talker *ret_talker)
{
	int64_t kind = db_column_integer(rows, column + 1), listener = db_column_integer(rows, column + 2);

	*ret_talker = (struct ledger_talker){
		.id = (uint64_t)db_column_integer(rows, column),
		.kind = kind >= 0 && kind < TALKER_KINDS ? (enum talker_kind)kind : TALKER_LEARNT,
		.listener = str_from(listener_name((uint16_t)listener)),
		.peer = db_column_text(rows, column + 3),
		.source = db_column_text(rows, column + 4),
		.name = db_column_text(rows, column + 5),
	};
}

static void read_hour(struct db_rows *rows, struct ledger_hour *ret_hour)
{
	int column = LEDGER_TALKER_COLUMNS;

	ledger_read_talker(rows, 0, &ret_hour->talker);
	ret_hour->hour = db_column_integer(rows, column++);
	ret_hour->received = db_column_integer(rows, column++);
	ret_hour->bytes = db_column_integer(rows, column++);
	ret_hour->unparsed = db_column_integer(rows, column++);
	ret_hour->lost = db_column_integer(rows, column++);
	ret_hour->expected = db_column_integer(rows, column++);
	ret_hour->delay = db_column_integer(rows, column++);
	ret_hour->delay_max = db_column_integer(rows, column++);
	ret_hour->clock_error = db_column_integer(rows, column++);
	ret_hour->unsure = db_column_integer(rows, column++) != 0;
	ret_hour->silent = db_column_integer(rows, column);
}

int ledger_hours(struct db *db, int64_t from, int64_t to, struct str source, ledger_hour_visit *visit,
		 void *context)
{
	static const char sql[] =
		"SELECT " LEDGER_TALKER ", hour, received, bytes, unparsed, lost, expected, delay, delay_max,"
		" clock_error, unsure,"
		" (SELECT coalesce(sum(min(iif(stop, stop, ?4), hour + 3600000000) - max(start, hour)), 0)"
		"  FROM coverage_spans WHERE talker = coverage_hours.talker AND coverage_spans.kind = 0"
		"  AND start < min(hour + 3600000000, ?4) AND (stop = 0 OR stop > hour))"
		" FROM coverage_hours JOIN coverage_talkers ON id = talker"
		" WHERE hour >= ?1 AND hour < ?2 AND (?3 = '' OR source = ?3)"
		" ORDER BY coverage_talkers.kind, listener, peer, source, name, id, hour";
	struct ledger_hour hour;
	struct db_rows *rows;
	struct db_tx *tx;
	int64_t began, known;
	int r = ledger_known(db, &began, &known), stop = 0;

	if (r == 0)
		r = db_begin(db, DB_READ, &tx);
	if (r < 0)
		return r;
	rows = db_query(tx, sql,
			DB_ARGS(db_integer(from), db_integer(to), db_text(source), db_integer(known)));
	while (stop == 0 && (r = db_next(rows)) > 0) {
		read_hour(rows, &hour);
		stop = visit(context, &hour);
	}
	r = db_end(tx, r < 0 ? r : 0);
	return r < 0 ? r : stop;
}

/* --- keeping ------------------------------------------------------------------------------------------ */

int ledger_retain(struct db *db, int64_t before)
{
	static const char *const deletes[] = {
		"DELETE FROM coverage_hours WHERE (hour, talker) IN"
		" (SELECT hour, talker FROM coverage_hours WHERE hour < ?1 LIMIT ?2)",
		"DELETE FROM coverage_spans WHERE (talker, kind, start) IN"
		" (SELECT talker, kind, start FROM coverage_spans WHERE start < ?1 AND stop < ?1 AND stop != "
		"0"
		" LIMIT ?2)",
		"DELETE FROM coverage_talkers WHERE id IN"
		" (SELECT id FROM coverage_talkers WHERE last < ?1 AND retired != 0 AND retired < ?1 LIMIT "
		"?2)",
		"DELETE FROM coverage_acknowledgements WHERE number IN"
		" (SELECT number FROM coverage_acknowledgements WHERE ends < ?1 LIMIT ?2)",
	};
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx), most = 0;

	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(deletes) / sizeof(deletes[0]) && r >= 0; i++) {
		r = db_run(tx, deletes[i], DB_ARGS(db_integer(before), db_integer(LEDGER_RETAIN_STEP)));
		most = r > most ? r : most;
	}
	r = db_end(tx, r);
	return r < 0 ? r : most;
}

int ledger_last_day(struct db *db, int64_t *ret_day)
{
	struct db_tx *tx;
	int64_t day = -1;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return r;
	r = db_end(tx, db_get_integer(tx, "SELECT coalesce(max(day), -1) FROM coverage_days", DB_NONE, &day));
	if (r >= 0)
		*ret_day = day;
	return r < 0 ? r : 0;
}

int ledger_add_day(struct db *db, int64_t day, bool blind, int64_t now)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r < 0)
		return r;
	r = db_end(tx,
		   db_run(tx, "INSERT OR REPLACE INTO coverage_days (day, blind, said) VALUES (?1, ?2, ?3)",
			  DB_ARGS(db_integer(day), db_integer(blind), db_integer(now))));
	return r < 0 ? r : 0;
}
