/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "cases/private.h"

static int repeat_one(struct db_tx *tx, const struct alert_repeat *repeat)
{
	static const char find[] = "SELECT key, repeats, drill, rule_id FROM alerts WHERE id = ?1";
	static const char set[] = "UPDATE alerts SET repeats = ?2, last = max(last, ?3) WHERE key = ?1";
	uint8_t id[ALERT_ID_SIZE];
	struct rule_delta delta = {0};
	struct db_rows *rows;
	int64_t key, count = (int64_t)repeat->count;
	int r;

	if (hex_decode(repeat->id, id, sizeof(id)) < 0 || repeat->count > INT64_MAX)
		return ERR_SYNTAX;
	rows = db_query(tx, find, DB_ARGS(db_blob(id, sizeof(id))));
	r = db_next(rows);
	if (r <= 0)
		return r;
	key = db_column_integer(rows, 0);
	delta.repeats = count - db_column_integer(rows, 1);
	if (delta.repeats <= 0)
		return 0;
	r = rule_count_add(tx, db_column_text(rows, 3), db_column_integer(rows, 2) != 0, &delta);
	if (r >= 0)
		r = db_run(tx, set, DB_ARGS(db_integer(key), db_integer(count), db_integer(repeat->last)));
	return r;
}

int alerts_repeat(struct db *db, const struct alert_repeat *repeats, size_t count)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r >= 0; i++)
		r = repeat_one(tx, &repeats[i]);
	r = db_end(tx, r);
	return r < 0 ? r : 0;
}
