/* SPDX-License-Identifier: Apache-2.0 */
#include "rectification/link.h"

#include <string.h>

#include "base/clock.h"
#include "rectification/private.h"

static void hash_token(struct str token, uint8_t out[SHA256_SIZE])
{
	sha256(token.ptr, token.len, out);
}

static struct db_value hash_value(const struct link *link)
{
	return db_blob(link->hash, sizeof(link->hash));
}

int link_find(struct db_tx *tx, struct str token, int64_t now, struct link *ret_link)
{
	static const char sql[] =
		"SELECT l.rectification, l.person, coalesce(p.name, '') FROM rectification_links AS l"
		" LEFT JOIN rectification_people AS p USING (rectification, person)"
		" WHERE hash = ?1 AND revoked = 0 AND expires > ?2";
	struct link link = {0};
	struct db_rows *rows;
	int r;

	if (token.len != LINK_TOKEN_SIZE - 1)
		return ERR_DENIED;
	hash_token(token, link.hash);
	rows = db_query(tx, sql, DB_ARGS(hash_value(&link), db_integer(now)));
	r = db_next(rows);
	if (r <= 0)
		return r < 0 ? r : ERR_DENIED;
	link.rectification = db_column_integer(rows, 0);
	link.person = db_column_integer(rows, 1);
	snprintf(link.name, sizeof(link.name), "%.*s", STR_FMT(db_column_text(rows, 2)));
	link.name[str_utf8_len(str_from(link.name))] = 0;
	while ((r = db_next(rows)) > 0)
		;
	if (r == 0)
		*ret_link = link;
	return r;
}

int link_touch(struct db_tx *tx, const struct link *link, int64_t now)
{
	int r = db_run(tx, "UPDATE rectification_links SET used = ?2 WHERE hash = ?1 AND used < ?3",
		       DB_ARGS(hash_value(link), db_integer(now), db_integer(now - CLOCK_MINUTE)));

	return r < 0 ? r : 0;
}

int link_make(struct db_tx *tx, int64_t rectification, int64_t person, int64_t expires, int64_t now,
	      char ret_token[LINK_TOKEN_SIZE])
{
	static const char insert[] =
		"INSERT INTO rectification_links (hash, rectification, person, created, expires)"
		" VALUES (?1, ?2, ?3, ?4, ?5)";
	static const char drop[] =
		"DELETE FROM rectification_links WHERE hash IN (SELECT hash FROM rectification_links"
		" WHERE rectification = ?1 AND person = ?2 ORDER BY created DESC LIMIT -1 OFFSET ?3)";
	uint8_t bytes[SHA256_SIZE];
	struct link link = {0};
	int r;

	random_bytes(bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), ret_token);
	hash_token(str_from(ret_token), link.hash);
	explicit_bzero(bytes, sizeof(bytes));
	r = db_run(tx, insert,
		   DB_ARGS(hash_value(&link), db_integer(rectification), db_integer(person), db_integer(now),
			   db_integer(expires)));
	if (r >= 0)
		r = db_run(
			tx, drop,
			DB_ARGS(db_integer(rectification), db_integer(person), db_integer(LINKS_PER_PERSON)));
	return r < 0 ? r : 0;
}

/* A link that somebody plays with shall not fill the database. */
static int count_change(struct db_tx *tx, const struct link *link, int64_t now)
{
	static const char sql[] =
		"UPDATE rectification_links SET changes = CASE hour WHEN ?2 THEN changes + 1 ELSE 1 END,"
		" hour = ?2 WHERE hash = ?1 AND (hour != ?2 OR changes < ?3)";
	int r = db_run(
		tx, sql,
		DB_ARGS(hash_value(link), db_integer(now / CLOCK_HOUR), db_integer(LINK_CHANGES_PER_HOUR)));

	return r < 0 ? r : r == 1 ? 0 : ERR_LIMIT;
}

int link_change(struct db_tx *tx, const struct link *link, enum rectification_action action, int64_t version,
		struct str text, int64_t now)
{
	const struct change change = {action, link->rectification, version, str_from(link->name), text, true,
				      now};
	int r = count_change(tx, link, now);

	return r < 0 ? r : change_make(tx, &change);
}

int link_confirm(struct db_tx *tx, const struct link *link, int64_t version, int64_t now)
{
	int r = link_change(tx, link, RECTIFICATION_DOES_CONFIRM, version, (struct str){0}, now);

	if (r == 0)
		r = db_run(tx, "UPDATE rectifications SET confirmed = ?2, confirmed_by = ?3 WHERE id = ?1",
			   DB_ARGS(db_integer(link->rectification), db_integer(now),
				   db_text(str_from(link->name))));
	return r < 0 ? r : 0;
}

/* Who reports has read what it is about: that confirms it, too. */
static int write_reported(struct db_tx *tx, const struct link *link, int64_t now)
{
	static const char sql[] =
		"UPDATE rectifications SET reported = ?2, reported_by = ?3,"
		" confirmed_by = CASE confirmed WHEN 0 THEN ?3 ELSE confirmed_by END,"
		" confirmed = CASE confirmed WHEN 0 THEN ?2 ELSE confirmed END WHERE id = ?1";

	return db_run(
		tx, sql,
		DB_ARGS(db_integer(link->rectification), db_integer(now), db_text(str_from(link->name))));
}

int link_report(struct db_tx *tx, const struct link *link, int64_t version, const struct link_report *report,
		int64_t now)
{
	bool whole =
		str_trim(report->cause).len && str_trim(report->measures).len && str_trim(report->result).len;
	int r;

	if (report->submit && !whole)
		return ERR_RANGE;
	r = link_change(tx, link, report->submit ? RECTIFICATION_DOES_REPORT : RECTIFICATION_DOES_SAVE,
			version, (struct str){0}, now);
	if (r == 0)
		r = db_run(tx,
			   "UPDATE rectifications SET cause = ?2, measures = ?3, result = ?4, saved = ?5"
			   " WHERE id = ?1",
			   DB_ARGS(db_integer(link->rectification), db_text(report->cause),
				   db_text(report->measures), db_text(report->result), db_integer(now)));
	if (r >= 0 && report->submit)
		r = write_reported(tx, link, now);
	return r < 0 ? r : 0;
}

int link_ask(struct db_tx *tx, const struct link *link, int64_t version, int64_t until, struct str reason,
	     int64_t now)
{
	static const char sql[] =
		"UPDATE rectifications SET extension = ?2, extension_until = ?3, extension_reason = ?4,"
		" extension_answer = '' WHERE id = ?1 AND deadline < ?3";
	int r;

	if (until <= now || until > now + LINK_EXTENSION_MAX || !str_trim(reason).len)
		return ERR_RANGE;
	r = link_change(tx, link, RECTIFICATION_DOES_ASK, version, reason, now);
	if (r == 0)
		r = db_run(tx, sql,
			   DB_ARGS(db_integer(link->rectification), db_integer(EXTENSION_ASKED),
				   db_integer(until), db_text(reason)));
	return r < 0 ? r : r == 1 ? 0 : ERR_RANGE;
}
