/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "detect/detect.h"

static void ignore(void *context, const struct err *err)
{
	(void)context;
	must(err->code < 0 && err->message[0]);
}

/* Whatever loads gives the same result by the index and without. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct arena *arena = arena_new(0);
	const uint32_t *rules;
	struct ruleset *set;
	struct matcher *matcher;
	struct event event;
	size_t count;

	ruleset_add_text(builder, "rule.yml", str_of((const char *)data, size), ignore, NULL);
	set = ruleset_build(builder, true);
	matcher = matcher_new(set);
	event_init(&event, arena);
	event.raw = str_of((const char *)data, size);
	event_add_attr(&event, STR("F"), hash_str(STR("F")), value_string(event.raw), 0);
	event_add_attr(&event, STR("G"), hash_str(STR("G")), value_string(STR("4688")), 0);
	count = matcher_run(matcher, &event, &rules);
	for (size_t i = 0; i < count; i++)
		must(matcher_explain(matcher, rules[i], &event, arena).len > 0);
	must(matcher_run_all(matcher, &event, &rules) == count || matcher_exceeded(matcher));
	matcher_free(matcher);
	ruleset_free(set);
	arena_free(arena);
	return 0;
}
