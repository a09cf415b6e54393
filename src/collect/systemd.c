/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state file: "wanglou systemd 1", "seq N", then "cursor C" or, before the first
 * entry was read, "from T" (µs), each on a line, and the checksum of these lines. Every
 * record of ours up to number N is before the place.
 */
#include "collect/systemd.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <systemd/sd-journal.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "collect/counters.h"

#define HEADER "wanglou systemd 1\n"
#define STATE_MAX 4096                /* bytes of the state file */
#define BATCH 256                     /* entries offered at once */
#define BATCH_BYTES (4 * 1024 * 1024) /* after which no more are added to them */
#define PASS_BATCHES 16               /* in one pass */
#define REFRESH 60                    /* passes after which the state is written though nothing came */
#define STOP_TRIES 400                /* times STOP_PAUSE: what was appended becomes durable */
#define STOP_PAUSE_NS 5000000
#define REOPEN 10 /* passes between two tries to open the journal */

struct place {
	uint64_t seq;
	uint64_t from; /* µs, where cursor is empty */
	char cursor[SYSTEMD_CURSOR_MAX + 1];
};

struct systemd {
	struct systemd_options options;
	struct collect_sink sink;
	struct counters counters;
	struct feed feed;
	sd_journal *journal;
	bool on_entry;               /* the journal stands on an entry that was not taken yet */
	struct place place, pending; /* of what the sink took; to be written once pending.seq is durable */
	bool has_pending;
	uint64_t saved_seq, pass;
	bool changed;
	int told; /* the last code */
	struct buf bytes;
	struct collect_record records[BATCH];
	size_t offsets[BATCH + 1];
	char next_cursor[SYSTEMD_CURSOR_MAX + 1]; /* behind the batch */
	size_t count;                             /* of the batch, which the sink has not taken */
	pthread_t thread;
	bool thread_started, stopping;
	pthread_mutex_t lock; /* of stopping */
	pthread_cond_t wake;
};

static void tell(struct systemd *systemd, const char *path, int code)
{
	if (systemd->told != code)
		systemd->options.notice(systemd->options.context, path, code);
	systemd->told = code;
}

/* --- the state file ------------------------------------------------------------------------------------- */

static void set_cursor(char out[SYSTEMD_CURSOR_MAX + 1], struct str cursor)
{
	cursor = str_head(cursor, SYSTEMD_CURSOR_MAX);
	memcpy(out, cursor.ptr, cursor.len);
	out[cursor.len] = 0;
}

static int write_state(struct systemd *systemd, const struct place *place)
{
	struct buf out = {0};
	int r;

	buf_printf(&out, HEADER "seq %" PRIu64 "\n", place->seq);
	if (place->cursor[0])
		buf_printf(&out, "cursor %s\n", place->cursor);
	else
		buf_printf(&out, "from %" PRIu64 "\n", place->from);
	buf_printf(&out, "sum %016" PRIx64 "\n", hash_str(buf_str(&out)));
	r = io_replace_file(systemd->options.state, out.ptr, out.len, 0640);
	buf_done(&out);
	if (r < 0)
		tell(systemd, systemd->options.state, r);
	else
		systemd->saved_seq = place->seq;
	return r;
}

static bool take(struct str *text, const char *word, struct str *ret_value)
{
	struct str line, rest = *text;

	if (!str_split(&rest, '\n', &line) || !str_starts(line, str_from(word)))
		return false;
	*ret_value = str_from_offset(line, strlen(word));
	*text = rest;
	return true;
}

static int parse_state(struct str text, struct place *ret_place)
{
	static const size_t sum_len = sizeof("sum 0123456789abcdef\n") - 1;
	struct place place = {0};
	char sum[32];
	struct str value;

	if (text.len < sum_len)
		return ERR_CORRUPT;
	snprintf(sum, sizeof(sum), "sum %016" PRIx64 "\n", hash_str(str_head(text, text.len - sum_len)));
	if (!str_ends(text, str_from(sum)) || !str_starts(text, STR(HEADER)))
		return ERR_CORRUPT;
	text = str_from_offset(text, sizeof(HEADER) - 1);
	if (!take(&text, "seq ", &value) || str_to_u64(value, &place.seq) < 0)
		return ERR_CORRUPT;
	if (take(&text, "cursor ", &value))
		set_cursor(place.cursor, value);
	else if (!take(&text, "from ", &value) || str_to_u64(value, &place.from) < 0)
		return ERR_CORRUPT;
	*ret_place = place;
	return 0;
}

static void save(struct systemd *systemd)
{
	const uint64_t durable = systemd->sink.durable(systemd->sink.context);

	if (systemd->has_pending && durable >= systemd->pending.seq &&
	    write_state(systemd, &systemd->pending) == 0)
		systemd->has_pending = false;
	if (systemd->has_pending ||
	    (!systemd->changed && (systemd->pass % REFRESH || durable == systemd->saved_seq)))
		return;
	if (durable > systemd->place.seq) /* all of ours up to it are before the place, too */
		systemd->place.seq = durable;
	systemd->pending = systemd->place;
	systemd->has_pending = true;
	systemd->changed = false;
}

/* --- the journal ---------------------------------------------------------------------------------------- */

/* To the first entry that is to be read. 0 or -errno. */
static int seek(struct systemd *systemd)
{
	sd_journal *journal = systemd->journal;
	const char *cursor = systemd->place.cursor;
	int r;

	r = cursor[0] ? sd_journal_seek_cursor(journal, cursor)
		      : sd_journal_seek_realtime_usec(journal, systemd->place.from);
	if (r >= 0)
		r = sd_journal_next(journal);
	/* The entry of the cursor was taken; one that is there in its stead, as the entry is gone, was not.
	 */
	systemd->on_entry = r > 0 && !(cursor[0] && sd_journal_test_cursor(journal, cursor) > 0);
	return r < 0 ? r : 0;
}

static void close_journal(struct systemd *systemd)
{
	sd_journal_close(systemd->journal);
	systemd->journal = NULL;
}

static int open_journal(struct systemd *systemd)
{
	const char *place = systemd->options.place;
	int r;

	if (strcmp(place, "system") == 0)
		r = sd_journal_open(&systemd->journal, SD_JOURNAL_LOCAL_ONLY);
	else
		r = sd_journal_open_directory(&systemd->journal, place, 0);
	if (r < 0) {
		systemd->journal = NULL;
		return r;
	}
	sd_journal_set_data_threshold(systemd->journal, SYSTEMD_VALUE_MAX + 256);
	r = sd_journal_get_fd(systemd->journal); /* has it watch for files that come and go */
	if (r < 0)
		close_journal(systemd);
	return r < 0 ? r : 0;
}

/* Where the very first start begins. */
static uint64_t first_time(struct systemd *systemd)
{
	uint64_t hour_ago = (uint64_t)(clock_now() - CLOCK_HOUR), last = 0;

	if (systemd->journal && sd_journal_seek_tail(systemd->journal) >= 0 &&
	    sd_journal_previous_skip(systemd->journal, SYSTEMD_FIRST_ENTRIES) == SYSTEMD_FIRST_ENTRIES)
		sd_journal_get_realtime_usec(systemd->journal, &last);
	return last > hour_ago ? last : hour_ago;
}

/* The entry that the journal stands on, behind the batch. 0, or -errno: it is left out. */
static int add_entry(struct systemd *systemd)
{
	static const struct str none = {"", 0};
	sd_journal *journal = systemd->journal;
	struct str fields[SYSTEMD_FIELDS_MAX + 1];
	struct systemd_entry entry = {.fields = fields};
	struct buf copies = {0};
	size_t lens[SYSTEMD_FIELDS_MAX + 1] = {0}, len;
	const void *data;
	char *cursor = NULL;
	sd_id128_t boot;
	bool cut;
	int r = sd_journal_get_cursor(journal, &cursor);

	if (r < 0 || strlen(cursor) > SYSTEMD_CURSOR_MAX ||
	    sd_journal_get_realtime_usec(journal, &entry.realtime) < 0) {
		free(cursor);
		return r < 0 ? r : -EBADMSG;
	}
	sd_journal_get_monotonic_usec(journal, &entry.monotonic, &boot);
	entry.cursor = str_from(cursor);
	sd_journal_restart_data(journal);
	/* What it returns is valid until the next call only. */
	while (entry.count <= SYSTEMD_FIELDS_MAX && copies.len < 4 * (size_t)COLLECT_RECORD_MAX &&
	       sd_journal_enumerate_available_data(journal, &data, &len) > 0) {
		buf_add(&copies, data, len);
		lens[entry.count++] = len;
	}
	for (size_t i = 0, at = 0; i < entry.count; at += lens[i++])
		fields[i] = lens[i] ? str_of(copies.ptr + at, lens[i]) : none;
	cut = systemd_format(&entry, &systemd->bytes);
	systemd->records[systemd->count] = (struct collect_record){
		.received = clock_now(), .listener = LISTENER_JOURNALD, .flags = cut ? COLLECT_TRUNCATED : 0};
	feed_count(&systemd->feed, COLLECT_TRUNCATED_COUNT, cut);
	systemd->offsets[++systemd->count] = systemd->bytes.len;
	set_cursor(systemd->next_cursor, entry.cursor);
	buf_done(&copies);
	free(cursor);
	return 0;
}

/* Fills the batch. 0 or -errno of a journal that cannot be read on. */
static int read_batch(struct systemd *systemd)
{
	buf_clear(&systemd->bytes);
	while (systemd->count < BATCH && systemd->bytes.len < BATCH_BYTES) {
		int r = systemd->on_entry ? 1 : sd_journal_next(systemd->journal);

		systemd->on_entry = false;
		if (r <= 0)
			return r;
		r = add_entry(systemd);
		if (r < 0)
			tell(systemd, systemd->options.place, r);
	}
	return 0;
}

/* Offers the batch. False where the sink did not take it. */
static bool hand_over(struct systemd *systemd)
{
	for (size_t i = 0; i < systemd->count; i++)
		systemd->records[i].bytes = str_of(systemd->bytes.ptr + systemd->offsets[i],
						   systemd->offsets[i + 1] - systemd->offsets[i]);
	if (feed_append(&systemd->feed, systemd->records, systemd->count) < 0)
		return false;
	systemd->place.seq = systemd->records[systemd->count - 1].seq;
	memcpy(systemd->place.cursor, systemd->next_cursor, sizeof(systemd->next_cursor));
	systemd->changed = true;
	feed_count(&systemd->feed, COLLECT_BYTES, systemd->bytes.len);
	systemd->count = 0;
	return true;
}

/* A journal that was opened with this result; one whose place cannot be found is not read. */
static void go_to_place(struct systemd *systemd, int r)
{
	if (r == 0 && (r = seek(systemd)) < 0)
		close_journal(systemd);
	if (r < 0)
		tell(systemd, systemd->options.place, r);
}

/* A journal that was not there, or that could not be read on. */
static bool have_journal(struct systemd *systemd)
{
	int r;

	if (systemd->journal)
		return true;
	if (systemd->pass % REOPEN)
		return false;
	r = open_journal(systemd);
	go_to_place(systemd, r);
	return systemd->journal != NULL;
}

bool systemd_pass(struct systemd *systemd)
{
	int r = 0, batches = 0;

	save(systemd);
	if (have_journal(systemd)) {
		sd_journal_process(systemd->journal); /* files that came and went */
		do {
			if (!systemd->count)
				r = read_batch(systemd);
		} while (systemd->count && hand_over(systemd) && r == 0 && ++batches < PASS_BATCHES);
		if (r < 0) {
			tell(systemd, systemd->options.place, r);
			close_journal(systemd);
		}
	}
	systemd->pass++;
	save(systemd);
	return batches == PASS_BATCHES;
}

/* --- from outside --------------------------------------------------------------------------------------- */

static void replay(void *context, struct str bytes)
{
	struct systemd *systemd = context;
	const struct str cursor = systemd_cursor_of(bytes);

	if (!cursor.len)
		return;
	set_cursor(systemd->place.cursor, cursor);
	systemd->changed = true;
}

/* Where to go on, or to begin. */
static void load(struct systemd *systemd)
{
	struct buf text = {0};
	int r = io_read_file(systemd->options.state, STATE_MAX, &text);
	const bool first_start = r == -ENOENT;

	if (r == 0)
		r = parse_state(buf_str(&text), &systemd->place);
	if (r == 0) {
		systemd->saved_seq = systemd->place.seq;
		r = systemd->options.since(systemd->options.context, systemd->place.seq, replay, systemd);
	} else {
		systemd->place =
			(struct place){.from = first_start ? first_time(systemd) : (uint64_t)clock_now()};
	}
	if (r < 0 && !first_start)
		tell(systemd, systemd->options.state, r);
	if (systemd->place.seq < systemd->sink.durable(systemd->sink.context))
		systemd->place.seq = systemd->sink.durable(systemd->sink.context);
	/* At once, so that a crash before the next time finds the records that came since. */
	write_state(systemd, &systemd->place);
	buf_done(&text);
}

int systemd_new(const struct systemd_options *options, const struct collect_sink *sink,
		struct systemd **ret_systemd)
{
	struct systemd *systemd = calloc(1, sizeof(*systemd));
	int r;

	must(systemd);
	systemd->options = *options;
	systemd->sink = *sink;
	systemd->feed = (struct feed){&systemd->sink, &systemd->counters, LISTENER_JOURNALD};
	pthread_mutex_init(&systemd->lock, NULL);
	pthread_cond_init(&systemd->wake, NULL);
	r = open_journal(systemd);
	load(systemd);
	go_to_place(systemd, r);
	systemd->pass = 1;
	*ret_systemd = systemd;
	return 0;
}

/* True when it is time to stop. */
static bool rest_a_second(struct systemd *systemd, bool more)
{
	struct timespec end;
	bool stopping;
	int r = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += !more;
	pthread_mutex_lock(&systemd->lock);
	while (!systemd->stopping && r == 0 && !more)
		r = pthread_cond_timedwait(&systemd->wake, &systemd->lock, &end);
	stopping = systemd->stopping;
	pthread_mutex_unlock(&systemd->lock);
	return stopping;
}

static void *run(void *context)
{
	struct systemd *systemd = context;

	while (!rest_a_second(systemd, systemd_pass(systemd)))
		;
	return NULL;
}

int systemd_start(struct systemd *systemd)
{
	int r = -pthread_create(&systemd->thread, NULL, run, systemd);

	systemd->thread_started = r == 0;
	return r;
}

static void save_last(struct systemd *systemd)
{
	const struct timespec pause = {0, STOP_PAUSE_NS};

	for (int tries = 0; tries < STOP_TRIES; tries++) {
		save(systemd);
		if ((!systemd->has_pending && !systemd->changed) ||
		    systemd->sink.status(systemd->sink.context) < 0)
			break;
		nanosleep(&pause, NULL);
	}
}

void systemd_free(struct systemd *systemd)
{
	if (!systemd)
		return;
	pthread_mutex_lock(&systemd->lock);
	systemd->stopping = true;
	pthread_cond_signal(&systemd->wake);
	pthread_mutex_unlock(&systemd->lock);
	if (systemd->thread_started)
		pthread_join(systemd->thread, NULL);
	save_last(systemd);
	sd_journal_close(systemd->journal);
	buf_done(&systemd->bytes);
	pthread_cond_destroy(&systemd->wake);
	pthread_mutex_destroy(&systemd->lock);
	free(systemd);
}

void systemd_stats(const struct systemd *systemd, struct systemd_stats *ret_stats)
{
	const _Atomic uint64_t *values = systemd->counters.values;

	*ret_stats = (struct systemd_stats){
		.records = values[COLLECT_ACCEPTED],
		.bytes = values[COLLECT_BYTES],
		.truncated = values[COLLECT_TRUNCATED_COUNT],
		.refused = values[COLLECT_REFUSED],
	};
}
