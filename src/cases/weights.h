/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_WEIGHTS_H
#define CASES_WEIGHTS_H
/* Inside cases/: content/grouping.yaml as numbers. */
#include "base/arena.h"
#include "base/yaml.h"
#include "cases/case_rules.h"
#include "cases/entity.h"
#include "event/ip.h"

/* In which part an alert names an entity. The order is that of shares in a reason. */
#define SHARES(X)                                      \
	X(HOST, "host", HOST)                          \
	X(USER, "user", USER)                          \
	X(SOURCE, "source_address", ADDRESS)           \
	X(DESTINATION, "destination_address", ADDRESS) \
	X(ASSET, "asset", ASSET)                       \
	X(FILE_HASH, "file_hash", FILE_HASH)           \
	X(DOMAIN, "domain", DOMAIN)                    \
	X(ACTIVITY, "activity", ACTIVITY)              \
	X(RULE, "rule", RULE)
enum share {
#define X(id, name, kind) SHARE_##id,
	SHARES(X)
#undef X
		SHARE_COUNT
};

/* Phrases of `words`, by the names of shares first. */
#define PHRASES(X)    \
	X(rare)       \
	X(common)     \
	X(later)      \
	X(earlier)    \
	X(meanwhile)  \
	X(next_stage) \
	X(same_rule)  \
	X(same_technique) X(same_tactic) X(opened) X(by_hand) X(separator) X(second) X(minute) X(hour)
enum phrase {
	PHRASE_AFTER_SHARES = SHARE_COUNT - 1,
#define X(name) PHRASE_##name,
	PHRASES(X)
#undef X
		PHRASE_COUNT
};

#define STAGES_MAX 32
#define CRITICALITIES_MAX 16

struct names {
	const struct str *items; /* in lower case; one that ends or begins with * stands for many */
	size_t count;
};

/* What an asset's criticality is worth. */
struct criticality {
	struct str name;
	int64_t points;
};
struct criticalities {
	struct criticality items[CRITICALITIES_MAX];
	size_t count;
};

struct grading;

struct case_rules {
	struct arena *arena;
	int64_t zone;
	int64_t threshold, merge, related; /* of 1000 */
	struct {
		int64_t points, common;
	} shares[SHARE_COUNT];
	int64_t half_life;  /* minutes */
	int64_t short_host; /* of 1000 */
	int64_t zone_hours, zone_step, zone_minutes, zone_records, zone_slack, zone_points;
	int64_t evidence[ALERT_LEVEL_COUNT]; /* of 1000 */
	int64_t next_stage, same_rule, same_technique, same_tactic, chain_keep;
	int64_t alerts_max, hours_max, hosts_max, entities_max, candidates_max;
	struct names hosts, users, domains, hashes; /* ignored */
	struct ip_net *nets;
	size_t net_count;
	struct str stages[STAGES_MAX], stage_names[2][STAGES_MAX]; /* names: English, Chinese */
	size_t stage_count;
	int64_t risk_half_life; /* hours */
	int64_t risk_level[ALERT_LEVEL_COUNT], score_level[ALERT_LEVEL_COUNT];
	int64_t precision_least, precision_weight, score_tactic, score_host;
	struct criticalities risk_criticality, score_criticality;
	struct str words[2][PHRASE_COUNT]; /* English, Chinese */
	struct grading *grading;           /* in the arena; grading.c */
};

const char *share_name(enum share share);
enum entity_kind share_kind(enum share share);

int case_rules_read(const struct yaml_node *root, struct case_rules *rules, struct err *ret_err);

/* The points of an asset's criticality, those of "" where it is not named. */
int64_t criticality_points(const struct criticalities *table, struct str name);

/* 1 … for a tactic; 0 where it is none. */
unsigned case_rules_stage(const struct case_rules *rules, struct str tactic);

bool names_hold(const struct names *names, struct str value);
bool case_rules_ignore_address(const struct case_rules *rules, struct str address);

#endif
