/* SPDX-License-Identifier: Apache-2.0 */
/* What is said where the engine's library is not there, or is something else. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/engine.h"

static int make_folder(void **state)
{
	static char folder[] = "/tmp/test_engine.XXXXXX";

	*state = mkdtemp(folder);
	return *state ? 0 : -1;
}

static int remove_folder(void **state)
{
	char path[64];
	static const char *const names[] = {"libchdb.so", "lock"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", (char *)*state, names[i]);
		unlink(path);
	}
	return rmdir(*state);
}

static void refuses(const char *library_folder, const char *folder, int code, const char *words)
{
	struct engine *engine = NULL;
	struct err err = {0};

	setenv("WANGLOU_ENGINE", library_folder, 1);
	assert_int_equal(engine_open(&(struct engine_options){.folder = folder}, &engine, &err), code);
	assert_null(engine);
	if (!strstr(err.message, words))
		fail_msg("%s", err.message);
	assert_non_null(strstr(err.message, "store.url"));
}

static void test_missing(void **state)
{
	refuses("/nowhere/at/all", *state, -ENOENT, "/nowhere/at/all/libchdb.so");
	refuses("", *state, ERR_UNKNOWN, "WANGLOU_ENGINE");
}

static void test_another_library(void **state)
{
	char path[64];

	unsetenv("JE_MALLOC_CONF");
	snprintf(path, sizeof(path), "%s/libchdb.so", (char *)*state);
	assert_int_equal(symlink(OTHER_LIBRARY, path), 0);
	refuses(*state, *state, -ENOENT, "has no function chdb_connect");
	assert_non_null(getenv("JE_MALLOC_CONF")); /* before it was loaded, which is when it is read */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_another_library),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
