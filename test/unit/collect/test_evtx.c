/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/evtx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

static int open_seed(const char *name)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), SEEDS "/%s", name);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	return fd;
}

/* A file of one event, which ends in its chunk. */
static void test_event(void **state)
{
	int fd = open_seed("event");
	struct str record;
	struct err err = {0};
	void *evtx;

	(void)state;
	assert_int_equal(evtx_format.open(fd, &evtx, &err), 0);
	assert_int_equal(evtx_format.next(evtx, &record, &err), 0);
	/* The number as Windows writes it. */
	assert_true(str_eq(record, STR("<Event>0x3e7</Event>")));
	assert_int_equal(evtx_format.next(evtx, &record, &err), ERR_CORRUPT);
	assert_string_equal(err.message, "damaged: it is cut off; 1 events were read");
	assert_int_equal(evtx_format.next(evtx, &record, &err), ERR_END);
	assert_int_equal(evtx_format.next(evtx, &record, &err), ERR_END);
	evtx_format.close(evtx);
	close(fd);
}

static void test_head_only(void **state)
{
	int fd = open_seed("head");
	struct str record;
	struct err err = {0};
	void *evtx;

	(void)state;
	assert_int_equal(evtx_format.open(fd, &evtx, &err), 0);
	while (evtx_format.next(evtx, &record, &err) != ERR_END)
		assert_int_equal(err.code, ERR_CORRUPT);
	evtx_format.close(evtx);
	close(fd);
}

static void test_signature(void **state)
{
	(void)state;
	assert_true(evtx_format.test(str_of("ElfFile\0abc", 11)));
	assert_true(evtx_format.test(str_of("ElfFile\0", 8)));
	assert_false(evtx_format.test(str_of("ElfFile", 7)));
	assert_false(evtx_format.test(str_of("ElfFile files", 13)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_head_only),
		cmocka_unit_test(test_signature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
