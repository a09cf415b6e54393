/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_ENTITY_H
#define CASES_ENTITY_H
/*
 * What alerts are about: hosts, users, addresses, files, domains, assets, units. How often each was seen and
 * with how many others, and what risk it carries: points that its alerts gave it, which halve after a time
 * that content/grouping.yaml names.
 */
#include "base/buf.h"
#include "cases/incident.h"

/* Numbered as stored: never renumber. Those from RULE on lie in incidents only. */
#define ENTITY_KINDS(X)              \
	X(HOST, 1, "host")           \
	X(USER, 2, "user")           \
	X(ADDRESS, 3, "address")     \
	X(FILE_HASH, 4, "file_hash") \
	X(DOMAIN, 5, "domain")       \
	X(ASSET, 6, "asset")         \
	X(UNIT, 7, "unit")           \
	X(RULE, 8, "rule")           \
	X(TECHNIQUE, 9, "technique") \
	X(TACTIC, 10, "tactic")      \
	X(ACTIVITY, 11, "activity")

enum entity_kind {
#define X(id, n, name) ENTITY_##id = (n),
	ENTITY_KINDS(X)
#undef X
		ENTITY_KIND_COUNT = 12
};

#define ENTITY_VALUE_MAX 255    /* bytes; a longer one is no entity */
#define ENTITY_PARTNERS_MAX 512 /* degree is not counted beyond */
#define ENTITY_TOP_MAX 200

const char *entity_kind_name(enum entity_kind kind);
int entity_kind_parse(struct str name, enum entity_kind *ret_kind); /* 0 or ERR_UNKNOWN */

struct risk_row {
	enum entity_kind kind;
	struct str value, name; /* name: of an asset or unit, as it was at its last alert */
	double risk;            /* now */
	int64_t alerts, first, last;
};
typedef int risk_visit(void *context, const struct risk_row *row);

struct case_rules;

/* The riskiest of a kind at the time now, most first, at most limit (1 … ENTITY_TOP_MAX); risks below 1 are
   left out. */
int risk_top(struct db_tx *tx, const struct case_rules *rules, enum entity_kind kind, bool drill, int64_t now,
	     unsigned limit, risk_visit *visit, void *context);

/* The same of one; visit is not called where no alert was about it, or long ago. */
int risk_of(struct db_tx *tx, const struct case_rules *rules, enum entity_kind kind, struct str value,
	    bool drill, int64_t now, risk_visit *visit, void *context);

/* What an incident is about, the risk of each at the time now: most alerts first. */
struct incident_entity {
	enum entity_kind kind;
	struct str value, name;
	int64_t first, last, count;
	double risk;
};
int incident_entities(struct db_tx *tx, const struct case_rules *rules, int64_t id, int64_t now,
		      int (*visit)(void *context, const struct incident_entity *entity), void *context);

/* "hxxps://evil[.]example[:]8080/a" as it was before people made it harmless; text that is none stays. */
void entity_refang(struct str text, struct buf *out);

/* Forgets who was seen with whom before the last period, and what no alert has been about since `before`. */
int entities_prune(struct db_tx *tx, int64_t before, int64_t now);

#endif
