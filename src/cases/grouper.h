/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_GROUPER_H
#define CASES_GROUPER_H
/*
 * Inside cases/: finds the incident that an alert belongs to, or opens one (doc/formats/incidents.md). Works
 * alert by alert, in their order, on what the database holds; nothing is kept between calls but memory, so
 * that where batches are cut changes nothing.
 */
#include "base/json.h"
#include "cases/private.h"
#include "cases/asset.h"
#include "cases/weights.h"

#define ENTITIES_MAX 16 /* of an alert */
#define CANDIDATES_MAX 64
#define TACTICS_MAX 16

struct entity {
	enum share share;
	struct str value, other; /* other: a name by which incidents may know it too, or empty */
	bool short_name;         /* the alert gives the short one of that name */
	int64_t degree;          /* with how many others it was seen */
};

/* What one alert is about. Views of the alert and of the grouper's arena. */
struct subject {
	struct entity items[ENTITIES_MAX];
	size_t count;
	struct str tactics[TACTICS_MAX], techniques[TACTICS_MAX];
	size_t tactic_count, technique_count;
	unsigned stage;            /* the latest of its tactics; 0: none */
	int64_t seq, received;     /* of the event; received 0: unknown */
	struct str site, observer; /* whose name was asked for; who sent the record */
	struct asset *asset;       /* NULL: not in the register */
};

struct grouper {
	struct db_tx *tx;
	const struct case_rules *rules; /* NULL: every alert opens an incident */
	struct arena *arena;            /* of the alert at hand */
	struct json_parser *parser;
	struct assets *assets;
	struct buf text;
};

void grouper_init(struct grouper *grouper, struct db_tx *tx, const struct case_rules *rules);
void grouper_done(struct grouper *grouper);

/* What the alert is about, its asset included; valid until the next call. tactics and techniques are set. */
int grouper_subject(struct grouper *grouper, const struct alert *alert, struct subject *ret_subject);

/* What the host of an alert is called elsewhere: a short name becomes the full one where it is known, a full
   one gets the short one as its other where that is. */
int grouper_host_name(struct grouper *grouper, const struct alert *alert, struct entity *host);

/* Counts the alert in the incident: times, severity, title while nobody has touched it. */
int incident_take_alert(struct grouper *grouper, int64_t id, const struct alert *alert);

/* Adds the subject to what the incident is about, brought in with that strength (of 1000), and grades the
   incident anew where that makes a difference. */
int incident_take_subject(struct grouper *grouper, int64_t id, const struct alert *alert,
			  const struct subject *subject, int64_t strength);

/* Counts, times, tactics, score, proposals of an incident whose alerts were moved, from those it has now. */
int incident_recount(struct grouper *grouper, int64_t id);
/* And what it is about. */
int incident_rebuild(struct grouper *grouper, int64_t id);

/* Score, tactics, category and level proposed. */
int incident_grade(struct grouper *grouper, int64_t id);

/* Both are one from now on, where nobody has touched either and there is room: *ret_id is the older. 1, or 0
   where they are not merged. Which alert fitted both says incident_relate(). */
int incident_merge_untouched(struct grouper *grouper, int64_t a, int64_t b, int64_t at, int64_t *ret_id);
int incident_relate(struct db_tx *tx, int64_t a, int64_t b, int64_t score, struct str alert, int64_t at);

/* Counts the alert on all it is about: partners, times, risk. After the score was taken. */
int entities_count(struct grouper *grouper, const struct alert *alert, struct subject *subject);
/* Fills in the degrees. */
int entities_degrees(struct grouper *grouper, const struct alert *alert, struct subject *subject);

/* The whole of it: *ret_id is the incident of the alert with that key. */
int grouper_place(struct grouper *grouper, const struct alert *alert, int64_t key, int64_t *ret_id);

#endif
