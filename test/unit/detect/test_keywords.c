/* SPDX-License-Identifier: Apache-2.0 */
/* Keywords over events as sources make them: with constants, copies, and values that lie in others. Each is
   looked at more than once, as what is known of constants is remembered, and without the index. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "event/put.h"

#define RULE(keywords) "title: t\nlogsource: {product: p}\ndetection: {k: [" keywords "], condition: k}\n"

static void begin(struct lab *lab, const char *raw)
{
	lab_begin(lab);
	lab->event.raw = str_from(raw);
}

static void state_constant(struct lab *lab, enum field_id id, struct str text)
{
	struct field constant;

	assert_int_equal(event_make_constant(id, text, &constant), 0);
	event_set_constant(&lab->event, &constant);
}

static void check_found(const uint32_t *rules, size_t count, uint64_t expected)
{
	uint64_t found = 0;

	for (size_t i = 0; i < count; i++)
		found |= UINT64_C(1) << rules[i];
	assert_int_equal(found, expected);
}

/* Bits of the rules that match. */
static void check(struct lab *lab, uint64_t expected)
{
	const uint32_t *rules;

	for (int i = 0; i < 70; i++) {
		size_t count = matcher_run(lab->matcher, &lab->event, &rules);

		check_found(rules, count, expected);
	}
	check_found(rules, matcher_run_all(lab->matcher, &lab->event, &rules), expected);
}

static const char *const several[] = {RULE("alpha1"),     RULE("beta"),      RULE("ga"),
				      RULE("'de*ta'"),    RULE("unused"),    RULE("stabeta"),
				      RULE("alpha1beta"), RULE("gammadelta")};

/* Each set of four constants, each set twice, in other company. */
static void test_sets(void **state)
{
	static const struct str texts[] = {STR("Alpha1"), STR("BETA"), STR("gamma"), STR("deLta")};
	static const enum field_id fields[] = {FIELD_ID_EVENT_MODULE, FIELD_ID_EVENT_ACTION,
					       FIELD_ID_EVENT_CATEGORY, FIELD_ID_OBSERVER_VENDOR};
	struct lab lab;

	(void)state;
	lab_open(&lab, several, sizeof(several) / sizeof(several[0]));
	for (unsigned round = 0; round < 32; round++) {
		begin(&lab, "");
		lab_add(&lab, "F", STR("nothing to be seen here"));
		for (unsigned i = 0; i < 4; i++)
			if (round >> i & 1)
				state_constant(&lab, fields[round & 16 ? 3 - i : i], texts[i]);
		check(&lab, round & 15);
	}
	lab_close(&lab);
}

/* A keyword in the end of a value and the start of the next, whatever they are. */
static void test_borders(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, several, sizeof(several) / sizeof(several[0]));
	begin(&lab, "sta");
	lab_add(&lab, "F", STR("sta"));
	lab_add(&lab, "G", STR("alpha1"));
	state_constant(&lab, FIELD_ID_EVENT_MODULE, STR("beta"));
	state_constant(&lab, FIELD_ID_EVENT_ACTION, STR("gamma"));
	state_constant(&lab, FIELD_ID_OBSERVER_VENDOR, STR("delta"));
	check(&lab, 15);
	begin(&lab, "");
	lab_add(&lab, "F", STR("sta"));
	lab_add(&lab, "G", STR("beta"));
	state_constant(&lab, FIELD_ID_EVENT_MODULE, STR("gamma"));
	check(&lab, 6);
	lab_close(&lab);
}

static void test_overwritten(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, several, sizeof(several) / sizeof(several[0]));
	for (int i = 0; i < 2; i++) {
		begin(&lab, "");
		state_constant(&lab, FIELD_ID_EVENT_MODULE, STR("alpha1"));
		check(&lab, 1);
		assert_int_equal(event_set_text(&lab.event, FIELD_ID_EVENT_MODULE, STR("beta")), 0);
		check(&lab, 2);
		state_constant(&lab, FIELD_ID_EVENT_MODULE, STR("gamma"));
		check(&lab, 4);
		assert_int_equal(event_set_text(&lab.event, FIELD_ID_EVENT_MODULE, STR("none")), 0);
		check(&lab, 0);
	}
	lab_close(&lab);
}

/* Another source set may have its constants where those of one before it were. */
static void test_same_place(void **state)
{
	static const char *const texts[] = {"alpha1", "beta11", "gamma1", "delta1", "nobody"};
	static const uint64_t expected[] = {1, 2, 4, 0, 0};
	struct lab lab;
	char place[7];

	(void)state;
	lab_open(&lab, several, 3);
	for (unsigned i = 0; i < 15; i++) {
		strcpy(place, texts[i * 7 % 5]);
		begin(&lab, "");
		state_constant(&lab, FIELD_ID_EVENT_MODULE, str_of(place, 6));
		check(&lab, expected[i * 7 % 5]);
	}
	lab_close(&lab);
}

static void check_sets(struct lab *lab, bool backwards)
{
	for (unsigned i = 0; i < 300; i++) {
		char text[16];

		snprintf(text, sizeof(text), "x%uy", backwards ? 299 - i : i);
		begin(lab, "");
		state_constant(lab, FIELD_ID_EVENT_MODULE, STR("same"));
		state_constant(lab, FIELD_ID_EVENT_ACTION, str_from(text));
		check(lab, (strcmp(text, "x17y") == 0) | (strcmp(text, "x42y") == 0) << 1 | 8);
	}
}

/* More than are remembered, of many sets and in one. */
static void test_many(void **state)
{
	static const char *const rules[] = {RULE("x17y"), RULE("'x42y'"), RULE("padding"), RULE("same")};
	struct lab lab;
	char texts[300][32];

	(void)state;
	lab_open(&lab, rules, 4);
	check_sets(&lab, false);
	check_sets(&lab, false);
	for (unsigned count = 1; count < 40; count++) {
		begin(&lab, "");
		for (unsigned i = 0; i < count; i++) {
			snprintf(texts[i], sizeof(texts[i]), "some padding x%uy", i + 10);
			for (unsigned id = i; id < FIELD_COUNT; id++)
				if (field_info(id)->type == FIELD_KEYWORD && !event_get(&lab.event, id)) {
					state_constant(&lab, id, str_from(texts[i]));
					break;
				}
		}
		check(&lab, (count > 7) | (count > 32) << 1 | 4);
	}
	check_sets(&lab, true); /* those first that are still remembered */
	lab_close(&lab);
}

/* What is looked for in each value by itself. */
static void test_single(void **state)
{
	static const char *const rules[] = {
		RULE("'al*1'"),
		"title: t\nlogsource: {product: p}\ndetection: {k: {'|re': '^be.a$'}, condition: k}\n",
		"title: t\nlogsource: {product: p}\ndetection: {k: {'|contains|cased': [Gamma]}, condition: "
		"k}\n",
		"title: t\nlogsource: {product: p}\ndetection: {k: [gamma], n: [beta], condition: k and not "
		"n}\n"};
	struct lab lab;

	(void)state;
	lab_open(&lab, rules, 4);
	begin(&lab, "");
	state_constant(&lab, FIELD_ID_EVENT_MODULE, STR("Alpha1"));
	check(&lab, 1);
	state_constant(&lab, FIELD_ID_EVENT_ACTION, STR("Beta"));
	check(&lab, 1);
	state_constant(&lab, FIELD_ID_EVENT_ACTION, STR("beta"));
	check(&lab, 3);
	state_constant(&lab, FIELD_ID_OBSERVER_VENDOR, STR("gamma"));
	check(&lab, 3);
	state_constant(&lab, FIELD_ID_OBSERVER_VENDOR, STR("Gamma"));
	check(&lab, 7);
	state_constant(&lab, FIELD_ID_EVENT_ACTION, STR("none"));
	check(&lab, 13);
	lab_close(&lab);
}

/* Values in the longest one, at its ends and beyond; copies, where their attribute is there and is not. */
static void test_parts(void **state)
{
	static const char text[] = "0123456789 alpha1 beta 0123456789gamma";
	struct value null = {text, sizeof(text) - 1, VALUE_NULL};
	struct lab lab;

	(void)state;
	lab_open(&lab, several, 3);
	begin(&lab, "{}");
	lab_add(&lab, "F", str_of(text, 33)); /* all but gamma */
	lab_add(&lab, "G", str_of(text + 28, 10));
	check(&lab, 7);
	begin(&lab, "{}");
	lab_add(&lab, "F", str_of(text + 18, 15)); /* beta */
	lab_add(&lab, "G", str_of(text + 11, 8));  /* begins before it */
	check(&lab, 3);
	begin(&lab, "{}");
	lab_add(&lab, "F", str_of(text, 10));
	event_add_attr(&lab.event, STR("N"), hash_str(STR("N")), null, 0);
	check(&lab, 0);
	lab_add(&lab, "G", str_of(text + 11, 6));
	check(&lab, 1);
	begin(&lab, text + 11);
	lab_add(&lab, "F", str_of(text, 17));
	lab_add(&lab, "G", str_of(text + 11, 6));
	check(&lab, 7);
	begin(&lab, "{}");
	lab_add(&lab, "F", STR("alpha1"));
	event_set_text(&lab.event, FIELD_ID_EVENT_ACTION, STR("alpha1"));
	event_put(&lab.event, FIELD_ID_EVENT_ACTION)->origin = FIELD_COPY;
	check(&lab, 1);
	event_set_text(&lab.event, FIELD_ID_EVENT_ACTION, STR("beta"));
	check(&lab, 3);
	event_put(&lab.event, FIELD_ID_EVENT_ACTION)->origin = FIELD_COPY;
	lab.event.attrs_dropped = 1; /* its attribute, it may be */
	check(&lab, 3);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),        cmocka_unit_test(test_borders),
		cmocka_unit_test(test_overwritten), cmocka_unit_test(test_same_place),
		cmocka_unit_test(test_many),        cmocka_unit_test(test_single),
		cmocka_unit_test(test_parts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
