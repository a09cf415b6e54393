/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_FOLLOW_RULES_H
#define COLLECT_FOLLOW_RULES_H
/*
 * What the operator says about followed files: which source they are of, and where
 * the records are of more than one line. A YAML file (doc/formats/ingest.md); the
 * first rule whose glob matches a file's path is the file's.
 *
 * The patterns are compiled once and may be used by several threads.
 */
#include <stddef.h>

#include "base/err.h"
#include "base/regex.h"
#include "base/str.h"

#define FOLLOW_RULES_MAX 64
#define FOLLOW_GLOBS_MAX 16            /* of one rule */
#define FOLLOW_RULES_BYTES (64 * 1024) /* of the file */
#define FOLLOW_LOOK 4096               /* bytes of a line that a pattern is shown */
#define FOLLOW_LINES_MAX 10000         /* of max_lines */

struct follow_rule {
	const char *globs[FOLLOW_GLOBS_MAX + 1]; /* as fnmatch(3) with FNM_PATHNAME; NULL at the end */
	struct str hint;                         /* the source's id, or empty */
	/* At most one of both; neither: a record is a line. */
	struct regex *start;         /* a line that matches begins a record */
	struct regex *goes_on;       /* a line that matches belongs to the record before it */
	size_t max_lines, max_bytes; /* of a record: it ends before the line that would be too much */
	unsigned flush;              /* seconds in which the file did not grow: its last record is whole */
};

struct follow_rules;

/* 0; -errno or a negative code with *ret_err, which names the file and the place. */
int follow_rules_read(const char *path, struct follow_rules **ret_rules, struct err *ret_err);
int follow_rules_parse(struct str text, struct follow_rules **ret_rules, struct err *ret_err);
void follow_rules_free(struct follow_rules *rules); /* NULL is fine */

/* NULL where no rule is for the file, or rules is NULL. */
const struct follow_rule *follow_rules_find(const struct follow_rules *rules, const char *path);

/* True where its records may have several lines. */
static inline bool follow_rule_joins(const struct follow_rule *rule)
{
	return rule && (rule->start || rule->goes_on);
}

#endif
