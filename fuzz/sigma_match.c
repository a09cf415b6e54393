/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/hash.h"
#include "detect/detect.h"

#define RULE(d) "title: t\nlogsource: {product: p}\ndetection: {" d ", condition: s and not n}\n"

static const char *const rules[] = {
	RULE("s: {F: [a, 4711, '*~b']}, n: {G: null}"),
	RULE("s: {'F|endswith': ['\\x.exe', .doc]}, n: {F: b}"),
	RULE("s: {'F|contains|all': [abcd, xy]}, n: {'G|startswith': q}"),
	RULE("s: ['a key', '|b'], n: {'F|contains|cased': Ab}"),
	RULE("s: {'F|re': 'ab+cd', 'G|windash|contains': ' -x'}, n: {'F|gt': 5}"),
	RULE("s: {G: [1, b, c, d, e, f, g, h, '?i*']}, n: {'F|contains': [a, b]}"),
};

static void refuse(void *context, const struct err *err)
{
	(void)context;
	must(!err);
}

/* Lines are values of F, G and another name in turn: by the index as without it, three times over. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"F", "G", "other"};
	struct ruleset_builder *builder = ruleset_builder_new();
	struct arena *arena = arena_new(0);
	struct str text = str_of((const char *)data, size), line;
	struct event event;
	uint32_t indexed[8];
	const uint32_t *found;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		ruleset_add_text(builder, "rule.yml", str_from(rules[i]), refuse, NULL);
	struct ruleset *set = ruleset_build(builder, false);
	struct matcher *matcher = matcher_new(set);
	event_init(&event, arena);
	event.logsource.product = STR("p");
	for (size_t i = 0; str_split(&text, '\n', &line); i++)
		event_add_attr(&event, str_from(names[i % 3]), hash_str(str_from(names[i % 3])),
			       value_string(line), 0);
	for (int round = 0; round < 3; round++) {
		size_t count = matcher_run(matcher, &event, &found);

		memcpy(indexed, found, count * sizeof(*found));
		must(matcher_run_all(matcher, &event, &found) == count);
		must(memcmp(indexed, found, count * sizeof(*found)) == 0);
	}
	matcher_free(matcher);
	ruleset_free(set);
	arena_free(arena);
	return 0;
}
