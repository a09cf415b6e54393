/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/check_digest.h"

#include "base/buf.h"
#include "base/hash.h"

enum { KIND_TEST, KIND_ITEM, KIND_ALL, KIND_ANY, KIND_NOT };

static int compare_numbers(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

/* Of parts whose order does not matter; one alone stands for itself where that means the same. Frees parts.
 */
static uint64_t combine(uint64_t *parts, uint32_t count, int kind)
{
	uint64_t digest = count == 1 && (kind == KIND_ALL || kind == KIND_ANY) ? parts[0] : 0;

	if (!digest) {
		qsort(parts, count, sizeof(*parts), compare_numbers);
		digest = hash_bytes_seeded(parts, count * sizeof(*parts), (uint64_t)kind);
	}
	free(parts);
	return digest;
}

static uint64_t *new_parts(uint32_t count)
{
	uint64_t *parts = malloc(sizeof(*parts) * (count + 1));

	must(parts);
	return parts;
}

static void add_text(struct buf *bytes, struct str text)
{
	buf_add_u64(bytes, text.len);
	buf_add_str(bytes, text);
}

static uint64_t digest_test(const struct test *test)
{
	const uint8_t head[] = {test->type,   test->compare, test->time_part,
				test->anchor, test->cased,   test->exists};
	struct buf bytes = {0};
	uint64_t digest;

	buf_add(&bytes, head, sizeof(head));
	buf_add_u32(&bytes, test->regex_flags);
	if (test->type != TEST_PATTERN)
		add_text(&bytes, test->text);
	for (uint32_t i = 0; test->type == TEST_PATTERN && i < test->pattern.count; i++) {
		buf_add_char(&bytes, (char)test->pattern.parts[i].type);
		if (test->pattern.parts[i].type == PART_TEXT)
			add_text(&bytes, test->pattern.parts[i].text);
	}
	digest = hash_str(buf_str(&bytes));
	buf_done(&bytes);
	return digest;
}

static uint64_t digest_item(const struct item *item)
{
	uint64_t *tests = new_parts(item->test_count);
	uint64_t head[] = {KIND_ITEM, hash_str(item->field), item->all && item->test_count > 1, item->neq, 0};

	for (uint32_t i = 0; i < item->test_count; i++)
		tests[i] = digest_test(&item->tests[i]);
	head[4] = combine(tests, item->test_count, KIND_TEST);
	return hash_bytes(head, sizeof(head));
}

static uint64_t digest_detection(const struct detection *detection)
{
	uint64_t *parts;

	if (detection->type == DETECT_ITEM)
		return digest_item(detection->item);
	parts = new_parts(detection->count);
	for (uint32_t i = 0; i < detection->count; i++)
		parts[i] = digest_detection(detection->children[i]);
	return combine(parts, detection->count, detection->type == DETECT_ALL ? KIND_ALL : KIND_ANY);
}

static uint64_t digest_condition(const struct rule *rule, const struct condition *condition)
{
	static const int kinds[] = {
		[CONDITION_AND] = KIND_ALL, [CONDITION_OR] = KIND_ANY, [CONDITION_NOT] = KIND_NOT};
	uint64_t *parts;

	if (condition->type == CONDITION_SELECTION)
		return digest_detection(rule->selections[condition->selection].detection);
	parts = new_parts(condition->count);
	for (uint32_t i = 0; i < condition->count; i++)
		parts[i] = digest_condition(rule, condition->children[i]);
	return combine(parts, condition->count, kinds[condition->type]);
}

static uint64_t digest_source(const struct logsource *source)
{
	const struct str parts[] = {source->product, source->category, source->service};
	struct buf bytes = {0};
	uint64_t digest;

	for (int i = 0; i < 3; i++) {
		for (size_t k = 0; k < parts[i].len; k++)
			buf_add_char(&bytes, char_lower(parts[i].ptr[k]));
		buf_add_char(&bytes, 0);
	}
	digest = hash_str(buf_str(&bytes));
	buf_done(&bytes);
	return digest;
}

uint64_t rule_digest(const struct rule *rule)
{
	const uint64_t parts[] = {digest_source(&rule->info.logsource),
				  digest_condition(rule, rule->condition)};

	return hash_bytes(parts, sizeof(parts));
}
