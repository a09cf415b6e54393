/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples: a record and what must come of it.
 *
 *   samples:
 *     - name: accepted password          optional
 *       raw: '<38>Nov 22 …'
 *       hint: …                          optional, as are all below
 *       received: 2026-11-22T10:00:00Z   the default
 *       zone: "+08:00"
 *       expect:
 *         source: openssh                default: this file's id; "unparsed"
 *         fields: {source.ip: 192.0.2.7}
 *         attrs: {Image: …, list: [a, b]}
 *         absent: [user.name, SomeAttribute]
 *         derived: [Image]
 *         sigma: {product: linux, service: sshd}
 */
#include "parse/source.h"

#include "parse/compile.h"
#include "parse/set.h"

#define VALUE_SHOWN 120

struct checking {
	const struct source *source;
	const struct event *event;
	struct err *err;
	unsigned number;
};

#define fail(k, node, fmt, ...)                                                                     \
	err_set((k)->err, ERR_SYNTAX, (node)->line, (node)->column, "sample %u: " fmt, (k)->number, \
		__VA_ARGS__)

#define SHOW(s) STR_FMT(str_head((s), VALUE_SHOWN))

/* The same value, though it may be written otherwise: 0x50 and 80, 2001:DB8::1 and 2001:db8::1. */
static bool same_field(const struct event *event, const struct field *field, struct str want)
{
	struct event other;
	const struct field *parsed;

	if (str_eq(value_str(field->value), want))
		return true;
	event_init(&other, event->arena);
	if (event_set_text(&other, field->id, want) < 0)
		return false;
	parsed = event_get(&other, field->id);
	switch (field_info(field->id)->type) {
	case FIELD_LONG:
	case FIELD_DATE:
	case FIELD_BOOL:
		return parsed->integer == field->integer;
	case FIELD_IP:
		return memcmp(parsed->ip, field->ip, 16) == 0;
	case FIELD_DOUBLE:
		return parsed->number == field->number;
	default:
		return false;
	}
}

static int check_fields(struct checking *k, const struct yaml_node *node)
{
	for (uint32_t i = 0; i < node->count; i++) {
		struct str name = node->keys[i]->text, want = yaml_text(node->values[i], (struct str){0});
		enum field_id id = field_by_name(name);
		const struct field *field = id == FIELD_NONE ? NULL : event_get(k->event, id);

		if (id == FIELD_NONE)
			return fail(k, node->keys[i], "there is no field '%.*s'", SHOW(name));
		if (!field)
			return fail(k, node->keys[i], "%.*s is absent, '%.*s' was expected", SHOW(name),
				    SHOW(want));
		if (!same_field(k->event, field, want))
			return fail(k, node->values[i], "%.*s is '%.*s', '%.*s' was expected", SHOW(name),
				    SHOW(value_str(field->value)), SHOW(want));
	}
	return 0;
}

/* One attribute, or the n-th of that name for the n-th item of a list. */
static int check_attr(struct checking *k, const struct yaml_node *key, const struct yaml_node *values)
{
	struct str name = key->text;
	uint32_t count = values->type == YAML_SEQUENCE ? values->count : 1, at = 0;

	for (uint32_t i = 0; i < count; i++, at++) {
		const struct yaml_node *value = values->type == YAML_SEQUENCE ? values->items[i] : values;
		struct str want = yaml_text(value, (struct str){0}), have;

		at = event_find_attr(k->event, name, hash_str(name), at);
		if (at == k->event->attr_count)
			return fail(k, key, "attribute %.*s is absent, '%.*s' was expected", SHOW(name),
				    SHOW(want));
		have = value_str(k->event->attrs[at].value);
		if (!str_eq(have, want))
			return fail(k, value, "attribute %.*s is '%.*s', '%.*s' was expected", SHOW(name),
				    SHOW(have), SHOW(want));
	}
	return 0;
}

static int check_attrs(struct checking *k, const struct yaml_node *node)
{
	int r = 0;

	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = check_attr(k, node->keys[i], node->values[i]);
	return r;
}

static int check_absent(struct checking *k, const struct yaml_node *node)
{
	for (uint32_t i = 0; i < node->count; i++) {
		struct str name = yaml_text(node->items[i], (struct str){0});
		enum field_id id = field_by_name(name);

		if (id != FIELD_NONE && event_get(k->event, id))
			return fail(k, node->items[i], "%.*s is there: '%.*s'", SHOW(name),
				    SHOW(event_text(k->event, id)));
		if (id == FIELD_NONE &&
		    event_find_attr(k->event, name, hash_str(name), 0) < k->event->attr_count)
			return fail(k, node->items[i], "attribute %.*s is there", SHOW(name));
	}
	return 0;
}

static int check_derived(struct checking *k, const struct yaml_node *node)
{
	for (uint32_t i = 0; i < node->count; i++) {
		struct str name = yaml_text(node->items[i], (struct str){0});
		uint32_t at = event_find_attr(k->event, name, hash_str(name), 0);

		if (at == k->event->attr_count || !(k->event->attrs[at].flags & ATTR_DERIVED))
			return fail(k, node->items[i], "attribute %.*s is absent or not derived", SHOW(name));
	}
	return 0;
}

static int check_sigma(struct checking *k, const struct yaml_node *node)
{
	const struct logsource *sigma = &k->event->logsource;
	const struct {
		const char *name;
		struct str have;
	} parts[] = {{"product", sigma->product}, {"category", sigma->category}, {"service", sigma->service}};

	for (size_t i = 0; i < 3; i++) {
		const struct yaml_node *part = yaml_get(node, parts[i].name);
		struct str want = yaml_text(part, (struct str){0});

		if (part && !str_eq(want, parts[i].have))
			return fail(k, part, "the log source's %s is '%.*s', '%.*s' was expected",
				    parts[i].name, SHOW(parts[i].have), SHOW(want));
	}
	return 0;
}

static int check_source(struct checking *k, const struct yaml_node *node, const struct yaml_node *sample)
{
	struct str want = yaml_text(node, k->source->id), have = k->event->source;

	if (!have.len)
		have = STR("unparsed");
	if (!str_eq(want, have))
		return fail(k, node ? node : sample, "recognised as '%.*s', '%.*s' was expected", SHOW(have),
			    SHOW(want));
	return 0;
}

static const struct expectation {
	const char *name;
	enum yaml_type type;
	int (*check)(struct checking *k, const struct yaml_node *node);
} expectations[] = {
	{"sigma", YAML_MAPPING, check_sigma},      {"fields", YAML_MAPPING, check_fields},
	{"attrs", YAML_MAPPING, check_attrs},      {"absent", YAML_SEQUENCE, check_absent},
	{"derived", YAML_SEQUENCE, check_derived},
};

/* Where a sample does not say, an error that a step left is a failure too. */
static int check_error(struct checking *k, const struct yaml_node *sample, const struct yaml_node *fields)
{
	struct str error = event_text(k->event, FIELD_ID_ERROR_MESSAGE);

	if (error.len && !yaml_get(fields, "error.message"))
		return fail(k, sample, "%.*s", SHOW(error));
	return 0;
}

static int check_event(struct checking *k, const struct yaml_node *sample)
{
	static const char *const keys[] = {"source", "sigma", "fields", "attrs", "absent", "derived", NULL};
	const struct yaml_node *expect = yaml_get(sample, "expect");
	struct compiler c = {.err = k->err};
	int r = expect ? compile_keys(&c, expect, keys) : fail(k, sample, "'%s' is missing", "expect");

	if (r == 0)
		r = check_source(k, yaml_get(expect, "source"), sample);
	if (r == 0)
		r = check_error(k, sample, yaml_get(expect, "fields"));
	for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]) && r == 0; i++) {
		const struct yaml_node *node = yaml_get(expect, expectations[i].name);

		if (node && node->type != expectations[i].type)
			r = fail(k, node, "'%s' has the wrong form", expectations[i].name);
		else if (node)
			r = expectations[i].check(k, node);
	}
	return r;
}

static int read_input(struct compiler *c, const struct yaml_node *sample, struct parse_input *input)
{
	static const char *const keys[] = {"name", "raw", "hint", "received", "zone", "expect", NULL};
	const struct yaml_node *node;
	int r = compile_keys(c, sample, keys);

	if (r < 0)
		return r;
	node = yaml_get(sample, "raw");
	if (!node)
		return compile_error(c, sample, "'raw' is missing");
	r = compile_text(c, node, "raw", &input->bytes);
	input->hint = yaml_text(yaml_get(sample, "hint"), (struct str){0});
	if (r == 0 && clock_parse(yaml_text(yaml_get(sample, "received"), STR("2026-11-22T10:00:00Z")), 0,
				  &input->received) < 0)
		r = compile_error(c, yaml_get(sample, "received"), "received is a time by RFC 3339");
	if (r == 0 && (node = yaml_get(sample, "zone")))
		r = compile_zone(c, node, &input->zone);
	return r;
}

int source_test(const struct source_set *set, size_t index, source_report *report, void *context)
{
	const struct source *source = set->sources.items[index];
	struct arena *arena = arena_new(0);
	struct parser *parser = parser_new(set);
	int failures = 0;

	must(arena && parser);
	for (uint32_t i = 0; source->samples && i < source->samples->count; i++) {
		const struct yaml_node *sample = source->samples->items[i];
		struct err err = {0};
		struct compiler c = {.err = &err, .arena = arena};
		struct parse_input input = {0};
		struct event event;
		struct checking k = {source, &event, &err, i + 1};
		int r = read_input(&c, sample, &input);

		if (r == 0) {
			event_init(&event, arena);
			parser_run(parser, &input, &event);
			r = check_event(&k, sample);
		}
		if (r < 0) {
			failures++;
			err_set_file(&err, source->file.ptr);
			if (report)
				report(context, &err);
		}
		arena_reset(arena);
	}
	parser_free(parser);
	arena_free(arena);
	return failures;
}
