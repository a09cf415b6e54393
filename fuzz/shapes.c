/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as records: a parser that has seen those before makes of each what one makes that has seen none. */
#include <stdlib.h>

#include "parse/source.h"

static void run(struct parser *parser, struct str line, struct event *event)
{
	struct parse_input input = {.bytes = line, .received = INT64_C(1795341600000000)};

	event_init(event, arena_new(0));
	parser_run(parser, &input, event);
}

static bool same_value(const struct value *a, const struct value *b)
{
	return a->type == b->type && str_eq(value_str(*a), value_str(*b));
}

static void same(const struct event *a, const struct event *b)
{
	must(str_eq(a->source, b->source) && a->attr_count == b->attr_count &&
	     a->field_count == b->field_count);
	must(str_eq(a->logsource.product, b->logsource.product) &&
	     str_eq(a->logsource.category, b->logsource.category) &&
	     str_eq(a->logsource.service, b->logsource.service));
	for (uint32_t i = 0; i < a->attr_count; i++)
		must(str_eq(a->attrs[i].key, b->attrs[i].key) && a->attrs[i].flags == b->attrs[i].flags &&
		     same_value(&a->attrs[i].value, &b->attrs[i].value));
	for (uint32_t i = 0; i < a->field_count; i++)
		must(a->fields[i].id == b->fields[i].id &&
		     same_value(&a->fields[i].value, &b->fields[i].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct source_set *set;
	struct str rest = str_of((const char *)data, size), line;
	struct parser *kept, *fresh;
	struct event a, b;

	if (!set)
		must(source_set_load(SOURCES, NULL, NULL, &set) == 0 && source_set_count(set));
	kept = parser_new(set);
	while (str_split(&rest, '\n', &line)) {
		fresh = parser_new(set);
		run(kept, line, &a);
		run(fresh, line, &b);
		same(&a, &b);
		arena_free(a.arena);
		arena_free(b.arena);
		parser_free(fresh);
	}
	parser_free(kept);
	return 0;
}
