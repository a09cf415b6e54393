/* SPDX-License-Identifier: Apache-2.0 */
/* A consumer against librdkafka's own mock of a cluster. */
#include "collect/kafka.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "base/io.h"
#include "event/listener.h"
#include "memory_sink.h"

#define PATIENCE 60 /* seconds: a group waits for a member that was killed */

struct fixture {
	rd_kafka_t *producer;
	rd_kafka_mock_cluster_t *cluster;
	char properties[64];
	struct memory_sink sink;
	struct kafka *kafka;
	unsigned produced;
	size_t checked;
};

static void notice(void *context, const char *text)
{
	(void)context;
	fprintf(stderr, "notice: %s\n", text); /* shown of a test that failed */
}

static int try_start(struct fixture *fixture, struct err *err)
{
	const struct kafka_options options = {
		.brokers = rd_kafka_mock_cluster_bootstraps(fixture->cluster),
		.topics = "web, ^cam.*",
		.group = "test",
		.hints = "web=web-access, campus = cas",
		.properties = fixture->properties,
		.notice = notice,
	};
	struct collect_sink sink = memory_sink_interface(&fixture->sink);

	return kafka_new(&options, &sink, &fixture->kafka, err);
}

static void start(struct fixture *fixture)
{
	assert_int_equal(try_start(fixture, NULL), 0);
}

static void stop(struct fixture *fixture)
{
	kafka_free(fixture->kafka);
	fixture->kafka = NULL;
}

static void produce_bytes(struct fixture *fixture, const char *topic, const void *bytes, size_t len)
{
	assert_int_equal(rd_kafka_producev(fixture->producer, RD_KAFKA_V_TOPIC(topic),
					   RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_VALUE((void *)bytes, len),
					   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
			 0);
	assert_int_equal(rd_kafka_flush(fixture->producer, 30000), 0);
}

/* Numbered messages. */
static void produce(struct fixture *fixture, unsigned count)
{
	char text[32];

	for (unsigned i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "line %u", fixture->produced++);
		assert_int_equal(rd_kafka_producev(fixture->producer, RD_KAFKA_V_TOPIC("web"),
						   RD_KAFKA_V_PARTITION(0),
						   RD_KAFKA_V_VALUE(text, strlen(text)),
						   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
				 0);
	}
	assert_int_equal(rd_kafka_flush(fixture->producer, 30000), 0);
}

static void durable(struct fixture *fixture)
{
	memory_sink_set_durable(&fixture->sink, fixture->sink.seq);
}

/* Until so many are there and no more. all: each batch is made durable; else it ends with the first, whose
   size nobody knows. */
static void pass_until(struct fixture *fixture, size_t records, bool all)
{
	const time_t end = time(NULL) + PATIENCE;

	while (fixture->sink.records.len < records && time(NULL) < end) {
		kafka_pass(fixture->kafka, 100);
		if (all)
			durable(fixture);
	}
	if (all)
		assert_int_equal(fixture->sink.records.len, records);
	else
		assert_true(fixture->sink.records.len >= records);
}

static void passes(struct fixture *fixture, int count)
{
	while (count--)
		kafka_pass(fixture->kafka, 50);
}

/* The records since the last look are these lines. */
static void expect(struct fixture *fixture, unsigned first, unsigned end)
{
	char text[32];

	assert_int_equal(fixture->sink.records.len, fixture->checked + end - first);
	for (unsigned i = first; i < end; i++) {
		const struct collect_record *record = &fixture->sink.records.items[fixture->checked++];

		snprintf(text, sizeof(text), "line %u", i);
		assert_int_equal(record->listener, LISTENER_KAFKA);
		assert_true(str_eq(record->hint, STR("web-access")));
		assert_true(str_eq(record->bytes, str_from(text)));
	}
}

static int set_up(void **state)
{
	static struct fixture fixture;
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[256];
	int fd;

	memset(&fixture, 0, sizeof(fixture));
	strcpy(fixture.properties, "/tmp/test_kafka.XXXXXX");
	fd = mkstemp(fixture.properties);
	/* Metadata is not refreshed often: librdkafka 2.0 joins its group again whenever it hears of metadata
	   while it waits for some to share partitions out, and once in some hundred runs the two kept step
	   for ever. */
	dprintf(fd, "# of the test\nsession.timeout.ms=6000\nheartbeat.interval.ms=500\n");
	close(fd);
	rd_kafka_conf_set(conf, "message.max.bytes", "8000000", why, sizeof(why));
	rd_kafka_conf_set(conf, "linger.ms", "0", why, sizeof(why));
	fixture.producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	fixture.cluster = rd_kafka_mock_cluster_new(fixture.producer, 1);
	rd_kafka_brokers_add(fixture.producer, rd_kafka_mock_cluster_bootstraps(fixture.cluster));
	rd_kafka_mock_topic_create(fixture.cluster, "web", 1, 1);
	rd_kafka_mock_topic_create(fixture.cluster, "campus", 1, 1);
	memory_sink_init(&fixture.sink);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	kafka_free(fixture->kafka);
	rd_kafka_mock_cluster_destroy(fixture->cluster);
	rd_kafka_destroy(fixture->producer);
	memory_sink_done(&fixture->sink);
	unlink(fixture->properties);
	return 0;
}

static void test_messages_and_a_restart(void **state)
{
	struct fixture *fixture = *state;
	size_t first;

	produce(fixture, 2500);
	start(fixture);
	/* The next batch waits until this one is durable. */
	pass_until(fixture, 1, false);
	first = fixture->sink.records.len;
	assert_in_range(first, 1, KAFKA_BATCH);
	passes(fixture, 5);
	assert_int_equal(fixture->sink.records.len, first);
	durable(fixture);
	pass_until(fixture, 2500, true);
	expect(fixture, 0, 2500);
	stop(fixture); /* commits the last of them */
	produce(fixture, 3);
	start(fixture);
	pass_until(fixture, 2503, true);
	passes(fixture, 5);
	expect(fixture, 2500, 2503);
}

/* Killed between durable and commit, or before either: it comes again. */
static void test_a_kill(void **state)
{
	struct fixture *fixture = *state;
	unsigned before;

	produce(fixture, 10);
	start(fixture);
	pass_until(fixture, 10, true);
	expect(fixture, 0, 10);
	passes(fixture, 10); /* commits */
	produce(fixture, 5);
	pass_until(fixture, 11, false);
	before = (unsigned)fixture->sink.records.len;
	expect(fixture, 10, before);
	durable(fixture);
	kafka_abandon(fixture->kafka);
	fixture->kafka = NULL;
	start(fixture);
	pass_until(fixture, before + 5, true);
	passes(fixture, 5);
	expect(fixture, 10, 15);
}

static void test_a_sink_that_refuses(void **state)
{
	struct fixture *fixture = *state;
	struct kafka_stats stats;

	produce(fixture, 10);
	start(fixture);
	memory_sink_refuse(&fixture->sink, -EAGAIN);
	for (int i = 0; i < 400 && !fixture->sink.refused; i++)
		kafka_pass(fixture->kafka, 100);
	produce(fixture, 10);
	passes(fixture, 20);
	assert_true(fixture->sink.refused > 10);
	memory_sink_refuse(&fixture->sink, 0);
	pass_until(fixture, 20, true);
	expect(fixture, 0, 20);
	kafka_stats(fixture->kafka, &stats);
	assert_int_equal(stats.records, 20);
}

static void test_messages_that_are_no_records(void **state)
{
	struct fixture *fixture = *state;
	const size_t len = COLLECT_RECORD_MAX + 10;
	char *big = calloc(1, len);
	struct kafka_stats stats;

	memset(big, 'x', len);
	start(fixture);
	produce_bytes(fixture, "campus", NULL, 0);
	produce_bytes(fixture, "campus", "", 0);
	produce_bytes(fixture, "campus", big, len);
	pass_until(fixture, 1, true);
	kafka_stats(fixture->kafka, &stats);
	assert_int_equal(stats.malformed, 2);
	assert_int_equal(stats.truncated, 1);
	assert_int_equal(fixture->sink.records.items[0].bytes.len, COLLECT_RECORD_MAX);
	assert_true(str_eq(fixture->sink.records.items[0].hint, STR("cas")));
	free(big);
}

static void refused(struct fixture *fixture, const char *properties, unsigned line)
{
	struct err err = {0};

	io_replace_file(fixture->properties, properties, strlen(properties), 0600);
	assert_true(try_start(fixture, &err) < 0);
	assert_int_equal(err.line, line);
	assert_null(strstr(err.message, "secret"));
}

static void test_properties(void **state)
{
	refused(*state, "# nothing\nno.such.thing=secret\n", 2);
	refused(*state, "enable.auto.commit=true\n", 1);
	refused(*state, "plugin.library.paths=/tmp/x.so\n", 1);
	refused(*state, "security.protocol=secret\n", 1);
	refused(*state, "nothing\n", 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_messages_and_a_restart),
		TEST(test_a_kill),
		TEST(test_a_sink_that_refuses),
		TEST(test_messages_that_are_no_records),
		TEST(test_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
