/* SPDX-License-Identifier: Apache-2.0 */
#include "views/views.h"

static const char views[] = "CREATE TABLE views ("
			    "  id INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL DEFAULT 1,"
			    "  page TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL,"
			    "  owner TEXT NOT NULL, shared INTEGER NOT NULL, changed INTEGER NOT NULL,"
			    "  UNIQUE (owner, page, name)"
			    ") STRICT;"
			    "CREATE INDEX views_by_page ON views (page, shared);"
			    "CREATE TABLE view_defaults ("
			    "  who TEXT NOT NULL, page TEXT NOT NULL,"
			    "  view INTEGER NOT NULL REFERENCES views (id) ON DELETE CASCADE,"
			    "  PRIMARY KEY (who, page)"
			    ") STRICT, WITHOUT ROWID;"
			    "CREATE INDEX view_defaults_by_view ON view_defaults (view);";

static const char *const steps[] = {views};
const struct db_schema views_schema = {"views", steps, sizeof(steps) / sizeof(steps[0])};

/* ?1 is who asks. */
#define SELECT_VIEWS                                                                              \
	"SELECT id, version, page, name, query, owner, shared, changed, EXISTS (SELECT 1 FROM"    \
	" view_defaults WHERE view = views.id AND who = ?1) FROM views WHERE (owner = ?1 OR (?2 " \
	"AND shared))"

static int visit_rows(struct db_rows *rows, view_visit *visit, void *context)
{
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		const struct view view = {
			.id = db_column_integer(rows, 0),
			.version = db_column_integer(rows, 1),
			.page = db_column_text(rows, 2),
			.name = db_column_text(rows, 3),
			.query = db_column_text(rows, 4),
			.owner = db_column_text(rows, 5),
			.shared = db_column_integer(rows, 6) != 0,
			.changed = db_column_integer(rows, 7),
			.is_default = db_column_integer(rows, 8) != 0,
		};

		stop = visit(context, &view);
	}
	return stop ? stop : r;
}

int views_list(struct db_tx *tx, struct str page, struct str who, bool with_shared, view_visit *visit,
	       void *context)
{
	return visit_rows(db_query(tx, SELECT_VIEWS " AND page = ?3 ORDER BY name, id",
				   DB_ARGS(db_text(who), db_integer(with_shared), db_text(page))),
			  visit, context);
}

int view_get(struct db_tx *tx, int64_t id, struct str who, bool with_shared, view_visit *visit, void *context)
{
	struct db_value args[] = {db_text(who), db_integer(with_shared), db_integer(id)};
	int64_t found = 0;
	int r = db_get_integer(tx, SELECT_VIEWS " AND id = ?3", args, 3, &found);

	if (r <= 0)
		return r == 0 ? ERR_END : r;
	return visit_rows(db_query(tx, SELECT_VIEWS " AND id = ?3", args, 3), visit, context);
}

int view_add(struct db_tx *tx, const struct view *view, int64_t now, int64_t *ret_id)
{
	int64_t count = 0;
	int r = db_get_integer(tx, "SELECT count(*) FROM views WHERE owner = ?1",
			       DB_ARGS(db_text(view->owner)), &count);

	if (r < 0 || count >= VIEWS_PER_OWNER)
		return r < 0 ? r : ERR_LIMIT;
	r = db_get_integer(tx,
			   "INSERT INTO views (page, name, query, owner, shared, changed)"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
			   DB_ARGS(db_text(view->page), db_text(view->name), db_text(view->query),
				   db_text(view->owner), db_integer(view->shared), db_integer(now)),
			   ret_id);
	return r < 0 ? r : 0;
}

static struct db_value optional(const struct str *text)
{
	return text ? db_text(*text) : (struct db_value){0};
}

/* Nothing was changed: because it is not there, or is another version. */
static int why_nothing(struct db_tx *tx, int64_t id)
{
	int64_t found;
	int r = db_get_integer(tx, "SELECT 1 FROM views WHERE id = ?1", DB_ARGS(db_integer(id)), &found);

	return r < 0 ? r : r == 0 ? ERR_END : ERR_BUSY;
}

int view_update(struct db_tx *tx, int64_t id, int64_t version, const struct view_change *change, int64_t now)
{
	static const char sql[] =
		"UPDATE views SET version = version + 1, changed = ?3, name = coalesce(?4, name),"
		" query = coalesce(?5, query), shared = coalesce(?6, shared)"
		" WHERE id = ?1 AND (?2 = 0 OR version = ?2)";
	struct db_value shared = change->shared ? db_integer(*change->shared) : (struct db_value){0};
	int r = db_run(tx, sql,
		       DB_ARGS(db_integer(id), db_integer(version), db_integer(now), optional(change->name),
			       optional(change->query), shared));

	/* What others begin with is not theirs to see any more. */
	if (r > 0 && change->shared && !*change->shared) {
		int removed = db_run(tx,
				     "DELETE FROM view_defaults WHERE view = ?1 AND who <> (SELECT owner FROM"
				     " views WHERE id = ?1)",
				     DB_ARGS(db_integer(id)));

		r = removed < 0 ? removed : r;
	}
	return r < 0 ? r : r == 0 ? why_nothing(tx, id) : 0;
}

int view_remove(struct db_tx *tx, int64_t id, int64_t version)
{
	int r = db_run(tx, "DELETE FROM views WHERE id = ?1 AND (?2 = 0 OR version = ?2)",
		       DB_ARGS(db_integer(id), db_integer(version)));

	return r < 0 ? r : r == 0 ? why_nothing(tx, id) : 0;
}

int view_set_default(struct db_tx *tx, int64_t id, struct str page, struct str who, bool on)
{
	int r;

	if (on)
		r = db_run(tx,
			   "INSERT INTO view_defaults VALUES (?1, ?2, ?3)"
			   " ON CONFLICT DO UPDATE SET view = excluded.view",
			   DB_ARGS(db_text(who), db_text(page), db_integer(id)));
	else
		r = db_run(tx, "DELETE FROM view_defaults WHERE who = ?1 AND page = ?2 AND view = ?3",
			   DB_ARGS(db_text(who), db_text(page), db_integer(id)));
	return r < 0 ? r : 0;
}
