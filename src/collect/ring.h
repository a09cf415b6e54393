/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_RING_H
#define COLLECT_RING_H
/* A list whose links lie in its members, in the order they were put in. The list itself is a link too, so
   that there is no end to treat differently. */
#include <stddef.h>

struct ring {
	struct ring *before, *after;
};

void ring_init(struct ring *ring);
/* NULL where the list is empty. */
struct ring *ring_first(const struct ring *ring);

/* Puts link before where: at the end of the list where where is the list. */
void ring_insert(struct ring *where, struct ring *link);
void ring_remove(struct ring *link);

/* The member a link lies in. */
#define ring_member(link, type, name) ((type *)((char *)(link)-offsetof(type, name)))

#endif
