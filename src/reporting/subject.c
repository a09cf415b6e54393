/* SPDX-License-Identifier: Apache-2.0 */
/* How an incident stands, as far as duties depend on it, and since when. */
#include "reporting/duties.h"

static int copy(void *context, const struct incident *incident)
{
	struct subject *subject = context;
	struct reporting_facts *facts = &subject->facts;

	subject->incident = incident->id;
	subject->version = incident->version;
	subject->status = incident->status;
	if (incident->updated && incident->updated < subject->moment)
		subject->moment = incident->updated;
	facts->level = incident->level ? incident->level : incident->level_proposed;
	facts->proposed = !incident->level;
	facts->discovered = incident->created;
	if (incident->closed && incident->closed < subject->moment)
		facts->handled = incident->closed;
	buf_add_str(&subject->category,
		    incident->category.len ? incident->category : incident->category_proposed);
	return 0;
}

/* Assets as they were when the incident met them; names a line each. */
static int read_assets(struct db_tx *tx, struct subject *subject)
{
	struct db_rows *rows = db_query(tx,
					"SELECT name, mlps_level FROM incident_assets WHERE incident = ?"
					" ORDER BY asset",
					DB_ARGS(db_integer(subject->incident)));
	int r;

	while ((r = db_next(rows)) > 0) {
		const unsigned level = (unsigned)db_column_integer(rows, 1);

		buf_add_str(&subject->assets, db_column_text(rows, 0));
		buf_add_char(&subject->assets, '\n');
		if (level > subject->facts.mlps_level)
			subject->facts.mlps_level = level;
	}
	return r;
}

/* Since when the level is what it is, and handled what it is: as kept, or now. Before we first saw the
   incident its level is taken as known from the beginning, which is never too late. */
static int read_moments(struct db_tx *tx, struct subject *subject)
{
	const bool handled = subject->status == INCIDENT_RECTIFICATION || subject->status == INCIDENT_CLOSED;
	struct reporting_facts *facts = &subject->facts;
	struct db_rows *rows =
		db_query(tx, "SELECT level, known, handled FROM reporting_incidents WHERE incident = ?",
			 DB_ARGS(db_integer(subject->incident)));
	const int r = db_next(rows);
	int64_t was_handled = 0;

	if (r < 0)
		return r;
	if (!facts->level)
		facts->known = 0;
	else if (r == 0)
		facts->known = facts->discovered;
	else if (db_column_integer(rows, 0) == facts->level)
		facts->known = db_column_integer(rows, 1);
	else
		facts->known = subject->moment;
	if (r > 0)
		was_handled = db_column_integer(rows, 2);
	if (!handled)
		facts->handled = 0;
	else if (was_handled)
		facts->handled = was_handled;
	else if (!facts->handled)
		facts->handled = subject->moment;
	return 0;
}

void subject_done(struct subject *subject)
{
	buf_done(&subject->text);
	buf_done(&subject->category);
	buf_done(&subject->assets);
}

int subject_read(struct db_tx *tx, int64_t incident, int64_t now, struct subject *subject)
{
	struct reporting_facts *facts = &subject->facts;
	int r;

	*subject = (struct subject){.moment = now};
	r = incident_get(tx, incident, copy, subject);
	if (r == 0)
		r = read_assets(tx, subject);
	if (r == 0)
		r = read_moments(tx, subject);
	facts->category = buf_str(&subject->category);
	facts->asset = buf_str(&subject->assets);
	buf_printf(&subject->text, "%u %d %u %d %lld ", facts->level, facts->proposed, facts->mlps_level,
		   subject->status, (long long)facts->discovered);
	buf_add_str(&subject->text, facts->category);
	buf_add_char(&subject->text, '\n');
	buf_add_str(&subject->text, facts->asset);
	return r;
}

int subject_changed(struct db_tx *tx, const struct subject *subject, bool *ret_changed)
{
	struct db_rows *rows = db_query(tx, "SELECT facts FROM reporting_incidents WHERE incident = ?",
					DB_ARGS(db_integer(subject->incident)));
	const int r = db_next(rows);

	if (r < 0)
		return r;
	*ret_changed = r == 0 || !str_eq(db_column_text(rows, 0), buf_str(&subject->text));
	return 0;
}

int duties_seen(struct db_tx *tx, const struct subject *subject)
{
	const bool settled = subject->status >= INCIDENT_CLOSED;
	const int r = db_run(tx,
			     "INSERT INTO reporting_incidents VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
			     " ON CONFLICT (incident) DO UPDATE SET version = ?2, facts = ?3, level = ?4,"
			     " known = ?5, handled = ?6, settled = ?7",
			     DB_ARGS(db_integer(subject->incident), db_integer(subject->version),
				     db_text(buf_str(&subject->text)), db_integer(subject->facts.level),
				     db_integer(subject->facts.known), db_integer(subject->facts.handled),
				     db_integer(settled)));

	return r < 0 ? r : 0;
}
