/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/coverage_link.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/json.h"
#include "base/log.h"
#include "bin/notice.h"
#include "event/listener.h"
#include "ipc/channel.h"
#include "ipc/message.h"
#include "journal/journal.h"

#define ANSWER_TIMEOUT (30 * CLOCK_SECOND)
#define NOTICE_TIMEOUT CLOCK_SECOND
#define NOTICE_PAUSE (5 * CLOCK_SECOND)
#define SAVE_EVERY CLOCK_MINUTE
#define SAVE_LARGE (4 * 1024 * 1024) /* such states are saved every ten minutes */
#define SAVE_LARGE_EVERY (10 * CLOCK_MINUTE)

struct waiting {
	const char *event, *level;
	char *message, *members;
};

struct coverage_link {
	struct coverage_link_options options;
	struct coverage *coverage;
	uint64_t seed;
	struct json_parser *json;
	struct ipc_channel *channel; /* NULL: not connected */
	uint8_t node[JOURNAL_NODE_SIZE];
	bool has_node;
	uint64_t known; /* the state holds all records before this one; 0: it begins anew */
	bool resumed;   /* the state follows what core has */
	bool begun;     /* the output holds what resuming said */
	struct buf message;
	uint64_t end; /* of the batch in message; 0: none */
	bool sent;    /* the message, perhaps with success */
	int64_t save_at;
	struct buf saved;
	struct {
		VEC_OF(struct waiting)
	} queue;
	uint64_t dropped;
	int64_t notice_at;
};

/* --- the state beside the cursor ----------------------------------------------------------------------- */

static struct str node_str(const struct coverage_link *link)
{
	return str_of((const char *)link->node, sizeof(link->node));
}

static void restore(struct coverage_link *link)
{
	struct buf bytes = {0};
	int r = io_read_file(link->options.snapshot, COVERAGE_SNAPSHOT_MAX, &bytes);

	if (r == 0)
		r = coverage_restore(link->coverage, buf_str(&bytes), node_str(link), &link->known);
	if (r < 0 && r != -ENOENT)
		log_warning("%s: %s; the sources' rhythms are learnt anew", link->options.snapshot,
			    err_text(r));
	buf_done(&bytes);
}

static void save(struct coverage_link *link)
{
	int64_t now = clock_monotonic();
	int r;

	buf_clear(&link->saved);
	coverage_save(link->coverage, node_str(link), link->known, &link->saved);
	r = io_replace_file(link->options.snapshot, link->saved.ptr, link->saved.len, 0640);
	if (r < 0)
		log_warning("%s: %s; it is tried again", link->options.snapshot, err_text(r));
	link->save_at = now + (link->saved.len > SAVE_LARGE ? SAVE_LARGE_EVERY : SAVE_EVERY);
}

/* --- life ---------------------------------------------------------------------------------------------- */

struct coverage_link *coverage_link_new(const struct coverage_link_options *options)
{
	struct coverage_link *link = calloc(1, sizeof(*link));
	struct coverage_options coverage = {
		.registry = options->registry,
		.zone = options->zone,
		.silent_least = options->silent_least,
		.admit = options->admit,
	};

	must(link);
	link->options = *options;
	random_bytes(&link->seed, sizeof(link->seed));
	coverage.seed = link->seed;
	link->coverage = coverage_new(&coverage);
	link->json = json_parser_new();
	must(link->json);
	return link;
}

static void forget(struct waiting *waiting)
{
	free(waiting->message);
	free(waiting->members);
}

void coverage_link_free(struct coverage_link *link)
{
	if (!link)
		return;
	if (link->known && link->end == 0)
		save(link);
	ipc_channel_free(link->channel);
	coverage_free(link->coverage);
	json_parser_free(link->json);
	for (size_t i = 0; i < link->queue.len; i++)
		forget(&link->queue.items[i]);
	vec_done(&link->queue);
	buf_done(&link->message);
	buf_done(&link->saved);
	free(link);
}

struct tally *coverage_link_tally(const struct coverage_link *link)
{
	struct tally *tally = malloc(sizeof(*tally));

	must(tally);
	coverage_tally_init(tally, link->options.registry, coverage_step(link->options.silent_least),
			    link->seed);
	return tally;
}

void coverage_link_tally_free(struct tally *tally)
{
	if (tally)
		coverage_tally_done(tally);
	free(tally);
}

/* --- taking a batch ------------------------------------------------------------------------------------- */

static int read_listener(struct str name, uint16_t *ret_listener)
{
	for (int i = 0; i < LISTENER_COUNT; i++)
		if (str_eq(name, str_from(listener_name((uint16_t)i)))) {
			*ret_listener = (uint16_t)i;
			return 0;
		}
	return ERR_RANGE;
}

static int read_number(const struct json_node *root, struct str key, uint64_t max, uint64_t *ret_value)
{
	const struct json_node *node = json_get(root, key);
	uint64_t value;

	if (!node || node->type != JSON_NUMBER || str_to_u64(str_of(node->text, node->len), &value) < 0 ||
	    value > max)
		return ERR_RANGE;
	*ret_value = value;
	return 0;
}

int dropped_read(struct json_parser *parser, struct str bytes, struct dropped *ret_dropped)
{
	const struct json_node *root, *listener;
	struct dropped dropped;
	uint64_t seconds;

	if (json_parse(parser, bytes, &root, NULL) < 0)
		return ERR_SYNTAX;
	listener = json_get(root, STR("listener"));
	if (!listener || listener->type != JSON_STRING ||
	    read_listener(str_of(listener->text, listener->len), &dropped.listener) < 0 ||
	    read_number(root, STR("dropped"), UINT32_MAX, &dropped.count) < 0 ||
	    read_number(root, STR("seconds"), 86400, &seconds) < 0)
		return ERR_RANGE;
	dropped.seconds = (int64_t)seconds;
	*ret_dropped = dropped;
	return 0;
}

static void take_losses(struct coverage_link *link, const struct tally *tally)
{
	for (size_t i = 0; i < tally->losses.len; i++) {
		const struct heard_loss *loss = &tally->losses.items[i];
		struct dropped dropped;

		if (dropped_read(link->json, loss->bytes, &dropped) == 0)
			coverage_lose(link->coverage, dropped.listener,
				      loss->received - dropped.seconds * CLOCK_SECOND, loss->received,
				      dropped.count);
	}
}

/* Once, before the first batch: what core has last heard of this journal. */
static int resume(struct coverage_link *link, uint64_t first)
{
	struct coverage_batch question = {.node = node_str(link)};
	struct err err = {0};
	uint64_t time = 0;
	int r;

	buf_clear(&link->message);
	coverage_put_batch(&link->message, &question);
	r = ipc_call(link->channel, IPC_COVERAGE, buf_str(&link->message), &time, &err);
	if (r < 0)
		return r;
	coverage_begin(link->coverage);
	if (link->known < first)
		coverage_resume(link->coverage, (int64_t)time > coverage_now(link->coverage)
							? (int64_t)time
							: coverage_now(link->coverage));
	link->resumed = link->begun = true;
	return 0;
}

static void take(struct coverage_link *link, const struct tally *tally, uint64_t first, uint64_t end)
{
	struct coverage_batch batch = {.node = node_str(link), .first = first, .end = end};

	if (!link->begun)
		coverage_begin(link->coverage);
	link->begun = link->sent = false;
	coverage_take(link->coverage, tally);
	take_losses(link, tally);
	batch.time = coverage_now(link->coverage);
	buf_clear(&link->message);
	coverage_put_batch(&link->message, &batch);
	buf_add_str(&link->message, buf_str(&coverage_output(link->coverage)->changes));
	link->end = end;
}

/* Whether somebody said that the source would be silent. Where core does not answer nobody did: better an
 * alarm. */
static bool is_acknowledged(struct coverage_link *link, uint64_t talker)
{
	struct buf question = {0};
	struct err err = {0};
	uint64_t held = 0;
	int r;

	message_put_u64(&question, talker);
	r = ipc_call(link->channel, IPC_SILENCE, buf_str(&question), &held, &err);
	buf_done(&question);
	return r == 0 && held;
}

/* A silence that was announced is written down, and raises no alarm. */
static struct waiting wait_for_collect(struct coverage_link *link, const struct coverage_notice *notice)
{
	const bool held = notice->silent && is_acknowledged(link, notice->silent);
	struct buf members = {0};
	struct waiting waiting = {.event = notice->event, .level = held ? "info" : notice->level};

	buf_add_str(&members, notice->members);
	if (held)
		buf_add_str(&members, STR(",\"acknowledged\":true"));
	waiting.message = strdup(notice->message);
	waiting.members = strdup(buf_cstr(&members));
	must(waiting.message && waiting.members);
	buf_done(&members);
	return waiting;
}

static void queue_notices(struct coverage_link *link)
{
	const struct coverage_output *output = coverage_output(link->coverage);

	for (size_t i = 0; i < output->notices.len; i++) {
		struct waiting waiting = wait_for_collect(link, &output->notices.items[i]);

		if (link->queue.len < COVERAGE_QUEUE_MAX) {
			vec_push(&link->queue, waiting);
			continue;
		}
		link->dropped++;
		forget(&waiting);
	}
}

static int connect_core(struct coverage_link *link, uint64_t first)
{
	int r = 0;

	if (!link->has_node) {
		r = journal_node(link->options.journal, link->node);
		if (r < 0)
			return r;
		link->has_node = true;
		restore(link);
	}
	if (!link->channel)
		r = ipc_connect(link->options.core_socket, ANSWER_TIMEOUT, &link->channel);
	return r == 0 && !link->resumed ? resume(link, first) : r;
}

int coverage_link_send(struct coverage_link *link, const struct tally *tally, uint64_t first, uint64_t end)
{
	struct err err = {0};
	uint64_t applied = 0;
	int r = connect_core(link, first);

	if (r == 0 && end > link->known) {
		if (link->end != end)
			take(link, tally, first, end);
		r = ipc_call(link->channel, IPC_COVERAGE, buf_str(&link->message), &applied, &err);
		if (r == 0 && (applied || link->sent)) /* the first answer may have been lost */
			queue_notices(link);
		link->sent = true;
	}
	if (r < 0 && r != -EAGAIN) {
		ipc_channel_free(link->channel);
		link->channel = NULL;
	}
	return r;
}

/* --- afterwards ----------------------------------------------------------------------------------------- */

static void say_notices(struct coverage_link *link)
{
	size_t said = 0;
	int r = 0;

	if (!link->queue.len || clock_monotonic() < link->notice_at)
		return;
	for (; said < link->queue.len && r == 0; said += r == 0) {
		struct waiting *waiting = &link->queue.items[said];

		r = notice_platform(link->options.collect_socket, waiting->event, waiting->level,
				    waiting->message, str_from(waiting->members), NOTICE_TIMEOUT);
		if (r == 0)
			forget(waiting);
	}
	link->queue.len -= said;
	memmove(link->queue.items, link->queue.items + said, link->queue.len * sizeof(*link->queue.items));
	if (r < 0)
		link->notice_at = clock_monotonic() + NOTICE_PAUSE;
	if (link->dropped && r == 0)
		log_warning("%lu notices of silent sources were not said: collect was away too long",
			    (unsigned long)link->dropped);
	if (r == 0)
		link->dropped = 0;
}

void coverage_link_moved(struct coverage_link *link)
{
	if (link->end) {
		link->known = link->end;
		link->end = 0;
	}
	say_notices(link);
	if (link->known && clock_monotonic() >= link->save_at)
		save(link);
}
