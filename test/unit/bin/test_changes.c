/* SPDX-License-Identifier: Apache-2.0 */
/* Settings and content that somebody changed: found, once, without secrets. */
#include "bin/changes.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/io.h"

static char folder[64], state[96];
static struct arena *arena;
static struct config config;

static void put(const char *name, const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(io_replace_file(path, text, strlen(text), 0644), 0);
}

static int set_up(void **state_unused)
{
	char path[PATH_MAX];

	(void)state_unused;
	strcpy(folder, "/tmp/test_changes.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(state, sizeof(state), "%s/state.json", folder);
	snprintf(path, sizeof(path), "%s/sources/a", folder);
	io_make_folder(path, 0755);
	snprintf(path, sizeof(path), "%s/detections", folder);
	io_make_folder(path, 0755);
	arena = arena_new(0);
	return 0;
}

static int tear_down(void **state_unused)
{
	char command[100];

	(void)state_unused;
	arena_free(arena);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void load(const char *yaml)
{
	static const struct option_def options[] = {CONFIG_OPTIONS, {0}};
	static struct arguments arguments;

	put("wanglou.yaml", yaml);
	arguments.items[0].option = &options[0];
	arguments.items[0].value = folder;
	arguments.items[1].option = &options[1];
	arguments.items[1].value = folder;
	arguments.count = 2;
	assert_int_equal(config_load(&arguments, arena, &config, NULL), 0);
}

typedef void find(const struct config *config, const char *state, struct changes *ret_changes);

/* NULL: nothing is new. Else what the detail begins with; then it counts as recorded. */
static void expect(find *find_changes, const char *wanted)
{
	struct changes changes;

	find_changes(&config, state, &changes);
	assert_int_equal(changes.any, wanted != NULL);
	if (wanted) {
		buf_cstr(&changes.detail);
		if (strncmp(changes.detail.ptr, wanted, strlen(wanted)) != 0)
			fail_msg("%s", changes.detail.ptr);
		assert_int_equal(changes_save(&changes, state), 0);
	}
	changes_done(&changes);
}

static void test_settings(void **unused)
{
	(void)unused;
	load("retention: {days: 200}\n");
	expect(changes_of_settings,
	       "{\"first\":true,\"changes\":[{\"new\":\"200\",\"old\":\"190\",\"setting\":"
	       "\"retention.days\"}],\"modified\":\"");
	expect(changes_of_settings, NULL);
	load("retention: {days: 10}\nstore: {user: x}\n");
	expect(changes_of_settings,
	       "{\"changes\":[{\"new\":\"x\",\"old\":\"\",\"setting\":\"store.user\"},"
	       "{\"new\":\"10\",\"old\":\"200\",\"setting\":\"retention.days\"}],\"modified\":\"");
	load("# only a comment\nretention: {days: 10}\nstore: {user: x}\n");
	expect(changes_of_settings, "{\"changes\":[],\"modified\":\"");
	expect(changes_of_settings, NULL);
}

static void test_secrets_stay_out(void **unused)
{
	static const char *const urls[][2] = {
		{"http://li:geheim@db:8123/x", "http://…@db:8123/x"},
		{"http://db/?password=geheim", "http://db/?…"},
		{"http://li:geheim@db?key=geheim#x", "http://…@db?…"},
		{"http://db/a@b", "http://db/a@b"},
		{"http://li:ge@heim@db/x", "http://…@db/x"},
	};
	char yaml[200], wanted[300];

	(void)unused;
	load("");
	expect(changes_of_settings, "{\"first\":true,\"changes\":[],");
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		snprintf(yaml, sizeof(yaml), "store: {url: \"%s\"}\n", urls[i][0]);
		load(yaml);
		snprintf(wanted, sizeof(wanted), "{\"changes\":[{\"new\":\"%s\",\"old\":\"", urls[i][1]);
		expect(changes_of_settings, wanted);
	}
	/* Another password alone: seen, and not said. */
	load("store: {url: \"http://li:anders@db?key=geheim\"}\n");
	expect(changes_of_settings, "{\"changes\":[{");
	load("store: {url: \"http://li:wieder@db?key=geheim\"}\n");
	expect(changes_of_settings, "{\"changes\":[],");
}

static void test_content(void **unused)
{
	(void)unused;
	load("");
	put("sources/a/x.yaml", "1");
	put("detections/r.yml", "1");
	put("detections/notes.txt", "1");
	expect(changes_of_content, "{\"first\":true,\"count\":0,\"files\":2}");
	expect(changes_of_content, NULL);
	put("detections/notes.txt", "2");
	expect(changes_of_content, NULL);
	put("detections/s.yaml", "1");
	put("sources/a/x.yaml", "2");
	expect(changes_of_content, "{\"added\":[\"detections/s.yaml\"],\"changed\":[\"sources/a/x.yaml\"],"
				   "\"removed\":[],\"count\":2,\"files\":3}");
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/detections/r.yml", folder);
	unlink(path);
	expect(changes_of_content,
	       "{\"added\":[],\"changed\":[],\"removed\":[\"detections/r.yml\"],\"count\":1");
}

static void test_a_damaged_state_is_none(void **unused)
{
	(void)unused;
	load("");
	put("state.json", "[1");
	expect(changes_of_settings, "{\"first\":true,");
	put("state.json", "{\"settings\":7,\"sha256\":[]}");
	expect(changes_of_settings, "{\"changes\":[{");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_settings),
		CASE(test_secrets_stay_out),
		CASE(test_content),
		CASE(test_a_damaged_state_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
