/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/ring.h"

void ring_init(struct ring *ring)
{
	ring->before = ring->after = ring;
}

struct ring *ring_first(const struct ring *ring)
{
	return ring->after == ring ? NULL : ring->after;
}

void ring_insert(struct ring *where, struct ring *link)
{
	link->before = where->before;
	link->after = where;
	link->before->after = link;
	where->before = link;
}

void ring_remove(struct ring *link)
{
	link->before->after = link->after;
	link->after->before = link->before;
	ring_init(link);
}
