/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_CHECK_H
#define RULES_CHECK_H
/*
 * What is doubtful about rules that load: conditions that are never or always true,
 * fields that the log source does not have, duplicates, tags that ATT&CK does not know,
 * and what our own rules must have besides. What does not load is said by ruleset_add().
 *
 * Files are added one by one; what is said of two rules at once comes with
 * checker_finish().
 */
#include "detect/detect.h"
#include "rules/attack.h"
#include "rules/taxonomy.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTICE, SEVERITY_COUNT };
const char *severity_name(enum severity severity);

struct finding {
	enum severity severity;
	const char *code; /* "unknown-field" …: doc/formats/rules.md lists them */
	const char *file;
	unsigned line, column;
	struct str rule, title; /* id; may be empty */
	const char *message;
};

/* Views live until the call returns. */
typedef void check_report(void *context, const struct finding *finding);

struct checker_options {
	const struct attack *attack;     /* NULL: tags are not looked at */
	const struct taxonomy *taxonomy; /* NULL: fields are not looked at */
	check_report *report;
	void *context;
};

struct checker;
struct checker *checker_new(const struct checker_options *options);
void checker_free(struct checker *checker);

/* own: a rule of this project, which must have a Chinese title, tests and next steps. */
void checker_add(struct checker *checker, const char *file, struct str text, bool own);
void checker_finish(struct checker *checker);

#endif
