/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which tables change. SQLite's hook for changed rows does not know tables WITHOUT ROWID; its authorizer says
 * at the time of preparing which tables a statement may write, those of triggers and of foreign keys too. So
 * the set is kept with the statement, and counts when the statement has changed a row and its transaction
 * commits.
 */
#include <string.h>

#include "db/private.h"

static int note_table(void *context, int action, const char *table, const char *column, const char *schema,
		      const char *trigger)
{
	struct db *db = context;
	uint64_t *place;
	bool added;

	(void)column, (void)schema, (void)trigger;
	if ((action != SQLITE_INSERT && action != SQLITE_UPDATE && action != SQLITE_DELETE) || !table)
		return SQLITE_OK;
	pthread_mutex_lock(&db->lock);
	place = map_put(db->tables, str_from(table), &added);
	if (added)
		*place = map_len(db->tables) - 1;
	if (*place < DB_TABLES_MAX)
		db->writer.named.bits[*place / 64] |= UINT64_C(1) << *place % 64;
	pthread_mutex_unlock(&db->lock);
	return SQLITE_OK;
}

void db_watch(struct db *db)
{
	sqlite3_set_authorizer(db->writer.sqlite, note_table, db);
}

void db_note_step(struct db_rows *rows, bool row)
{
	struct db_tx *tx = rows->tx;

	/* RETURNING: all changes are made before the first row, and counted behind the last. */
	if (!row && sqlite3_total_changes(tx->sqlite) == rows->changes)
		return;
	for (size_t i = 0; i < DB_TABLES_MAX / 64; i++)
		tx->changed.bits[i] |= rows->writes.bits[i];
}

void db_note_commit(struct db_tx *tx)
{
	static const struct db_tables none;

	if (memcmp(&tx->changed, &none, sizeof(none)) == 0)
		return;
	pthread_mutex_lock(&tx->db->lock);
	for (size_t i = 0; i < DB_TABLES_MAX; i++)
		tx->db->written[i] += tx->changed.bits[i / 64] >> i % 64 & 1;
	pthread_mutex_unlock(&tx->db->lock);
}

uint64_t db_written(struct db *db, const char *table)
{
	uint64_t written = 0;
	const uint64_t *place;

	pthread_mutex_lock(&db->lock);
	place = map_get(db->tables, str_from(table));
	if (place && *place < DB_TABLES_MAX)
		written = db->written[*place];
	pthread_mutex_unlock(&db->lock);
	return written;
}
