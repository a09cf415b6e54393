/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded Windows events nobody here wrote: each is recognised, none leaves an error. Skipped where they are
 * missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/json.h"
#include "parse/helper.h"

#define FILE_MAX (64u * 1024 * 1024)
#define SKIPPED 77

static char folder[4096];

struct walk {
	struct bench bench;
	struct json_parser *json;
	unsigned files, events;
};

/* A file holds documents one after the other, over many lines. */
static int run_file(const char *path, void *context)
{
	struct walk *walk = context;
	const struct json_node *nodes;
	struct buf buf = {0};
	struct str rest;
	size_t used;

	assert_int_equal(io_read_file(path, FILE_MAX, &buf), 0);
	rest = buf_str(&buf);
	if (str_starts(rest, STR("\xEF\xBB\xBF")))
		rest = str_from_offset(rest, 3);
	while (json_parse_prefix(walk->json, rest, &nodes, &used) == 0) {
		bench_run(&walk->bench, str_head(rest, used));
		assert_str(walk->bench.event.source, "windows-evtx-dump");
		assert_str(walk->bench.event.logsource.product, "windows");
		assert_true(walk->bench.event.logsource.service.len > 0);
		assert_null(event_get(&walk->bench.event, FIELD_ID_ERROR_MESSAGE));
		assert_true(event_get(&walk->bench.event, FIELD_ID_TIMESTAMP)->integer != RECEIVED);
		assert_true(event_text(&walk->bench.event, FIELD_ID_HOST_NAME).len > 0);
		assert_non_null(bench_attr(&walk->bench, "EventID", 0));
		assert_non_null(bench_attr(&walk->bench, "Provider_Name", 0));
		rest = str_from_offset(rest, used);
		walk->events++;
	}
	walk->files++;
	buf_done(&buf);
	return 0;
}

static void test_regression_data(void **state)
{
	struct walk walk = {.json = json_parser_new()};

	(void)state;
	assert_int_equal(
		source_set_load(getenv("WANGLOU_CONTENT"), bench_report, &walk.bench, &walk.bench.set), 0);
	walk.bench.parser = parser_new(walk.bench.set);
	walk.bench.arena = arena_new(0);
	assert_int_equal(io_walk(folder, ".json", run_file, &walk), 0);
	assert_true(walk.files > 100 && walk.events >= walk.files);
	json_parser_free(walk.json);
	bench_close(&walk.bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_regression_data)};
	const char *shared = getenv("WANGLOU_SHARED_DATA");

	if (!shared)
		shared = getenv("WANGLOU_SHARED_DATA_DEFAULT");
	snprintf(folder, sizeof(folder), "%s/sigma/regression_data", shared ? shared : "");
	if (access(folder, R_OK) != 0) {
		printf("skipped: %s is missing\n", folder);
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
