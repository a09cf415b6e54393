/* SPDX-License-Identifier: Apache-2.0 */
#include "trail/trail.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/buf.h"

static const char entries[] =
	"CREATE TABLE trail ("
	"  time INTEGER NOT NULL, seq INTEGER NOT NULL,"
	"  user TEXT NOT NULL COLLATE NOCASE, role TEXT NOT NULL, address TEXT NOT NULL,"
	"  via TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL,"
	"  outcome TEXT NOT NULL, detail TEXT NOT NULL,"
	"  PRIMARY KEY (time, seq)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX trail_by_user ON trail (user, time, seq);"
	"CREATE INDEX trail_by_action ON trail (action, time, seq);";

static const char *const steps[] = {entries};

const struct db_schema trail_schema = {"trail", steps, sizeof(steps) / sizeof(steps[0])};

/* --- adding ------------------------------------------------------------------------------------------- */

static struct db_value member(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return db_text(STR(""));
	return db_text(str_of(json_string_value(value), json_string_length(value)));
}

static int insert(struct db_tx *tx, const struct trail_record *record, const json_t *root, const char *detail)
{
	static const char sql[] = "INSERT OR IGNORE INTO trail"
				  " (time, seq, user, role, address, via, action, object, outcome, detail)"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
	struct db_value action = member(root, "action");

	if (!action.text.len)
		action = db_text(STR("unreadable"));
	return db_run(tx, sql,
		      DB_ARGS(db_integer(record->time), db_integer((int64_t)record->seq),
			      member(root, "user"), member(root, "role"), member(root, "address"),
			      member(root, "via"), action, member(root, "object"), member(root, "outcome"),
			      db_text(str_from(detail))));
}

static int add_one(struct db_tx *tx, const struct trail_record *record)
{
	json_t *root =
		json_loadb(record->text.len ? record->text.ptr : "", record->text.len, JSON_ALLOW_NUL, NULL);
	const json_t *object = json_object_get(root, "detail");
	char *detail = json_is_object(object) ? json_dumps(object, JSON_COMPACT) : NULL;
	int r = insert(tx, record, root, detail ? detail : "{}");

	free(detail);
	json_decref(root);
	return r < 0 ? r : 0;
}

int trail_add(struct db *db, const struct trail_record *records, size_t count)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r == 0; i++)
		r = add_one(tx, &records[i]);
	return db_end(tx, r);
}

/* --- reading ------------------------------------------------------------------------------------------ */

/* The pattern of LIKE that finds text anywhere; '\' takes the meaning from its wildcards. */
static void make_pattern(struct str text, struct buf *out)
{
	buf_add_char(out, '%');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%' || text.ptr[i] == '_' || text.ptr[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, text.ptr[i]);
	}
	buf_add_char(out, '%');
}

static const char *make_sql(const struct trail_filter *filter, struct buf *sql)
{
	buf_printf(sql, "SELECT time, seq, user, role, address, via, action, object, outcome, detail"
			" FROM trail WHERE time >= ?1 AND time < ?2");
	if (filter->after)
		buf_printf(sql, " AND (time, seq) < (?4, ?5)");
	if (filter->user.len)
		buf_printf(sql, " AND user = ?6");
	if (filter->action.len)
		buf_printf(sql, " AND action = ?7");
	if (filter->outcome.len)
		buf_printf(sql, " AND outcome = ?8");
	if (filter->text.len)
		buf_printf(sql, " AND (user LIKE ?9 ESCAPE '\\' OR address LIKE ?9 ESCAPE '\\'"
				" OR object LIKE ?9 ESCAPE '\\' OR detail LIKE ?9 ESCAPE '\\')");
	/* The highest number is always there, so that all are bound whichever the conditions need. */
	buf_printf(sql, " AND ?9 IS NOT NULL ORDER BY time DESC, seq DESC LIMIT ?3");
	return buf_cstr(sql);
}

static void read_entry(struct db_rows *rows, struct trail_entry *entry)
{
	struct str *const texts[] = {&entry->user,   &entry->role,   &entry->address, &entry->via,
				     &entry->action, &entry->object, &entry->outcome, &entry->detail};

	entry->time = db_column_integer(rows, 0);
	entry->seq = (uint64_t)db_column_integer(rows, 1);
	for (int i = 0; i < (int)(sizeof(texts) / sizeof(texts[0])); i++)
		*texts[i] = db_column_text(rows, 2 + i);
}

int trail_list(struct db *db, const struct trail_filter *filter,
	       int (*visit)(void *context, const struct trail_entry *entry), void *context)
{
	struct buf pattern = {0}, sql = {0};
	struct trail_entry entry;
	struct db_rows *rows;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx), stop = 0;

	if (r < 0)
		return r;
	make_pattern(filter->text, &pattern);
	rows = db_query(tx, make_sql(filter, &sql),
			DB_ARGS(db_integer(filter->from), db_integer(filter->to), db_integer(filter->limit),
				db_integer(filter->after_time), db_integer((int64_t)filter->after_seq),
				db_text(filter->user), db_text(filter->action), db_text(filter->outcome),
				db_text(buf_str(&pattern))));
	while (stop == 0 && (r = db_next(rows)) > 0) {
		read_entry(rows, &entry);
		stop = visit(context, &entry);
	}
	r = db_end(tx, r < 0 ? r : 0);
	buf_done(&pattern);
	buf_done(&sql);
	return r < 0 ? r : stop;
}

int trail_prune(struct db *db, int64_t before)
{
	static const char sql[] =
		"DELETE FROM trail WHERE (time, seq) IN"
		" (SELECT time, seq FROM trail WHERE time < ?1 ORDER BY time, seq LIMIT ?2)";
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r == 0)
		r = db_end(tx, db_run(tx, sql, DB_ARGS(db_integer(before), db_integer(TRAIL_PRUNE_STEP))));
	return r;
}
