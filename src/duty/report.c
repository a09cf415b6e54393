/* SPDX-License-Identifier: Apache-2.0 */
#include "duty/report.h"

#include <stdlib.h>

#include "base/hash.h"
#include "duty/log.h"
#include "duty/report_private.h"

static const struct duty_word verdicts[] = {
#define VERDICT(id, n, name, chinese) {n, name, chinese},
	REPORT_VERDICTS(VERDICT)
#undef VERDICT
};

const char *report_verdict_name(enum report_verdict verdict)
{
	return duty_word_of(verdicts, DUTY_WORD_COUNT(verdicts), (int)verdict)->name;
}

const char *report_verdict_term(enum report_verdict verdict)
{
	return duty_word_of(verdicts, DUTY_WORD_COUNT(verdicts), (int)verdict)->term;
}

static enum report_verdict judge(const struct report_facts *facts)
{
	if (facts->incidents)
		return facts->blind ? REPORT_INCIDENTS_BLIND : REPORT_INCIDENTS;
	return facts->blind ? REPORT_WATCHED : REPORT_SAFE;
}

static int insert(struct db_tx *tx, const struct report_facts *facts, struct str content)
{
	static const char sql[] =
		"INSERT OR IGNORE INTO duty_reports (starts, ends, made, verdict, content, sha256)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	uint8_t digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	struct duty_line line = {.time = facts->made, .kind = LOG_REPORT, .by = STR("wanglou")};
	int made;

	sha256(content.ptr, content.len, digest);
	hex_encode(digest, SHA256_SIZE, hex);
	made = db_run(tx, sql,
		      DB_ARGS(db_integer(facts->from), db_integer(facts->to), db_integer(facts->made),
			      db_integer(judge(facts)), db_text(content), db_text(str_from(hex))));
	if (made <= 0)
		return made;
	line.text = str_from(report_verdict_term(judge(facts)));
	if (db_get_integer(tx, "SELECT last_insert_rowid()", DB_NONE, &line.about) < 0)
		return ERR_CORRUPT;
	return duty_log_add(tx, &line, NULL) < 0 ? ERR_CORRUPT : 1;
}

int report_make(struct db *db, int64_t from, int64_t to, int64_t zone, int64_t now)
{
	struct report_facts facts = {.from = from, .to = to, .made = now};
	struct db_tx *tx;
	char *text = NULL;
	int r = report_gather(db, &facts);

	if (r == 0) {
		json_object_set_new(facts.content, "verdict",
				    json_string(report_verdict_name(judge(&facts))));
		json_object_set_new(facts.content, "zone_seconds", json_integer(zone / CLOCK_SECOND));
		text = json_dumps(facts.content, JSON_COMPACT);
		r = text ? db_begin(db, DB_WRITE, &tx) : ERR_CORRUPT;
	}
	if (r == 0)
		r = db_end(tx, insert(tx, &facts, str_from(text)));
	json_decref(facts.content);
	free(text);
	return r;
}

/* --- reading
 * ------------------------------------------------------------------------------------------------ */

#define REPORT_COLUMNS "id, version, starts, ends, made, verdict, sha256, signed, sent, signed_by, comment"

static int visit_rows(struct db_rows *rows, bool content, report_visit *visit, void *context)
{
	int r;

	while ((r = db_next(rows)) == 1) {
		const struct report report = {
			.id = db_column_integer(rows, 0),
			.version = db_column_integer(rows, 1),
			.from = db_column_integer(rows, 2),
			.to = db_column_integer(rows, 3),
			.made = db_column_integer(rows, 4),
			.verdict = (enum report_verdict)db_column_integer(rows, 5),
			.sha256 = db_column_text(rows, 6),
			.signed_at = db_column_integer(rows, 7),
			.sent = db_column_integer(rows, 8),
			.signed_by = db_column_text(rows, 9),
			.comment = db_column_text(rows, 10),
			.content = content ? db_column_text(rows, 11) : (struct str){0},
		};

		r = visit(context, &report);
		if (r != 0)
			break;
	}
	return r;
}

struct once {
	report_visit *visit;
	void *context;
	bool found;
};

static int visit_once(void *context, const struct report *report)
{
	struct once *once = context;

	once->found = true;
	return once->visit(once->context, report);
}

int report_get(struct db_tx *tx, int64_t id, report_visit *visit, void *context)
{
	struct once once = {visit, context, false};
	int r = visit_rows(db_query(tx, "SELECT " REPORT_COLUMNS ", content FROM duty_reports WHERE id = ?1",
				    DB_ARGS(db_integer(id))),
			   true, visit_once, &once);

	return r < 0 || once.found ? r : ERR_END;
}

int report_list(struct db_tx *tx, int64_t before, unsigned limit, report_visit *visit, void *context)
{
	return visit_rows(db_query(tx,
				   "SELECT " REPORT_COLUMNS " FROM duty_reports WHERE ?1 = 0 OR ends < ?1"
				   " ORDER BY ends DESC, starts DESC LIMIT ?2",
				   DB_ARGS(db_integer(before), db_integer(limit))),
			  false, visit, context);
}

int report_newest(struct db_tx *tx, int64_t *ret_id, int64_t *ret_end)
{
	struct db_rows *rows =
		db_query(tx, "SELECT id, ends FROM duty_reports ORDER BY ends DESC LIMIT 1", DB_NONE);
	int r = db_next(rows);

	if (r < 0)
		return r;
	*ret_id = r ? db_column_integer(rows, 0) : 0;
	*ret_end = r ? db_column_integer(rows, 1) : 0;
	return 0;
}

/* --- signing
 * ------------------------------------------------------------------------------------------------ */

static int note_report(void *context, const struct report *report)
{
	struct report *found = context;

	*found = *report; /* its texts are not looked at */
	return 0;
}

int report_sign(struct db_tx *tx, int64_t id, int64_t version, struct str by, struct str comment, int64_t now,
		struct err *ret_err)
{
	struct report report = {0};
	const struct duty_line line = {
		.time = now, .kind = LOG_REPORT, .by = by, .text = STR("已签发平安报告"), .about = id};
	int r = duty_check_text(comment, "comment", false, DUTY_NOTE_MAX, ret_err);

	if (r == 0)
		r = report_get(tx, id, note_report, &report);
	if (r < 0)
		return r;
	if (version && report.version != version)
		return ERR_BUSY;
	if (report.signed_at)
		return err_set(ret_err, ERR_DUPLICATE, 0, 0, "this report has been signed already");
	if (report.verdict != REPORT_SAFE && !str_trim(comment).len)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "say in the comment what was done about the incidents or the blind spans");
	r = db_run(tx,
		   "UPDATE duty_reports SET version = version + 1, signed = ?2, signed_by = ?3, comment = ?4"
		   " WHERE id = ?1",
		   DB_ARGS(db_integer(id), db_integer(now), db_text(by), db_text(comment)));
	return r < 0 ? r : duty_log_add(tx, &line, NULL);
}
