/* SPDX-License-Identifier: Apache-2.0 */
#include "web/asset_search.h"

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

/* Of "www.example.edu.cn:8443/a" the host; empty where that is an address, or nothing KQL could take. */
static struct str host_of(struct str url)
{
	struct str host = str_head(url, str_find_char(url, '/'));
	uint8_t ip[16];

	if (host.len && host.ptr[0] == '[')
		return (struct str){0};
	host = str_head(host, str_find_char(host, ':'));
	return ip_parse(host, ip) == 0 ? (struct str){0} : host;
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

		if (kind == IDENTIFIER_URL)
			text = host_of(text);
		if (kind == IDENTIFIER_MAC || !text.len)
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
		} else {
			add_name("url.domain", "", text, &search.received);
			if (kind == IDENTIFIER_DOMAIN)
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

	for (size_t n = 0; n < ASSET_SEARCH_ADDRESSES && str_split(&networks, ',', &part);) {
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
