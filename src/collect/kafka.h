/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_KAFKA_H
#define COLLECT_KAFKA_H
/*
 * Topics of a Kafka cluster, by librdkafka, as a member of a consumer group: each
 * message's value is a record. Keys, headers and timestamps are left where they are.
 *
 * A message's offset is committed once its record is durable, and never before: at
 * least once. What is durable and not yet committed when we are killed comes again;
 * that is at most KAFKA_BATCH messages where the sink makes a batch durable as it
 * takes it. Whoever needs them apart looks for equal records (event.original).
 *
 * While the sink refuses, the partitions are paused and the same records are offered
 * again; the membership is kept, however long that takes. What is taken away from us
 * meanwhile is dropped: it comes to whoever has the partition now.
 *
 * A message that is no record (no value, an empty one) is counted and passed over;
 * one beyond COLLECT_RECORD_MAX is cut. One thread; librdkafka has its own.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "collect/sink.h"

#define KAFKA_BATCH 1000                    /* messages offered at once */
#define KAFKA_BATCH_BYTES (2 * 1024 * 1024) /* after which no more are added to them */
#define KAFKA_TOPICS_MAX 256
#define KAFKA_PROPERTIES_MAX (64 * 1024) /* bytes of the file */

struct kafka;

struct kafka_options {
	const char *brokers;    /* host:port, with commas between */
	const char *topics;     /* names, or patterns that begin with ^, with commas between */
	const char *group;      /* the consumer group */
	const char *hints;      /* "topic=source,…"; a topic not in it has no hint */
	const char *properties; /* a file of librdkafka's properties, "name=value" a line; empty: none */
	/* Told of what goes wrong with brokers; any thread. The text holds no secret. */
	void (*notice)(void *context, const char *text);
	void *context;
};

/* Joins the group; that brokers answer is not waited for. The texts of options must live as long; sink is
   copied. 0, or a negative code with *ret_err filled. */
int kafka_new(const struct kafka_options *options, const struct collect_sink *sink, struct kafka **ret_kafka,
	      struct err *ret_err);

/* Commits what is durable and leaves the group. NULL is fine. */
void kafka_free(struct kafka *kafka);

/* Ends as by a kill: nothing is committed. For tests. */
void kafka_abandon(struct kafka *kafka);

/* Takes what has come, waiting at most so many ms for a first message. 0, or what the sink said last. */
int kafka_pass(struct kafka *kafka, int timeout_ms);

struct kafka_stats {
	uint64_t records, bytes, truncated, refused, malformed;
};
void kafka_stats(const struct kafka *kafka, struct kafka_stats *ret_stats);

#endif
