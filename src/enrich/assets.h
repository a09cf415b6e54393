/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENRICH_ASSETS_H
#define ENRICH_ASSETS_H
/*
 * The register of assets: whose an address, a MAC or a host name is, and from when to when
 * (doc/formats/assets.md). Read from a CSV file; what has been read never changes and is shared by all
 * threads, each of which holds a reference while it, or an event it touched, may look there.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define ASSETS_FILE_MAX (64u * 1024 * 1024)
#define ASSETS_ROWS_MAX 1000000

struct assets;

struct asset {
	struct str name, unit, owner, criticality;
	int64_t from, to; /* µs, [from, to): when the row holds */
};

/* zone: µs east of UTC, of dates that name none. Rows that are wrong are left out, and reported with file and
   line; so are columns that mean nothing. 0; -errno; ERR_SYNTAX, ERR_LIMIT where the file as a whole is not
   to be used, with *ret_err filled. */
int assets_load(const char *path, int64_t zone, void (*report)(void *context, const struct err *err),
		void *context, struct assets **ret_assets, struct err *ret_err);

/* The same from bytes, which are changed; file: its name. */
int assets_parse(char *bytes, size_t len, const char *file, int64_t zone,
		 void (*report)(void *context, const struct err *err), void *context,
		 struct assets **ret_assets, struct err *ret_err);

struct assets *assets_use(struct assets *assets);
void assets_release(struct assets *assets); /* NULL is fine */

size_t assets_count(const struct assets *assets);

/* The row that holds at that time, or NULL: of the narrowest range, of the latest valid_from. They live as
   long as the assets. */
const struct asset *assets_by_ip(const struct assets *assets, const uint8_t ip[16], int64_t time);
const struct asset *assets_by_mac(const struct assets *assets, struct str mac, int64_t time);

/* A host's name in any case. loose: also where only one of the two has a domain, if that fits one host alone.
 */
const struct asset *assets_by_host(const struct assets *assets, struct str name, bool loose, int64_t time);

/* The rows that hold an address, the narrowest first, at any time: for whoever remembers them. */
const uint32_t *assets_rows(const struct assets *assets, const uint8_t ip[16], size_t *ret_count);
const struct asset *assets_valid(const struct assets *assets, const uint32_t *rows, size_t count,
				 int64_t time);

#endif
