/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_PACK_COMPARE_H
#define RULES_PACK_COMPARE_H
/*
 * What becomes of a platform's rules when a pack takes up another version: which rules
 * come, change and go, which of them are taken by other rules, and which decisions of
 * people (settings, exceptions) lose their rule.
 */
#include "rules/rules.h"

enum pack_news {
	PACK_ADDED,
	PACK_CHANGED,
	PACK_GONE,
	PACK_SAME_ID,    /* a rule that is not of the pack has the id too: the first holds */
	PACK_SAME_TITLE, /* … the title, which is confusing and no more */
	PACK_NEWS_COUNT
};
const char *pack_news_name(enum pack_news news); /* "added" … */

struct pack_difference {
	enum pack_news news;
	const struct rule_info *info; /* gone: of the version before; the same id or title: the other rule */
	bool set, excepted;           /* gone: somebody decided something about it, which stays for its id */
	const struct rule_info *heir; /* gone: the rule of that title, which has another id now; NULL: none */
};
typedef void pack_difference_visit(void *context, const struct pack_difference *difference);

struct pack_sides {
	const struct rules_paths *paths;
	const struct ruleset *all; /* of the platform, those that are off too */
	const struct settings *settings;
	struct str name;
	const char *before, *now; /* folders of rules; before NULL: the pack is new, and nothing is "added" */
};

/* In the order of pack_news, but that what changed and what came are mixed. Loads both versions, some 0.3 ms
   a rule. */
void pack_compare(const struct pack_sides *sides, pack_difference_visit *visit, void *context);

#endif
