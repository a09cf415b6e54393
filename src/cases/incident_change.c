/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cases/incident.h"
#include "cases/private.h"

#define TO(status) (1u << INCIDENT_##status)

/* Who may go where. Modules of the program move an incident along, but never decide that it is over.
   Reopening a merged one takes the merge back (incident_move.c). */
static const struct {
	unsigned person, program;
} ways[INCIDENT_STATUS_COUNT] = {
	[INCIDENT_NEW] = {TO(TRIAGE) | TO(HANDLING) | TO(CLOSED) | TO(FALSE), TO(TRIAGE) | TO(HANDLING)},
	[INCIDENT_TRIAGE] = {TO(NEW) | TO(HANDLING) | TO(RECTIFICATION) | TO(CLOSED) | TO(FALSE),
			     TO(HANDLING) | TO(RECTIFICATION)},
	[INCIDENT_HANDLING] = {TO(TRIAGE) | TO(RECTIFICATION) | TO(CLOSED) | TO(FALSE), TO(RECTIFICATION)},
	[INCIDENT_RECTIFICATION] = {TO(TRIAGE) | TO(HANDLING) | TO(CLOSED) | TO(FALSE), TO(HANDLING)},
	[INCIDENT_CLOSED] = {TO(TRIAGE) | TO(HANDLING) | TO(RECTIFICATION) | TO(FALSE), 0},
	[INCIDENT_FALSE] = {TO(TRIAGE) | TO(HANDLING) | TO(CLOSED), 0},
	[INCIDENT_MERGED] = {0, 0},
};

bool incident_may_go(enum incident_status from, enum incident_status to, bool person)
{
	unsigned to_bits = person ? ways[from].person : ways[from].program;

	return (to_bits & 1u << to) != 0;
}

int incident_note(struct db_tx *tx, int64_t id, const char *kind, struct str by, struct str text,
		  struct str data, int64_t at)
{
	static const char sql[] = "INSERT INTO incident_timeline (incident, time, kind, by_user, text, data)"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	int r = db_run(tx, sql,
		       DB_ARGS(db_integer(id), db_integer(at), db_text(str_from(kind)), db_text(by),
			       db_text(text), db_text(data)));

	return r < 0 ? r : 0;
}

struct state {
	enum incident_status status;
	int64_t version;
};

static int read_state(struct db_tx *tx, int64_t id, struct state *ret_state)
{
	struct db_rows *rows =
		db_query(tx, "SELECT status, version FROM incidents WHERE id = ?1", DB_ARGS(db_integer(id)));
	int r = db_next(rows);

	if (r <= 0)
		return r == 0 ? ERR_END : r;
	*ret_state =
		(struct state){(enum incident_status)db_column_integer(rows, 0), db_column_integer(rows, 1)};
	return 0;
}

static int check(const struct state *state, const struct incident_change *change)
{
	bool person = !str_eq(change->by, str_from(INCIDENT_PROGRAM));

	if (change->version && change->version != state->version)
		return ERR_BUSY;
	if (change->level && *change->level > INCIDENT_LEVEL_MAX)
		return ERR_RANGE;
	if (change->status && *change->status != state->status &&
	    !incident_may_go(state->status, *change->status, person))
		return ERR_DENIED;
	return 0;
}

static struct db_value optional_text(const struct str *text)
{
	return text ? db_text(*text) : (struct db_value){0};
}

static int write(struct db_tx *tx, int64_t id, const struct state *state,
		 const struct incident_change *change)
{
	static const char sql[] =
		"UPDATE incidents SET version = version + 1, updated = ?2, status = ?3,"
		" closed = CASE WHEN ?3 < 4 THEN 0 WHEN closed > 0 THEN closed ELSE ?2 END,"
		" title = coalesce(?4, title), category = coalesce(?5, category),"
		" level = coalesce(?6, level), assignee = coalesce(?7, assignee), touched = 1 WHERE id = ?1";
	enum incident_status status = change->status ? *change->status : state->status;

	return db_run(tx, sql,
		      DB_ARGS(db_integer(id), db_integer(change->at), db_integer(status),
			      optional_text(change->title), optional_text(change->category),
			      change->level ? db_integer(*change->level) : (struct db_value){0},
			      optional_text(change->assignee)));
}

/* What a change was, for the timeline: {"status":["new","triage"],"assignee":"li"}. */
static void describe(struct buf *out, const struct state *state, const struct incident_change *change)
{
	const struct {
		const char *name;
		const struct str *text;
	} texts[] = {
		{"title", change->title}, {"category", change->category}, {"assignee", change->assignee}};

	buf_add_char(out, '{');
	if (change->status && *change->status != state->status)
		buf_printf(out, "\"status\":[\"%s\",\"%s\"],", incident_status_name(state->status),
			   incident_status_name(*change->status));
	if (change->level)
		buf_printf(out, "\"level\":%u,", *change->level);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!texts[i].text)
			continue;
		buf_printf(out, "\"%s\":", texts[i].name);
		buf_add_json_string(out, *texts[i].text);
		buf_add_char(out, ',');
	}
	if (out->ptr[out->len - 1] == ',')
		out->len--;
	buf_add_char(out, '}');
}

static bool changes_state(const struct state *state, const struct incident_change *change)
{
	return (change->status && *change->status != state->status) || change->title || change->category ||
	       change->assignee || change->level;
}

static int write_timeline(struct db_tx *tx, int64_t id, const struct state *state,
			  const struct incident_change *change)
{
	struct str note = change->note ? *change->note : (struct str){0};
	bool changed = changes_state(state, change);
	struct buf data = {0};
	int r;

	if (!changed && !note.len)
		return 0;
	if (changed)
		describe(&data, state, change);
	r = incident_note(tx, id, changed ? "status" : "note", change->by, note, buf_str(&data), change->at);
	buf_done(&data);
	return r;
}

int incident_update(struct db_tx *tx, int64_t id, const struct incident_change *change)
{
	struct state state;
	int r = read_state(tx, id, &state);

	if (r == 0)
		r = check(&state, change);
	if (r == 0)
		r = write(tx, id, &state, change);
	if (r >= 0)
		r = write_timeline(tx, id, &state, change);
	if (r >= 0 && change->status && *change->status != state.status)
		r = incident_verdict(tx, id, state.status, *change->status, change->by, change->at);
	return r < 0 ? r : 0;
}

/* Undoes what the last closing decided, of those that nobody has decided otherwise since. */
static int take_back(struct db_tx *tx, int64_t id, struct str by, int64_t at)
{
	static const char find[] = "SELECT alerts.key FROM incident_moved JOIN incident_moves ON"
				   " incident_moves.id = move JOIN alerts ON alerts.key = incident_moved.id"
				   " WHERE incident_moves.incident = ?1 AND kind = 'verdict' AND undone = 0"
				   " AND alerts.status >= 2";
	const enum alert_status status = ALERT_ACKNOWLEDGED;
	const struct alert_change change = {.status = &status, .by = by, .at = at};
	struct db_rows *rows = db_query(tx, find, DB_ARGS(db_integer(id)));
	int r;

	while ((r = db_next(rows)) > 0)
		if ((r = alert_change_in(tx, db_column_integer(rows, 0), &change)) < 0)
			return r;
	return r < 0 ? r
		     : db_run(tx,
			      "UPDATE incident_moves SET undone = ?2 WHERE incident = ?1 AND kind = 'verdict'"
			      " AND undone = 0",
			      DB_ARGS(db_integer(id), db_integer(at)));
}

/* What was decided of an alert by itself stays. */
static int decide(struct db_tx *tx, int64_t id, enum alert_status status, struct str by, int64_t at)
{
	static const char note[] = "INSERT INTO incident_moves (kind, incident, other, at, by_user, reason,"
				   " status) VALUES ('verdict', ?1, 0, ?2, ?3, '', 0)";
	static const char remember[] = "INSERT INTO incident_moved SELECT max(incident_moves.id), 'alert', ?2"
				       " FROM incident_moves WHERE incident = ?1 AND kind = 'verdict'";
	const struct alert_change change = {.status = &status, .by = by, .at = at};
	struct db_rows *rows;
	int r = db_run(tx, note, DB_ARGS(db_integer(id), db_integer(at), db_text(by)));

	if (r < 0)
		return r;
	/* Kept in memory by the sort, so that the loop may change what it reads. */
	rows = db_query(tx, "SELECT key FROM alerts WHERE incident = ?1 AND status < 2 ORDER BY +time",
			DB_ARGS(db_integer(id)));
	while ((r = db_next(rows)) > 0) {
		int64_t key = db_column_integer(rows, 0);

		r = alert_change_in(tx, key, &change);
		if (r >= 0)
			r = db_run(tx, remember, DB_ARGS(db_integer(id), db_integer(key)));
		if (r < 0)
			break;
	}
	return r;
}

int incident_verdict(struct db_tx *tx, int64_t id, enum incident_status from, enum incident_status to,
		     struct str by, int64_t at)
{
	int r = 0;

	if (!incident_is_open(from))
		r = take_back(tx, id, by, at);
	if (r >= 0 && to == INCIDENT_CLOSED)
		r = decide(tx, id, ALERT_CLOSED, by, at);
	if (r >= 0 && to == INCIDENT_FALSE)
		r = decide(tx, id, ALERT_FALSE_POSITIVE, by, at);
	return r < 0 ? r : 0;
}
