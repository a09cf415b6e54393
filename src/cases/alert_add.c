/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/hash.h"
#include "cases/alert_group.h"
#include "cases/grouper.h"

/* What one call needs over and over. */
struct batch {
	struct db_tx *tx;
	struct tally *tally;
	struct grouper grouper;
	struct buf words, tactics, techniques;
	int64_t last_key;
};

/* The next free key of the alert's millisecond; a millisecond that is full gives way to the next. */
static int next_key(struct batch *batch, int64_t time, int64_t *ret_key)
{
	const int64_t span = INT64_C(1) << KEY_NUMBER_BITS;
	int64_t first = alert_key_of(time), last = 0;
	int r;

	if (batch->last_key >= first && batch->last_key < first + span - 1) {
		*ret_key = batch->last_key + 1; /* nobody else writes meanwhile */
		return 0;
	}
	for (;; first += span) {
		r = db_get_integer(batch->tx,
				   "SELECT coalesce(max(key), -1) FROM alerts WHERE key >= ?1 AND key < ?2",
				   DB_ARGS(db_integer(first), db_integer(first + span)), &last);
		if (r < 0)
			return r;
		if (last < first + span - 1)
			break;
	}
	*ret_key = last < first ? first : last + 1;
	return 0;
}

static struct str capped(struct str text, size_t max)
{
	return text.len <= max ? text : (struct str){0};
}

/* 1 where it was new, 0 where it was there. */
static int insert_alert(struct batch *batch, const struct alert *alert, const uint8_t id[ALERT_ID_SIZE],
			int64_t key)
{
	static const char sql[] =
		"INSERT INTO alerts (key, id, time, detected, level, drill, rule_id, title, rule_hash, "
		"event_seq,"
		" source, host, user, source_ip, destination_ip, tactics, techniques)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
		" ON CONFLICT (id) DO NOTHING";

	return db_run(batch->tx, sql,
		      DB_ARGS(db_integer(key), db_blob(id, ALERT_ID_SIZE), db_integer(alert->time),
			      db_integer(alert->detected), db_integer(alert->level), db_integer(alert->drill),
			      db_text(alert->rule_id), db_text(alert->rule_title), db_text(alert->rule_hash),
			      db_integer((int64_t)alert->event_seq), db_text(alert->source),
			      db_text(alert->host), db_text(alert->user), db_text(alert->source_ip),
			      db_text(alert->destination_ip), db_text(buf_str(&batch->tactics)),
			      db_text(buf_str(&batch->techniques))));
}

static int insert_details(struct batch *batch, const struct alert *alert, int64_t key)
{
	int r = db_run(batch->tx, "INSERT INTO alert_details VALUES (?1, ?2, ?3)",
		       DB_ARGS(db_integer(key), db_text(capped(alert->why, ALERT_WHY_MAX)),
			       db_text(capped(alert->event, ALERT_EVENT_MAX))));

	if (r < 0)
		return r;
	r = db_run(batch->tx, "INSERT OR IGNORE INTO alert_tactics SELECT value, ?1 FROM json_each(?2)",
		   DB_ARGS(db_integer(key), db_text(buf_str(&batch->tactics))));
	if (r < 0)
		return r;
	buf_clear(&batch->words);
	alert_index_text(alert, &batch->words);
	return db_run(batch->tx, "INSERT INTO alert_words (rowid, words) VALUES (?1, ?2)",
		      DB_ARGS(db_integer(key), db_text(buf_str(&batch->words))));
}

static int add_one(struct batch *batch, const struct alert *alert)
{
	struct alert full = *alert;
	uint8_t id[ALERT_ID_SIZE];
	int64_t key = 0;
	int r;

	full.tactics = full.techniques = (struct str){0};
	if (hex_decode(alert->id, id, sizeof(id)) < 0 || (unsigned)alert->level >= ALERT_LEVEL_COUNT)
		return ERR_SYNTAX;
	full.time = alert->time < 0 ? 0 : alert->time > KEY_TIME_MAX ? KEY_TIME_MAX : alert->time;
	r = next_key(batch, full.time, &key);
	if (r < 0)
		return r;
	buf_clear(&batch->tactics);
	buf_clear(&batch->techniques);
	alert_attack_json(alert->tags, alert->tag_count, &batch->tactics, &batch->techniques);
	r = insert_alert(batch, &full, id, key);
	if (r <= 0)
		return r;
	batch->last_key = key;
	full.tactics = buf_str(&batch->tactics);
	full.techniques = buf_str(&batch->techniques);
	tally_add(batch->tally, &full);
	r = insert_details(batch, alert, key);
	if (r >= 0)
		r = grouper_place(&batch->grouper, &full, key, &full.incident);
	return r < 0 ? r : 1;
}

int alerts_add_grouped(struct db *db, const struct case_rules *rules, const struct alert *alerts,
		       size_t count)
{
	struct batch batch = {.last_key = -1};
	int r = db_begin(db, DB_WRITE, &batch.tx), added = 0;

	if (r < 0)
		return r;
	batch.tally = tally_new();
	grouper_init(&batch.grouper, batch.tx, rules);
	for (size_t i = 0; i < count && r >= 0; i++) {
		r = add_one(&batch, &alerts[i]);
		added += r > 0;
	}
	if (r >= 0)
		r = tally_write(batch.tally, batch.tx);
	r = db_end(batch.tx, r < 0 ? r : 0);
	tally_free(batch.tally);
	grouper_done(&batch.grouper);
	buf_done(&batch.words);
	buf_done(&batch.tactics);
	buf_done(&batch.techniques);
	return r < 0 ? r : added;
}

int alerts_add(struct db *db, const struct alert *alerts, size_t count)
{
	return alerts_add_grouped(db, NULL, alerts, count);
}

static void tags_json(const struct alert_rule *rule, struct buf *out)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < rule->tag_count && i < ALERT_TAGS_MAX; i++) {
		if (i)
			buf_add_char(out, ',');
		buf_add_json_string(out, rule->tags[i]);
	}
	buf_add_char(out, ']');
}

/* Texts that versions learnt to keep one after the other. */
#define LATER                                                                                     \
	"title_zh, author, license, next_steps, next_steps_zh, description_zh, false_positives, " \
	"false_positives_zh"
#define EXCLUDED                                                                                             \
	"excluded.title_zh, excluded.author, excluded.license, excluded.next_steps, excluded.next_steps_zh," \
	" excluded.description_zh, excluded.false_positives, excluded.false_positives_zh"

/* A rule kept by a version that did not know all of these texts gets them now. */
static int add_rule(struct db_tx *tx, const struct alert_rule *rule, int64_t now, struct buf *tags)
{
	static const char sql[] =
		"INSERT INTO rules (hash, id, title, description, level, tags, yaml, first_seen, " LATER
		") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
		" ON CONFLICT (hash) DO UPDATE SET (" LATER ") = (" EXCLUDED ")"
		" WHERE (" LATER ") <> (" EXCLUDED ")";

	buf_clear(tags);
	tags_json(rule, tags);
	return db_run(tx, sql,
		      DB_ARGS(db_text(rule->hash), db_text(rule->id), db_text(rule->title),
			      db_text(rule->description), db_integer(rule->level), db_text(buf_str(tags)),
			      db_text(rule->yaml), db_integer(now), db_text(rule->title_zh),
			      db_text(rule->author), db_text(rule->license), db_text(rule->next_steps),
			      db_text(rule->next_steps_zh), db_text(rule->description_zh),
			      db_text(rule->false_positives), db_text(rule->false_positives_zh)));
}

int alerts_add_rules(struct db *db, const struct alert_rule *rules, size_t count, int64_t now)
{
	struct buf tags = {0};
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r >= 0; i++)
		r = add_rule(tx, &rules[i], now, &tags);
	r = db_end(tx, r);
	buf_done(&tags);
	return r < 0 ? r : 0;
}
