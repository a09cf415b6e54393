/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENRICH_PRIVATE_H
#define ENRICH_PRIVATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enrich/enrich.h"

/* --- address_check.c: the data part of the format, gone through without reading what it says ----------- */

struct address_check {
	const uint8_t *bytes; /* the section that offsets and pointers count in */
	size_t size;
	uint8_t *seen; /* a bit for each byte: values begun there are checked already; NULL: look again */
	uint64_t left; /* values that may still be looked at, in all */
};

/* The value at offset and all that it points to lies inside, and is not nested so deep or so wide that
   reading it could overflow a stack. 0, ERR_CORRUPT or ERR_LIMIT. */
int address_check_value(struct address_check *check, size_t offset);

/* The same for the description at the file's end, which MMDB_open() reads unasked. ERR_UNKNOWN: there is
 * none. */
int address_check_metadata(const uint8_t *bytes, size_t size);

/* --- address_file.c ---------------------------------------------------------------------------------------
 */

#define COUNTRY_NONE 0 /* else 1 + 26 × first letter + second */
#define COUNTRY_COUNT (1 + 26 * 26)

struct network {
	uint32_t number;     /* 0: unknown */
	uint16_t name_bytes; /* 0: unknown */
	const char *name;    /* not terminated; as long as the file is open */
};

/* Of an address as event/ip.h has it. */
unsigned address_file_country(const struct address_file *file, const uint8_t ip[16]);
struct network address_file_network(const struct address_file *file, const uint8_t ip[16]);

#endif
