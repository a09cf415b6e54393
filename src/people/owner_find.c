/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which asset is meant: of an address the one of the narrowest range that was valid then; of a host name the
 * one that has it, else one whose URL is on it, else the one of the longest domain above it; of a URL the one
 * of the longest beginning, then as its host; of a MAC the one that has it; last the one that is called so.
 * Of equals one that is not closed, then the one said to be so latest.
 */
#include <string.h>

#include "event/ip.h"
#include "people/owner_private.h"

#define NAME_PARTS_MAX 64 /* labels of a name, parts of a path, that are tried */

struct search {
	struct db_tx *tx;
	int64_t time, known;
};

struct candidate {
	int64_t asset, life, from;
	uint8_t width[16];
};

static bool is_better(const struct candidate *a, const struct candidate *b)
{
	int wider = memcmp(a->width, b->width, 16);
	bool a_closed = a->life == ASSET_CLOSED, b_closed = b->life == ASSET_CLOSED;

	if (!b->asset || wider)
		return !b->asset || wider < 0;
	if (a_closed != b_closed)
		return b_closed;
	return a->from != b->from ? a->from > b->from : a->asset > b->asset;
}

/* Columns: asset, life, valid_from and, of an address, the range's width. */
static int take_best(struct db_rows *rows, bool has_width, struct candidate *best)
{
	int r;

	while ((r = db_next(rows)) > 0) {
		struct candidate candidate = {db_column_integer(rows, 0),
					      db_column_integer(rows, 1),
					      db_column_integer(rows, 2),
					      {0}};
		struct str width = has_width ? db_column_blob(rows, 3) : (struct str){0};

		if (width.len == 16)
			memcpy(candidate.width, width.ptr, 16);
		if (is_better(&candidate, best))
			*best = candidate;
	}
	return r;
}

static int found(int r, const struct candidate *best, int64_t *ret_asset)
{
	if (r == 0 && best->asset)
		*ret_asset = best->asset;
	return r < 0 ? r : best->asset != 0;
}

/* --- addresses
 * ------------------------------------------------------------------------------------------------- */

/* The lengths of prefixes that some range is made of: as many searches as there are of them. */
static int read_lengths(struct db_tx *tx, uint8_t lengths[129], size_t *ret_count)
{
	struct db_rows *rows =
		db_query(tx, "SELECT bits FROM register_prefixes WHERE bits BETWEEN 0 AND 128", DB_NONE);
	int r;

	*ret_count = 0;
	while ((r = db_next(rows)) > 0)
		lengths[(*ret_count)++] = (uint8_t)db_column_integer(rows, 0);
	return r;
}

static void mask(const uint8_t ip[16], unsigned bits, uint8_t out[16])
{
	memset(out, 0, 16);
	memcpy(out, ip, bits / 8);
	if (bits % 8)
		out[bits / 8] = (uint8_t)(ip[bits / 8] & (0xff00 >> bits % 8));
}

static int by_address(const struct search *search, const uint8_t ip[16], int64_t *ret_asset)
{
	struct candidate best = {.asset = 0};
	uint8_t lengths[129], prefix[16];
	size_t count;
	int r = read_lengths(search->tx, lengths, &count);

	for (size_t i = 0; i < count && r == 0; i++) {
		mask(ip, lengths[i], prefix);
		r = take_best(db_query(search->tx, OWNER_ADDRESS_SQL,
				       DB_ARGS(db_integer(lengths[i]), db_blob(prefix, 16),
					       db_integer(search->time), db_integer(search->known))),
			      true, &best);
	}
	return found(r, &best, ret_asset);
}

/* --- names
 * ------------------------------------------------------------------------------------------------------ */

static int by_name(const struct search *search, enum identifier_kind kind, struct str name,
		   int64_t *ret_asset)
{
	struct candidate best = {.asset = 0};
	int r = take_best(db_query(search->tx, OWNER_NAME_SQL,
				   DB_ARGS(db_integer(kind), db_text(name), db_integer(search->time),
					   db_integer(search->known))),
			  false, &best);

	return found(r, &best, ret_asset);
}

static int by_domain(const struct search *search, struct str host, int64_t *ret_asset)
{
	int r = 0;

	for (unsigned i = 0; i < NAME_PARTS_MAX && host.len && r == 0; i++) {
		size_t dot = str_find_char(host, '.');

		r = by_name(search, IDENTIFIER_DOMAIN, host, ret_asset);
		host = dot == STR_NOT_FOUND ? (struct str){0} : str_from_offset(host, dot + 1);
	}
	return r;
}

/* Any URL on the host: the text behind it begins with '/' or ':', the first of them being the shortest. */
static int by_url_of_host(const struct search *search, struct str host, int64_t *ret_asset)
{
	struct candidate best = {.asset = 0};
	struct buf low = {0}, high = {0};
	int r;

	buf_printf(&low, "%.*s/", STR_FMT(host));
	buf_printf(&high, "%.*s;", STR_FMT(host)); /* behind '/' and ':' */
	r = take_best(db_query(search->tx, OWNER_URLS_SQL,
			       DB_ARGS(db_text(buf_str(&low)), db_text(buf_str(&high)),
				       db_integer(search->time), db_integer(search->known))),
		      false, &best);
	buf_done(&low);
	buf_done(&high);
	return found(r, &best, ret_asset);
}

/* host: in lower case, without a dot at its end. */
static int by_host(const struct search *search, struct str host, int64_t *ret_asset)
{
	int r = by_name(search, IDENTIFIER_HOST, host, ret_asset);

	if (r == 0)
		r = by_name(search, IDENTIFIER_URL, host, ret_asset);
	if (r == 0)
		r = by_url_of_host(search, host, ret_asset);
	return r == 0 ? by_domain(search, host, ret_asset) : r;
}

/* --- URLs
 * ------------------------------------------------------------------------------------------------------- */

static int by_host_of_url(const struct search *search, struct str authority, int64_t *ret_asset)
{
	size_t colon = STR_NOT_FOUND;
	uint8_t ip[16];

	for (size_t i = 0; i < authority.len; i++)
		if (authority.ptr[i] == ':')
			colon = i;
		else if (authority.ptr[i] == ']')
			colon = STR_NOT_FOUND;
	authority = str_head(authority, colon);
	if (ip_parse(authority, ip) == 0) {
		int r = by_name(search, IDENTIFIER_URL, authority, ret_asset);

		return r == 0 ? by_address(search, ip, ret_asset) : r;
	}
	return by_host(search, authority, ret_asset);
}

/* url: as identifier_write() leaves it. The longest path of which some asset is, by its parts. */
static int by_url(const struct search *search, struct str url, int64_t *ret_asset)
{
	size_t host_len = str_find_char(url, '/');
	struct str authority = str_head(url, host_len), path = url;
	int r = 0;

	for (unsigned i = 0; i < NAME_PARTS_MAX && r == 0; i++) {
		r = by_name(search, IDENTIFIER_URL, path, ret_asset);
		if (path.len <= authority.len)
			break;
		while (path.len > authority.len && path.ptr[path.len - 1] != '/')
			path.len--;
		if (path.len > authority.len)
			path.len--;
	}
	return r == 0 ? by_host_of_url(search, authority, ret_asset) : r;
}

/* --- what is asked for
 * -------------------------------------------------------------------------------------------- */

static int by_written(const struct search *search, enum identifier_kind kind, struct str what,
		      int64_t *ret_asset)
{
	struct buf written = {0};
	int r = identifier_write(kind, what, &written, NULL);

	if (r < 0) /* it is something else */
		r = 0;
	else if (kind == IDENTIFIER_URL)
		r = by_url(search, buf_str(&written), ret_asset);
	else if (kind == IDENTIFIER_HOST)
		r = by_host(search, buf_str(&written), ret_asset);
	else
		r = by_name(search, kind, buf_str(&written), ret_asset);
	buf_done(&written);
	return r;
}

static int by_asset_name(const struct search *search, struct str what, int64_t *ret_asset)
{
	struct buf lower = {0};
	int r;

	for (size_t i = 0; i < what.len; i++)
		buf_add_char(&lower, char_lower(what.ptr[i]));
	r = by_name(search, IDENTIFIER_NAME, buf_str(&lower), ret_asset);
	buf_done(&lower);
	return r;
}

int owner_asset(struct db_tx *tx, struct str what, int64_t time, int64_t known, int64_t *ret_asset)
{
	const struct search search = {tx, time, known};
	uint8_t ip[16];
	int r = 0;

	what = str_trim(what);
	if (!what.len || !str_is_utf8(what))
		return ERR_SYNTAX;
	if (what.len > OWNER_WHAT_MAX)
		return ERR_LIMIT;
	if (ip_parse(what, ip) == 0)
		return by_address(&search, ip, ret_asset);
	r = by_written(&search, IDENTIFIER_MAC, what, ret_asset);
	if (r == 0 &&
	    (str_find_char(what, '/') != STR_NOT_FOUND || str_find_char(what, ':') != STR_NOT_FOUND)) {
		r = by_written(&search, IDENTIFIER_ADDRESS, what, ret_asset);
		if (r == 0)
			r = by_written(&search, IDENTIFIER_URL, what, ret_asset);
	} else if (r == 0) {
		r = by_written(&search, IDENTIFIER_HOST, what, ret_asset);
	}
	return r == 0 ? by_asset_name(&search, what, ret_asset) : r;
}
