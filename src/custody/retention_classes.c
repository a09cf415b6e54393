/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/yaml.h"
#include "custody/retention_file.h"
#include "event/listener.h"

#define GIB (1024ull * 1024 * 1024)
#define CLASSES_FILE_MAX 65536
#define DAYS_MAX 36500

/* --- one class ----------------------------------------------------------------------------------------- */

typedef int add_value(const struct yaml_node *value, struct arena *arena, struct retention_class *class,
		      struct err *ret_err);

static int add_listener(const struct yaml_node *value, struct arena *arena, struct retention_class *class,
			struct err *ret_err)
{
	(void)arena;
	for (unsigned i = 0; i < LISTENER_COUNT; i++)
		if (str_eq(value->text, str_from(listener_name((uint16_t)i)))) {
			class->listeners |= 1u << i;
			return 0;
		}
	return yaml_error(ret_err, value, "there is no listener '%.64s'", value->text.ptr);
}

static int add_hint(const struct yaml_node *value, struct arena *arena, struct retention_class *class,
		    struct err *ret_err)
{
	if (class->hint_count == RETENTION_MATCHES_MAX)
		return yaml_error(ret_err, value, "at most %d hints", RETENTION_MATCHES_MAX);
	class->hints[class->hint_count++] = arena_copy(arena, value->text);
	return 0;
}

static int add_network(const struct yaml_node *value, struct arena *arena, struct retention_class *class,
		       struct err *ret_err)
{
	(void)arena;
	if (class->network_count == RETENTION_MATCHES_MAX)
		return yaml_error(ret_err, value, "at most %d networks", RETENTION_MATCHES_MAX);
	if (ip_net_parse(value->text, &class->networks[class->network_count]) < 0)
		return yaml_error(ret_err, value, "'%.64s' is no network such as 10.0.0.0/8",
				  value->text.ptr);
	class->network_count++;
	return 0;
}

/* One value or a list of them. */
static int add_values(const struct yaml_node *node, add_value *add, struct arena *arena,
		      struct retention_class *class, struct err *ret_err)
{
	int r = 0;

	if (node->type == YAML_SCALAR && !yaml_is_null(node))
		return add(node, arena, class, ret_err);
	if (node->type != YAML_SEQUENCE || !node->count)
		return yaml_error(ret_err, node, "one value or a list of them");
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = node->items[i]->type == YAML_SCALAR
			    ? add(node->items[i], arena, class, ret_err)
			    : yaml_error(ret_err, node->items[i], "expected a single value");
	return r;
}

static int read_match(const struct yaml_node *node, struct arena *arena, struct retention_class *class,
		      struct err *ret_err)
{
	static const struct {
		const char *name;
		add_value *add;
	} kinds[] = {{"listener", add_listener}, {"hint", add_hint}, {"network", add_network}};
	int r = 0;

	if (node->type != YAML_MAPPING || !node->count)
		return yaml_error(ret_err, node, "match has listener, hint or network");
	for (uint32_t i = 0; i < node->count && r == 0; i++) {
		size_t kind = 0;

		while (kind < 3 && !str_eq(node->keys[i]->text, str_from(kinds[kind].name)))
			kind++;
		r = kind < 3 ? add_values(node->values[i], kinds[kind].add, arena, class, ret_err)
			     : yaml_error(ret_err, node->keys[i],
					  "match has listener, hint or network, not '%.64s'",
					  node->keys[i]->text.ptr);
	}
	return r;
}

static int read_number(const struct yaml_node *node, const char *name, long min, long max, long *ret_value,
		       struct err *ret_err)
{
	int64_t value;

	if (yaml_int(node, &value) < 0 || value < min || value > max)
		return yaml_error(ret_err, node, "%s is a whole number from %ld to %ld", name, min, max);
	*ret_value = (long)value;
	return 0;
}

static int read_name(const struct yaml_node *node, struct retention_class *class, struct err *ret_err)
{
	struct str name = yaml_text(node, STR(""));

	if (!name.len || name.len > RETENTION_NAME_MAX || !str_is_utf8(name))
		return yaml_error(ret_err, node, "name has 1 to %d bytes", RETENTION_NAME_MAX);
	memcpy(class->name, name.ptr, name.len);
	class->name[name.len] = 0;
	return 0;
}

static int read_member(const struct yaml_node *key, const struct yaml_node *value, struct arena *arena,
		       long *id, struct retention_class *class, struct err *ret_err)
{
	long share = 0;
	int r;

	if (str_eq(key->text, STR("id")))
		return read_number(value, "id", 1, JOURNAL_CLASSES_MAX - 1, id, ret_err);
	if (str_eq(key->text, STR("name")))
		return read_name(value, class, ret_err);
	if (str_eq(key->text, STR("match")))
		return read_match(value, arena, class, ret_err);
	if (str_eq(key->text, STR("days")))
		return read_number(value, "days", 1, DAYS_MAX, &class->days, ret_err);
	if (str_eq(key->text, STR("least")))
		return read_number(value, "least", RETENTION_LEAST_DAYS, DAYS_MAX, &class->least, ret_err);
	if (!str_eq(key->text, STR("share")))
		return yaml_error(ret_err, key,
				  "a class has id, name, match, days, least and share, not '%.64s'",
				  key->text.ptr);
	r = read_number(value, "share", 1, 100, &share, ret_err);
	if (r == 0)
		class->share = (unsigned)share;
	return r;
}

static int read_class(const struct yaml_node *node, struct arena *arena, struct retention_policy *policy,
		      struct err *ret_err)
{
	struct retention_class class = {.days = policy->classes[0].days, .least = RETENTION_LEAST_DAYS};
	long id = 0;
	int r = 0;

	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node, "a class has id, name, match and days");
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = read_member(node->keys[i], node->values[i], arena, &id, &class, ret_err);
	if (r < 0)
		return r;
	if (!id || !class.name[0] || !yaml_get(node, "match"))
		return yaml_error(ret_err, node, "a class needs id, name and match");
	if (policy->classes[id].name[0])
		return yaml_error(ret_err, node, "two classes have the id %ld", id);
	policy->classes[id] = class;
	policy->order[policy->order_count++] = (uint8_t)id;
	return 0;
}

/* --- the whole ----------------------------------------------------------------------------------------- */

int retention_classes_parse(struct str text, struct arena *arena, struct retention_policy *policy,
			    struct err *ret_err)
{
	const struct yaml_node *list;
	struct yaml_node *root;
	int r = yaml_parse_one(text, arena, &root, ret_err);

	if (r < 0)
		return r;
	list = yaml_get(root, "classes");
	if (root->type != YAML_MAPPING || root->count != 1 || !list)
		return yaml_error(ret_err, root, "expected 'classes:' and a list of them");
	if (yaml_is_null(list))
		return 0;
	if (list->type != YAML_SEQUENCE)
		return yaml_error(ret_err, list, "classes is a list");
	for (uint32_t i = 0; i < list->count && r == 0; i++)
		r = read_class(list->items[i], arena, policy, ret_err);
	return r;
}
