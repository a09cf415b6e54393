/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/outbox.h"

#include <string.h>

/* due: when it was to go first; next: when it is tried next. A message that was sent or dropped keeps neither
   its link nor its file, one that failed for a while. */
static const char outbox[] = "CREATE TABLE outbox ("
			     "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
			     "  key TEXT NOT NULL UNIQUE,"
			     "  channel TEXT NOT NULL, kind TEXT NOT NULL, receiver TEXT NOT NULL,"
			     "  subject TEXT NOT NULL, text TEXT NOT NULL, link TEXT NOT NULL,"
			     "  file_name TEXT NOT NULL, file_type TEXT NOT NULL, file BLOB NOT NULL,"
			     "  state INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,"
			     "  created INTEGER NOT NULL, due INTEGER NOT NULL, next INTEGER NOT NULL,"
			     "  finished INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT ''"
			     ") STRICT;"
			     "CREATE INDEX outbox_waiting ON outbox (next, id) WHERE state = 0;"
			     "CREATE INDEX outbox_finished ON outbox (finished) WHERE state != 0;";

static const char by_channel[] = "CREATE INDEX outbox_by_channel ON outbox (channel, state, finished);";

/* whole: of messages that failed before, link and file are forgotten. */
static const char whole[] = "ALTER TABLE outbox ADD COLUMN whole INTEGER NOT NULL DEFAULT 1;"
			    "UPDATE outbox SET whole = 0 WHERE state != 0;"
			    "CREATE INDEX outbox_failed ON outbox (finished) WHERE state = 2 AND whole;";

static const char *const steps[] = {outbox, by_channel, whole};

const struct db_schema notify_schema = {"notify", steps, sizeof(steps) / sizeof(steps[0])};

static const char *const state_names[] = {
#define STATE(id, n, name) [n] = name,
	OUTBOX_STATES(STATE)
#undef STATE
};

#define KEY_MAX 200
#define RECEIVER_MAX 254 /* RFC 5321, 4.5.3.1.3: a path less its brackets */
#define NAME_MAX_BYTES 255
#define LINK_MAX 1024

const char *outbox_state_name(enum outbox_state state)
{
	return (unsigned)state < OUTBOX_STATE_COUNT ? state_names[state] : state_names[0];
}

int outbox_state_parse(struct str name, enum outbox_state *ret_state)
{
	for (int i = 0; i < OUTBOX_STATE_COUNT; i++) {
		if (!str_eq(name, str_from(state_names[i])))
			continue;
		*ret_state = (enum outbox_state)i;
		return 0;
	}
	return ERR_UNKNOWN;
}

static size_t characters(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return n;
}

bool outbox_fits(const struct outbox_message *message)
{
	return message->key.len && message->key.len <= KEY_MAX && message->channel.len <= NAME_MAX_BYTES &&
	       message->kind.len <= NAME_MAX_BYTES && message->to.len <= RECEIVER_MAX &&
	       characters(message->subject) <= OUTBOX_SUBJECT_MAX && message->text.len <= OUTBOX_TEXT_MAX &&
	       message->link.len <= LINK_MAX && message->file_name.len <= NAME_MAX_BYTES &&
	       message->file_type.len <= NAME_MAX_BYTES && message->file.len <= OUTBOX_FILE_MAX;
}

struct str outbox_cut(struct str text, size_t bytes)
{
	text = str_head(text, bytes);
	return str_head(text, str_utf8_len(text));
}

int outbox_add(struct db_tx *tx, const struct outbox_message *message, int64_t now)
{
	static const char sql[] =
		"INSERT INTO outbox (key, channel, kind, receiver, subject, text, link, file_name, file_type,"
		" file, created, due, next) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)"
		" ON CONFLICT (key) DO NOTHING";
	int64_t due = message->not_before > now ? message->not_before : now;

	if (!outbox_fits(message))
		return ERR_LIMIT;
	return db_run(tx, sql,
		      DB_ARGS(db_text(message->key), db_text(message->channel), db_text(message->kind),
			      db_text(message->to), db_text(message->subject), db_text(message->text),
			      db_text(message->link), db_text(message->file_name),
			      db_text(message->file_type), db_blob(message->file.ptr, message->file.len),
			      db_integer(now), db_integer(due)));
}

/* --- sending -------------------------------------------------------------------------------------------- */

#define ROW_COLUMNS                                                                                      \
	"id, key, channel, kind, receiver, subject, state, tries, created, due, next, finished, error, " \
	"whole"
#define CONTENT_COLUMNS ", text, link, file_name, file_type, file"
#define CONTENT_FIRST 14

static void read_row(struct db_rows *rows, struct outbox_row *ret_row)
{
	*ret_row = (struct outbox_row){
		.id = db_column_integer(rows, 0),
		.message.key = db_column_text(rows, 1),
		.message.channel = db_column_text(rows, 2),
		.message.kind = db_column_text(rows, 3),
		.message.to = db_column_text(rows, 4),
		.message.subject = db_column_text(rows, 5),
		.state = (enum outbox_state)db_column_integer(rows, 6),
		.tries = (unsigned)db_column_integer(rows, 7),
		.created = db_column_integer(rows, 8),
		.due = db_column_integer(rows, 9),
		.next = db_column_integer(rows, 10),
		.finished = db_column_integer(rows, 11),
		.error = db_column_text(rows, 12),
		.whole = db_column_integer(rows, 13) != 0,
	};
}

static void read_content(struct db_rows *rows, struct outbox_message *message)
{
	message->text = db_column_text(rows, CONTENT_FIRST);
	message->link = db_column_text(rows, CONTENT_FIRST + 1);
	message->file_name = db_column_text(rows, CONTENT_FIRST + 2);
	message->file_type = db_column_text(rows, CONTENT_FIRST + 3);
	message->file = db_column_blob(rows, CONTENT_FIRST + 4);
}

int outbox_next(struct db_tx *tx, int64_t now, outbox_visit *visit, void *context)
{
	struct db_rows *rows = db_query(tx,
					"SELECT " ROW_COLUMNS CONTENT_COLUMNS " FROM outbox"
					" WHERE state = 0 AND next <= ?1 ORDER BY next, id LIMIT 1",
					DB_ARGS(db_integer(now)));
	struct outbox_row row;
	int r = db_next(rows);

	if (r <= 0)
		return r;
	read_row(rows, &row);
	read_content(rows, &row.message);
	r = visit(context, &row);
	return r < 0 ? r : 1;
}

/* What failed may be sent again: all of it stays. */
static int finish(struct db_tx *tx, int64_t id, enum outbox_state state, unsigned tries, struct str error,
		  int64_t now)
{
	static const char sql[] =
		"UPDATE outbox SET state = ?2, tries = tries + ?3, error = ?4, finished = ?5, whole = ?2 = 2,"
		" link = iif(?2 = 2, link, ''), file = iif(?2 = 2, file, x'') WHERE id = ?1 AND state = 0";
	int r = db_run(tx, sql,
		       DB_ARGS(db_integer(id), db_integer(state), db_integer(tries), db_text(error),
			       db_integer(now)));

	return r < 0 ? r : 0;
}

int outbox_sent(struct db_tx *tx, int64_t id, int64_t now)
{
	return finish(tx, id, OUTBOX_SENT, 1, (struct str){0}, now);
}

int64_t outbox_pause(unsigned tries)
{
	int64_t pause = OUTBOX_PAUSE_FIRST;

	for (unsigned i = 0; i < tries && pause < OUTBOX_PAUSE_MAX; i++)
		pause *= 2;
	return pause < OUTBOX_PAUSE_MAX ? pause : OUTBOX_PAUSE_MAX;
}

/* Whole characters only. */
static struct str cut(struct str text, size_t max)
{
	size_t len = text.len < max ? text.len : max;

	return str_head(text, str_utf8_len(str_head(text, len)));
}

int outbox_failed(struct db_tx *tx, int64_t id, bool for_good, struct str reason, int64_t now)
{
	struct db_rows *rows = db_query(tx, "SELECT due, tries FROM outbox WHERE id = ?1 AND state = 0",
					DB_ARGS(db_integer(id)));
	struct str kept = cut(reason, OUTBOX_ERROR_MAX);
	int64_t due, pause;
	unsigned tries;
	int r = db_next(rows);

	if (r <= 0)
		return r;
	due = db_column_integer(rows, 0);
	tries = (unsigned)db_column_integer(rows, 1);
	pause = outbox_pause(tries);
	while ((r = db_next(rows)) > 0)
		;
	if (r < 0)
		return r;
	if (for_good || now + pause > due + OUTBOX_PATIENCE)
		return finish(tx, id, OUTBOX_FAILED, 1, kept, now);
	r = db_run(tx, "UPDATE outbox SET tries = tries + 1, error = ?2, next = ?3 WHERE id = ?1",
		   DB_ARGS(db_integer(id), db_text(kept), db_integer(now + pause)));
	return r < 0 ? r : 0;
}

int outbox_rest(struct db_tx *tx, struct str channel, int64_t until)
{
	int r = db_run(tx, "UPDATE outbox SET next = ?2 WHERE state = 0 AND next < ?2 AND channel = ?1",
		       DB_ARGS(db_text(channel), db_integer(until)));

	return r < 0 ? r : 0;
}

int outbox_spread(struct db_tx *tx, int64_t id, const struct str *channels, size_t count, int64_t now)
{
	static const char sql[] =
		"INSERT INTO outbox (key, channel, kind, receiver, subject, text, link, file_name, file_type,"
		" file, created, due, next) SELECT key || '@' || ?2, ?2, kind, receiver, subject, text, link,"
		" file_name, file_type, file, created, due, next FROM outbox WHERE id = ?1 AND state = 0"
		" ON CONFLICT (key) DO NOTHING";

	for (size_t i = 0; i < count; i++) {
		int r = db_run(tx, sql, DB_ARGS(db_integer(id), db_text(channels[i])));

		if (r < 0)
			return r;
	}
	return finish(tx, id, OUTBOX_SPREAD, 0, count ? (struct str){0} : STR("no channel takes this kind"),
		      now);
}

/* --- for people ----------------------------------------------------------------------------------------- */

/* LIKE would take % and _ of the prefix for wildcards. */
#define HAS_PREFIX "substr(key, 1, length(?1)) = ?1"
#define UNDELIVERED "(state = 2 OR (state = 0 AND tries > 0))"

int outbox_channel_read(struct db_tx *tx, struct str channel, struct outbox_channel *ret_channel)
{
	static const char sql[] =
		"SELECT (SELECT max(finished) FROM outbox WHERE channel = ?1 AND state = 1),"
		" (SELECT max(finished) FROM outbox WHERE channel = ?1 AND state = 2),"
		" (SELECT count(*) FROM outbox WHERE channel = ?1 AND state = 0),"
		" (SELECT error FROM outbox WHERE channel = ?1 AND state IN (0, 2) AND error != ''"
		"  ORDER BY id DESC LIMIT 1)";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_text(channel)));
	int r = db_next(rows);
	struct str error;

	if (r <= 0)
		return r;
	error = outbox_cut(db_column_text(rows, 3), OUTBOX_ERROR_MAX);
	*ret_channel = (struct outbox_channel){
		.sent = db_column_integer(rows, 0),
		.failed = db_column_integer(rows, 1),
		.waiting = db_column_integer(rows, 2),
	};
	memcpy(ret_channel->error, error.ptr ? error.ptr : "", error.len);
	r = db_next(rows);
	return r;
}

int outbox_list(struct db_tx *tx, const struct outbox_filter *filter, outbox_visit *visit, void *context,
		int64_t *ret_next)
{
	static const char sql[] =
		"SELECT " ROW_COLUMNS " FROM outbox WHERE " HAS_PREFIX " AND (?2 = 0 OR ?2 >> state & 1)"
		" AND (?3 = '' OR kind = ?3) AND (?4 = '' OR channel = ?4) AND (?5 = 0 OR id < ?5)"
		" AND (NOT ?7 OR " UNDELIVERED ")"
		" ORDER BY id DESC LIMIT ?6";
	struct db_rows *rows =
		db_query(tx, sql,
			 DB_ARGS(db_text(filter->key_prefix), db_integer(filter->states),
				 db_text(filter->kind), db_text(filter->channel), db_integer(filter->cursor),
				 db_integer((int64_t)filter->limit + 1), db_integer(filter->undelivered)));
	int64_t last = 0, next = 0;
	unsigned count = 0;
	int r;

	while ((r = db_next(rows)) > 0) {
		struct outbox_row row;

		if (count++ == filter->limit) {
			next = last;
			continue;
		}
		read_row(rows, &row);
		last = row.id;
		r = visit(context, &row);
		if (r != 0)
			return r;
	}
	if (r == 0)
		*ret_next = next;
	return r;
}

int outbox_get(struct db_tx *tx, int64_t id, outbox_visit *visit, void *context)
{
	struct db_rows *rows =
		db_query(tx, "SELECT " ROW_COLUMNS CONTENT_COLUMNS " FROM outbox WHERE id = ?1",
			 DB_ARGS(db_integer(id)));
	struct outbox_row row;
	int r = db_next(rows);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	read_row(rows, &row);
	read_content(rows, &row.message);
	return visit(context, &row);
}

/* --- by hand -------------------------------------------------------------------------------------------- */

/* Patience begins anew with what failed; what waits is only tried sooner. */
#define DUE_AGAIN                                                                                       \
	"UPDATE outbox SET next = ?2, due = iif(state = 2, ?2, due), tries = iif(state = 2, 0, tries)," \
	" finished = 0, state = 0 WHERE whole AND " UNDELIVERED

/* ERR_END, ERR_REFUSED; *ret_whole: as of outbox_row. */
static int look_up(struct db_tx *tx, int64_t id, bool *ret_whole)
{
	struct db_rows *rows =
		db_query(tx, "SELECT state, whole FROM outbox WHERE id = ?1", DB_ARGS(db_integer(id)));
	int r = db_next(rows);
	enum outbox_state state;

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	state = (enum outbox_state)db_column_integer(rows, 0);
	*ret_whole = db_column_integer(rows, 1) != 0;
	r = db_next(rows);
	return r < 0 ? r : state == OUTBOX_WAITING || state == OUTBOX_FAILED ? 0 : ERR_REFUSED;
}

int outbox_resend(struct db_tx *tx, int64_t id, int64_t now)
{
	bool is_whole = false;
	int r = look_up(tx, id, &is_whole);

	if (r == 0 && !is_whole)
		r = ERR_RANGE;
	if (r == 0)
		r = db_run(tx, DUE_AGAIN " AND id = ?1", DB_ARGS(db_integer(id), db_integer(now)));
	return r < 0 ? r : 0;
}

int outbox_resend_all(struct db_tx *tx, struct str channel, int64_t now)
{
	return db_run(tx, DUE_AGAIN " AND (?1 = '' OR channel = ?1)",
		      DB_ARGS(db_text(channel), db_integer(now)));
}

#define DROP "UPDATE outbox SET state = 4, whole = 0, link = '', file = x'', finished = ?2"

int outbox_drop(struct db_tx *tx, int64_t id, int64_t now)
{
	bool is_whole;
	int r = look_up(tx, id, &is_whole);

	if (r == 0)
		r = db_run(tx, DROP " WHERE id = ?1", DB_ARGS(db_integer(id), db_integer(now)));
	return r < 0 ? r : 0;
}

int outbox_cancel(struct db_tx *tx, struct str key_prefix, struct str reason, int64_t now)
{
	return db_run(tx, DROP ", error = ?3 WHERE state IN (0, 2) AND " HAS_PREFIX,
		      DB_ARGS(db_text(key_prefix), db_integer(now), db_text(cut(reason, OUTBOX_ERROR_MAX))));
}

/* --- when it is long ago -------------------------------------------------------------------------------- */

int outbox_expire(struct db_tx *tx, int64_t now)
{
	static const char sql[] =
		"UPDATE outbox SET state = 2, finished = ?2,"
		" error = CASE error WHEN '' THEN 'nothing was there to send it in time' ELSE error END"
		" WHERE state = 0 AND due < ?1";

	return db_run(tx, sql, DB_ARGS(db_integer(now - OUTBOX_PATIENCE), db_integer(now)));
}

int outbox_forget(struct db_tx *tx, int64_t before)
{
	return db_run(tx,
		      "UPDATE outbox SET whole = 0, link = '', file = x''"
		      " WHERE state = 2 AND whole AND finished < ?1",
		      DB_ARGS(db_integer(before)));
}

int outbox_prune(struct db_tx *tx, int64_t before)
{
	return db_run(tx,
		      "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state != 0 AND"
		      " finished < ?1 ORDER BY finished LIMIT ?2)",
		      DB_ARGS(db_integer(before), db_integer(OUTBOX_PRUNE_STEP)));
}
