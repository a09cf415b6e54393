/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cases/private.h"

/* "2026-0001": the year in the zone, and how many there were in it. More than 9999 make the number longer. */
static int take_number(struct db_tx *tx, int64_t time, int64_t zone, char out[INCIDENT_NUMBER_SIZE])
{
	static const char sql[] = "INSERT INTO incident_numbers VALUES (?1, 1)"
				  " ON CONFLICT DO UPDATE SET last = last + 1";
	struct clock_civil civil;
	int64_t last = 0;
	int r;

	clock_to_civil(time + zone, &civil);
	r = db_run(tx, sql, DB_ARGS(db_integer(civil.year)));
	if (r >= 0)
		r = db_get_integer(tx, "SELECT last FROM incident_numbers WHERE year = ?1",
				   DB_ARGS(db_integer(civil.year)), &last);
	if (r < 0)
		return r;
	snprintf(out, INCIDENT_NUMBER_SIZE, "%04d-%04lld", (int)civil.year, (long long)last);
	return 0;
}

int incident_open(struct db_tx *tx, const struct alert *alert, int64_t zone, int64_t now, int64_t *ret_id)
{
	static const char sql[] = "INSERT INTO incidents (number, title, drill, severity, first, last, "
				  "created, updated, alerts)"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?6, 1)";
	char number[INCIDENT_NUMBER_SIZE];
	int r = take_number(tx, now, zone, number);

	if (r < 0)
		return r;
	r = db_run(tx, sql,
		   DB_ARGS(db_text(str_from(number)), db_text(incident_title_of(alert)),
			   db_integer(alert->drill), db_integer(alert->level), db_integer(alert->time),
			   db_integer(now)));
	if (r < 0)
		return r;
	r = db_get_integer(tx, "SELECT id FROM incidents WHERE number = ?1",
			   DB_ARGS(db_text(str_from(number))), ret_id);
	return r == 0 ? ERR_CORRUPT : r < 0 ? r : 0;
}
