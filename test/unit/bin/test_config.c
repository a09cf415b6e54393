/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou.yaml: defaults, the template, and where its mistakes are. */
#include "bin/config.h"

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

struct fixture {
	char folder[64], file[PATH_MAX];
	struct arena *arena;
	struct config config;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	strcpy(fixture.folder, "/tmp/test_config.XXXXXX");
	if (!mkdtemp(fixture.folder))
		return -1;
	snprintf(fixture.file, sizeof(fixture.file), "%s/wanglou.yaml", fixture.folder);
	fixture.arena = arena_new(0);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	arena_free(fixture->arena);
	unlink(fixture->file);
	return rmdir(fixture->folder);
}

static int load(struct fixture *fixture, struct err *ret_err)
{
	static const struct option_def options[] = {CONFIG_OPTIONS, {0}};
	static struct arguments arguments;

	arguments.items[0].option = &options[0];
	arguments.items[0].value = fixture->folder;
	arguments.count = 1;
	return config_load(&arguments, fixture->arena, &fixture->config, ret_err);
}

static int load_text(struct fixture *fixture, const char *text, struct err *ret_err)
{
	assert_int_equal(io_replace_file(fixture->file, text, strlen(text), 0644), 0);
	return load(fixture, ret_err);
}

static void test_defaults(void **state)
{
	struct fixture *fixture = *state;
	struct err err = {0};

	assert_int_equal(load(fixture, &err), 0);
	assert_string_equal(fixture->config.data, fixture->folder);
	assert_string_equal(fixture->config.syslog_udp, "127.0.0.1:5514");
	assert_int_equal(fixture->config.retention_days, 190);
}

/* The file made at first start changes nothing, and is not written over. */
static void test_template(void **state)
{
	struct fixture *fixture = *state;
	struct config defaults;
	struct buf text = {0};
	struct err err = {0};

	assert_int_equal(load(fixture, &err), 0);
	defaults = fixture->config;
	assert_int_equal(config_write_template(&defaults, &err), 0);
	assert_int_equal(load(fixture, &err), 0);
#define TEXT(member, path, fallback, doc) assert_string_equal(fixture->config.member, defaults.member);
#define NUMBER(member, path, fallback, min, max, doc) \
	assert_int_equal(fixture->config.member, defaults.member);
#include "bin/settings.def"
#undef TEXT
#undef NUMBER
	assert_int_equal(load_text(fixture, "retention:\n  days: 400\n", &err), 0);
	assert_int_equal(config_write_template(&defaults, &err), 0);
	assert_int_equal(io_read_file(fixture->file, 4096, &text), 0);
	assert_string_equal(buf_cstr(&text), "retention:\n  days: 400\n");
	buf_done(&text);
}

static void test_settings(void **state)
{
	struct fixture *fixture = *state;
	struct err err = {0};

	assert_int_equal(load_text(fixture,
				   "listen:\n  syslog_udp: ':514'\n  ingest: ''\n  store:\n"
				   "retention: {days: 36500}\nstore:\n",
				   &err),
			 0);
	assert_string_equal(fixture->config.syslog_udp, ":514");
	assert_string_equal(fixture->config.ingest, "");
	assert_string_equal(fixture->config.store_http, "");
	assert_int_equal(fixture->config.retention_days, 36500);
	assert_string_equal(fixture->config.console, "127.0.0.1:8443");
	/* Where each was said. */
	assert_int_equal(fixture->config.lines[CONFIG_syslog_udp], 2);
	assert_int_equal(fixture->config.lines[CONFIG_store_http], 4);
	assert_int_equal(fixture->config.lines[CONFIG_retention_days], 5);
	assert_int_equal(fixture->config.lines[CONFIG_console], 0);
}

static void test_mistakes_have_places(void **state)
{
	static const struct {
		const char *text, *words;
		unsigned line;
	} cases[] = {
		{"listen:\n  console: x\n  konsole: y\n", "listen.konsole", 3},
		{"lists:\n  console: x\n", "lists.console", 2},
		{"retention:\n  days: 0\n", "from 1 to 36500", 2},
		{"retention:\n  days: 36501\n", "from 1 to 36500", 2},
		{"retention:\n\n  days: many\n", "retention.days", 3},
		{"listen:\n  console: [a, b]\n", "single value", 2},
		{"listen: 127.0.0.1\n", "holds settings", 1},
		{"- listen\n", "groups", 1},
		{"listen:\n  console: 'x\n", "", 0},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {0};

		assert_true(load_text(fixture, cases[i].text, &err) < 0);
		assert_string_equal(err.file, fixture->file);
		if (!strstr(err.message, cases[i].words) || (cases[i].line && err.line != cases[i].line))
			fail_msg("case %zu: line %u: %s", i, err.line, err.message);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_defaults),
		TEST(test_template),
		TEST(test_settings),
		TEST(test_mistakes_have_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
