/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/recall.h"

#include <stdlib.h>

#include "base/err.h"

#define RECALL_ALIGNMENT 64 /* a line of the cache */

void recall_init(struct recall *recall)
{
	size_t size = RECALL_ENTRIES * sizeof(*recall->entries);

	recall->entries = aligned_alloc(RECALL_ALIGNMENT, size);
	recall->seen = calloc(RECALL_ENTRIES, sizeof(*recall->seen));
	must(recall->entries && recall->seen);
	memset(recall->entries, 0, size);
}

void recall_done(struct recall *recall)
{
	free(recall->entries);
	free(recall->seen);
}

bool recall_is_again(struct recall *recall, uint64_t hash)
{
	uint32_t *seen = &recall->seen[hash % RECALL_ENTRIES], old = *seen;

	*seen = (uint32_t)(hash >> 32);
	return *seen == old;
}

void recall_keep(struct recall *recall, const struct probe *probe, uint64_t hash, struct str text,
		 const struct recall_hits *hits)
{
	struct recall_entry *entry = &recall->entries[hash % RECALL_ENTRIES];
	size_t size = hits->count * sizeof(uint32_t);

	if (hits->count > RECALL_HITS_MAX || size + text.len > RECALL_DATA)
		return;
	entry->probe = probe;
	entry->hash = hash;
	entry->len = (uint16_t)text.len;
	entry->count = (uint16_t)hits->count;
	memcpy(entry->data, hits->hits, size);
	memcpy(entry->data + size, text.ptr, text.len);
}
