/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_IDENTIFIER_H
#define PEOPLE_IDENTIFIER_H
/*
 * By what an asset is recognised: addresses, networks and ranges of IPv4 and IPv6, host names, domains, URLs
 * and MACs, each in one way of writing, so that two ways to write the same are equal. A list of them is text,
 * a line each: "address 10.1.0.0/16".
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define IDENTIFIERS_MAX 256 /* of one asset */
#define IDENTIFIER_MAX 1024 /* bytes */
#define IDENTIFIER_PREFIXES_MAX 254

/* Numbered as stored: never renumber. */
#define IDENTIFIER_KINDS(X)                   \
	X(ADDRESS, 1, "address", "addresses") \
	X(HOST, 2, "host", "hosts")           \
	X(DOMAIN, 3, "domain", "domains")     \
	X(URL, 4, "url", "urls")              \
	X(MAC, 5, "mac", "macs")

enum identifier_kind {
#define X(id, n, name, plural) IDENTIFIER_##id = (n),
	IDENTIFIER_KINDS(X)
#undef X
		IDENTIFIER_NAME = 6, /* what the asset is called: inside people/ only */
};
const char *identifier_kind_name(enum identifier_kind kind);
const char *identifier_kind_plural(enum identifier_kind kind);

/* Appends the identifier as it is kept: an address, network or range "10.1.0.1-10.1.0.9"; a name in lower
   case without a dot at its end; a URL without scheme, user, query and slash at its end,
   "www.example.edu.cn/a"; a MAC "02:00:5e:00:53:01". ERR_SYNTAX, ERR_RANGE, ERR_LIMIT with *ret_err filled
   and nothing appended. */
int identifier_write(enum identifier_kind kind, struct str text, struct buf *out, struct err *ret_err);

/* A list of them. Zero-initialise the buf; text that is empty adds nothing. */
int identifiers_add(struct buf *list, enum identifier_kind kind, struct str text, struct err *ret_err);
/* Sorts it and drops what is there twice; ERR_LIMIT for more than IDENTIFIERS_MAX. */
int identifiers_finish(struct buf *list, struct err *ret_err);

/* Takes the first off a list; false at the end. */
bool identifiers_next(struct str *rest, enum identifier_kind *ret_kind, struct str *ret_text);

/* The first and the last address of what identifier_write() wrote. */
int identifier_range(struct str text, uint8_t ret_first[16], uint8_t ret_last[16]);

/* The fewest networks that make up a range: their first addresses and numbers of bits, of 128. */
struct identifier_prefix {
	uint8_t ip[16];
	uint8_t bits;
};
size_t identifier_prefixes(const uint8_t first[16], const uint8_t last[16],
			   struct identifier_prefix ret_prefixes[IDENTIFIER_PREFIXES_MAX]);

#endif
