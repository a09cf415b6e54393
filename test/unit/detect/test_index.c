/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the index finds: literals against looking for each, the folding of case, witnesses of every
 * kind, values recalled, values that are part of others.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "detect/fold.h"
#include "detect/grams.h"
#include "detect/match.h"

static uint64_t seed = 88172645463325252u;

static uint64_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	return seed ^= seed << 17;
}

/* -- texts --------------------------------------------------------------------------------------------- */

static void fill(char *out, size_t len, unsigned letters)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (char)("ab\\\xe4Z@[`{/"[next_random() % letters]);
}

static void test_fold(void **state)
{
	char text[200 + FINDER_PADDING], folded[200 + FINDER_PADDING];

	(void)state;
	for (size_t len = 0; len < 200; len++) {
		struct str needle;
		size_t separator = STR_NOT_FOUND;

		for (size_t i = 0; i < len; i++)
			text[i] = (char)next_random();
		fold_copy(folded, text, len);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(folded[i], char_lower(text[i]));
		fill(folded, sizeof(folded), 10); /* what stands behind the end must not count */
		for (size_t i = 0; i < len; i++)
			if (folded[i] == '\\' || folded[i] == '/')
				separator = i;
		assert_int_equal(fold_last_separator(str_of(folded, len)), separator);
		needle = str_of(folded + next_random() % 200, 1 + next_random() % 5);
		assert_int_equal(fold_contains(str_of(folded, len), needle),
				 memmem(folded, len, needle.ptr, needle.len) != NULL);
	}
}

struct found {
	unsigned counts[512]; /* by payload */
};

static void note(void *context, uint32_t payload)
{
	((struct found *)context)->counts[payload]++;
}

static unsigned count_plainly(const struct literal *literal, struct str text)
{
	unsigned count = 0;

	for (size_t at = 0; at + literal->text.len <= text.len; at++) {
		bool start = !(literal->anchors & LITERAL_AT_START) || at == 0;
		bool end = !(literal->anchors & LITERAL_AT_END) || at + literal->text.len == text.len;

		count += start && end && memcmp(text.ptr + at, literal->text.ptr, literal->text.len) == 0;
	}
	return count;
}

/* Of so many literals of so many letters each is found as often as it is there; the first of them are short.
 */
static void check_literals(uint32_t short_count, uint32_t count, size_t max, unsigned letters, bool counted)
{
	struct arena *arena = arena_new(0);
	struct literal *literals = arena_array(arena, struct literal, count);
	struct gram_counts *counts = gram_counts_new();
	struct gram_table table = {0};
	char bytes[300 + FINDER_PADDING];

	for (uint32_t i = 0; i < count; i++) {
		size_t len = i < short_count ? 1 + next_random() % (GRAM_SIZE - 1)
					     : GRAM_SIZE + next_random() % (max - GRAM_SIZE + 1);
		char *text = arena_alloc(arena, len);

		fill(text, len, letters);
		literals[i] =
			(struct literal){.text = str_of(text, len),
					 .payload = i,
					 .anchors = (uint8_t)(next_random() % 8 ? 0 : next_random() % 4)};
		gram_counts_add(counts, literals[i].text, 1);
	}
	gram_table_make(&table, literals + short_count, count - short_count, counted ? counts : NULL, arena);
	if (short_count)
		gram_table_add_shorts(&table, literals, short_count, arena);
	for (int round = 0; round < 100; round++) {
		struct str text = str_of(bytes, next_random() % 300);
		struct found found = {{0}};

		fill(bytes, sizeof(bytes), letters);
		gram_table_scan(&table, text, note, &found);
		for (uint32_t i = 0; i < count; i++)
			assert_int_equal(found.counts[literals[i].payload],
					 count_plainly(&literals[i], text));
	}
	gram_counts_free(counts);
	arena_free(arena);
}

static void test_literals(void **state)
{
	(void)state;
	check_literals(0, 1, 4, 2, true);
	check_literals(0, 20, 12, 3, true);
	check_literals(0, FINDER_MAX, 9, 10, false);
	check_literals(0, FINDER_MAX + 1, 9, 10, true);
	check_literals(0, 500, 30, 3, true);
	check_literals(1, 1, 4, 3, true);
	check_literals(40, 40, 4, 3, true);
	check_literals(500, 500, 4, 10, true);
	check_literals(1, 2, 4, 3, true);
	check_literals(5, 20, 12, 3, true);
	check_literals(60, 60 + FINDER_MAX, 9, 10, true);
	check_literals(60, 61 + FINDER_MAX, 9, 10, true);
}

/* -- rules --------------------------------------------------------------------------------------------- */

#define RULE(detection) "title: t\nlogsource: {product: p}\ndetection: " detection "\n"

/* Rules that match, as bits; the same without the index. */
static unsigned run(struct lab *lab)
{
	unsigned indexed = 0, plain = 0;
	const uint32_t *rules;
	size_t count = matcher_run(lab->matcher, &lab->event, &rules);

	for (size_t i = 0; i < count; i++)
		indexed |= 1u << rules[i];
	count = matcher_run_all(lab->matcher, &lab->event, &rules);
	for (size_t i = 0; i < count; i++)
		plain |= 1u << rules[i];
	assert_int_equal(indexed, plain);
	return indexed;
}

static unsigned run_with(struct lab *lab, const char *f, const char *g)
{
	lab_begin(lab);
	lab_add(lab, "F", str_from(f));
	if (g)
		lab_add(lab, "G", str_from(g));
	return run(lab);
}

/* Each kind of witness, found the first time and when the value comes again; and its near misses. */
static void test_kinds(void **state)
{
	static const char *const rules[] = {
		RULE("{s: {F: whole}, condition: s}"),
		RULE("{s: {'F|endswith': '\\tail.exe'}, condition: s}"),
		RULE("{s: {'F|endswith': long-end.exe}, condition: s}"),
		RULE("{s: {'F|endswith': .end}, condition: s}"),
		RULE("{s: {'F|endswith': .q}, condition: s}"),
		RULE("{s: {'F|startswith': begin}, condition: s}"),
		RULE("{s: {F: 4711}, condition: s}"),
		RULE("{s: {'F|contains': middle}, condition: s}"),
		RULE("{s: {'F|contains': '~'}, condition: s}"),
		RULE("{s: {'F|contains|cased': Cased}, condition: s}"),
		RULE("{s: {F: [w1, w2, w3, w4, w5, w6, w7, w8]}, condition: s}"),
		RULE("{s: {'F|contains': [c001, c002, c003, c004, c005, c006, c007, c8]}, condition: s}"),
		RULE("{s: {F: 'glob?bed*'}, condition: s}"),
		RULE("{s: {'F|re': 'reg[e]xp.+'}, condition: s}"),
	};
	static const char *const hits[] = {
		"WHOLE",     "c:\\x\\Tail.exe", "x-Long-End.exe", "x.END",    ".Q",
		"Beginning", "0x1267",          "a MIDDLE b",     "a~b",      "x Cased",
		"w7",        "xxC8xx",          "a globXbeds",    "a regexp9"};
	static const char *const misses[] = {"wholes", "tail.exe", "long-end.exes", "x.ends", ".qq",
					     "abegin", "4711.5",   "middl",         "a-b",    "x cased",
					     "w9",     "c00 7",    "globbed",       "regexp"};
	struct lab lab;

	(void)state;
	lab_open(&lab, rules, sizeof(rules) / sizeof(rules[0]));
	for (unsigned round = 0; round < 4; round++)
		for (unsigned i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
			bool anchored = i == 12; /* a glob is of the whole value */

			assert_int_equal(run_with(&lab, hits[i] + (anchored ? 2 : 0), NULL), 1u << i);
			assert_int_equal(run_with(&lab, misses[i], NULL), 0);
		}
	lab_close(&lab);
}

/* A rule that asks for two common things is a candidate only where both are. */
static void test_clauses(void **state)
{
	static const char *const rules[] = {
		RULE("{s: {'F|endswith': '\\svchost.exe', 'G|contains': system32}, condition: s}"),
		RULE("{s: {'F|endswith': '\\svchost.exe'}, t: {'G|contains': system32}, condition: s or t}"),
		RULE("{s: {'F|endswith': .exe}, condition: not s}"),
	};
	struct lab lab;
	uint64_t before;

	(void)state;
	lab_open(&lab, rules, 3);
	for (int round = 0; round < 4; round++) {
		assert_int_equal(run_with(&lab, "c:\\svchost.exe", "c:\\windows\\system32"), 3);
		before = matcher_candidates(lab.matcher);
		assert_int_equal(run_with(&lab, "c:\\svchost.exe", "c:\\windows"), 2);
		assert_int_equal(matcher_candidates(lab.matcher), before + 1);
		assert_int_equal(run_with(&lab, "c:\\other.exe", "c:\\windows"), 0);
		assert_int_equal(matcher_candidates(lab.matcher), before + 1); /* not the third: its guard */
		assert_int_equal(run_with(&lab, "c:\\other.com", "c:\\windows"), 4);
	}
	lab_close(&lab);
}

/* Values that hold others are learned by events of a shape; others of that shape need not be so. */
static void test_held(void **state)
{
	static const char *const rules[] = {
		RULE("{k: [needle, hay stack], condition: k}"),
		RULE("{k: {'|contains|all': [needle, pin]}, condition: k}"),
		RULE("{k: [k00001, k00002, k00003, k00004, k00005, k00006, k00007, abc], condition: k}"),
	};
	static const char message[] = "a long message with a needle inside";
	struct lab lab;

	(void)state;
	lab_open(&lab, rules, 3);
	for (int round = 0; round < 200; round++) {
		lab_begin(&lab);
		lab_add(&lab, "A", str_of(message + 22, 6));
		lab_add(&lab, "B", STR(message));
		lab_add(&lab, "C", str_of(message + 2, 20));
		assert_int_equal(run(&lab), 1);
		lab_begin(&lab);
		lab_add(&lab, "A", STR("a Needle"));
		lab_add(&lab, "B", STR("with its"));
		lab_add(&lab, "C", round % 2 ? STR("pin and thread") : STR("hay"));
		assert_int_equal(run(&lab), round % 2 ? 3 : 1);
		lab_begin(&lab); /* from one value into the next there is no way */
		lab_add(&lab, "A", STR("the hay "));
		lab_add(&lab, "B", STR("stack"));
		lab_add(&lab, "C", STR("nee\0dle"));
		assert_int_equal(run(&lab), 0);
		lab_begin(&lab); /* the shortest that there is */
		lab_add(&lab, "A", STR("ABC"));
		assert_int_equal(run(&lab), 4);
		lab_begin(&lab); /* no value */
		event_add_attr(&lab.event, STR("A"), hash_str(STR("A")),
			       (struct value){"needle", 6, VALUE_NULL}, 0);
		assert_int_equal(run(&lab), 0);
	}
	lab_close(&lab);
}

/* Values of one hash are told apart. */
static void test_recall(void **state)
{
	const struct probe *probe = (const struct probe *)state; /* any address */
	const uint64_t hash = UINT64_C(9) << 32 | 5;
	struct recall recall;
	struct recall_hits hits = {.count = 2, .hits = {7, 8}};
	const struct recall_entry *entry;

	recall_init(&recall);
	assert_false(recall_is_again(&recall, hash));
	assert_true(recall_is_again(&recall, hash));
	recall_keep(&recall, probe, hash, STR("value"), &hits);
	entry = &recall.entries[hash % RECALL_ENTRIES];
	assert_true(recall_is(entry, probe, hash, STR("value")));
	assert_false(recall_is(entry, probe, hash, STR("VALUE")));
	assert_false(recall_is(entry, probe, hash, STR("valu")));
	assert_false(recall_is(entry, probe, hash + RECALL_ENTRIES, STR("value")));
	assert_false(recall_is(entry, NULL, hash, STR("value")));
	assert_int_equal(entry->count, 2);
	assert_memory_equal(entry->data, hits.hits, 2 * sizeof(uint32_t));
	hits.count = RECALL_HITS_MAX + 1;
	recall_keep(&recall, probe, hash, STR("other"), &hits); /* no room: the old one stays */
	assert_true(recall_is(entry, probe, hash, STR("value")));
	recall_done(&recall);
}

/* Long texts that repeat a witness, and values too long to be recalled. */
static void test_long(void **state)
{
	static const char *const rules[] = {RULE("{s: {'F|contains': abab}, condition: s}"),
					    RULE("{s: {'F|endswith': xyxyxy}, condition: s}")};
	char text[4096];
	struct lab lab;

	(void)state;
	lab_open(&lab, rules, 2);
	for (size_t len = 200; len < sizeof(text); len += 37) {
		for (size_t i = 0; i < len; i++)
			text[i] = "ab"[i % 2];
		memcpy(text + len - 6, "xyxyxy", 6);
		for (int round = 0; round < 3; round++) {
			lab_begin(&lab);
			lab_add(&lab, "F", str_of(text, len - round % 2));
			assert_int_equal(run(&lab), round % 2 ? 1 : 3);
		}
	}
	lab_close(&lab);
}

/* When the stamps begin anew nothing of earlier events is believed. */
static void test_stamps(void **state)
{
	static const char *const rules[] = {RULE("{s: {F: yes}, condition: s}"),
					    RULE("{s: {'F|contains': no, G: yes}, condition: s}")};
	struct lab lab;

	(void)state;
	lab_open(&lab, rules, 2);
	for (uint32_t start = 0; start < 3; start++) {
		for (uint32_t i = 0; i < 8; i++) { /* the same stamps as after the wrap */
			assert_int_equal(run_with(&lab, "yes", "yes"), 1);
			assert_int_equal(run_with(&lab, "no", "yes"), 2);
		}
		lab.matcher->stamp = (UINT32_MAX >> MEMO_SHIFT) - 5 + start;
		for (uint32_t i = 0; i < 8; i++) {
			assert_int_equal(run_with(&lab, "other", "yes"), 0);
			assert_int_equal(run_with(&lab, "no", "no"), 0);
		}
	}
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),    cmocka_unit_test(test_literals), cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_clauses), cmocka_unit_test(test_held),     cmocka_unit_test(test_long),
		cmocka_unit_test(test_recall),  cmocka_unit_test(test_stamps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
