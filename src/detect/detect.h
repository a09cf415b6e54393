/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_DETECT_H
#define DETECT_DETECT_H
/*
 * Sigma 2 detection: rules are parsed, compiled together into one immutable rule
 * set, and evaluated against events. The set is shared by all threads and
 * replaced as a whole on reload; what one thread needs is in its matcher.
 *
 * An evaluation does not allocate, and takes bounded time: what goes beyond the
 * limits of a search or of a rule does not match and is counted, and a rule that
 * does so again and again is set aside.
 */
#include <stdint.h>

#include "base/err.h"
#include "event/event.h"

enum rule_level { LEVEL_INFORMATIONAL, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL };
const char *rule_level_name(enum rule_level level);

enum rule_kind { RULE_DETECTION, RULE_CORRELATION };

/* Our key "suppress": after an alert, further ones with the same key are counted on it for so long. */
struct rule_suppress {
	const struct str *by; /* fields */
	size_t by_count;
	int64_t span; /* µs; 0: every match is an alert */
};

struct rule_info {
	enum rule_kind kind;
	struct str id, name, title, description, author, status,
		file;                         /* name: what correlations may call it */
	struct str title_zh;                  /* the title in Chinese; empty where the rule has none */
	struct str license;                   /* as the rule states it */
	struct str next_steps, next_steps_zh; /* our keys: what to do now; may be empty */
	struct str description_zh;            /* our key: the description in Chinese; may be empty */
	struct str false_positives, false_positives_zh; /* a line each; the second is our key; may be empty */
	struct rule_suppress suppress;
	bool silent; /* stands only for the correlations that refer to it: makes no alerts of its own */
	enum rule_level level;
	struct logsource logsource;
	const struct str *tags; /* "attack.t1059.001" … */
	size_t tag_count;
	struct str yaml; /* its file's text */
	struct str hash; /* see ruleset_hash(); empty until then */
};

struct ruleset;

/* Called for every rule that does not load; the rest loads. */
typedef void rule_report(void *context, const struct err *err);

struct arena;
struct ruleset_builder;
struct ruleset_builder *ruleset_builder_new(void);
/* Lives as long as the set. */
struct arena *ruleset_arena(struct ruleset_builder *builder);
/* A value for %name% in items with the modifier expand; several make alternatives. Before ruleset_add(). */
void ruleset_expand(struct ruleset_builder *builder, struct str name, struct str value);
/* Asked about every rule that parses, before it becomes part of the set: false leaves it out. The rule's
   suppress and silent may be changed; what they point to must live as long as the set. */
typedef bool rule_choose(void *context, struct rule_info *info);
void ruleset_choose(struct ruleset_builder *builder, rule_choose *choose, void *context);
/* For those who only match: info.yaml stays empty, which saves as much memory as the files are long. */
void ruleset_without_texts(struct ruleset_builder *builder);
/* Keeps files and their YAML trees in the file path from one load to the next (detect/rule_cache.h): a load
   from it takes half the time or less. Before ruleset_add(); ruleset_build() writes what is new. Texts are
   told apart by their SHA-256, and files of which stat says the same as before are not read; so any folders,
   placeholders and aliases can share one, and it may be deleted at any time. In a process:
   DATA/cursor/rules.cache, a folder that it may write and nobody else. Negative with *ret_err filled (may be
   NULL) where something is there that is not trusted: the load goes on without it, and it is made anew if the
   folder is ours alone. */
int ruleset_cache(struct ruleset_builder *builder, const char *path, struct err *ret_err);
/* Adds one file or all .yml/.yaml files of a folder. -errno only where path cannot be read. */
int ruleset_add(struct ruleset_builder *builder, const char *path, rule_report *report, void *context);
/* Adds the documents of a text; file is its name in errors. */
void ruleset_add_text(struct ruleset_builder *builder, const char *file, struct str text, rule_report *report,
		      void *context);
/* Compiles and frees the builder. What turns out only now, of correlations that refer to rules, is reported
   as the last ruleset_add() asked for. all_rules: log sources are ignored. */
struct ruleset *ruleset_build(struct ruleset_builder *builder, bool all_rules);
void ruleset_free(struct ruleset *set);

/* Gives each rule its hash, by which its text is known: hex of 128 bits of SHA-256 over the file's text and
   the rule's id, since several rules may stand in one file. Once, before others use the set. */
void ruleset_hash(struct ruleset *set);

size_t ruleset_count(const struct ruleset *set);
size_t ruleset_cached_files(const struct ruleset *set); /* that were not parsed */
const struct rule_info *ruleset_info(const struct ruleset *set, size_t index);

struct matcher;
struct matcher *matcher_new(const struct ruleset *set);
void matcher_free(struct matcher *matcher);

/* Indices of the rules that match, ascending; valid until the next call. Returns their number. */
size_t matcher_run(struct matcher *matcher, const struct event *event, const uint32_t **ret_rules);

/* The same found by evaluating every rule that the log source admits: slow, the measure of matcher_run(). */
size_t matcher_run_all(struct matcher *matcher, const struct event *event, const uint32_t **ret_rules);

/* Why rule index matched the event just run: the selections, fields and values, as one JSON object in arena.
 */
struct str matcher_explain(struct matcher *matcher, uint32_t rule, const struct event *event,
			   struct arena *arena);

/* Rules looked at closely since the matcher was made, for candidates_mean; evaluations cut short. */
uint64_t matcher_candidates(const struct matcher *matcher);
uint64_t matcher_exceeded(const struct matcher *matcher);

/* Events by how many candidates they had: [n] had n, the last that many or more. Of matcher_run() only. */
#define CANDIDATES_BUCKETS 257
const uint64_t *matcher_candidates_histogram(const struct matcher *matcher);

/* What a rule cost and found since the matcher was made. One event in MATCHER_SAMPLING is timed. */
#define MATCHER_SAMPLING 64
struct rule_stats {
	uint64_t candidates;  /* events for which it was evaluated */
	uint64_t matches;     /* of these */
	uint64_t samples;     /* of these evaluations were timed … */
	uint64_t nanoseconds; /* … and took so long together */
};
void matcher_rule_stats(const struct matcher *matcher, uint32_t rule, struct rule_stats *ret_stats);

/*
 * A rule that costs more than its budget (doc/formats/rules.md, "Limits") is set
 * aside: no matcher of the set evaluates it any more. Matchers decide so by
 * themselves while they run, in any thread.
 */
struct rule_aside {
	uint32_t rule;
	int64_t at;                  /* when, by the clock */
	uint64_t events;             /* in so many of one thread … */
	uint64_t nanoseconds;        /* … it computed so long … */
	uint64_t thread_nanoseconds; /* … of so long in all … */
	uint64_t cut_short;          /* … and so many of its evaluations were cut short */
};
typedef void rule_aside_seen(void *context, const struct rule_aside *aside);
/* All rules set aside so far, in order; seen may be NULL. Returns their number. From any thread. */
size_t ruleset_aside(const struct ruleset *set, rule_aside_seen *seen, void *context);
bool ruleset_is_aside(const struct ruleset *set, size_t index);
/* After a reload: what old has set aside stays so in the new set, where its file has not changed. */
void ruleset_keep_aside(const struct ruleset *set, const struct ruleset *old);

/* The rule is not evaluated any more by this matcher; it holds for no event. */
void matcher_set_aside(struct matcher *matcher, uint32_t rule);
bool matcher_is_aside(const struct matcher *matcher, uint32_t rule);

#endif
