/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/alert_maker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/log.h"
#include "bin/alert_link.h"
#include "ipc/message.h"

#define COMPLAIN_EVERY CLOCK_HOUR
#define STATE_MAGIC 0x524f4357u /* "WCOR" */
#define STATE_VERSION 1
#define STATE_MAX (1024u * 1024 * 1024) /* bytes; the correlator's limit is far below */
#define SAVE_EVERY (30 * CLOCK_SECOND)
#define SAVE_RECORDS 500000 /* so that a replay takes seconds */
#define SAVE_SHARE 20       /* a save takes at most this part of the time between two */

struct alert_maker {
	struct alert_maker_options options;
	struct rulebook *rules;
	struct correlator *correlator;
	struct worker *worker;
	struct arena *arena; /* a record that is no longer in the batch */

	const struct batch *batch; /* at hand */
	size_t draft;              /* the first that is not behind us */
	struct buf alerts, repeats;

	uint8_t node[JOURNAL_NODE_SIZE];
	bool has_node;
	uint64_t seen, saved; /* the state holds all records before seen; the file before saved */
	int64_t save_at;
	int64_t complain_at;
	struct correlator_stats told; /* what was lost when it was said last */
	struct buf state;
	bool complained;
};

struct alert_maker *alert_maker_new(const struct alert_maker_options *options, struct rulebook *rules)
{
	struct alert_maker *maker = calloc(1, sizeof(*maker));

	must(maker);
	maker->options = *options;
	maker->rules = rulebook_use(rules);
	maker->correlator = correlator_new(rules->set, &maker->options.limits);
	maker->worker = worker_new(options->sources, options->addresses, options->zone, NULL);
	maker->arena = arena_new(0);
	maker->save_at = clock_monotonic() + SAVE_EVERY;
	must(maker->correlator && maker->arena);
	return maker;
}

void alert_maker_free(struct alert_maker *maker)
{
	if (!maker)
		return;
	correlator_free(maker->correlator);
	rulebook_release(maker->rules);
	worker_free(maker->worker);
	arena_free(maker->arena);
	buf_done(&maker->alerts);
	buf_done(&maker->repeats);
	buf_done(&maker->state);
	free(maker);
}

static void save(struct alert_maker *maker);

/* The rules have changed: the state of those that stayed goes over. */
static void use_rules(struct alert_maker *maker, struct rulebook *rules)
{
	bool first = rules->stateful && !maker->rules->stateful;
	struct correlator *correlator;
	struct buf state = {0};
	int r;

	if (maker->rules == rules)
		return;
	correlator = correlator_new(rules->set, &maker->options.limits);
	must(correlator);
	correlator_save(maker->correlator, &state);
	r = correlator_load(correlator, buf_str(&state));
	must(r == 0); /* our own, of this moment */
	buf_done(&state);
	correlator_free(maker->correlator);
	maker->correlator = correlator;
	rulebook_release(maker->rules);
	maker->rules = rulebook_use(rules);
	if (first)
		save(maker); /* so that a crash leads back here */
}

/* --- alerts of a batch --------------------------------------------------------------------------------- */

/* Drafts and alerts come in the same order; an alert of a correlation has no draft. */
static const struct draft *find_draft(struct alert_maker *maker, const struct correlator_alert *alert)
{
	const struct batch *batch = maker->batch;

	for (; maker->draft < batch->drafts.len; maker->draft++) {
		const struct draft *draft = &batch->drafts.items[maker->draft];

		if (draft->record == alert->record && draft->rule == alert->rule)
			return draft;
		if (draft->record > alert->record ||
		    (draft->record == alert->record && draft->rule > alert->rule))
			return NULL;
	}
	return NULL;
}

/* The event may lie in an earlier batch: a window that closes tells of its last one. */
static bool find_record(struct alert_maker *maker, const struct correlator_alert *alert,
			struct journal_record *ret_record)
{
	const struct batch *batch = maker->batch;
	struct err err = {0};

	if (alert->record < batch->count && batch->records[alert->record].seq == alert->seq) {
		*ret_record = batch->records[alert->record];
		return true;
	}
	arena_reset(maker->arena);
	return journal_get(maker->options.journal, maker->options.journal_key, alert->seq, maker->arena,
			   ret_record, &err) == 0;
}

static void take_alert(struct alert_maker *maker, const struct correlator_alert *alert)
{
	size_t at = maker->alerts.len;
	struct journal_record record = {0};
	const struct draft *draft = NULL;

	if (ruleset_info(maker->rules->set, alert->rule)->kind == RULE_DETECTION)
		draft = find_draft(maker, alert);
	if (draft) {
		buf_add_str(&maker->alerts, alert_link_item(&maker->batch->alerts, draft->at));
	} else {
		if (!find_record(maker, alert, &record)) /* deleted meanwhile: the alert stands without it */
			record = (struct journal_record){.seq = alert->seq,
							 .received = alert->time,
							 .flags = alert->lane == LANE_DRILL ? JOURNAL_DRILL
											    : 0};
		if (!worker_make_alert(maker->worker, maker->batch, &record, alert, &maker->alerts))
			return;
	}
	alert_link_name(&maker->alerts, at, alert->cause);
}

static void take(void *context, const struct correlator_alert *alert)
{
	struct alert_maker *maker = context;

	if (alert->repeats)
		alert_link_repeat(&maker->repeats, alert->cause, alert->repeats, alert->time);
	else
		take_alert(maker, alert);
}

static void take_nothing(void *context, const struct correlator_alert *alert)
{
	(void)context, (void)alert;
}

/* What correlations lose is said, but not oftener than people can read. */
static void complain(struct alert_maker *maker)
{
	struct correlator_stats now = correlator_stats(maker->correlator);
	int64_t clock = clock_monotonic();

	if ((now.late == maker->told.late && now.evicted == maker->told.evicted) ||
	    clock < maker->complain_at)
		return;
	log_warning("correlations: %" PRIu64 " events came more than %" PRId64 " seconds late, %" PRIu64
		    " keys or events were forgotten for want of room, since the start",
		    now.late, CORRELATOR_LATENESS / CLOCK_SECOND, now.evicted);
	maker->told = now;
	maker->complain_at = clock + COMPLAIN_EVERY;
}

void alert_maker_run(struct alert_maker *maker, const struct batch *batch)
{
	use_rules(maker, batch->rules);
	maker->batch = batch;
	maker->draft = 0;
	buf_clear(&maker->alerts);
	buf_clear(&maker->repeats);
	correlator_run(maker->correlator, batch->findings, batch->replay ? take_nothing : take, maker);
	complain(maker);
	maker->batch = NULL;
	maker->seen = batch->end;
}

const struct buf *alert_maker_alerts(const struct alert_maker *maker)
{
	return &maker->alerts;
}

const struct buf *alert_maker_repeats(const struct alert_maker *maker)
{
	return &maker->repeats;
}

/* --- the state beside the cursor: magic, version, journal, number, what the correlator says, a checksum
 * ------ */

static void find_node(struct alert_maker *maker)
{
	if (!maker->has_node)
		maker->has_node = journal_node(maker->options.journal, maker->node) == 0;
}

static struct str node_str(const struct alert_maker *maker)
{
	return str_of((const char *)maker->node, sizeof(maker->node));
}

/* Saved before there was a journal. */
static bool is_unknown(struct str node)
{
	static const char none[JOURNAL_NODE_SIZE];

	return str_eq(node, str_of(none, sizeof(none)));
}

static void save(struct alert_maker *maker)
{
	struct buf *out = &maker->state;
	int r;

	find_node(maker);
	buf_clear(out);
	message_put_u32(out, STATE_MAGIC);
	message_put_u32(out, STATE_VERSION);
	message_put_str(out, node_str(maker));
	message_put_u64(out, maker->seen);
	correlator_save(maker->correlator, out);
	message_put_u64(out, hash_str(buf_str(out)));
	r = io_replace_file(maker->options.state, out->ptr, out->len, 0640);
	if (r < 0 && !maker->complained)
		log_warning("%s: %s; after a crash more of the journal is matched again",
			    maker->options.state, err_text(r));
	maker->complained = r < 0;
	if (r == 0)
		maker->saved = maker->seen;
}

/* A state that nobody needs any more would have the journal read from long ago one day. */
static void drop(struct alert_maker *maker)
{
	if (unlink(maker->options.state) == 0 || errno == ENOENT)
		maker->saved = maker->seen;
}

void alert_maker_committed(struct alert_maker *maker, uint64_t next, bool always)
{
	int64_t now = clock_monotonic(), took;

	if (maker->seen != next || maker->saved == next)
		return;
	if (!always && now < maker->save_at && next - maker->saved < SAVE_RECORDS)
		return;
	if (maker->rules->stateful)
		save(maker);
	else
		drop(maker);
	took = clock_monotonic() - now;
	maker->save_at = now + took + (took * SAVE_SHARE > SAVE_EVERY ? took * SAVE_SHARE : SAVE_EVERY);
}

/* Its number, or a negative code. */
static int64_t load(struct alert_maker *maker, struct str bytes)
{
	struct message_reader reader = {bytes, false};
	struct str node;
	uint64_t seq;
	int r;

	if (bytes.len < sizeof(uint64_t))
		return ERR_CORRUPT;
	reader.rest = str_from_offset(bytes, bytes.len - sizeof(uint64_t));
	if (message_get_u64(&reader) != hash_str(str_head(bytes, bytes.len - sizeof(uint64_t))))
		return ERR_CORRUPT;
	reader.rest = str_head(bytes, bytes.len - sizeof(uint64_t));
	if (message_get_u32(&reader) != STATE_MAGIC)
		return ERR_CORRUPT;
	if (message_get_u32(&reader) != STATE_VERSION)
		return ERR_VERSION;
	node = message_get_str(&reader);
	seq = message_get_u64(&reader);
	if (reader.bad || seq > INT64_MAX)
		return ERR_CORRUPT;
	find_node(maker);
	if (!str_eq(node, node_str(maker)) && !is_unknown(node))
		return -ESTALE;
	r = correlator_load(maker->correlator, reader.rest);
	return r < 0 ? r : (int64_t)seq;
}

static void start_empty(struct alert_maker *maker)
{
	correlator_free(maker->correlator);
	maker->correlator = correlator_new(maker->rules->set, &maker->options.limits);
	must(maker->correlator);
}

static uint64_t start_at(struct alert_maker *maker, uint64_t next, int64_t state)
{
	if (state >= 0 && (uint64_t)state <= next) {
		if ((uint64_t)state < next)
			log_info("correlations: what came behind record %" PRId64 " up to %" PRIu64
				 " is matched again for their state; it raises no alerts anew",
				 state - 1, next - 1);
		return (uint64_t)state;
	}
	start_empty(maker);
	if (state >= 0 || state == -ESTALE)
		log_warning("correlations: %s is ahead of what is analysed, or of another journal; they "
			    "begin anew "
			    "at record %" PRIu64,
			    maker->options.state, next);
	else if (state != -ENOENT || next > 1)
		log_warning("correlations: %s: %s; they begin anew at record %" PRIu64
			    ": what counts together with earlier records goes unnoticed until a time span "
			    "has passed",
			    maker->options.state, err_text((int)state), next);
	return next;
}

uint64_t alert_maker_restore(struct alert_maker *maker, uint64_t next)
{
	struct buf bytes = {0};
	int64_t state = 0;
	uint64_t from = next;

	if (maker->rules->stateful) {
		state = io_read_file(maker->options.state, STATE_MAX, &bytes);
		if (state == 0)
			state = load(maker, buf_str(&bytes));
		from = start_at(maker, next, state);
		buf_done(&bytes);
	}
	maker->seen = maker->saved = from;
	if (maker->rules->stateful && (state < 0 || (uint64_t)state > next))
		save(maker); /* of nothing: a crash leads back here */
	return from;
}
