/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "enrich/private.h"
#include "enrich/ranges.h"
#include "event/ip.h"
#include "event/put.h"

/* What no router carries to the Internet is as near as one's own: this host, the link, groups on it. */
static const char always[] = "0.0.0.0/8,127.0.0.0/8,169.254.0.0/16,224.0.0.0/4,255.255.255.255/32,"
			     "::/127,fe80::/10,ff00::/8";

struct inside {
	struct ranges *ranges;
};

static address_number last_of(const struct ip_net *net)
{
	address_number rest =
		net->bits == 0 ? ~(address_number)0 : ((address_number)1 << (128 - net->bits)) - 1;

	return address_number_of(net->ip) | rest;
}

static int add_list(const char *list, struct range items[], size_t *count, struct err *ret_err)
{
	struct str rest = str_from(list), part;

	while (str_split(&rest, ',', &part)) {
		struct ip_net net;

		part = str_trim(part);
		if (!part.len)
			continue;
		if (*count == INSIDE_MAX)
			return err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d networks", INSIDE_MAX);
		if (ip_net_parse(part, &net) < 0)
			return err_set(ret_err, ERR_SYNTAX, 0, 0,
				       "'%.*s' is not like 10.0.0.0/8 or 2001:db8::/32", STR_FMT(part));
		items[*count] = (struct range){address_number_of(net.ip), last_of(&net), 0, (uint32_t)*count};
		++*count;
	}
	return 0;
}

int inside_new(const char *list, struct inside **ret_inside, struct err *ret_err)
{
	struct range *items = calloc(INSIDE_MAX, sizeof(*items));
	struct inside *inside = calloc(1, sizeof(*inside));
	size_t count = 0;
	uint32_t refused;
	int r;

	must(items && inside);
	r = add_list(list, items, &count, ret_err);
	if (r == 0)
		r = add_list(always, items, &count, ret_err);
	if (r == 0) {
		inside->ranges = ranges_new(items, count, &refused);
		if (!inside->ranges)
			r = err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d networks hold the same address",
				    RANGES_DEPTH_MAX);
	}
	free(items);
	if (r < 0)
		inside_free(inside);
	else
		*ret_inside = inside;
	return r;
}

void inside_free(struct inside *inside)
{
	if (!inside)
		return;
	ranges_free(inside->ranges);
	free(inside);
}

bool inside_holds(const struct inside *inside, const uint8_t ip[16])
{
	size_t count;

	ranges_find(inside->ranges, address_number_of(ip), &count);
	return count > 0;
}

void inside_run(const struct inside *inside, struct event *event)
{
	static const struct str names[2][2] = {{{"external", 8}, {"inbound", 7}},
					       {{"outbound", 8}, {"internal", 8}}};
	const struct field *source = event_get(event, FIELD_ID_SOURCE_IP);
	const struct field *destination = event_get(event, FIELD_ID_DESTINATION_IP);
	struct value value;

	if (!source || !destination || event_get(event, FIELD_ID_NETWORK_DIRECTION))
		return;
	value = value_string(names[inside_holds(inside, source->ip)][inside_holds(inside, destination->ip)]);
	event_set_keyword(event, FIELD_ID_NETWORK_DIRECTION, &value);
}
