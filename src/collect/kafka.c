/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/kafka.h"

#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "base/clock.h"
#include "base/io.h"
#include "collect/counters.h"

#define GATHER_MS 2 /* waited for a next message, so that a batch is not one of them */

struct kafka {
	struct kafka_options options;
	struct collect_sink sink;
	struct counters counters;
	struct feed feed;
	rd_kafka_t *client;
	/* A batch: the sink has not taken it, or has, and it is not durable. */
	rd_kafka_message_t *messages[KAFKA_BATCH];
	size_t message_count;
	struct collect_record records[KAFKA_BATCH];
	size_t record_count, bytes;
	bool taken, paused, dropped;
};

/* --- settings ------------------------------------------------------------------------------------------- */

/* What decides when an offset is committed is ours; what loads or starts programs is nobody's. */
static const char *const refused_properties[] = {
	"enable.auto.commit", "enable.auto.offset.store", "plugin.library.paths", "sasl.kerberos.kinit.cmd",
	"group.id",           "bootstrap.servers",        "metadata.broker.list", "enable.partition.eof",
};

static int set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *ret_err)
{
	char why[256];

	/* Why may hold the value, which may be a secret. */
	if (rd_kafka_conf_set(conf, name, value, why, sizeof(why)) != RD_KAFKA_CONF_OK)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "librdkafka takes no property '%s' of that value",
			       name);
	return 0;
}

static int set_property(rd_kafka_conf_t *conf, struct str line, struct err *ret_err)
{
	char text[4096];
	char *equals;

	if (line.len >= sizeof(text))
		return err_set(ret_err, ERR_LIMIT, 0, 0, "a line is too long");
	memcpy(text, line.ptr, line.len);
	text[line.len] = 0;
	equals = strchr(text, '=');
	if (!equals)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "expected name=value");
	*equals = 0;
	for (size_t i = 0; i < sizeof(refused_properties) / sizeof(refused_properties[0]); i++)
		if (strcmp(text, refused_properties[i]) == 0)
			return err_set(ret_err, ERR_DENIED, 0, 0, "'%s' is not to be set here", text);
	return set(conf, text, equals + 1, ret_err);
}

static int read_properties(const char *path, rd_kafka_conf_t *conf, struct err *ret_err)
{
	struct buf text = {0};
	struct str rest, line;
	unsigned number = 0;
	int r = path[0] ? io_read_file(path, KAFKA_PROPERTIES_MAX, &text) : 0;

	if (r < 0)
		err_set(ret_err, r, 0, 0, "%s", err_text(r));
	rest = buf_str(&text);
	while (r == 0 && str_split(&rest, '\n', &line)) {
		number++;
		line = str_trim(line);
		if (line.len && line.ptr[0] != '#')
			r = set_property(conf, line, ret_err);
		if (r < 0 && ret_err)
			ret_err->line = number;
	}
	if (r < 0 && ret_err)
		err_set_file(ret_err, path);
	if (text.ptr)
		explicit_bzero(text.ptr, text.len);
	buf_done(&text);
	return r;
}

/* The source said for a topic. */
static struct str hint_of(const struct kafka *kafka, const char *topic)
{
	struct str rest = str_from(kafka->options.hints), pair, name;

	while (str_split(&rest, ',', &pair)) {
		pair = str_trim(pair);
		if (str_split(&pair, '=', &name) && str_eq(str_trim(name), str_from(topic)))
			return str_head(str_trim(pair), COLLECT_HINT_MAX);
	}
	return STR("");
}

/* --- what librdkafka calls ------------------------------------------------------------------------------ */

static void on_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
	const struct kafka *kafka = rd_kafka_opaque(client);
	char line[512];

	(void)level;
	snprintf(line, sizeof(line), "%s: %s", facility, text);
	kafka->options.notice(kafka->options.context, line);
}

static void on_error(rd_kafka_t *client, int code, const char *reason, void *opaque)
{
	const struct kafka *kafka = opaque;

	(void)client;
	(void)code;
	kafka->options.notice(kafka->options.context, reason);
}

static void drop_batch(struct kafka *kafka)
{
	for (size_t i = 0; i < kafka->message_count; i++)
		rd_kafka_message_destroy(kafka->messages[i]);
	kafka->message_count = kafka->record_count = kafka->bytes = 0;
	kafka->taken = false;
}

/* Commits up to the batch where it is durable. */
static bool commit(struct kafka *kafka, bool wait)
{
	rd_kafka_topic_partition_list_t *offsets;
	const struct collect_sink *sink = &kafka->sink;

	if (!kafka->message_count || (kafka->record_count && !kafka->taken) ||
	    (kafka->record_count &&
	     sink->durable(sink->context) < kafka->records[kafka->record_count - 1].seq))
		return false;
	offsets = rd_kafka_topic_partition_list_new((int)kafka->message_count);
	for (size_t i = 0; i < kafka->message_count; i++) {
		const rd_kafka_message_t *message = kafka->messages[i];
		const char *topic = rd_kafka_topic_name(message->rkt);
		rd_kafka_topic_partition_t *partition =
			rd_kafka_topic_partition_list_find(offsets, topic, message->partition);

		if (!partition)
			partition = rd_kafka_topic_partition_list_add(offsets, topic, message->partition);
		partition->offset = message->offset + 1;
	}
	rd_kafka_commit(kafka->client, offsets, !wait);
	rd_kafka_topic_partition_list_destroy(offsets);
	drop_batch(kafka);
	return true;
}

/* Called while we poll. What is taken away is committed as far as it is durable. */
static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t code,
			 rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
	struct kafka *kafka = opaque;
	const bool cooperative = strcmp(rd_kafka_rebalance_protocol(client), "COOPERATIVE") == 0;
	const bool gets = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
	rd_kafka_error_t *error = NULL;

	if (!gets && !commit(kafka, true) && kafka->message_count)
		kafka->dropped = true; /* by who polls, for it looks at the batch */
	kafka->paused = false;
	if (cooperative)
		error = gets ? rd_kafka_incremental_assign(client, partitions)
			     : rd_kafka_incremental_unassign(client, partitions);
	else
		rd_kafka_assign(client, gets ? partitions : NULL);
	if (error)
		rd_kafka_error_destroy(error);
}

/* --- taking messages ------------------------------------------------------------------------------------ */

static void pause_all(struct kafka *kafka, bool paused)
{
	rd_kafka_topic_partition_list_t *partitions;

	if (paused == kafka->paused || rd_kafka_assignment(kafka->client, &partitions) != 0)
		return;
	if (paused)
		rd_kafka_pause_partitions(kafka->client, partitions);
	else
		rd_kafka_resume_partitions(kafka->client, partitions);
	rd_kafka_topic_partition_list_destroy(partitions);
	kafka->paused = paused;
}

static void add_message(struct kafka *kafka, rd_kafka_message_t *message)
{
	const size_t len = message->len < COLLECT_RECORD_MAX ? message->len : COLLECT_RECORD_MAX;
	const bool cut = len < message->len;

	kafka->messages[kafka->message_count++] = message;
	if (!message->payload || !message->len) {
		feed_count(&kafka->feed, COLLECT_MALFORMED, 1);
		return;
	}
	kafka->records[kafka->record_count++] =
		(struct collect_record){.received = clock_now(),
					.listener = LISTENER_KAFKA,
					.flags = cut ? COLLECT_TRUNCATED : 0,
					.hint = hint_of(kafka, rd_kafka_topic_name(message->rkt)),
					.bytes = str_of(message->payload, len)};
	feed_count(&kafka->feed, COLLECT_TRUNCATED_COUNT, cut);
	feed_count(&kafka->feed, COLLECT_BYTES, len);
	kafka->bytes += len;
}

/* A message, or NULL. */
static rd_kafka_message_t *poll_message(struct kafka *kafka, int timeout_ms)
{
	rd_kafka_message_t *message = rd_kafka_consumer_poll(kafka->client, timeout_ms);

	if (message && message->err) {
		kafka->options.notice(kafka->options.context, rd_kafka_message_errstr(message));
		rd_kafka_message_destroy(message);
		message = NULL;
	}
	if (kafka->dropped)
		drop_batch(kafka);
	kafka->dropped = false;
	return message;
}

static void fill_batch(struct kafka *kafka, int timeout_ms)
{
	rd_kafka_message_t *message;

	while (kafka->message_count < KAFKA_BATCH && kafka->bytes < KAFKA_BATCH_BYTES &&
	       (message = poll_message(kafka, kafka->message_count ? GATHER_MS : timeout_ms)))
		add_message(kafka, message);
}

/* The group wants to hear from us also while we take nothing. */
static void wait_with_batch(struct kafka *kafka, int timeout_ms)
{
	rd_kafka_message_t *message;

	pause_all(kafka, true);
	message = poll_message(kafka, timeout_ms);
	if (message && kafka->message_count < KAFKA_BATCH && kafka->bytes < KAFKA_BATCH_BYTES &&
	    !kafka->taken)
		add_message(kafka, message); /* was on its way */
	else if (message) {
		/* It comes again: the place is set back. */
		rd_kafka_seek(message->rkt, message->partition, message->offset, 0);
		rd_kafka_message_destroy(message);
	}
}

int kafka_pass(struct kafka *kafka, int timeout_ms)
{
	int r = 0;

	if (!kafka->message_count)
		fill_batch(kafka, timeout_ms);
	else
		wait_with_batch(kafka, timeout_ms);
	if (kafka->record_count && !kafka->taken) {
		r = feed_append(&kafka->feed, kafka->records, kafka->record_count);
		kafka->taken = r == 0;
	}
	if (commit(kafka, false) || !kafka->message_count)
		pause_all(kafka, false);
	return r;
}

/* --- from outside --------------------------------------------------------------------------------------- */

static int subscribe(struct kafka *kafka, struct err *ret_err)
{
	rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(8);
	struct str rest = str_from(kafka->options.topics), topic;
	rd_kafka_resp_err_t code = 0;
	int r = 0;

	while (r == 0 && str_split(&rest, ',', &topic)) {
		char name[256];

		topic = str_trim(topic);
		if (topic.len >= sizeof(name) || topics->cnt == KAFKA_TOPICS_MAX)
			r = err_set(ret_err, ERR_LIMIT, 0, 0, "too many topics, or a name too long");
		snprintf(name, sizeof(name), "%.*s", STR_FMT(topic));
		if (r == 0 && topic.len)
			rd_kafka_topic_partition_list_add(topics, name, RD_KAFKA_PARTITION_UA);
	}
	if (r == 0 && (code = rd_kafka_subscribe(kafka->client, topics)) != 0)
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "topics: %s", rd_kafka_err2str(code));
	rd_kafka_topic_partition_list_destroy(topics);
	return r;
}

static int configure(struct kafka *kafka, rd_kafka_conf_t *conf, struct err *ret_err)
{
	int r = set(conf, "auto.offset.reset", "earliest", ret_err);

	if (r == 0)
		r = read_properties(kafka->options.properties, conf, ret_err);
	if (r == 0)
		r = set(conf, "bootstrap.servers", kafka->options.brokers, ret_err);
	if (r == 0)
		r = set(conf, "group.id", kafka->options.group, ret_err);
	if (r == 0)
		r = set(conf, "enable.auto.commit", "false", ret_err);
	if (r == 0)
		r = set(conf, "enable.auto.offset.store", "false", ret_err);
	rd_kafka_conf_set_opaque(conf, kafka);
	rd_kafka_conf_set_log_cb(conf, on_log);
	rd_kafka_conf_set_error_cb(conf, on_error);
	rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
	return r;
}

int kafka_new(const struct kafka_options *options, const struct collect_sink *sink, struct kafka **ret_kafka,
	      struct err *ret_err)
{
	struct kafka *kafka = calloc(1, sizeof(*kafka));
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[256] = "";
	int r;

	must(kafka && conf);
	kafka->options = *options;
	kafka->sink = *sink;
	kafka->feed = (struct feed){&kafka->sink, &kafka->counters, LISTENER_KAFKA};
	r = configure(kafka, conf, ret_err);
	if (r == 0)
		kafka->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof(why)); /* conf is its own */
	if (!kafka->client) {
		rd_kafka_conf_destroy(conf);
		if (r == 0)
			r = err_set(ret_err, ERR_SYNTAX, 0, 0, "%s", why);
	}
	if (r == 0) {
		rd_kafka_poll_set_consumer(kafka->client);
		r = subscribe(kafka, ret_err);
	}
	if (r < 0)
		kafka_free(kafka);
	else
		*ret_kafka = kafka;
	return r;
}

void kafka_free(struct kafka *kafka)
{
	if (!kafka)
		return;
	if (kafka->client) {
		commit(kafka, true);
		drop_batch(kafka);
		rd_kafka_consumer_close(kafka->client);
		rd_kafka_destroy(kafka->client);
	}
	free(kafka);
}

void kafka_abandon(struct kafka *kafka)
{
	drop_batch(kafka);
	rd_kafka_destroy_flags(kafka->client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	free(kafka);
}

void kafka_stats(const struct kafka *kafka, struct kafka_stats *ret_stats)
{
	const _Atomic uint64_t *values = kafka->counters.values;

	*ret_stats = (struct kafka_stats){
		.records = values[COLLECT_ACCEPTED],
		.bytes = values[COLLECT_BYTES],
		.truncated = values[COLLECT_TRUNCATED_COUNT],
		.refused = values[COLLECT_REFUSED],
		.malformed = values[COLLECT_MALFORMED],
	};
}
