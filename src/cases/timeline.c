/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/timeline.h"

int incident_timeline(struct db_tx *tx, int64_t id, int64_t cursor, unsigned limit,
		      int (*visit)(void *context, const struct timeline_line *line), void *context,
		      int64_t *ret_next)
{
	static const char sql[] =
		"SELECT number, time, kind, by_user, text, data FROM incident_timeline WHERE number > ?2 AND"
		" (incident = ?1 OR incident IN (SELECT id FROM incidents WHERE merged_into = ?1 AND"
		" merged_into > 0)) ORDER BY number LIMIT ?3";
	struct db_rows *rows = db_query(
		tx, sql, DB_ARGS(db_integer(id), db_integer(cursor), db_integer((int64_t)limit + 1)));
	int64_t last = 0;
	int r;

	for (unsigned i = 0; (r = db_next(rows)) > 0; i++) {
		struct timeline_line line = {.number = db_column_integer(rows, 0),
					     .time = db_column_integer(rows, 1),
					     .kind = db_column_text(rows, 2),
					     .by = db_column_text(rows, 3),
					     .text = db_column_text(rows, 4),
					     .data = db_column_text(rows, 5)};

		if (i == limit) {
			*ret_next = last;
			return 0;
		}
		last = line.number;
		r = visit(context, &line);
		if (r)
			return r;
	}
	*ret_next = 0;
	return r;
}

int incident_assets(struct db_tx *tx, int64_t id,
		    int (*visit)(void *context, const struct incident_asset *asset), void *context)
{
	static const char sql[] =
		"SELECT asset, unit, at, what, name, kind, unit_name, responsible, criticality,"
		" people, mlps_level FROM incident_assets WHERE incident = ?1 ORDER BY at, asset";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer(id)));
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct incident_asset asset = {
			.asset = db_column_integer(rows, 0),
			.unit = db_column_integer(rows, 1),
			.at = db_column_integer(rows, 2),
			.what = db_column_text(rows, 3),
			.name = db_column_text(rows, 4),
			.kind = db_column_text(rows, 5),
			.unit_name = db_column_text(rows, 6),
			.responsible = db_column_text(rows, 7),
			.criticality = db_column_text(rows, 8),
			.people = db_column_text(rows, 9),
			.mlps_level = (unsigned)db_column_integer(rows, 10),
		};

		stop = visit(context, &asset);
	}
	return stop ? stop : r;
}
