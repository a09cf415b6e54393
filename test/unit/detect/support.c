/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"

static void keep_error(void *context, const struct err *err)
{
	*(struct err *)context = *err;
}

struct ruleset *rule_from(const char *detection, struct err *ret_err)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct arena *arena = arena_new(0);
	struct err err = {0};
	struct ruleset *set;

	ruleset_add_text(builder, "rule.yml",
			 arena_printf(arena, "title: t\nlogsource: {product: p}\ndetection: %s\n", detection),
			 keep_error, &err);
	arena_free(arena);
	set = ruleset_build(builder, false);
	if (ret_err)
		*ret_err = err;
	if (ruleset_count(set) == 1)
		return set;
	ruleset_free(set);
	return NULL;
}

struct ruleset *rules_from(const char *const *texts, size_t count, bool all_rules)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct err err = {0};

	for (size_t i = 0; i < count; i++)
		ruleset_add_text(builder, "rule.yml", str_from(texts[i]), keep_error, &err);
	if (err.code)
		fail_msg("%u: %s", err.line, err.message);
	return ruleset_build(builder, all_rules);
}

static const uint8_t value_types[] = {
	[JSON_NULL] = VALUE_NULL,     [JSON_FALSE] = VALUE_BOOL,    [JSON_TRUE] = VALUE_BOOL,
	[JSON_NUMBER] = VALUE_NUMBER, [JSON_STRING] = VALUE_STRING,
};

static void add_node(struct event *event, struct str path, const struct json_node *node)
{
	const struct json_node *child = json_first(node);

	if (node->type != JSON_ARRAY && node->type != JSON_OBJECT) {
		event_add_attr(event, path, hash_str(path),
			       (struct value){node->text, node->len, value_types[node->type]}, 0);
		return;
	}
	while (child) {
		struct str key = path;

		if (node->type == JSON_OBJECT) {
			key = path.len ? arena_printf(event->arena, "%.*s.%.*s", STR_FMT(path),
						      (int)child->len, child->text)
				       : str_of(child->text, child->len);
			child = json_next(node, child);
		}
		add_node(event, key, child);
		child = json_next(node, child);
	}
}

static struct str text_at(const struct json_node *object, const char *key)
{
	const struct json_node *node = json_get(object, str_from(key));

	return node && node->type == JSON_STRING ? str_of(node->text, node->len) : (struct str){0};
}

void event_from_json(const struct json_node *root, struct str raw, struct arena *arena, struct event *event)
{
	const struct json_node *inner = json_get(root, STR("Event"));

	event_init(event, arena);
	event->raw = raw;
	event->logsource = (struct logsource){text_at(root, "product"), text_at(root, "category"),
					      text_at(root, "service")};
	if (inner && json_get(inner, STR("EventData")))
		add_node(event, STR(""), json_get(inner, STR("EventData")));
	if (inner && json_get(inner, STR("System")))
		add_node(event, STR(""), json_get(inner, STR("System")));
	if (!inner)
		add_node(event, STR(""), root);
}

bool matches(struct ruleset *set, const char *json)
{
	struct json_parser *parser = json_parser_new();
	struct arena *arena = arena_new(0);
	struct matcher *matcher = matcher_new(set);
	const struct json_node *root;
	const uint32_t *rules;
	struct event event;
	size_t found, again;

	assert_int_equal(json_parse(parser, str_from(json), &root, NULL), 0);
	event_from_json(root, str_from(json), arena, &event);
	event.logsource.product = STR("p");
	found = matcher_run(matcher, &event, &rules);
	again = matcher_run_all(matcher, &event, &rules);
	matcher_free(matcher);
	arena_free(arena);
	json_parser_free(parser);
	if (found != again)
		fail_msg("index finds %zu, evaluation %zu: %s", found, again, json);
	return found;
}

void lab_open(struct lab *lab, const char *const *rules, size_t count)
{
	lab->set = rules_from(rules, count, false);
	lab->matcher = matcher_new(lab->set);
	lab->arena = arena_new(0);
}

void lab_close(struct lab *lab)
{
	matcher_free(lab->matcher);
	ruleset_free(lab->set);
	arena_free(lab->arena);
}

void lab_begin(struct lab *lab)
{
	arena_reset(lab->arena);
	event_init(&lab->event, lab->arena);
	lab->event.logsource.product = STR("p");
}

void lab_add(struct lab *lab, const char *key, struct str text)
{
	event_add_attr(&lab->event, str_from(key), hash_str(str_from(key)), value_string(text), 0);
}

const char *shared_data(void)
{
	static char path[4096];
	const char *given = getenv("WANGLOU_SHARED_DATA"), *root = getenv("WANGLOU_SOURCE_ROOT");

	if (given)
		return access(given, R_OK) == 0 ? given : NULL;
	snprintf(path, sizeof(path), "%s/../shared/data", root ? root : ".");
	return access(path, R_OK) == 0 ? path : NULL;
}
