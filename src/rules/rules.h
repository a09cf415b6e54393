/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_RULES_H
#define RULES_RULES_H
/*
 * The rules a platform works with: its own (content/detections), packs that were
 * imported, exceptions, and what people switched on and off.
 *
 *	DATA/rules/settings.yaml       by rule id: enabled, suppress; by pack: enabled, version
 *	DATA/rules/packs/NAME/VERSION/ a pack as it was imported, with its licence
 *	DATA/rules/exceptions/ID.yml   Sigma filters with author, reason (description) and expiry (expires)
 *
 * Files are replaced by rename; settings.yaml is written last, so whoever watches it
 * (rules_stamp) sees a whole change. Written by commands of the folder's owner; analyze reads.
 */
#include "detect/detect.h"

struct rules_paths {
	const char *own;    /* CONTENT/detections */
	const char *folder; /* DATA/rules; need not exist */
};

/* All enabled rules with exceptions and overrides applied. What does not load is reported and left out.
   -errno only where paths->own cannot be read. */
int rules_load(const struct rules_paths *paths, rule_report *report, void *context, struct ruleset **ret_set);

/* Changes when the rules do: cheap enough to ask every second. */
uint64_t rules_stamp(const struct rules_paths *paths);

#endif
