/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_LOGSOURCE_H
#define DETECT_LOGSOURCE_H
/* Inside detect/: log sources as rules state them. */
#include "event/event.h"

/* A log source as the key of group_by_source: lower case, parts ended by NUL. Returns its length;
   0 where it does not fit, and then no rule names it. */
#define SOURCE_KEY_MAX 256
size_t source_key(const struct logsource *source, unsigned parts, char out[SOURCE_KEY_MAX]);
enum { SOURCE_PRODUCT = 1, SOURCE_CATEGORY = 2, SOURCE_SERVICE = 4, SOURCE_ALL = 7 };

/* Categories that Sigma's taxonomy has once more as part of a wider one. */
struct category {
	struct str name, wider;
};

/* By number; false past the end. */
bool category_at(size_t index, struct category *ret_category);
/* The wider category; empty where there is none. */
struct str category_wider(struct str name);

#endif
