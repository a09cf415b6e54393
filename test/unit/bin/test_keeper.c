/* SPDX-License-Identifier: Apache-2.0 */
/* The archive's thread on a journal of old and new records, beside a writer that takes notices or does not.
 */
#include "bin/keeper.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "bin/record_link.h"
#include "event/listener.h"
#include "http/server.h"

#define PATIENCE (60 * CLOCK_SECOND)

struct fixture {
	char folder[64], journal[80], live[96], socket[96], overrides[96];
	struct record_sink sink;
	struct ipc_server *server;
	_Atomic unsigned calls; /* the server got */
	atomic_bool refuse;
};

static int receive(void *context, uid_t user, enum ipc_type type, struct str payload, uint64_t *ret_value,
		   struct err *ret_err)
{
	struct fixture *fixture = context;
	int r = atomic_load(&fixture->refuse)
			? err_set(ret_err, -EIO, 0, 0, "refused")
			: record_link_receive(&fixture->sink, user, type, payload, ret_value, ret_err);

	atomic_fetch_add(&fixture->calls, 1);
	return r;
}

static int set_up(void **state)
{
	static struct fixture fixture;
	const struct journal_options options = {.segment_bytes = 4096, .commit_delay = 1, .reserve_bytes = 1};
	char address[128];

	memset(&fixture, 0, sizeof(fixture));
	strcpy(fixture.folder, "/tmp/test_keeper.XXXXXX");
	if (!mkdtemp(fixture.folder))
		return -1;
	snprintf(fixture.journal, sizeof(fixture.journal), "%s/journal", fixture.folder);
	snprintf(fixture.live, sizeof(fixture.live), "%s/live", fixture.journal);
	snprintf(fixture.overrides, sizeof(fixture.overrides), "%s/overrides", fixture.journal);
	snprintf(fixture.socket, sizeof(fixture.socket), "%s/socket", fixture.folder);
	snprintf(address, sizeof(address), "unix:%s", fixture.socket);
	fixture.sink.folder = fixture.journal;
	*state = &fixture;
	if (journal_open(fixture.journal, &options, NULL, NULL, &fixture.sink.journal, NULL) < 0)
		return -1;
	snprintf(address, sizeof(address), "%s/sealed", fixture.journal);
	mkdir(address, 0755);
	snprintf(address, sizeof(address), "unix:%s", fixture.socket);
	return ipc_server_start(http_listen(address, NULL), receive, &fixture, &fixture.server);
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	char command[128];

	ipc_server_stop(fixture->server);
	journal_close(fixture->sink.journal);
	snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
	return system(command);
}

/* A segment of its own: 100 records and one of the audit trail, so old. */
static void add_segment(struct fixture *fixture, long days)
{
	char text[64] = "what happened then, and nobody remembers";
	struct journal_record records[101];

	for (size_t i = 0; i < 101; i++)
		records[i] = (struct journal_record){.received = clock_now() - days * CLOCK_DAY,
						     .listener = i ? LISTENER_SYSLOG_UDP : LISTENER_AUDIT,
						     .bytes = str_from(text)};
	assert_int_equal(journal_append(fixture->sink.journal, records, 101), 0);
	assert_int_equal(journal_wait(fixture->sink.journal, records[100].seq, PATIENCE), 0);
}

static struct keeper *start(struct fixture *fixture, const char *overrides)
{
	struct keeper_options options = {
		.journal = fixture->journal,
		.live = fixture->live,
		.overrides = fixture->overrides,
		.socket = fixture->socket,
		.policy = {.classes = {{.name = "other", .days = 90, .least = RETENTION_LEAST_DAYS},
				       {.name = "audit",
					.days = 1095,
					.least = 1095,
					.listeners = 1u << LISTENER_AUDIT}},
			   .order = {1},
			   .order_count = 1,
			   .disk_critical = 100},
	};
	FILE *file = fopen(fixture->overrides, "w");

	assert_non_null(file);
	fputs(overrides, file);
	fclose(file);
	return keeper_start(&options);
}

static int describe(void *context, const struct journal_segment_info *info)
{
	static const char *const states[] = {"live", "sealed", "deleted", "damaged"};

	buf_printf(context, " %s %d+%d,", states[info->state], (int)info->class_records[0],
		   (int)info->class_records[1]);
	return 0;
}

/* Waits until the first segments are as described: state, records of class other + of class audit. Takes what
   is sealed out of live/, as the collector does. */
static void wait_for(struct fixture *fixture, const char *wanted)
{
	int64_t limit = clock_monotonic() + PATIENCE;
	struct buf found = {0};
	unsigned removed;

	do {
		buf_clear(&found);
		journal_remove_sealed(fixture->journal, &removed, NULL);
		assert_int_equal(journal_segments(fixture->journal, NULL, describe, &found, NULL), 0);
		if (str_starts(buf_str(&found), str_from(wanted)))
			break;
		usleep(10000);
	} while (clock_monotonic() < limit);
	if (!str_starts(buf_str(&found), str_from(wanted)))
		fail_msg("%s", buf_cstr(&found));
	buf_done(&found);
}

/* How many notices of an event there are, with a text in it. */
static unsigned count_notices(const struct fixture *fixture, const char *event, const char *text)
{
	struct journal_reader *reader;
	struct journal_record record;
	unsigned count = 0;

	assert_int_equal(journal_reader_open(fixture->journal, NULL, 1, &reader, NULL), 0);
	while (journal_reader_next(reader, &record, NULL) == 0) {
		if (record.listener == LISTENER_PLATFORM &&
		    str_find(record.bytes, str_from(event)) != STR_NOT_FOUND &&
		    str_find(record.bytes, str_from(text)) != STR_NOT_FOUND)
			count++;
		journal_reader_release(reader);
	}
	journal_reader_close(reader);
	return count;
}

/* Old records go, and first it is said; those of the class that is kept stay, and so does what is younger
   than 180 days although the setting is 90. */
static void test_deletes(void **state)
{
	struct fixture *fixture = *state;
	struct keeper *keeper;

	add_segment(fixture, 2000);
	add_segment(fixture, 200);
	add_segment(fixture, 170);
	add_segment(fixture, 0);
	keeper = start(fixture, "");
	wait_for(fixture, " deleted 0+0, sealed 0+1, sealed 100+1,");
	assert_true(keeper_stop(keeper, PATIENCE));
	assert_int_equal(count_notices(fixture, "journal.deleted", "\"classes\":[\"other\",\"audit\"]"), 1);
	assert_int_equal(count_notices(fixture, "journal.deleted", "\"classes\":[\"other\"]"), 1);
	assert_int_equal(count_notices(fixture, "journal.deleted", "override"), 0);
}

/* An override lets the younger ones go, and is named. */
static void test_override(void **state)
{
	struct fixture *fixture = *state;
	struct keeper *keeper;

	add_segment(fixture, 170);
	add_segment(fixture, 80);
	add_segment(fixture, 0);
	keeper = start(
		fixture,
		"{\"until\":\"2999-01-01T00:00:00Z\",\"days\":60,\"user\":\"li\",\"reason\":\"why\"}\n");
	wait_for(fixture, " sealed 0+1, sealed 100+1,");
	assert_true(keeper_stop(keeper, PATIENCE));
	assert_int_equal(count_notices(fixture, "journal.deleted", "\"override\":\"by li: why\""), 1);
}

/* Where it cannot be said, nothing goes. */
static void test_unsaid(void **state)
{
	struct fixture *fixture = *state;
	struct keeper *keeper;
	unsigned removed;

	add_segment(fixture, 2000);
	add_segment(fixture, 0);
	atomic_store(&fixture->refuse, true);
	keeper = start(fixture, "");
	for (int64_t limit = clock_monotonic() + PATIENCE;
	     !atomic_load(&fixture->calls) && clock_monotonic() < limit;) {
		journal_remove_sealed(fixture->journal, &removed, NULL);
		usleep(10000);
	}
	assert_true(atomic_load(&fixture->calls) > 0);
	assert_true(keeper_stop(keeper, PATIENCE));
	wait_for(fixture, " sealed 100+1,");
}

/* With overrides that cannot be read the law's minimum holds. */
static void test_bad_override(void **state)
{
	struct fixture *fixture = *state;
	struct keeper *keeper;

	add_segment(fixture, 2000);
	add_segment(fixture, 170);
	add_segment(fixture, 0);
	keeper = start(fixture, "{\"until\":\"2999-01-01T00:00:00Z\",\"days\":60}\nnonsense\n");
	wait_for(fixture, " deleted 0+0, sealed 100+1,");
	assert_true(keeper_stop(keeper, PATIENCE));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_deletes), TEST(test_override), TEST(test_unsaid),
					   TEST(test_bad_override)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
