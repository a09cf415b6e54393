/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_CATEGORY_H
#define DETECT_CATEGORY_H
/* Categories that Sigma's taxonomy has once more as part of a wider one. */
#include "base/str.h"

struct category {
	struct str name, wider;
};

/* By number; false past the end. */
bool category_at(size_t index, struct category *ret_category);
/* The wider category; empty where there is none. */
struct str category_wider(struct str name);

#endif
