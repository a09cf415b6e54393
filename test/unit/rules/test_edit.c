/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of rules: recorded first, in the log with what stood there before, and back again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "rules/draft.h"
#include "rules/exception.h"
#include "rules/hunt_request.h"
#include "rules/library.h"

#define ID(n) n n n n n n n n "-1111-4111-8111-111111111111"
#define RULE(n, title) \
	"title: " title "\nid: " ID(n) "\nlogsource: {product: p}\ndetection: {s: {A: 1}, condition: s}\n"

struct lab {
	char root[64], own[80], folder[80];
	struct rules_paths paths;
	bool refuse; /* the audit trail is away */
	char recorded[256];
};

static void put(const struct lab *lab, const char *name, const char *text)
{
	char path[256], folder[256];

	snprintf(path, sizeof(path), "%s/%s", lab->root, name);
	snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = 0;
	assert_int_equal(io_make_folder(folder, 0755), 0);
	assert_int_equal(io_replace_file(path, text, strlen(text), 0644), 0);
}

static int set_up(void **state)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	snprintf(lab->root, sizeof(lab->root), "/tmp/edit-XXXXXX");
	assert_non_null(mkdtemp(lab->root));
	snprintf(lab->own, sizeof(lab->own), "%s/own", lab->root);
	snprintf(lab->folder, sizeof(lab->folder), "%s/data", lab->root);
	lab->paths = (struct rules_paths){lab->own, lab->folder};
	put(lab, "own/a.yml", RULE("a", "A"));
	put(lab, "own/b.yml", RULE("b", "B"));
	*state = lab;
	return 0;
}

static int tear_down(void **state)
{
	struct lab *lab = *state;
	char line[128];

	snprintf(line, sizeof(line), "rm -r %s", lab->root);
	assert_int_equal(system(line), 0);
	free(lab);
	return 0;
}

static int record(void *context, const char *action, struct str object, struct str detail)
{
	struct lab *lab = context;

	if (lab->refuse)
		return ERR_DENIED;
	assert_true(str_starts(detail, STR("{")) && str_ends(detail, STR("}")));
	snprintf(lab->recorded, sizeof(lab->recorded), "%s %.*s", action, STR_FMT(object));
	return 0;
}

static void never(void *context, const struct err *err)
{
	(void)context;
	fail_msg("%s: %s", err->file, err->message);
}

static void begin(struct lab *lab, struct rule_edit *edit)
{
	const struct rule_edit_options options = {.paths = &lab->paths,
						  .author = STR("chen"),
						  .record = record,
						  .context = lab,
						  .report = never};
	struct err err = {0};

	assert_int_equal(rule_edit_begin(edit, &options, &err), 0);
}

static const struct rule_info *find(const struct rule_edit *edit, const char *id)
{
	for (size_t i = 0; i < ruleset_count(edit->set); i++)
		if (str_ieq(ruleset_info(edit->set, i)->id, str_from(id)))
			return ruleset_info(edit->set, i);
	return NULL;
}

/* What is in force: the titles in order. */
static void expect(struct lab *lab, const char *titles)
{
	struct ruleset *set;
	char found[64] = "";

	assert_int_equal(rules_load(&lab->paths, never, NULL, &set), 0);
	for (size_t i = 0; i < ruleset_count(set); i++)
		strncat(found, ruleset_info(set, i)->title.ptr, 1);
	assert_string_equal(found, titles);
	ruleset_free(set);
}

static void test_switch_and_undo(void **state)
{
	struct lab *lab = *state;
	struct rule_edit edit;
	struct err err = {0};
	struct str rule;

	begin(lab, &edit);
	assert_int_equal(rule_edit_switch(&edit, find(&edit, ID("a")), true, STR(""), &err), 1);
	assert_int_equal(rule_edit_switch(&edit, find(&edit, ID("a")), false, STR("noise"), &err), 0);
	rule_edit_done(&edit);
	assert_string_equal(lab->recorded, "rules.disable " ID("a"));
	expect(lab, "B");
	begin(lab, &edit);
	assert_int_equal(rule_edit_undo(&edit, 2, &rule, &err), ERR_END);
	assert_int_equal(rule_edit_undo(&edit, 1, &rule, &err), 0);
	assert_true(str_eq(rule, STR(ID("a"))));
	assert_int_equal(rule_edit_undo(&edit, 1, &rule, &err), ERR_BUSY);
	rule_edit_done(&edit);
	expect(lab, "AB");
}

static void test_what_is_not_recorded_is_not_done(void **state)
{
	struct lab *lab = *state;
	struct rule_edit edit;
	struct err err = {0};

	lab->refuse = true;
	begin(lab, &edit);
	assert_int_equal(rule_edit_switch(&edit, find(&edit, ID("a")), false, STR("noise"), &err),
			 ERR_DENIED);
	assert_int_equal(rule_edit_save(&edit, STR(ID("a")), STR(RULE("a", "C")), STR(""), &err), ERR_DENIED);
	rule_edit_done(&edit);
	expect(lab, "AB");
}

static void test_suppress_and_undo(void **state)
{
	struct lab *lab = *state;
	const struct str by[] = {{"source.ip", 9}};
	const struct rule_suppress suppress = {.by = by, .by_count = 1, .span = CLOCK_HOUR};
	struct rule_edit edit;
	struct err err = {0};
	struct str rule;

	begin(lab, &edit);
	assert_int_equal(rule_edit_suppress(&edit, find(&edit, ID("a")), &suppress, STR("1h"), STR(""), &err),
			 0);
	assert_int_equal(rule_edit_switch(&edit, find(&edit, ID("a")), false, STR("noise"), &err), 0);
	rule_edit_done(&edit);
	begin(lab,
	      &edit); /* the second change stands: what it left is taken back to what the first had left */
	assert_int_equal(rule_edit_undo(&edit, 2, &rule, &err), 0);
	rule_edit_done(&edit);
	begin(lab, &edit);
	assert_int_equal(find(&edit, ID("a"))->suppress.span, CLOCK_HOUR);
	assert_int_equal(rule_edit_undo(&edit, 1, &rule, &err), 0);
	rule_edit_done(&edit);
	begin(lab, &edit);
	assert_int_equal(find(&edit, ID("a"))->suppress.span, 0);
	rule_edit_done(&edit);
}

static void test_own_text_replaces(void **state)
{
	struct lab *lab = *state;
	struct rule_library *library = rule_library_new(&lab->paths, lab->root, NULL, NULL);
	const struct rule_shelf *shelf;
	struct rule_edit edit;
	struct err err = {0};

	begin(lab, &edit);
	assert_int_equal(rule_edit_save(&edit, STR(ID("a")), STR("title: x\n"), STR(""), &err), ERR_SYNTAX);
	assert_int_equal(rule_edit_save(&edit, STR(ID("a")), STR(RULE("c", "C")), STR(""), &err),
			 ERR_UNKNOWN);
	assert_int_equal(rule_edit_save(&edit, STR("../../../../../../../../../../etc/x"),
					STR(RULE("c", "C")), STR(""), &err),
			 ERR_SYNTAX);
	assert_int_equal(rule_edit_save(&edit, STR(ID("a")), STR(RULE("a", "C")), STR(""), &err), 0);
	rule_edit_done(&edit);
	expect(lab, "CB");
	assert_int_equal(rule_library_use(library, &shelf, &err), 0);
	assert_int_equal(shelf->replaced_count, 1);
	assert_int_equal(shelf->refusal_count, 0);
	begin(lab, &edit);
	assert_int_equal(rule_edit_remove(&edit, STR(ID("a")), STR(""), &err), 0);
	assert_int_equal(rule_edit_remove(&edit, STR(ID("a")), STR(""), &err), ERR_END);
	rule_edit_done(&edit);
	expect(lab, "AB");
	assert_int_equal(shelf->replaced_count, 1); /* what somebody holds stays as it is */
	rule_library_release(shelf);
	assert_int_equal(rule_library_use(library, &shelf, &err), 0);
	assert_int_equal(shelf->replaced_count, 0);
	rule_library_release(shelf);
	rule_library_free(library);
}

/* Kept for all who ask after the first, whatever that one speaks. */
static void refusals_for(const struct lab *lab, enum words_language asking)
{
	struct rule_library *library = rule_library_new(&lab->paths, lab->root, NULL, NULL);
	const struct rule_shelf *shelf;
	struct err err = {0};

	words_speak(asking);
	assert_int_equal(rule_library_use(library, &shelf, &err), 0);
	assert_int_equal(words_speak(WORDS_ENGLISH), asking);
	assert_int_equal(shelf->refusal_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct rule_refusal *refusal = &shelf->refusals[i];
		bool is_c = str_ends(refusal->file, STR("c.yml"));

		assert_string_equal(refusal->message[WORDS_ENGLISH].ptr,
				    is_c ? "the detection has no 'condition'"
					 : "the rule has no 'logsource'");
		assert_string_equal(refusal->message[WORDS_CHINESE].ptr,
				    is_c ? "detection 缺少 condition" : "规则缺少 logsource");
	}
	rule_library_release(shelf);
	rule_library_free(library);
}

static void test_refusals_in_both_languages(void **state)
{
	struct lab *lab = *state;

	put(lab, "own/c.yml", "title: C\nlogsource: {product: p}\ndetection: {s: {A: 1}}\n");
	put(lab, "own/d.yml", "title: D\n");
	refusals_for(lab, WORDS_CHINESE);
	refusals_for(lab, WORDS_ENGLISH);
}

static int count_change(void *context, const struct rule_change *change)
{
	(void)change;
	++*(int *)context;
	return 0;
}

static void test_exception_and_undo(void **state)
{
	struct lab *lab = *state;
	struct exception exception = {.author = STR("chen"), .reason = STR("ours"), .where_count = 1};
	char expires[CLOCK_TEXT_SIZE];
	struct ruleset *set;
	struct buf text = {0};
	struct rule_edit edit;
	struct err err = {0};
	struct str rule;
	size_t count = 0;
	int changes = 0;

	clock_format(clock_now() + CLOCK_DAY, expires);
	exception.expires = str_from(expires);
	exception.where[0].field = STR("A");
	exception.where[0].value = STR("1");
	exception_make_id(exception.id);
	begin(lab, &edit);
	exception.rules[exception.rule_count++] = find(&edit, ID("a"));
	exception_format(&exception, &text);
	assert_int_equal(exception_check("e", buf_str(&text), &set, &err), 0);
	assert_int_equal(exception_add(&edit, ruleset_filter(set, 0), buf_str(&text), &count, &err), 0);
	assert_int_equal(count, 1);
	ruleset_free(set);
	rule_edit_done(&edit);
	assert_int_equal(rule_changes(&lab->paths, STR(ID("a")), count_change, &changes), 0);
	assert_int_equal(rule_changes(&lab->paths, STR(ID("b")), count_change, &changes), 0);
	assert_int_equal(changes, 1);
	begin(lab, &edit);
	assert_int_equal(ruleset_filter_count(edit.set), 1);
	assert_int_equal(exception_remove(&edit, str_from(exception.id), STR(""), &err), 0);
	assert_int_equal(rule_edit_undo(&edit, 2, &rule, &err), 0); /* it holds again */
	assert_int_equal(rule_edit_undo(&edit, 3, &rule, &err), 0);
	rule_edit_done(&edit);
	begin(lab, &edit);
	assert_int_equal(ruleset_filter_count(edit.set), 0);
	rule_edit_done(&edit);
	buf_done(&text);
}

/* A line that a crash cut short hides none of the others. */
static void test_damaged_log(void **state)
{
	struct lab *lab = *state;
	int changes = 0;

	put(lab, "data/changes.ndjson",
	    "{\"number\":1,\"thing\":\"text\",\"key\":\"k\",\"after\":\"x\"}\n{\"number\":2,\"thi\n"
	    "{\"number\":3,\"thing\":\"other\",\"key\":\"k\"}\n{\"number\":4,\"thing\":\"text\",\"key\":"
	    "\"k\"}");
	assert_int_equal(rule_changes(&lab->paths, STR("k"), count_change, &changes), 0);
	assert_int_equal(changes, 2);
}

static void test_draft(void **state)
{
	struct lab *lab = *state;
	struct ruleset *others;
	struct draft draft;
	struct err err = {0};

	put(lab, "own/c.yml",
	    "title: Base\nname: base\nid: " ID(
		    "c") "\nlogsource: {product: p}\ndetection: {s: {A: 1}, condition: s}\n");
	assert_int_equal(rules_load(&lab->paths, never, NULL, &others), 0);
	assert_int_equal(
		draft_load(&draft,
			   &(struct draft_options){
				   .others = others,
				   .text = STR(
					   "title: Many\ncorrelation:\n  type: event_count\n  rules: [base]\n"
					   "  group-by: [A]\n  timespan: 5m\n  condition: {gte: 2}\n")},
			   &err),
		0);
	assert_string_equal(ruleset_info(draft.set, draft.rule)->title.ptr, "Many");
	draft_done(&draft);
	assert_int_equal(
		draft_load(&draft,
			   &(struct draft_options){.text = STR("title: A\nlogsource: {product: p}\n")}, &err),
		ERR_SYNTAX);
	assert_true(err.line > 0);
	ruleset_free(others);
}

static void test_hunt_requests(void **state)
{
	struct lab *lab = *state;
	struct hunt_request request = {.text = STR("title: \xe6\x9c\x9b"), .from = 1, .to = 2}, read;
	struct arena *arena = arena_new(0);
	char hunts[96], next[HUNT_ID_SIZE], first[HUNT_ID_SIZE];

	snprintf(hunts, sizeof(hunts), "%s/hunts", lab->root);
	assert_int_equal(io_make_folder(hunts, 0755), 0);
	assert_false(hunt_request_next(lab->folder, hunts, next));
	for (int i = 0; i < HUNTS_WAITING_MAX; i++)
		assert_int_equal(hunt_request_add(lab->folder, hunts, &request), 0);
	assert_int_equal(hunt_request_add(lab->folder, hunts, &request), ERR_BUSY);
	assert_true(hunt_request_next(lab->folder, hunts, first));
	assert_int_equal(hunt_request_read(lab->folder, str_from(first), arena, &read), 0);
	assert_true(str_eq(read.text, request.text) && read.from == 1 && read.to == 2);
	assert_int_equal(hunt_found_write(hunts, str_from(first), STR("{\"state\":\"done\"}")), 0);
	assert_true(hunt_request_next(lab->folder, hunts, next));
	assert_string_not_equal(next, first);
	assert_int_equal(hunt_request_add(lab->folder, hunts, &request), 0); /* one is done */
	assert_int_equal(hunt_request_remove(lab->folder, str_from(first)), 0);
	assert_int_equal(hunt_request_remove(lab->folder, STR("../settings.yaml")), ERR_END);
	hunt_found_prune(lab->folder, hunts);
	assert_int_equal(hunt_found_read(hunts, str_from(first), &(struct buf){0}), ERR_END);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_switch_and_undo, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_not_recorded_is_not_done, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_suppress_and_undo, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_own_text_replaces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refusals_in_both_languages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_exception_and_undo, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged_log, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_draft, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hunt_requests, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
