/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENRICH_ASSETS_PRIVATE_H
#define ENRICH_ASSETS_PRIVATE_H
/* Inside enrich/assets*. */
#include <stdatomic.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "enrich/assets.h"
#include "enrich/ranges.h"

#define HOST_MAX 253

struct asset_row {
	struct asset asset;
	struct str host;                          /* in lower case */
	uint32_t next_mac, next_host, next_label; /* of the same; 1 + its number, 0: the last */
};

struct assets {
	_Atomic unsigned references;
	struct arena *arena;
	struct {
		VEC_OF(struct asset_row)
	} rows;
	struct ranges *ranges;
	struct map *macs, *hosts, *labels; /* → 1 + the number of the first row */
};

/* Lower case into out, which holds HOST_MAX + 1; a dot at the end is dropped. False where it is no name. */
bool assets_lower(struct str name, char *out, struct str *ret_lower);

/* 12 hex digits of a MAC however it is written, or false. */
bool assets_mac(struct str text, char ret_mac[12]);

#endif
