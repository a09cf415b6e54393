/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_VISIBILITY_H
#define RULES_VISIBILITY_H
/*
 * What rules could see of ATT&CK, and what they do see with the sources that talk.
 *
 * Which log sources a source's events may have is read out of the keys "sigma" of
 * CONTENT/sources: the products, categories and services that stand anywhere in its
 * file or in fragments it uses, not which of them go together. A rule is visible where
 * one talking source has all that its log source states; a correlation where all rules it
 * refers to are. The log sources that a source may have are thus an upper bound.
 */
#include "base/buf.h"
#include "base/vec.h"
#include "detect/detect.h"
#include "rules/attack.h"

#define SOURCES_MAX 4096

struct texts {
	VEC_OF(struct str)
};

struct log_origin {
	struct str id, title, fragment; /* one of id and fragment */
	struct texts uses, products, categories, services;
	bool heard;
};

struct log_origins {
	struct arena *arena;
	VEC_OF(struct log_origin)
};

/* Reads all .yaml files below folder. -errno where it cannot be read; files that are wrong are left out. */
int log_origins_read(struct log_origins *origins, const char *folder, struct arena *arena);
void log_origins_done(struct log_origins *origins);
/* Marks a source as talking; the platform's own do, always. False where there is none of that id. */
bool log_origins_hear(struct log_origins *origins, struct str id);
/* Whether a source's events may have this log source. */
bool log_origin_has(const struct log_origin *origin, const struct logsource *source);

/* The first log source that is missing for a rule; NULL where it sees its events. */
const struct logsource *visibility_missing(const struct ruleset *set, size_t index,
					   const struct log_origins *origins);

struct technique_view {
	uint32_t rules, visible; /* rules on it; those that some source feeds */
};

struct blind_source {
	struct logsource source;
	uint32_t rules, techniques; /* of the rules that miss it */
};

struct visibility {
	struct arena *arena;
	const struct attack *attack;
	struct technique_view *techniques;                /* by index */
	uint32_t rules, rules_visible, untagged, unknown; /* unknown: tags that the tables do not have */
	struct {
		VEC_OF(struct blind_source)
	} blind; /* log sources of rules that nobody feeds, the most techniques first */
};

/* on: which rules count. */
typedef bool visibility_on(void *context, const struct rule_info *info);
void visibility_make(struct visibility *visibility, const struct ruleset *set, const struct attack *attack,
		     const struct log_origins *origins, struct arena *arena, visibility_on *on,
		     void *context);
void visibility_done(struct visibility *visibility);

struct technique_tally {
	uint32_t total, covered, visible, rules;
};
struct technique_tally visibility_tally(const struct visibility *visibility, uint32_t tactic);

/* The whole as a JSON object, appended: doc/formats/api.yaml, RuleCoverage. tactics: bits by index of those
   that are wanted. */
void visibility_json(const struct visibility *visibility, const struct log_origins *origins, uint32_t tactics,
		     struct buf *out);
/* A layer for MITRE's ATT&CK Navigator (layer format 4.5): score 2 visible, 1 blind. */
void visibility_layer(const struct visibility *visibility, struct str name, struct buf *out);

#endif
