/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_PRIVATE_H
#define CASES_PRIVATE_H
/* Inside cases/: the key that puts alerts in order, the words they are found by, rows as structs. */
#include "base/buf.h"
#include "cases/incident.h"

#define MILLISECOND INT64_C(1000)
#define MINUTE INT64_C(60000000)
#define HOUR INT64_C(3600000000)
#define KEY_NUMBER_BITS 20
#define KEY_TIME_MAX ((INT64_C(1) << 42) * MILLISECOND) /* the year 2109; alerts beyond are put there */

/* The first key of the millisecond that holds time. */
static inline int64_t alert_key_of(int64_t time)
{
	time = time < 0 ? 0 : time > KEY_TIME_MAX ? KEY_TIME_MAX : time;
	return time / MILLISECOND << KEY_NUMBER_BITS;
}

/* A span of time as a range of keys; the edges inside a millisecond are left to a condition on time. */
struct key_range {
	int64_t low, high; /* [low, high) */
};
static inline struct key_range alert_keys(int64_t from, int64_t to)
{
	return (struct key_range){alert_key_of(from),
				  alert_key_of(to > 0 ? to - 1 : 0) + (INT64_C(1) << KEY_NUMBER_BITS)};
}

static inline int64_t floor_to(int64_t time, int64_t step)
{
	return time - (time % step + step) % step;
}

/* A field of an alert's copy of its event as an SQL expression; '' where it has none, or no copy. */
#define ALERT_EVENT_TEXT(event, field) \
	"coalesce(CASE WHEN " event " <> '' THEN json_extract(" event ", '$.fields.\"" field "\"') END, '')"

/* Steps of cases_schema (schema_incidents.c). */
extern const char case_incidents[], case_backfill[], case_work[], case_deadlines[];

#define ALERT_COLUMNS                                                                                \
	"alerts.key, alerts.id, time, detected, level, status, drill, rule_id, title, rule_hash, "   \
	"event_seq, source, host, user, source_ip, destination_ip, tactics, techniques, note, "      \
	"(SELECT title_zh FROM rules WHERE hash = rule_hash), repeats, last, incident, "             \
	"(SELECT json_patch('{}', json_object('number', number, 'assignee', nullif(assignee, ''), "  \
	"'asset', nullif(asset, 0), 'asset_name', nullif(asset_name, ''), 'unit', nullif(unit, 0), " \
	"'unit_name', nullif(unit_name, ''), 'responsible', nullif(responsible, ''))) "              \
	"FROM incidents WHERE id = incident)" /* a patch leaves out what is null */
#define ALERT_COLUMN_COUNT 24

/* The row at column 0 of rows; hex, of 33 bytes, gets the id. why and event stay empty. */
void alert_read(struct db_rows *rows, char *hex, struct alert *ret_alert);

/* alert_update() inside a transaction, by the alert's key. */
int alert_change_in(struct db_tx *tx, int64_t key, const struct alert_change *change);

struct str incident_title_of(const struct alert *alert);

/* Opens an incident for an alert that belongs to none; now: when. *ret_id is 1 or more. */
int incident_open(struct db_tx *tx, const struct alert *alert, int64_t zone, int64_t now, int64_t *ret_id);

/* What an incident's going from one status to another says of its alerts. */
int incident_verdict(struct db_tx *tx, int64_t id, enum incident_status from, enum incident_status to,
		     struct str by, int64_t at);

/* The text an alert is found by, into out. */
void alert_index_text(const struct alert *alert, struct buf *out);

/* A person's words as a query of FTS5: every word as the beginning of a word. Empty where there is none. */
void alert_match_text(struct str words, unsigned max, struct buf *out);

/* Which ATT&CK tactics ("initial-access") and techniques ("T1059.001") tags name, as JSON arrays. */
void alert_attack_json(const struct str *tags, size_t count, struct buf *ret_tactics,
		       struct buf *ret_techniques);

/* Adds to what is counted of a rule; the members may be negative. */
struct rule_delta {
	int64_t alerts, repeats, confirmed, false_positive;
};
int rule_count_add(struct db_tx *tx, struct str rule_id, bool drill, const struct rule_delta *delta);

/* Counts by minute, hour and rule, gathered over a batch. */
struct tally;
struct tally *tally_new(void);
void tally_free(struct tally *tally);
void tally_add(struct tally *tally, const struct alert *alert);
int tally_write(struct tally *tally, struct db_tx *tx);

#endif
