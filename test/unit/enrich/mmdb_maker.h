/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MMDB_MAKER_H
#define MMDB_MAKER_H
/* Makes files in the MaxMind DB format 2.0: records of 24 bits, an IPv6 tree with IPv4 at ::/96. */
#include <stdint.h>

#include "base/buf.h"

struct mmdb_entry {
	const char *net;    /* NULL ends the list */
	const char *layout; /* members from outside to inside, dots between: "country.iso_code" */
	const char *text;   /* the innermost member's value */
	uint32_t number;    /* not 0: autonomous_system_number, beside it */
};

/* Appends the file to out. Returns the bytes of the tree: the data part begins 16 behind it. */
size_t mmdb_make(const struct mmdb_entry *entries, struct buf *out);

/* In the order the format wants: map, then its names and values. */
void mmdb_map(struct buf *out, unsigned members);
void mmdb_text(struct buf *out, const char *text);
void mmdb_uint(struct buf *out, unsigned type, uint32_t number);

#endif
