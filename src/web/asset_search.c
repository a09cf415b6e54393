/* SPDX-License-Identifier: Apache-2.0 */
#include "web/asset_search.h"

#include <string.h>

#include "event/ip.h"
#include "people/identifier.h"

/* "10.1.2.3", "\"2001:db8::1\"": a colon would end the name of a field. */
static void add_value(struct str value, struct buf *out)
{
	bool quoted = str_find_char(value, ':') != STR_NOT_FOUND;

	buf_printf(out, quoted ? "\"%.*s\"" : "%.*s", STR_FMT(value));
}

static void add_address(const char *field, struct str address, struct buf *out)
{
	size_t dash = str_find_char(address, '-');

	if (out->len)
		buf_add_str(out, STR(" or "));
	if (dash == STR_NOT_FOUND) {
		buf_printf(out, "%s: ", field);
		add_value(address, out);
		return;
	}
	buf_printf(out, "(%s >= ", field);
	add_value(str_head(address, dash), out);
	buf_printf(out, " and %s <= ", field);
	add_value(str_from_offset(address, dash + 1), out);
	buf_add_char(out, ')');
}

static void add_name(const char *field, const char *before, struct str name, struct buf *out)
{
	buf_printf(out, "%s%s: %s%.*s", out->len ? " or " : "", field, before, STR_FMT(name));
}

/* A path as a beginning: what KQL would take for a sign of its own is escaped. */
static void add_path(struct str path, struct buf *out)
{
	buf_add_str(out, STR(" and url.path: "));
	for (size_t i = 0; i < path.len; i++) {
		if (strchr("():<>\"*{}\\", path.ptr[i]))
			buf_add_char(out, '\\');
		buf_add_char(out, path.ptr[i]);
	}
	buf_add_char(out, '*');
}

/* "www.example.edu.cn:8443/a"; nothing where it begins with an address: that is searched for as such. */
static void add_url(struct str url, struct buf *out)
{
	size_t slash = str_find_char(url, '/');
	struct str host = str_head(url, slash);
	uint8_t ip[16];

	host = str_head(host, str_find_char(host, ':'));
	if (!host.len || host.ptr[0] == '[' || ip_parse(host, ip) == 0)
		return;
	if (slash == STR_NOT_FOUND) {
		add_name("url.domain", "", host, out);
		return;
	}
	buf_printf(out, "%s(url.domain: %.*s", out->len ? " or " : "", STR_FMT(host));
	add_path(str_from_offset(url, slash), out);
	buf_add_char(out, ')');
}

static void add_host(struct str host, struct asset_search *search)
{
	size_t dot = str_find_char(host, '.');

	add_name("url.domain", "", host, &search->received);
	add_name("host.name", "", host, &search->named);
	if (dot != STR_NOT_FOUND) /* many a log has the name without its domain */
		add_name("host.name", "", str_head(host, dot), &search->named);
}

void asset_search_write(struct str identifiers, struct asset_search *ret_search)
{
	struct asset_search search = {0};
	size_t addresses = 0, names = 0;
	enum identifier_kind kind;
	struct str text;

	while (identifiers_next(&identifiers, &kind, &text)) {
		size_t *count = kind == IDENTIFIER_ADDRESS ? &addresses : &names;

		if (kind == IDENTIFIER_MAC)
			continue;
		if (*count == (kind == IDENTIFIER_ADDRESS ? ASSET_SEARCH_ADDRESSES : ASSET_SEARCH_NAMES)) {
			search.partial = true;
			continue;
		}
		(*count)++;
		if (kind == IDENTIFIER_ADDRESS) {
			add_address("source.ip", text, &search.sent);
			add_address("destination.ip", text, &search.received);
		} else if (kind == IDENTIFIER_HOST) {
			add_host(text, &search);
		} else if (kind == IDENTIFIER_URL) {
			add_url(text, &search.received);
		} else {
			add_name("url.domain", "", text, &search.received);
			add_name("url.domain", "*.", text, &search.received);
		}
	}
	*ret_search = search;
}

void asset_search_done(struct asset_search *search)
{
	buf_done(&search->sent);
	buf_done(&search->received);
	buf_done(&search->named);
}

void asset_search_inside(struct str networks, struct buf *out)
{
	struct buf list = {0};
	struct str part;

	for (size_t n = 0; n < ASSET_SEARCH_NETWORKS && str_split(&networks, ',', &part);) {
		struct ip_net net;

		part = str_trim(part);
		if (ip_net_parse(part, &net) < 0)
			continue;
		add_address("source.ip", part, &list);
		n++;
	}
	buf_add_str(out, buf_str(&list));
	buf_done(&list);
}
