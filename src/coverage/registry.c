/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage/registry.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/yaml.h"

#define DAYS_OF_YEAR 366

struct days {
	VEC_OF(int64_t)
};

struct registry {
	struct arena *arena;
	struct {
		VEC_OF(struct registered)
	} sources;
	struct {
		VEC_OF(struct ip_net)
	} relays;
	struct days holidays, workdays;
};

static int read_net(const struct yaml_node *node, struct ip_net *ret_net, struct err *ret_err)
{
	if (ip_net_parse(yaml_text(node, (struct str){0}), ret_net) < 0)
		return yaml_error(ret_err, node, "expected an address or a network such as 10.0.0.0/8");
	return 0;
}

static int read_member(const struct yaml_node *key, const struct yaml_node *value, struct registered *source,
		       struct err *ret_err)
{
	struct str name = key->text;
	int64_t minutes;

	if (str_eq(name, STR("peer")))
		return read_net(value, &source->peer, ret_err);
	if (str_eq(name, STR("every"))) {
		if (yaml_int(value, &minutes) < 0 || minutes < 1 || minutes > REGISTRY_EVERY_MAX)
			return yaml_error(ret_err, value, "every is a number of minutes from 1 to %d",
					  REGISTRY_EVERY_MAX);
		source->every = minutes * CLOCK_MINUTE;
		return 0;
	}
	if (str_eq(name, STR("ignore")))
		return yaml_bool(value, &source->ignore) < 0
			       ? yaml_error(ret_err, value, "ignore is true or false")
			       : 0;
	if (value->type != YAML_SCALAR)
		return yaml_error(ret_err, value, "%s is a text", name.ptr);
	if (str_eq(name, STR("name")))
		source->name = value->text;
	else if (str_eq(name, STR("source")))
		source->source = value->text;
	else if (str_eq(name, STR("host")))
		source->host = str_head(value->text, TALKER_NAME_MAX);
	else
		return yaml_error(ret_err, key, "there is no '%s'; name, peer, source, host, every, ignore",
				  name.ptr);
	return 0;
}

static int read_source(struct registry *registry, const struct yaml_node *node, struct err *ret_err)
{
	struct registered source = {0};

	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node, "expected {name: …, peer: …, every: …}");
	for (uint32_t i = 0; i < node->count; i++) {
		int r = read_member(node->keys[i], node->values[i], &source, ret_err);

		if (r < 0)
			return r;
	}
	if (!source.name.len || source.name.len > TALKER_NAME_MAX)
		return yaml_error(ret_err, node, "a source needs a name of at most %d bytes",
				  TALKER_NAME_MAX);
	if (!source.every == !source.ignore)
		return yaml_error(ret_err, node, "say either every or ignore of %s", source.name.ptr);
	vec_push(&registry->sources, source);
	return 0;
}

static int read_relay(struct registry *registry, const struct yaml_node *node, struct err *ret_err)
{
	struct ip_net net;
	int r = read_net(node, &net, ret_err);

	if (r == 0)
		vec_push(&registry->relays, net);
	return r;
}

/* "2027-01-01" or "2027-02-05/2027-02-11". */
static int read_days(struct days *days, const struct yaml_node *node, struct err *ret_err)
{
	struct str rest = yaml_text(node, (struct str){0}), part;
	int64_t first = 0, last = 0;

	if (!str_split(&rest, '/', &part) || clock_parse(part, 0, &first) < 0 ||
	    (rest.len && clock_parse(rest, 0, &last) < 0))
		return yaml_error(ret_err, node, "expected a day, 2027-01-01, or two with / between");
	first /= CLOCK_DAY;
	last = rest.len ? last / CLOCK_DAY : first;
	if (last < first || last - first > DAYS_OF_YEAR)
		return yaml_error(ret_err, node, "a span of days ends after it begins, within a year");
	for (; first <= last && days->len <= REGISTRY_DAYS_MAX; first++)
		vec_push(days, first);
	return days->len > REGISTRY_DAYS_MAX ? yaml_error(ret_err, node, "at most %d days", REGISTRY_DAYS_MAX)
					     : 0;
}

static int read_holiday(struct registry *registry, const struct yaml_node *node, struct err *ret_err)
{
	return read_days(&registry->holidays, node, ret_err);
}

static int read_workday(struct registry *registry, const struct yaml_node *node, struct err *ret_err)
{
	return read_days(&registry->workdays, node, ret_err);
}

static const struct list {
	const char *name;
	uint32_t max;
	int (*read)(struct registry *registry, const struct yaml_node *node, struct err *ret_err);
} lists[] = {
	{"sources", REGISTRY_SOURCES_MAX, read_source},
	{"relays", REGISTRY_RELAYS_MAX, read_relay},
	{"holidays", REGISTRY_DAYS_MAX, read_holiday},
	{"workdays", REGISTRY_DAYS_MAX, read_workday},
};

static int read_list(struct registry *registry, const struct yaml_node *key, const struct yaml_node *node,
		     struct err *ret_err)
{
	const struct list *list = lists;
	int r = 0;

	while (list < lists + sizeof(lists) / sizeof(lists[0]) && !str_eq(key->text, str_from(list->name)))
		list++;
	if (list == lists + sizeof(lists) / sizeof(lists[0]))
		return yaml_error(ret_err, key, "there is no '%s'; sources, relays, holidays, workdays",
				  key->text.ptr);
	if (yaml_is_null(node))
		return 0;
	if (node->type != YAML_SEQUENCE || node->count > list->max)
		return yaml_error(ret_err, node, "%s is a list of at most %u", list->name, list->max);
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = list->read(registry, node->items[i], ret_err);
	return r;
}

static int read_root(struct registry *registry, struct str text, struct err *ret_err)
{
	struct yaml_node **docs;
	size_t count;
	int r = yaml_parse(text, registry->arena, &docs, &count, ret_err);

	if (r < 0 || count == 0 || yaml_is_null(docs[0]))
		return r;
	if (docs[0]->type != YAML_MAPPING || count > 1)
		return yaml_error(ret_err, docs[0], "expected one mapping with sources, relays, holidays");
	for (uint32_t i = 0; i < docs[0]->count && r == 0; i++)
		r = read_list(registry, docs[0]->keys[i], docs[0]->values[i], ret_err);
	return r;
}

int registry_parse(struct str text, struct registry **ret_registry, struct err *ret_err)
{
	struct registry *registry = calloc(1, sizeof(*registry));
	int r;

	must(registry);
	registry->arena = arena_new(0);
	must(registry->arena);
	r = read_root(registry, text, ret_err);
	if (r < 0)
		registry_free(registry);
	else
		*ret_registry = registry;
	return r;
}

int registry_load(const char *path, struct registry **ret_registry, struct err *ret_err)
{
	struct buf text = {0};
	int r = io_read_file(path, REGISTRY_FILE_MAX, &text);

	if (r < 0 && r != -ENOENT)
		err_set(ret_err, r, 0, 0, "%s", err_text(r));
	else
		r = registry_parse(buf_str(&text), ret_registry, ret_err);
	if (r < 0 && ret_err)
		err_set_file(ret_err, path);
	buf_done(&text);
	return r;
}

void registry_free(struct registry *registry)
{
	if (!registry)
		return;
	vec_done(&registry->sources);
	vec_done(&registry->relays);
	vec_done(&registry->holidays);
	vec_done(&registry->workdays);
	arena_free(registry->arena);
	free(registry);
}

size_t registry_count(const struct registry *registry)
{
	return registry->sources.len;
}

const struct registered *registry_get(const struct registry *registry, size_t index)
{
	return &registry->sources.items[index];
}

static bool fits(const struct registered *source, const struct talker_key *key)
{
	return (!source->peer.bits || ip_net_contains(&source->peer, key->peer)) &&
	       (!source->source.len || str_eq(source->source, key->source)) &&
	       (!source->host.len || str_ieq(source->host, key->name));
}

int registry_find(const struct registry *registry, const struct talker_key *key)
{
	for (size_t i = 0; i < registry->sources.len; i++)
		if (fits(&registry->sources.items[i], key))
			return (int)i;
	return -1;
}

bool registry_is_relay(const struct registry *registry, const uint8_t peer[16])
{
	for (size_t i = 0; i < registry->relays.len; i++)
		if (ip_net_contains(&registry->relays.items[i], peer))
			return true;
	return false;
}

static bool holds(const struct days *days, int64_t day)
{
	for (size_t i = 0; i < days->len; i++)
		if (days->items[i] == day)
			return true;
	return false;
}

bool registry_is_rest(const struct registry *registry, int64_t day)
{
	int weekday = clock_weekday(day * CLOCK_DAY);

	if (holds(&registry->workdays, day))
		return false;
	return weekday == 0 || weekday == 6 || holds(&registry->holidays, day);
}
