/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DRAIN_DRAFT_PRIVATE_H
#define DRAIN_DRAFT_PRIVATE_H
#include "drain/draft.h"
#include "event/field.h"

#define DRAFT_NAME_MAX 64

/* The name as it is compared; its length. */
size_t draft_plain(struct str name, char plain[DRAFT_NAME_MAX]);
/* The field a name probably is by keys or by words; empty: nobody knows. */
struct str draft_field(const struct draft_names *names, const struct map *map, struct str name);

#endif
