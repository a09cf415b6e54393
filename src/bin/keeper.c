/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "bin/disk.h"
#include "bin/notice.h"

#define TICK (5 * CLOCK_SECOND) /* between two looks at the folder and the disk */
#define RETAIN_EVERY CLOCK_HOUR
#define RETAIN_AGAIN (10 * CLOCK_SECOND) /* where the disk is critical or something could not be done */
#define JUMP CLOCK_DAY                   /* the clock against the time that has passed */
#define AWAY_MAX (7 * CLOCK_DAY)         /* switched off for longer may be a jump, too */
#define IOPRIO_IDLE (3 << 13)            /* ioprio_set(2): class idle, */
#define IOPRIO_THIS_THREAD 1             /* … of a process or thread, 0: this one */
#define NOTICE_PATIENCE (5 * CLOCK_SECOND)
#define REASON_MAX 255

struct keeper {
	struct keeper_options options;
	struct sayer *sayer;
	pthread_t thread;
	pthread_mutex_t lock; /* guards stopping */
	pthread_cond_t stop;
	bool stopping;
	_Atomic unsigned sealed;

	/* the thread's own */
	struct {
		VEC_OF(struct journal_segment_info)
	} segments;
	uint64_t newest; /* name of the live segment when they were listed */
	uint64_t failed; /* segment that could not be sealed, … */
	int failed_code; /* … and why: said once, as are these: */
	int list_code, overrides_code, notice_code;
	int64_t clock_ahead; /* the wall clock against the monotonic one when last looked at */
	/* Monotonic times: */
	int64_t seal_again;          /* 0: nothing failed */
	int64_t held_until;          /* deletions wait */
	int64_t retained, retain_at; /* the last decision and the next */
};

/* --- the list ------------------------------------------------------------------------------------------ */

static int add_segment(void *context, const struct journal_segment_info *info)
{
	struct keeper *keeper = context;

	vec_push(&keeper->segments, *info);
	return 0;
}

static int list_segments(struct keeper *keeper)
{
	struct err err = {0};
	int r;

	vec_clear(&keeper->segments);
	r = journal_segments(keeper->options.journal, keeper->options.key, add_segment, keeper, &err);
	if (r < 0 && r != -ENOENT && r != keeper->list_code)
		log_error("the archive cannot be listed: %s", err.message[0] ? err.message : err_text(r));
	keeper->list_code = r;
	return r;
}

/* The name of the live segment being written, by its file: where it has changed there is one more to seal. */
static uint64_t newest_live(const struct keeper *keeper)
{
	DIR *list = opendir(keeper->options.live);
	const struct dirent *entry;
	uint64_t newest = 0, name;

	while (list && (entry = readdir(list)) != NULL) {
		struct str file = str_from(entry->d_name);

		if (str_ends(file, STR(".wlj")) && str_to_u64(str_head(file, file.len - 4), &name) == 0 &&
		    name > newest)
			newest = name;
	}
	if (list)
		closedir(list);
	return newest;
}

static bool must_stop(struct keeper *keeper)
{
	bool stopping;

	pthread_mutex_lock(&keeper->lock);
	stopping = keeper->stopping;
	pthread_mutex_unlock(&keeper->lock);
	return stopping;
}

/* --- sealing ------------------------------------------------------------------------------------------- */

static void seal(struct keeper *keeper, struct journal_segment_info *info)
{
	const struct journal_seal_options options = {
		.key = keeper->options.key,
		.class_of = retention_class_of,
		.context = &keeper->options.policy,
	};
	struct journal_segment_info sealed = {0};
	struct err err = {0};
	int64_t started = clock_monotonic();
	int r = journal_seal(keeper->options.journal, info->first_seq, &options, &sealed, &err);

	if (r == 0) {
		log_info("segment %" PRIu64 " is sealed: %.1f MB of %.1f MB, in %.1f s", info->first_seq,
			 (double)sealed.bytes / 1e6, (double)info->bytes / 1e6,
			 (double)(clock_monotonic() - started) / CLOCK_SECOND);
		*info = sealed;
		atomic_fetch_add(&keeper->sealed, 1);
		return;
	}
	keeper->seal_again = clock_monotonic() + CLOCK_MINUTE;
	if (keeper->failed != info->first_seq || keeper->failed_code != r) {
		log_error("segment %" PRIu64 " cannot be sealed, it is tried again: %s", info->first_seq,
			  err.message[0] ? err.message : err_text(r));
		keeper->failed = info->first_seq;
		keeper->failed_code = r;
	}
}

static void seal_complete(struct keeper *keeper)
{
	keeper->seal_again = 0;
	for (size_t i = 0; i < keeper->segments.len && !must_stop(keeper); i++) {
		struct journal_segment_info *info = &keeper->segments.items[i];

		if (info->state == JOURNAL_LIVE && info->complete)
			seal(keeper, info);
	}
}

/* --- deleting ------------------------------------------------------------------------------------------ */

static void hold(struct keeper *keeper, const char *why)
{
	keeper->held_until = clock_monotonic() + JUMP;
	sayer_say(keeper->sayer, "retention.held", "warning", STR(""),
		  "%s: nothing is deleted for a day, in case the clock is wrong", why);
}

static void watch_clock(struct keeper *keeper)
{
	int64_t ahead = clock_now() - clock_monotonic(), jump = ahead - keeper->clock_ahead;

	keeper->clock_ahead = ahead;
	if (jump > JUMP || jump < -JUMP)
		hold(keeper, "the clock was set by more than a day");
}

static const struct journal_segment_info *find_segment(const struct keeper *keeper, uint64_t name)
{
	for (size_t i = 0; i < keeper->segments.len; i++)
		if (keeper->segments.items[i].first_seq == name)
			return &keeper->segments.items[i];
	return NULL;
}

static void add_members(const struct keeper *keeper, const struct retention_step *step,
			const struct retention_override *override, struct buf *out)
{
	const struct journal_segment_info *info = find_segment(keeper, step->segment);
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	bool first = true;

	clock_format(info->received_min, from);
	clock_format(info->received_max, to);
	buf_printf(out,
		   "\"first_seq\":%" PRIu64 ",\"last_seq\":%" PRIu64
		   ",\"received_from\":\"%s\",\"received_to\":\"%s\",\"bytes\":%" PRIu64
		   ",\"rule\":\"%s\",\"classes\":[",
		   info->first_seq, info->last_seq, from, to, step->bytes, retention_cause_name(step->cause));
	for (unsigned i = 0; i < JOURNAL_CLASSES_MAX; i++) {
		const char *name = keeper->options.policy.classes[i].name;

		if (!(step->classes & 1u << i) || !info->class_records[i])
			continue;
		buf_printf(out, first ? "" : ",");
		buf_add_json_string(out, str_from(name[0] ? name : "unknown"));
		first = false;
	}
	buf_printf(out, "]");
	if (step->by_override) {
		buf_printf(out, ",\"override\":");
		buf_add_json_string(out, str_from(override->text));
	}
}

/* What the collector has not taken out of live/ yet is not deleted here: it would still be there. */
static bool is_live(const struct keeper *keeper, uint64_t segment)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/%020" PRIu64 ".wlj", keeper->options.live, segment);

	return len >= (int)sizeof(path) || access(path, F_OK) == 0;
}

/* 0, or why it is tried again; where nobody could be told the rest has to wait, too. */
static int delete_records(struct keeper *keeper, const struct retention_step *step,
			  const struct retention_override *override)
{
	struct buf members = {0};
	char reason[REASON_MAX + 1], message[REASON_MAX + 80];
	struct err err = {0};
	int r;

	snprintf(reason, sizeof(reason), "%s%s%s", retention_cause_name(step->cause),
		 step->by_override ? ", override " : "", step->by_override ? override->text : "");
	add_members(keeper, step, override, &members);
	snprintf(message, sizeof(message), "segment %" PRIu64 ": records are deleted by %s", step->segment,
		 reason);
	r = notice_platform(keeper->options.socket, "journal.deleted", "info", message, buf_str(&members),
			    NOTICE_PATIENCE);
	if (r < 0 && step->cause == RETENTION_DISK)
		sayer_say(keeper->sayer, "journal.deleted", "info", buf_str(&members), "%s", message);
	else if (r < 0 && r != keeper->notice_code)
		log_warning("nothing is deleted while nobody can be told: %s", err_text(r));
	else if (r == 0)
		log_info("%s", message);
	buf_done(&members);
	keeper->notice_code = step->cause == RETENTION_DISK ? 0 : r;
	if (keeper->notice_code < 0)
		return r;
	r = journal_prune(keeper->options.journal, keeper->options.key, step->segment, step->classes, reason,
			  &err);
	if (r < 0)
		log_error("segment %" PRIu64 " cannot be deleted: %s", step->segment,
			  err.message[0] ? err.message : err_text(r));
	return r;
}

static int read_override(struct keeper *keeper, struct retention_override *ret_override)
{
	struct err err = {0};
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];
	int r = retention_overrides_read(keeper->options.overrides, clock_now(), ret_override, NULL, &err);

	if (r < 0 && r != keeper->overrides_code) {
		err_format(&err, text, sizeof(text));
		log_error("%s", text);
	}
	keeper->overrides_code = r;
	return r;
}

static bool is_critical(const struct keeper *keeper)
{
	struct disk_space space = {0};

	return disk_read(keeper->options.journal, &space) == 0 &&
	       disk_percent(&space) >= keeper->options.policy.disk_critical;
}

static void retain(struct keeper *keeper)
{
	struct retention_state state = {.now = clock_now()};
	struct disk_space space = {0};
	struct retention_override override = {.days = RETENTION_LEAST_DAYS};
	struct retention_step *steps = calloc(keeper->segments.len + 1, sizeof(*steps));
	size_t count;

	must(steps);
	disk_read(keeper->options.journal, &space);
	state.disk_total = space.total;
	state.disk_used = space.used;
	if (read_override(keeper, &override) < 0)
		override = (struct retention_override){.days = RETENTION_LEAST_DAYS};
	count = retention_decide(&keeper->options.policy, &override, &state, keeper->segments.items,
				 keeper->segments.len, steps);
	keeper->retained = clock_monotonic();
	keeper->retain_at = keeper->retained + RETAIN_EVERY;
	for (size_t i = 0; i < count && !must_stop(keeper); i++) {
		bool live = is_live(keeper, steps[i].segment);

		if (live || delete_records(keeper, &steps[i], &override) < 0)
			keeper->retain_at = clock_monotonic() + RETAIN_AGAIN;
		if (keeper->notice_code < 0 && !live)
			break;
	}
	free(steps);
	if (count)
		list_segments(keeper);
}

/* --- the thread ---------------------------------------------------------------------------------------- */

static void take_turn(struct keeper *keeper)
{
	int64_t now = clock_monotonic();
	uint64_t newest = newest_live(keeper);
	bool due =
		now >= keeper->retain_at || (now >= keeper->retained + RETAIN_AGAIN && is_critical(keeper));

	watch_clock(keeper);
	sayer_retry(keeper->sayer);
	if (newest == keeper->newest && !due && (!keeper->seal_again || now < keeper->seal_again))
		return;
	if (list_segments(keeper) < 0)
		return;
	keeper->newest = newest;
	seal_complete(keeper);
	if (due && now >= keeper->held_until)
		retain(keeper);
}

/* A clock that stands wrong when the machine is switched on looks like a long time off. */
static void look_at_last_head(struct keeper *keeper)
{
	int64_t last = keeper->options.last_head, away = clock_now() - last;

	if (last && (away > AWAY_MAX || away < -JUMP))
		hold(keeper, "the clock is far from the time of the last tree head");
}

static void *run(void *context)
{
	struct keeper *keeper = context;
	const struct sched_param param = {0};

	sched_setscheduler(0, SCHED_IDLE, &param);
	syscall(SYS_ioprio_set, IOPRIO_THIS_THREAD, 0, IOPRIO_IDLE);
	look_at_last_head(keeper);
	for (;;) {
		int64_t until = clock_monotonic() + TICK;
		struct timespec limit = {until / CLOCK_SECOND, until % CLOCK_SECOND * 1000};

		take_turn(keeper);
		pthread_mutex_lock(&keeper->lock);
		while (!keeper->stopping &&
		       pthread_cond_timedwait(&keeper->stop, &keeper->lock, &limit) != ETIMEDOUT)
			;
		pthread_mutex_unlock(&keeper->lock);
		if (must_stop(keeper))
			return NULL;
	}
}

struct keeper *keeper_start(const struct keeper_options *options)
{
	struct keeper *keeper = calloc(1, sizeof(*keeper));
	pthread_condattr_t attributes;

	must(keeper);
	keeper->options = *options;
	keeper->sayer = sayer_new(options->socket);
	keeper->clock_ahead = clock_now() - clock_monotonic();
	pthread_mutex_init(&keeper->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&keeper->stop, &attributes);
	pthread_condattr_destroy(&attributes);
	must(pthread_create(&keeper->thread, NULL, run, keeper) == 0);
	return keeper;
}

unsigned keeper_sealed(const struct keeper *keeper)
{
	return atomic_load(&keeper->sealed);
}

bool keeper_stop(struct keeper *keeper, int64_t patience)
{
	int64_t until = clock_monotonic() + patience;
	struct timespec limit = {until / CLOCK_SECOND, until % CLOCK_SECOND * 1000};

	pthread_mutex_lock(&keeper->lock);
	keeper->stopping = true;
	pthread_cond_signal(&keeper->stop);
	pthread_mutex_unlock(&keeper->lock);
	if (pthread_clockjoin_np(keeper->thread, NULL, CLOCK_MONOTONIC, &limit) != 0)
		return false;
	vec_done(&keeper->segments);
	sayer_free(keeper->sayer);
	pthread_cond_destroy(&keeper->stop);
	pthread_mutex_destroy(&keeper->lock);
	free(keeper);
	return true;
}
