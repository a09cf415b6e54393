/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/alert_group.h"

#include "base/hash.h"
#include "cases/private.h"

int alert_reason(struct db *db, struct str id, int (*visit)(void *context, int64_t score, struct str why),
		 void *context)
{
	static const char sql[] =
		"SELECT score, why FROM alert_reasons JOIN alerts USING (key) WHERE id = ?1";
	uint8_t bytes[ALERT_ID_SIZE];
	struct db_rows *rows;
	struct db_tx *tx;
	int r;

	if (hex_decode(id, bytes, sizeof(bytes)) < 0)
		return ERR_END;
	r = db_begin(db, DB_READ, &tx);
	if (r < 0)
		return r;
	rows = db_query(tx, sql, DB_ARGS(db_blob(bytes, sizeof(bytes))));
	r = db_next(rows);
	if (r > 0)
		r = visit(context, db_column_integer(rows, 0), db_column_text(rows, 1));
	return db_end(tx, r);
}

int incident_alerts(struct db_tx *tx, int64_t id, int64_t cursor, unsigned limit,
		    int (*visit)(void *context, const struct alert *alert, int64_t score, struct str why),
		    void *context, int64_t *ret_next)
{
	static const char sql[] =
		"SELECT " ALERT_COLUMNS ", coalesce(score, 0), coalesce(why, '') FROM alerts"
		" LEFT JOIN alert_reasons USING (key) WHERE incident = ?1 AND alerts.key > ?2"
		" ORDER BY alerts.key LIMIT ?3";
	struct db_rows *rows =
		db_query(tx, sql, DB_ARGS(db_integer(id), db_integer(cursor), db_integer(limit + 1)));
	char hex[2 * ALERT_ID_SIZE + 1];
	struct alert alert;
	int64_t last = 0;
	int r;

	for (unsigned i = 0; (r = db_next(rows)) > 0; i++) {
		if (i == limit) {
			*ret_next = last;
			return 0;
		}
		last = db_column_integer(rows, 0);
		alert_read(rows, hex, &alert);
		r = visit(context, &alert, db_column_integer(rows, ALERT_COLUMN_COUNT),
			  db_column_text(rows, ALERT_COLUMN_COUNT + 1));
		if (r)
			return r;
	}
	*ret_next = 0;
	return r;
}
