/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_SEAL_GROUP_H
#define JOURNAL_SEAL_GROUP_H
/*
 * Which records of a segment lie together: those of one class that came the same way and
 * look alike, so that compression finds what they share. The largest groups get a stream
 * of their own; the rest of each class shares one.
 */
#include "base/map.h"
#include "base/vec.h"
#include "journal/sealed_index.h"

struct seal_group {
	uint8_t class, stream;
	uint32_t records;
	uint64_t bytes; /* of content */
};

struct seal_groups {
	struct map *by_key;
	VEC_OF(struct seal_group) /* the first JOURNAL_CLASSES_MAX are the rests of the classes */
};

void seal_groups_init(struct seal_groups *groups);
void seal_groups_done(struct seal_groups *groups);

/* Counts a record; the number of its group. */
uint16_t seal_groups_add(struct seal_groups *groups, const struct journal_record *record, unsigned class);

/* Gives each group its stream and appends the streams to the index. */
void seal_groups_settle(struct seal_groups *groups, struct sealed_index *index);

/* What of a record's text tells its kind: the start of it, or the program or message code of a syslog line.
   A view. */
struct str seal_shape(struct str text);

#endif
