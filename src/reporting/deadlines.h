/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTING_DEADLINES_H
#define REPORTING_DEADLINES_H
/*
 * The tables of content/compliance: which incident has to be reported to whom and by when (deadlines.yaml),
 * counted with holidays.yaml. A file of the same name in the folder of one's own (DATA/compliance) takes the
 * place of ours, so that an upgrade does not undo it. doc/formats/compliance.md describes both.
 *
 * Immutable once read; all texts live as long as the tables.
 */
#include "calendar/calendar.h"

#define DEADLINES_FILE_MAX (1u << 20)
#define DEADLINES_RULES_MAX 256
#define DEADLINES_STEPS_MAX 8
#define DEADLINES_CATEGORIES_MAX 16
#define DEADLINES_SYSTEMS_MAX 256

/* The three reports of one incident. Numbered as stored. STAGE(NAME, number, "name", "Chinese name") */
#define REPORTING_STAGES(STAGE)                        \
	STAGE(INITIAL, 1, "initial", "事发紧急报告")   \
	STAGE(PROGRESS, 2, "progress", "事中情况报告") \
	STAGE(FINAL, 3, "final", "事后整改报告")

enum reporting_stage {
#define STAGE(id, n, name, chinese) REPORTING_##id = (n),
	REPORTING_STAGES(STAGE)
#undef STAGE
};
const char *reporting_stage_name(enum reporting_stage stage);
const char *reporting_stage_chinese(enum reporting_stage stage);
int reporting_stage_parse(struct str name, enum reporting_stage *ret_stage); /* 0 or ERR_UNKNOWN */

/* From when a limit counts: the incident was discovered; its level, as it stands, became known; it was
   handled (整改 or closed). Numbered as stored. */
enum reporting_since { SINCE_DISCOVERED = 1, SINCE_KNOWN, SINCE_HANDLED };
const char *reporting_since_name(enum reporting_since since);

struct deadline_source {
	struct str id, title;
	int64_t from, to; /* µs: incidents discovered from … before; to 0: open */
};

struct deadline_rule {
	struct str id, recipient, clause, note;
	const struct deadline_source *source;
	bool general; /* general knowledge, not taken from the text: check it before relying on it */
	enum reporting_stage stage;
	struct limit limit;
	enum reporting_since since;
	/* Conditions; what is not given fits everything. */
	unsigned levels; /* bits 1 << level */
	struct str categories[DEADLINES_CATEGORIES_MAX];
	size_t category_count;
	struct str affiliation;
	int critical;        /* critical information infrastructure: 1, not: 0, either: -1 */
	unsigned mlps_least; /* 等保 level */
};

/* Whom a warning goes to, one bit each. */
enum { WARN_ASSIGNEE = 1, WARN_ON_DUTY = 2, WARN_CHAIN = 4, WARN_LEADERS = 8 };
struct warn_step {
	unsigned left; /* percent of the time; 0: at the deadline */
	unsigned to;
};

struct deadlines {
	struct str version;
	char hash[17]; /* of both files: tells which tables a duty was made by */
	struct str organization, affiliation;
	struct str systems[DEADLINES_SYSTEMS_MAX]; /* assets that are critical infrastructure */
	size_t system_count;
	const struct deadline_rule *rules;
	size_t rule_count;
	struct warn_step steps[DEADLINES_STEPS_MAX]; /* the most time left first; the last has 0 */
	size_t step_count;
	int64_t again; /* µs between reminders when it is too late; 0: none */
	unsigned again_most;
	const struct calendar *calendar;
};

/* What decides about an incident's duties. */
struct reporting_facts {
	unsigned level; /* 0: none, and nothing is due */
	bool proposed;  /* nobody has decided the level yet */
	struct str category;
	struct str asset; /* the names of all its assets, a line each */
	unsigned mlps_level;
	int64_t discovered, known, handled; /* µs; handled 0: not yet */
};

int deadlines_parse(struct str text, const struct calendar *calendar, struct arena *arena,
		    struct deadlines **ret_deadlines, struct err *ret_err);

/* Both files from the folders; own may be NULL. */
int deadlines_load(const char *folder, const char *own, struct arena *arena, struct deadlines **ret_deadlines,
		   struct err *ret_err);

bool deadline_applies(const struct deadlines *deadlines, const struct deadline_rule *rule,
		      const struct reporting_facts *facts);

/* The moment a rule counts from; 0: it has not come yet. */
int64_t reporting_start(enum reporting_since since, const struct reporting_facts *facts);

/* The test cases in deadlines.yaml: calls failed for each that does not come out; the number of cases, or a
   negative code. */
int deadlines_test(struct str text, const struct deadlines *deadlines, struct arena *arena,
		   void (*failed)(void *context, unsigned line, const char *message), void *context,
		   struct err *ret_err);

/* The text of a table: NAME in own, else in folder. */
int compliance_read(const char *folder, const char *own, const char *name, size_t max, struct arena *arena,
		    struct str *ret_text, struct err *ret_err);

#endif
