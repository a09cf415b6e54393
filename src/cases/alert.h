/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_ALERT_H
#define CASES_ALERT_H
/*
 * Alerts: what a detection rule found in an event, and what people made of it.
 * Delivered at least once; the id, a hash of what caused it, makes a repeat
 * harmless. An alert keeps a copy of the event, so it can be read while the
 * store is away and after the event has aged out of it.
 *
 * The table is ordered by time: its key is the millisecond and a running number
 * in it, so that the newest page, a span of time and the next page are ranges of
 * the key. Counts by minute and by hour are kept beside it (alert_count.h), so
 * that no page reads more rows than it shows.
 *
 * Views passed in are copied; views handed to a visitor live until it returns.
 */
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

extern const struct db_schema cases_schema;

#define ALERT_ID_SIZE 16 /* bytes; 32 hex digits outside */
#define ALERT_TAGS_MAX 64
#define ALERT_EVENT_MAX (256 * 1024) /* bytes of the event's copy; a larger one is left out */
#define ALERT_WHY_MAX (64 * 1024)
#define ALERT_NOTE_MAX 4000 /* characters */

/* Level and status are numbered as stored: never renumber. */
#define ALERT_LEVELS(X)                            \
	X(ALERT_INFORMATIONAL, 0, "informational") \
	X(ALERT_LOW, 1, "low")                     \
	X(ALERT_MEDIUM, 2, "medium")               \
	X(ALERT_HIGH, 3, "high")                   \
	X(ALERT_CRITICAL, 4, "critical")
#define ALERT_STATUSES(X)                        \
	X(ALERT_NEW, 0, "new")                   \
	X(ALERT_ACKNOWLEDGED, 1, "acknowledged") \
	X(ALERT_CLOSED, 2, "closed")             \
	X(ALERT_FALSE_POSITIVE, 3, "false_positive")

enum alert_level {
#define X(id, n, name) id = (n),
	ALERT_LEVELS(X)
#undef X
		ALERT_LEVEL_COUNT
};
enum alert_status {
#define X(id, n, name) id = (n),
	ALERT_STATUSES(X)
#undef X
		ALERT_STATUS_COUNT
};

/* Whether a drill's alerts are meant. */
enum alert_lane { ALERT_ANY, ALERT_REAL, ALERT_DRILL };

const char *alert_level_name(enum alert_level level);
const char *alert_status_name(enum alert_status status);
int alert_level_parse(struct str name, enum alert_level *ret_level);    /* 0 or ERR_UNKNOWN */
int alert_status_parse(struct str name, enum alert_status *ret_status); /* 0 or ERR_UNKNOWN */

struct alert {
	struct str id;          /* 32 hex digits */
	int64_t time, detected; /* µs: of the event; when the rule matched */
	enum alert_level level;
	bool drill;
	struct str rule_id, rule_title;
	struct str rule_title_zh; /* may be empty; kept with the rule, here it is for finding the alert by */
	struct str rule_hash;     /* of the rule's text, the key of alerts_add_rules() */
	const struct str *tags;   /* of the rule: "attack.t1059.001"; tactics and techniques come from them */
	size_t tag_count;
	uint64_t event_seq;
	struct str source;                    /* content/sources id */
	struct str host, user;                /* may be empty */
	struct str source_ip, destination_ip; /* as text; may be empty */
	struct str why;                       /* JSON object */
	struct str event;                     /* JSON object as event_snapshot() makes it */

	/* Only from the database: */
	enum alert_status status;
	uint64_t repeats;                     /* matches that were counted on it */
	int64_t last;                         /* µs, the newest of them; 0: none */
	struct str note, tactics, techniques; /* the last two JSON arrays */
	int64_t incident;                     /* it belongs to */
	struct str incident_facts; /* of that, JSON: number, assignee, asset, unit; only what is known */
};

/* Adds alerts in one transaction, as status new, each with an incident of its own (but alert_group.h).
   Returns how many were not there before. ERR_SYNTAX where an id is not 32 hex digits: nothing of this call
   was taken. */
int alerts_add(struct db *db, const struct alert *alerts, size_t count);

/* So many matches have been counted on the alert by now, the newest at last. */
struct alert_repeat {
	struct str id; /* 32 hex digits */
	uint64_t count;
	int64_t last; /* µs */
};

/* In one transaction. Counts are absolute and only rise, so a repeat of the call is harmless; one of an alert
   that is not there is left out. ERR_SYNTAX as alerts_add(). */
int alerts_repeat(struct db *db, const struct alert_repeat *repeats, size_t count);

struct alert_rule {
	struct str hash, id, title, title_zh, description, yaml; /* all but hash and id may be empty */
	struct str author, license, next_steps, next_steps_zh;
	struct str description_zh, false_positives, false_positives_zh; /* the two: a line each */
	enum alert_level level;
	const struct str *tags;
	size_t tag_count;
};

/* Keeps the rules' texts under their hashes in one transaction; those that are there already are fine. */
int alerts_add_rules(struct db *db, const struct alert_rule *rules, size_t count, int64_t now);

/* One alert with its rule; rule's texts are empty where it was not kept. ERR_END where there is no such
   alert. The views live until visit returns. */
typedef int alert_visit(void *context, const struct alert *alert);
typedef int alert_detail_visit(void *context, const struct alert *alert, const struct alert_rule *rule);
int alert_get(struct db *db, struct str id, alert_detail_visit *visit, void *context);

struct alert_change {
	const enum alert_status *status; /* NULL: stays */
	const struct str *note;          /* NULL: stays */
	struct str by;                   /* user name */
	int64_t at;
};

/* Sets status, note or both, and writes down who did it. ERR_END where there is no such alert. */
int alert_update(struct db *db, struct str id, const struct alert_change *change);

struct alert_event {
	int64_t time;
	struct str by, note;
	enum alert_status from, to;
	bool note_changed;
};

/* What people did to it, oldest first. */
int alert_history(struct db *db, struct str id, int (*visit)(void *context, const struct alert_event *event),
		  void *context);

#endif
