/* SPDX-License-Identifier: Apache-2.0 */
/* Making, upgrading and emptying the store's tables through the client. */
#include <inttypes.h>

#include "base/clock.h"
#include "store/assignments.h"
#include "store/client.h"
#include "store/schema.h"

static bool line_is_in(struct str lines, struct str wanted)
{
	struct str line;

	while (str_split(&lines, '\n', &line))
		if (str_eq(line, wanted))
			return true;
	return false;
}

static int query_lines(struct store_client *client, struct str sql, struct buf *ret_lines,
		       struct err *ret_err)
{
	struct sql_query query = {0};
	int r;

	buf_add_str(&query.sql, sql);
	r = store_query(client, &query, "TabSeparated", ret_lines, NULL, ret_err);
	sql_query_done(&query);
	return r;
}

/* Columns the field table has gained since the table was made, in one statement. */
static int add_columns(struct store_client *client, const struct schema_server *server, struct err *ret_err)
{
	struct buf there = {0}, alter = {0}, column = {0};
	struct str name;
	int r = query_lines(client,
			    STR("SELECT name FROM system.columns WHERE database = currentDatabase() "
				"AND table = '" SCHEMA_EVENTS "'"),
			    &there, ret_err);

	for (size_t i = 0; r == 0 && (buf_clear(&column), schema_column(server, i, &column, &name)); i++)
		if (!line_is_in(buf_str(&there), name)) {
			buf_add_str(&alter, alter.len ? STR(", ADD COLUMN ")
						      : STR("ALTER TABLE " SCHEMA_EVENTS " ADD COLUMN "));
			buf_add_str(&alter, buf_str(&column));
		}
	if (r == 0 && alter.len)
		r = store_execute(client, buf_str(&alter), ret_err);
	buf_done(&there);
	buf_done(&alter);
	buf_done(&column);
	return r;
}

/* Our own engine's columns as they would be compressed today. It is not done again for rows that are there,
   which each merge compresses anew anyway. */
static int change_codecs(struct store_client *client, const struct schema_server *server, struct err *ret_err)
{
	struct buf there = {0}, alter = {0}, line = {0};
	const char *codec;
	struct str name;
	int r = query_lines(client,
			    STR("SELECT concat(name, ' ', compression_codec) FROM system.columns WHERE "
				"database = currentDatabase() AND table = '" SCHEMA_EVENTS "'"),
			    &there, ret_err);

	for (size_t i = 0; r == 0 && schema_codec(server, i, &name, &codec); i++) {
		buf_clear(&line);
		buf_printf(&line, "%.*s %s", STR_FMT(name), codec);
		if (!line_is_in(buf_str(&there), buf_str(&line)))
			buf_printf(&alter, "%s MODIFY COLUMN %s",
				   alter.len ? "," : "ALTER TABLE " SCHEMA_EVENTS, buf_cstr(&line));
	}
	if (r == 0 && alter.len)
		r = store_execute(client, buf_str(&alter), ret_err);
	buf_done(&there);
	buf_done(&alter);
	buf_done(&line);
	return r;
}

static int make_rollups(struct store_client *client, unsigned version, struct err *ret_err)
{
	struct buf table = {0}, view = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && schema_rollup(version, i, &table, &view); i++) {
		r = store_execute(client, buf_str(&table), ret_err);
		if (r == 0)
			r = store_execute(client, buf_str(&view), ret_err);
		buf_clear(&table);
		buf_clear(&view);
	}
	buf_done(&table);
	buf_done(&view);
	return r;
}

/* A day at a time: one statement over half a year would not end before the client gives up. */
static int backfill(struct store_client *client, struct err *ret_err)
{
	struct buf days = {0}, sql = {0};
	struct str lines, line;
	int64_t day;
	int r = query_lines(client,
			    STR("SELECT DISTINCT partition FROM system.parts WHERE active AND "
				"database = currentDatabase() AND table = '" SCHEMA_EVENTS "'"),
			    &days, ret_err);

	for (lines = buf_str(&days); r == 0 && str_split(&lines, '\n', &line);) {
		if (str_to_i64(line, &day) < 0)
			continue;
		buf_clear(&sql);
		assignments_backfill(day, &sql);
		r = store_execute(client, buf_str(&sql), ret_err);
	}
	buf_done(&days);
	buf_done(&sql);
	return r;
}

/* In a store from before there was this table, what is in the events already is copied. The view is made
   last: where there is none, the copy is not known to be whole, and begun anew. Whoever prepares is the only
   one who inserts, so that nothing falls between the copy and the view. */
static int make_assignments(struct store_client *client, unsigned version, struct err *ret_err)
{
	struct buf answer = {0}, sql = {0};
	int r = query_lines(client,
			    STR("SELECT name FROM system.tables WHERE database = currentDatabase() AND "
				"name = '" ASSIGNMENTS_VIEW "'"),
			    &answer, ret_err);
	bool there = answer.len > 0;

	buf_done(&answer);
	if (r < 0 || there)
		return r;
	r = store_execute(client, STR("DROP TABLE IF EXISTS " ASSIGNMENTS), ret_err);
	assignments_table(version, &sql);
	if (r == 0)
		r = store_execute(client, buf_str(&sql), ret_err);
	if (r == 0)
		r = backfill(client, ret_err);
	buf_clear(&sql);
	assignments_view(&sql);
	if (r == 0)
		r = store_execute(client, buf_str(&sql), ret_err);
	buf_done(&sql);
	return r;
}

int store_prepare(struct store_client *client, struct err *ret_err)
{
	struct schema_server server = {.own = store_is_own(client)};
	struct buf sql = {0};
	int r = store_version(client, &server.version, ret_err);

	if (r == 0) {
		schema_events(&server, &sql);
		r = store_execute(client, buf_str(&sql), ret_err);
	}
	if (r == 0)
		r = add_columns(client, &server, ret_err);
	if (r == 0 && server.own)
		r = change_codecs(client, &server, ret_err);
	if (r == 0)
		r = make_rollups(client, server.version, ret_err);
	if (r == 0)
		r = make_assignments(client, server.version, ret_err);
	buf_done(&sql);
	return r;
}

/* Drops the partitions of one table, each of that many days, that end before day. */
static int drop_before(struct store_client *client, const char *table, int64_t days, int64_t day,
		       struct err *ret_err)
{
	struct sql_query query = {0};
	struct buf answer = {0}, sql = {0};
	struct str lines, line;
	int64_t partition;
	int r;

	buf_add_str(&query.sql, STR("SELECT DISTINCT partition FROM system.parts WHERE active AND "
				    "database = currentDatabase() AND table = "));
	sql_bind_text(&query, str_from(table));
	r = store_query(client, &query, "TabSeparated", &answer, NULL, ret_err);
	for (lines = buf_str(&answer); r == 0 && str_split(&lines, '\n', &line);) {
		if (str_to_i64(line, &partition) < 0 || (partition + 1) * days > day)
			continue;
		buf_clear(&sql);
		buf_printf(&sql, "ALTER TABLE %s DROP PARTITION %" PRId64, table, partition);
		r = store_execute(client, buf_str(&sql), ret_err);
	}
	sql_query_done(&query);
	buf_done(&answer);
	buf_done(&sql);
	return r;
}

int store_retain(struct store_client *client, unsigned days, int64_t now, struct err *ret_err)
{
	struct buf unused = {0};
	int64_t first = now / CLOCK_DAY - days;
	const char *table;
	unsigned version;
	int r = store_version(client, &version, ret_err);

	if (r == 0)
		r = drop_before(client, SCHEMA_EVENTS, 1, first, ret_err);
	for (size_t i = 0; r == 0 && (table = schema_rollup(version, i, &unused, &unused)); i++)
		r = drop_before(client, table, 1, first, ret_err);
	if (r == 0)
		r = drop_before(client, ASSIGNMENTS, ASSIGNMENTS_DAYS, first, ret_err);
	buf_done(&unused);
	return r;
}
