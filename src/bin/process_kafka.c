/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kafka process: a consumer of the topics that kafka.topics names, which hands their messages to collect
 * and commits them when they are in the journal. It holds the cluster's credentials and nothing else.
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/process.h"
#include "bin/record_link.h"
#include "collect/kafka.h"
#include "event/listener.h"

#define POLL_MS 250
#define PAUSE (250 * CLOCK_MILLISECOND) /* while collect takes nothing */
#define NOTICE_EVERY CLOCK_MINUTE
#define IN_LINK UINT64_MAX /* number of a batch's first record that the link holds */

struct consuming {
	const char *socket;
	struct record_link *link; /* NULL: collect is not there */
	uint64_t seq, durable;    /* our own count of records */
	size_t added;             /* records of a batch that the link holds and could not hand over */
	_Atomic int64_t noticed;
};

/* --- the sink is collect, which answers when a message is durable --------------------------------------- */

/* What of the batch the link does not hold yet. A batch is less than a message, so that none of these sends.
 */
static int add_rest(struct consuming *consuming, struct collect_record *records, size_t count)
{
	int r = 0;

	while (consuming->added < count && r == 0) {
		const struct collect_record *record = &records[consuming->added++];

		r = record_link_add_from(consuming->link, LISTENER_KAFKA, record->hint, record->bytes);
	}
	records[0].seq = IN_LINK;
	return r;
}

static int append(void *context, struct collect_record *records, size_t count)
{
	struct consuming *consuming = context;
	int r = 0;

	if (!consuming->link)
		r = record_link_open(consuming->socket, &consuming->link);
	/* Another batch than the one that the link holds: that was taken from us. It goes all the same. */
	if (r == 0 && records[0].seq != IN_LINK && consuming->added)
		r = record_link_flush(consuming->link);
	if (r == 0 && records[0].seq != IN_LINK) {
		consuming->added = 0;
		r = record_link_refresh(consuming->link);
	}
	if (r == 0)
		r = add_rest(consuming, records, count);
	if (r == 0)
		r = record_link_flush(consuming->link);
	if (r < 0)
		return r;
	consuming->added = 0;
	for (size_t i = 0; i < count; i++)
		records[i].seq = ++consuming->seq;
	consuming->durable = consuming->seq;
	return 0;
}

static uint64_t durable(void *context)
{
	return ((const struct consuming *)context)->durable;
}

static int status(void *context)
{
	(void)context;
	return 0;
}

/* --- running
 * ------------------------------------------------------------------------------------------------ */

/* On any thread; a cluster that is away says so many times a second. */
static void on_notice(void *context, const char *text)
{
	struct consuming *consuming = context;
	const int64_t now = clock_monotonic();
	int64_t last = atomic_load(&consuming->noticed);

	if ((!last || now - last >= NOTICE_EVERY) &&
	    atomic_compare_exchange_strong(&consuming->noticed, &last, now))
		log_warning("kafka: %.400s", text);
}

static int run(struct process *process)
{
	const struct config *config = &process->config;
	struct consuming consuming = {.socket = config_path(config, process->arena, "run/collect.sock")};
	const struct collect_sink sink = {append, durable, status, &consuming};
	const struct kafka_options options = {
		.brokers = config->kafka_brokers,
		.topics = config->kafka_topics,
		.group = config->kafka_group,
		.hints = config->kafka_hints,
		.properties = config->kafka_properties,
		.notice = on_notice,
		.context = &consuming,
	};
	struct kafka *kafka;
	struct err err = {0};
	int r = kafka_new(&options, &sink, &kafka, &err), said = 0;

	if (r < 0) {
		process_failed(&err);
		return EXIT_USAGE;
	}
	process_ready(process);
	while (!process_wait_stop(r < 0 ? PAUSE : 0)) {
		r = kafka_pass(kafka, POLL_MS);
		if (r < 0 && r != said)
			log_warning("collect takes nothing now: %s; messages wait in the cluster",
				    err_text(r));
		said = r;
	}
	kafka_free(kafka);
	record_link_close(consuming.link);
	return EXIT_OK;
}

static bool is_wanted(const struct config *config)
{
	return config->kafka_brokers[0] && config->kafka_topics[0];
}

const struct process_def process_kafka = {
	.name = "kafka",
	.calls_out = true,
	.reads = {"run"},
	.wanted = is_wanted,
	.run = run,
};
