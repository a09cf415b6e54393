/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_INCIDENT_FACTS_H
#define CASES_INCIDENT_FACTS_H
/*
 * What an incident consists of, as its page draws it: the rules that raised its alerts, and what each alert
 * is about. Read from the alerts when asked; nothing is kept. Views live until visit returns.
 */
#include "cases/entity.h"

#define INCIDENT_RULES_MAX 200
#define INCIDENT_SUBJECTS_MAX 2000 /* alerts; parsing their events costs about 30 µs each */
#define SUBJECT_PARTS_MAX 16

struct incident_rule {
	struct str id, title, title_zh, next_steps, next_steps_zh; /* all but id may be empty */
	struct str tactics, techniques;                            /* JSON arrays */
	enum alert_level level;
	int64_t alerts, first, last; /* first and last: µs, of its alerts' times */
};
/* The gravest first, then the commonest. */
int incident_rules_of(struct db_tx *tx, int64_t id,
		      int (*visit)(void *context, const struct incident_rule *rule), void *context);

struct incident_subject {
	const struct alert *alert;
	size_t count;
	struct {
		struct str part; /* "host", "user", "source_address", "destination_address", "file_hash",
				    "domain", "asset" */
		enum entity_kind kind;
		struct str value, name; /* name: of an asset, whose value is its id */
	} parts[SUBJECT_PARTS_MAX];
};
/* The gravest alerts first, then the oldest; at most limit, which is INCIDENT_SUBJECTS_MAX or less. */
int incident_subjects(struct db_tx *tx, const struct case_rules *rules, int64_t id, unsigned limit,
		      int (*visit)(void *context, const struct incident_subject *subject), void *context);

#endif
