/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/follow.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "collect/counters.h"
#include "collect/follow_private.h"

#define CHUNK (4 * 1024 * 1024)     /* bytes of a file looked at once; more than a record */
#define PASS_MAX (4 * CHUNK)        /* bytes of one file in one pass, so that each has its turn */
#define BATCH 4096                  /* records offered at once */
#define GRACE 10                    /* passes without news after which a file that is gone is let go */
#define REFRESH 60                  /* passes after which the state is written though no file grew */
#define TOLD_MAX 1024               /* paths remembered as told of */
#define STATE_MAX (2 * 1024 * 1024) /* bytes of the state file */
#define STOP_TRIES 400              /* times STOP_PAUSE: what was appended becomes durable */
#define STOP_PAUSE_NS 5000000

struct follow {
	struct follow_options options;
	struct regex_scratch *scratch;
	struct collect_sink sink;
	struct counters counters;
	struct feed feed;
	struct follow_files files;
	struct {
		VEC_OF(uint64_t)
	} told;               /* hashes of paths */
	size_t replayed;      /* the file whose line was found last */
	uint64_t first_bytes; /* of a file that is there when we start */
	uint64_t last_seq;    /* of the last record appended */
	uint64_t pass, saved_seq;
	struct buf pending; /* a state to be written once pending_seq is durable; empty: none */
	uint64_t pending_seq;
	bool started, changed; /* changed: places moved since pending or the state file was made */
	_Atomic uint64_t open_files, denied;
	pthread_t thread;
	bool thread_started, stopping;
	pthread_mutex_t lock; /* of stopping */
	pthread_cond_t wake;
	struct collect_record records[BATCH];
	char bytes[CHUNK];
};

static void tell(struct follow *follow, const char *path, int code)
{
	uint64_t hash = hash_str(str_from(path));

	for (size_t i = 0; i < follow->told.len; i++)
		if (follow->told.items[i] == hash)
			return;
	if (follow->told.len == TOLD_MAX)
		return;
	vec_push(&follow->told, hash);
	follow->denied += code == -EACCES || code == -EPERM;
	follow->options.notice(follow->options.context, path, code);
}

/* --- finding files ------------------------------------------------------------------------------------ */

static struct follow_file *find(struct follow *follow, dev_t device, uint64_t inode)
{
	for (size_t i = 0; i < follow->files.len; i++)
		if (follow->files.items[i].device == device && follow->files.items[i].place.inode == inode)
			return &follow->files.items[i];
	return NULL;
}

/* A copy that rotation made: it goes on where its original was, unless that still stands there. */
static void seek_in_copy(struct follow *follow, struct follow_file *file)
{
	for (size_t i = 0; i < follow->files.len; i++) {
		const struct follow_file *original = &follow->files.items[i];

		if (!follow_file_is_copy(file, original))
			continue;
		if (follow_file_stands(original)) {
			follow_file_seek_end(file, 0);
		} else {
			file->place.offset = original->place.offset;
			file->place.skipping = original->place.skipping;
			file->place.tail = original->place.tail;
		}
		return;
	}
}

/* Its rule is known by its name; rotation gives names that no rule may know. */
static void find_rule(const struct follow *follow, struct follow_file *file)
{
	const struct follow_rule *rule = follow_rules_find(follow->options.rules, file->place.path);

	if (rule)
		file->rule = rule;
}

static struct follow_file *begin(struct follow *follow, const char *path)
{
	struct follow_file file;
	int r = follow->files.len < FOLLOW_FILES_MAX ? follow_file_open(path, &file) : ERR_LIMIT;

	if (r < 0) {
		tell(follow, path, r);
		return NULL;
	}
	if (!follow->started)
		follow_file_seek_end(&file, follow->first_bytes);
	else
		seek_in_copy(follow, &file);
	find_rule(follow, &file);
	vec_push(&follow->files, file);
	follow->changed = true;
	return &follow->files.items[follow->files.len - 1];
}

static void see(struct follow *follow, const char *path)
{
	struct follow_file *file;
	struct stat status;

	if (strchr(path, '\n') || stat(path, &status) < 0)
		return;
	file = find(follow, status.st_dev, status.st_ino);
	if (!file)
		file = begin(follow, path);
	if (!file)
		return;
	file->there = true;
	file->idle = 0;
	if (strcmp(file->place.path, path) != 0) {
		free(file->place.path);
		file->place.path = strdup(path);
		must(file->place.path);
		find_rule(follow, file);
	}
}

static void look(struct follow *follow)
{
	struct str rest = str_from(follow->options.patterns), part;
	char pattern[PATH_MAX];

	for (size_t i = 0; i < follow->files.len; i++)
		follow->files.items[i].there = false;
	while (str_split(&rest, ',', &part)) {
		glob_t found = {0};

		snprintf(pattern, sizeof(pattern), "%.*s", STR_FMT(str_trim(part)));
		if (pattern[0] && glob(pattern, 0, NULL, &found) == 0)
			for (size_t i = 0; i < found.gl_pathc; i++)
				see(follow, found.gl_pathv[i]);
		globfree(&found);
	}
}

/* --- reading ------------------------------------------------------------------------------------------ */

/* Fills records from *rest. */
static size_t take_records(struct follow *follow, const struct follow_file *file, struct str *rest,
			   enum follow_end end, bool *skipping)
{
	const struct follow_rule *rule = file->rule;
	struct collect_record template = {.received = clock_now(), .listener = LISTENER_FILE};
	size_t count = 0;
	bool truncated;

	if (rule)
		template.hint = rule->hint;
	while (count < BATCH &&
	       (follow_rule_joins(rule)
			? follow_join(rule, follow->scratch, rest, end, skipping, &template.bytes, &truncated)
			: follow_cut(rest, end == FOLLOW_GONE, skipping, &template.bytes, &truncated))) {
		template.flags = truncated ? COLLECT_TRUNCATED : 0;
		feed_count(&follow->feed, COLLECT_TRUNCATED_COUNT, truncated);
		follow->records[count++] = template;
	}
	return count;
}

/* Hands over what a chunk holds. The bytes done with, or the sink's error; the place moves with what it took.
 */
static int64_t read_chunk(struct follow *follow, struct follow_file *file, enum follow_end end)
{
	struct follow_place *place = &file->place;
	ssize_t n = pread(file->fd, follow->bytes, CHUNK, (off_t)place->offset);
	struct str rest = str_of(follow->bytes, n > 0 ? (size_t)n : 0);
	uint64_t start = place->offset;
	size_t count;

	do {
		bool skipping = place->skipping;
		int r = 0;

		count = take_records(follow, file, &rest, end, &skipping);
		if (count)
			r = feed_append(&follow->feed, follow->records, count);
		if (r < 0)
			return r;
		if (count)
			follow->last_seq = follow->records[count - 1].seq;
		place->skipping = skipping;
		place->offset = start + (uint64_t)(rest.ptr - follow->bytes);
	} while (count);
	if (place->offset != start) {
		follow->changed = true;
		follow_file_note_tail(file);
	}
	feed_count(&follow->feed, COLLECT_BYTES, place->offset - start);
	return (int64_t)(place->offset - start);
}

/* The last record of a file that has been quiet for as long as its rule says. */
static void flush_quiet(struct follow *follow, struct follow_file *file)
{
	if (!file->held || ++file->quiet < file->rule->flush)
		return;
	file->held = read_chunk(follow, file, FOLLOW_QUIET) < 0; /* refused: again in the next pass */
}

/* True where there is more to read now. */
static bool read_news(struct follow *follow, struct follow_file *file)
{
	uint64_t done = 0;
	int64_t n = 0;

	if (!follow_file_changed(file)) {
		flush_quiet(follow, file);
		return false;
	}
	file->idle = file->quiet = 0;
	file->held = follow_rule_joins(file->rule);
	while (done < PASS_MAX && (n = read_chunk(follow, file, FOLLOW_GROWS)) > 0)
		done += (uint64_t)n;
	if (n != 0)
		file->seen_size = UINT64_MAX; /* so that it counts as changed in the next pass */
	return n > 0;
}

/* Lets go of files that rotation or deletion took away, when nobody writes to them any more. */
static void drop_gone(struct follow *follow)
{
	for (size_t i = 0; i < follow->files.len;) {
		struct follow_file *file = &follow->files.items[i];

		if (file->there || ++file->idle <= GRACE || read_chunk(follow, file, FOLLOW_GONE) < 0) {
			i++;
			continue;
		}
		follow_file_close(file);
		*file = follow->files.items[--follow->files.len];
		follow->changed = true;
	}
}

/* --- the state file ----------------------------------------------------------------------------------- */

static void save(struct follow *follow)
{
	int r;

	if (!follow->pending.len || follow->sink.durable(follow->sink.context) < follow->pending_seq)
		return;
	r = io_replace_file(follow->options.state, follow->pending.ptr, follow->pending.len, 0640);
	if (r < 0) {
		tell(follow, follow->options.state, r);
		return;
	}
	follow->saved_seq = follow->pending_seq;
	buf_clear(&follow->pending);
}

/* Every record of ours up to the sequence number is before the places: what comes after a crash above it is
   to be found again. */
static void snapshot(struct follow *follow)
{
	uint64_t durable = follow->sink.durable(follow->sink.context);

	if (follow->pending.len ||
	    (!follow->changed && (follow->pass % REFRESH || durable == follow->saved_seq)))
		return;
	follow->pending_seq = durable > follow->last_seq ? durable : follow->last_seq;
	follow_state_write(&follow->files, follow->pending_seq, &follow->pending);
	follow->changed = false;
}

/* A file that was renamed while we did not run. */
static bool open_renamed(const struct follow_place *place, struct follow_file *ret_file)
{
	const char *slash = strrchr(place->path, '/');
	int folder_len = slash ? (int)(slash - place->path) : 0;
	char path[PATH_MAX];
	bool found = false;
	DIR *folder;

	snprintf(path, sizeof(path), "%.*s/", folder_len, place->path);
	folder = opendir(path);
	for (struct dirent *entry; folder && !found && (entry = readdir(folder));) {
		if (entry->d_ino != place->inode ||
		    snprintf(path, sizeof(path), "%.*s/%s", folder_len, place->path, entry->d_name) >=
			    (int)sizeof(path) ||
		    follow_file_open(path, ret_file) < 0)
			continue;
		found = follow_file_is(ret_file, &place->fingerprint);
		if (!found)
			follow_file_close(ret_file);
	}
	if (folder)
		closedir(folder);
	return found;
}

static void push(struct follow *follow, struct follow_file *file)
{
	find_rule(follow, file);
	vec_push(&follow->files, *file);
}

static void add_at(struct follow *follow, struct follow_file *file, const struct follow_place *place)
{
	file->place.offset = place->offset;
	file->place.skipping = place->skipping;
	file->place.fingerprint = place->fingerprint;
	file->place.tail = place->tail;
	push(follow, file);
}

/* The file of a place, and the one that rotation put where it was. */
static void restore(struct follow *follow, const struct follow_place *place)
{
	struct follow_file file;
	int r = follow_file_open(place->path, &file);

	if (r == 0 && file.place.inode == place->inode && follow_file_is(&file, &place->fingerprint)) {
		add_at(follow, &file, place);
		return;
	}
	if (r == 0)
		push(follow, &file);
	if (open_renamed(place, &file)) {
		file.rule = follow_rules_find(follow->options.rules, place->path);
		add_at(follow, &file, place);
	}
}

static bool replay_as(struct follow *follow, struct str bytes, bool exact)
{
	for (size_t i = 0; i < follow->files.len; i++) {
		size_t at = (follow->replayed + i) % follow->files.len;

		if (follow_file_skip(&follow->files.items[at], follow->scratch, bytes, exact)) {
			follow->replayed = at;
			follow->changed = true;
			return true;
		}
	}
	return false;
}

/* Rather the file whose rule would make this record than one that only goes on with its lines: a moment of
   quiet may have ended it there. */
static void replay(void *context, struct str bytes)
{
	struct follow *follow = context;

	if (!replay_as(follow, bytes, true))
		replay_as(follow, bytes, false);
}

static void load(struct follow *follow)
{
	struct follow_places places = {0};
	struct buf text = {0};
	uint64_t seq;
	int r = io_read_file(follow->options.state, STATE_MAX, &text);
	bool first_start = r == -ENOENT;

	if (r == 0)
		r = follow_state_read(buf_str(&text), &places, &seq);
	for (size_t i = 0; i < places.len; i++)
		restore(follow, &places.items[i]);
	follow->first_bytes = r == 0 || first_start ? FOLLOW_FIRST_BYTES : 0;
	look(follow); /* also what came between the last save and a crash */
	if (r == 0)
		r = follow->options.since(follow->options.context, seq, replay, follow);
	if (r < 0 && !first_start)
		tell(follow, follow->options.state, r);
	follow->started = true;
	follow_places_done(&places);
	buf_done(&text);
}

/* --- from outside ------------------------------------------------------------------------------------- */

int follow_new(const struct follow_options *options, const struct collect_sink *sink,
	       struct follow **ret_follow)
{
	struct str rest = str_from(options->patterns), part;
	struct follow *follow;
	size_t patterns = 0;

	while (str_split(&rest, ',', &part))
		if (++patterns > FOLLOW_PATTERNS_MAX || part.len >= PATH_MAX)
			return ERR_LIMIT;
	follow = calloc(1, sizeof(*follow));
	must(follow);
	follow->options = *options;
	follow->scratch = regex_scratch_new(0);
	follow->sink = *sink;
	follow->feed = (struct feed){&follow->sink, &follow->counters, LISTENER_FILE};
	follow->last_seq = sink->durable(sink->context);
	pthread_mutex_init(&follow->lock, NULL);
	pthread_cond_init(&follow->wake, NULL);
	load(follow);
	*ret_follow = follow;
	return 0;
}

bool follow_pass(struct follow *follow)
{
	bool more = false;

	save(follow);
	look(follow);
	for (size_t i = 0; i < follow->files.len; i++)
		more |= read_news(follow, &follow->files.items[i]);
	drop_gone(follow);
	follow->open_files = follow->files.len;
	follow->pass++;
	snapshot(follow);
	return more;
}

/* True when it is time to stop. */
static bool rest_a_second(struct follow *follow, bool more)
{
	struct timespec end;
	int r = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += !more;
	pthread_mutex_lock(&follow->lock);
	while (r == 0 && !follow->stopping)
		r = pthread_cond_timedwait(&follow->wake, &follow->lock, &end);
	r = follow->stopping;
	pthread_mutex_unlock(&follow->lock);
	return r;
}

static void *run(void *context)
{
	struct follow *follow = context;

	pthread_setname_np(pthread_self(), "follow");
	while (!rest_a_second(follow, follow_pass(follow)))
		;
	return NULL;
}

int follow_start(struct follow *follow)
{
	int r = -pthread_create(&follow->thread, NULL, run, follow);

	follow->thread_started = r == 0;
	return r;
}

static void save_last(struct follow *follow)
{
	struct timespec pause = {0, STOP_PAUSE_NS};

	for (int tries = 0; tries < STOP_TRIES; tries++) {
		save(follow);
		snapshot(follow);
		save(follow);
		if ((!follow->pending.len && !follow->changed) ||
		    follow->sink.status(follow->sink.context) < 0)
			break;
		nanosleep(&pause, NULL);
	}
}

void follow_free(struct follow *follow)
{
	if (!follow)
		return;
	pthread_mutex_lock(&follow->lock);
	follow->stopping = true;
	pthread_cond_signal(&follow->wake);
	pthread_mutex_unlock(&follow->lock);
	if (follow->thread_started)
		pthread_join(follow->thread, NULL);
	save_last(follow);
	for (size_t i = 0; i < follow->files.len; i++)
		follow_file_close(&follow->files.items[i]);
	vec_done(&follow->files);
	vec_done(&follow->told);
	buf_done(&follow->pending);
	regex_scratch_free(follow->scratch);
	pthread_cond_destroy(&follow->wake);
	pthread_mutex_destroy(&follow->lock);
	free(follow);
}

void follow_stats(const struct follow *follow, struct follow_stats *ret_stats)
{
	const _Atomic uint64_t *values = follow->counters.values;

	*ret_stats = (struct follow_stats){
		.files = follow->open_files,
		.denied = follow->denied,
		.records = values[COLLECT_ACCEPTED],
		.bytes = values[COLLECT_BYTES],
		.truncated = values[COLLECT_TRUNCATED_COUNT],
		.refused = values[COLLECT_REFUSED],
	};
}
