/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of the platform's own records: nothing of what people did gets where everybody may read. */
#include "bin/worker.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "bin/heartbeat.h"
#include "event/listener.h"

#define REFUSED                                                                                          \
	"{\"action\":\"login\",\"user\":\"geheim\",\"role\":\"\",\"address\":\"203.0.113.9\","           \
	"\"via\":\"console\",\"object\":\"\",\"outcome\":\"refused\",\"detail\":{\"reason\":\"too_many_" \
	"attempts\"}}"

static struct source_set *sources;
static struct rulebook *rules;
static struct worker *worker;
static struct batch batch;

static void report(void *context, const struct err *err)
{
	(void)context;
	fail_msg("%s:%u: %s", err->file, err->line, err->message);
}

static int set_up(void **state)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	char path[PATH_MAX];

	(void)state;
	snprintf(path, sizeof(path), "%s/content/sources", getenv("WANGLOU_SOURCE_ROOT"));
	assert_int_equal(source_set_load(path, report, NULL, &sources), 0);
	snprintf(path, sizeof(path), "%s/content/detections/wanglou", getenv("WANGLOU_SOURCE_ROOT"));
	assert_int_equal(ruleset_add(builder, path, report, NULL), 0);
	rules = rulebook_new(ruleset_build(builder, false));
	worker = worker_new(sources, NULL, 0, NULL);
	batch_init(&batch, 16);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	batch_done(&batch);
	worker_free(worker);
	rulebook_release(rules);
	source_set_free(sources);
	return 0;
}

static void work_text(uint16_t listener, const char *hint, struct str text)
{
	const struct journal_record record = {.seq = 7,
					      .received = clock_now(),
					      .listener = listener,
					      .hint = str_from(hint),
					      .bytes = text};

	batch_reset(&batch);
	batch.rules = rulebook_use(rules);
	batch_add(&batch, &record);
	worker_run(worker, &batch);
}

static void work(uint16_t listener, const char *hint)
{
	work_text(listener, hint, STR(REFUSED));
}

static bool holds(const struct buf *buf, const char *text)
{
	return str_find(buf_str(buf), str_from(text)) != STR_NOT_FOUND;
}

static void test_audit_record(void **state)
{
	(void)state;
	work(LISTENER_AUDIT, "wanglou-audit");
	assert_true(holds(&batch.trail, REFUSED));
	assert_int_equal(block_rows(batch.block), 0);
	assert_false(holds(&batch.pieces.rest, "geheim"));
	assert_true(holds(&batch.alerts, "Passwords of the console are being guessed"));
	assert_true(holds(&batch.alerts, "wanglou-audit"));
	assert_false(holds(&batch.alerts, "geheim"));
	assert_false(holds(&batch.alerts, "203.0.113.9"));
	assert_false(holds(&batch.alerts, "too_many_attempts\","));
}

/* The same from the network or an import: an ordinary line, whatever it calls itself. */
static void test_nobody_poses_as_the_platform(void **state)
{
	static const uint16_t listeners[] = {LISTENER_LOCAL, LISTENER_HTTP_INGEST, LISTENER_SYSLOG_TCP,
					     LISTENER_FILE};

	(void)state;
	for (size_t i = 0; i < sizeof(listeners) / sizeof(listeners[0]); i++) {
		work(listeners[i], "wanglou-audit");
		assert_int_equal(batch.trail.len, 0);
		assert_int_equal(batch.alerts.len, 0);
		assert_int_equal(block_rows(batch.block), 1);
		assert_false(holds(&batch.pieces.rest, "wanglou-audit"));
	}
}

static void test_platform_record_is_stored(void **state)
{
	(void)state;
	work(LISTENER_PLATFORM, "wanglou-platform");
	assert_int_equal(batch.trail.len, 0);
	assert_int_equal(block_rows(batch.block), 1);
}

/* Collect's word that it is there: in the journal, and not among what people search. */
static void test_heartbeat_is_not_stored(void **state)
{
	const struct str beat = STR(HEARTBEAT_START ",\"level\":\"info\",\"message\":\"collecting\"}");

	(void)state;
	work_text(LISTENER_PLATFORM, "wanglou-platform", beat);
	assert_int_equal(block_rows(batch.block), 0);
	work_text(LISTENER_LOCAL, "wanglou-platform", beat); /* somebody else's is an ordinary line */
	assert_int_equal(block_rows(batch.block), 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_audit_record),
		CASE(test_nobody_poses_as_the_platform),
		CASE(test_platform_record_is_stored),
		CASE(test_heartbeat_is_not_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
