/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_RULES_H
#define RULES_RULES_H
/*
 * The rules a platform works with: its own (content/detections), packs that were
 * imported, exceptions, and what people switched on and off.
 *
 *	DATA/rules/settings.yaml       by rule id: enabled, suppress; by pack: enabled, version
 *	DATA/rules/packs/NAME/VERSION/ a pack as it was imported, with its licence; rules/ below it
 *	DATA/rules/local/ID.yml        rules of this platform: new ones, and those that replace shipped ones
 *	DATA/rules/exceptions/ID.yml   Sigma filters with author, reason (description) and expiry (expires)
 *
 * Files are replaced by rename; settings.yaml is written last, so whoever watches it
 * (rules_stamp) sees a whole change. Written by core and by commands of the folder's owner, through
 * rules/edit.h; analyze reads.
 */
#include "detect/detect.h"
#include "rules/settings.h"

#define RULES_OWN "own"     /* what stands for the pack of our own rules */
#define RULES_LOCAL "local" /* and for that of the platform's own */

struct rules_paths {
	const char *own;    /* CONTENT/detections */
	const char *folder; /* DATA/rules; need not exist */
	const char *cache;  /* a file for what was parsed (ruleset_cache()); NULL: none */
};

/* All enabled rules with exceptions and overrides applied. What does not load is reported and left out.
   -errno only where paths->own cannot be read. */
int rules_load(const struct rules_paths *paths, rule_report *report, void *context, struct ruleset **ret_set);

/* The same with those that are switched off too, and of packs that are; settings, to be freed by the caller
   with settings_done() and live as long as the set, say which. */
int rules_load_all(const struct rules_paths *paths, rule_report *report, void *context,
		   struct ruleset **ret_set, struct settings *ret_settings);

/* A shipped rule that is left out because one of the platform's own stands for it. */
typedef void rules_replaced(void *context, struct str id);
int rules_load_telling(const struct rules_paths *paths, rule_report *report, rules_replaced *replaced,
		       void *context, struct ruleset **ret_set, struct settings *ret_settings);

/* Of a rule of either set: the pack by its file (RULES_OWN …), and whether it is on by the settings. */
struct str rules_pack_of(const struct rules_paths *paths, const struct rule_info *info);
bool rules_is_on(const struct rules_paths *paths, const struct settings *settings,
		 const struct rule_info *info);

/* Changes when the rules do: cheap enough to ask every second. */
uint64_t rules_stamp(const struct rules_paths *paths);

#endif
