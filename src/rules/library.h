/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_LIBRARY_H
#define RULES_LIBRARY_H
/*
 * All rules of a platform in memory, for who shows them: loaded when somebody asks and
 * loaded anew when their files changed. What a caller holds is counted and immutable, so
 * that nobody waits for a reload but the one who asked first. Any thread.
 */
#include "base/words.h"
#include "rules/attack.h"
#include "rules/rules.h"
#include "rules/taxonomy.h"

struct rule_refusal {
	struct str file, message[WORDS_LANGUAGES]; /* whoever asks first does not choose for those after */
	unsigned line, column;
};

struct rule_shelf {
	struct ruleset *set; /* those that are off too */
	struct settings settings;
	const struct rule_refusal *refusals; /* what does not load */
	size_t refusal_count;
	const struct str *replaced; /* ids of shipped rules that the platform's own stand for */
	size_t replaced_count;
};

struct rule_library;

/* content: its folder. The texts of paths outlive the library. Loads nothing yet but the small tables;
   report, which may be NULL, is told of each that cannot be read. */
struct rule_library *rule_library_new(const struct rules_paths *paths, const char *content,
				      rule_report *report, void *context);
void rule_library_free(struct rule_library *library); /* NULL is fine; nobody may hold a shelf */

/* The rules as their files are now; a load takes some 0.1 ms a rule. A negative code with *ret_err filled
   where the shipped rules cannot be read. */
int rule_library_use(struct rule_library *library, const struct rule_shelf **ret_shelf, struct err *ret_err);
void rule_library_release(const struct rule_shelf *shelf); /* NULL is fine */

const struct rules_paths *rule_library_paths(const struct rule_library *library);
/* NULL where they could not be read. */
const struct attack *rule_library_attack(const struct rule_library *library);
const struct taxonomy *rule_library_taxonomy(const struct rule_library *library);

#endif
