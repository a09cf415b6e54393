/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "journal/folder.h"
#include "journal/leaf.h"
#include "journal/private.h"

#define RETRY_DELAY (250 * CLOCK_MILLISECOND)
#define CLOSE_PATIENCE (2 * CLOCK_SECOND)
#define RESERVE_PART 4 /* of reserve_bytes nobody uses a quarter */
#define CACHE_STEPS 16 /* in which cached_bytes is let go of */

static ssize_t system_write(void *context, int fd, const void *bytes, size_t len, off_t offset)
{
	ssize_t n = pwrite(fd, bytes, len, offset);

	(void)context;
	return n < 0 ? -errno : n;
}

static int system_sync(void *context, int fd)
{
	(void)context;
	return fdatasync(fd) < 0 ? -errno : 0;
}

static int system_truncate(void *context, int fd, off_t len)
{
	(void)context;
	return ftruncate(fd, len) < 0 ? -errno : 0;
}

static int system_space(void *context, int fd, uint64_t *ret_bytes)
{
	struct statvfs status;

	(void)context;
	if (fstatvfs(fd, &status) < 0)
		return -errno;
	*ret_bytes = (uint64_t)status.f_bavail * status.f_frsize;
	return 0;
}

const struct journal_ops journal_system_ops = {
	.write = system_write,
	.sync = system_sync,
	.truncate = system_truncate,
	.space = system_space,
};

static int write_all(struct journal *journal, const char *bytes, size_t len, uint64_t offset)
{
	const struct journal_ops *ops = journal->ops;

	for (size_t done = 0; done < len;) {
		ssize_t n = ops->write(ops->context, journal->segment_fd, bytes + done, len - done,
				       (off_t)(offset + done));

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		done += (size_t)n;
	}
	return 0;
}

/* -- what stays in memory ------------------------------------------------------------------------------- */

/* Of the segment before this one, which may have been sealed and removed by now; bytes 0: all. */
static void cache_drop_behind(const struct journal *journal, uint64_t bytes)
{
	char path[PATH_MAX];
	int fd;

	if (!journal->behind_name || journal_segment_path(journal->folder, journal->behind_name, path) < 0)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	posix_fadvise(fd, 0, (off_t)bytes, POSIX_FADV_DONTNEED);
	close(fd);
}

/*
 * Lets go of what readers who keep up have read: a burst then goes round in the same pages of memory instead
 * of filling all there is. Pages that a reader holds stay, and are asked for again with the next step. A
 * reader further behind reads from the disk.
 */
static void cache_trim(struct journal *journal)
{
	const uint64_t end = journal->segment_end, both = journal->behind_end + end;
	const uint64_t kept = journal->options.cached_bytes;

	if (end < journal->cache_trimmed + kept / CACHE_STEPS)
		return;
	journal->cache_trimmed = end;
	if (end > kept)
		posix_fadvise(journal->segment_fd, 0, (off_t)(end - kept), POSIX_FADV_DONTNEED);
	if (both > kept)
		cache_drop_behind(journal, both - kept);
}

/* The segment is the one behind the next. */
static void cache_leave(struct journal *journal)
{
	cache_drop_behind(journal, 0);
	journal->behind_name = journal->segment_name;
	journal->behind_end = journal->segment_end;
	journal->cache_trimmed = 0;
}

/* -- segments ------------------------------------------------------------------------------------------- */

void journal_segment_finish(struct journal *journal)
{
	if (journal->segment_fd >= 0)
		close(journal->segment_fd);
	journal->segment_fd = -1;
}

/*
 * Leaves the segment behind after its sync failed: the kernel has then marked the dirty pages clean without
 * having written them, a second sync would succeed and prove nothing. The frame goes to a new file, from our
 * own buffer. If its remains here cannot be cut off, readers pass over them, since the new segment's name
 * says which numbers are no longer looked for here.
 */
static void segment_abandon(struct journal *journal)
{
	char path[PATH_MAX];

	if (journal->segment_fd < 0)
		return;
	(void)journal->ops->truncate(journal->ops->context, journal->segment_fd, (off_t)journal->segment_end);
	journal_segment_finish(journal);
	if (!journal->segment_used && journal_segment_path(journal->folder, journal->segment_name, path) == 0)
		unlink(path);
}

/* Starts a new file for the numbers from first_seq on, the old one being durable to its end. */
static int segment_start(struct journal *journal, uint64_t first_seq)
{
	struct journal_segment_header header = {
		.first_seq = first_seq,
		.created = clock_now(),
		.generation = journal_head_generation(journal->head),
		.flags = journal->options.key ? JOURNAL_ENCRYPTED : 0,
		.before = journal->range,
	};
	uint8_t preface[JOURNAL_PREFACE_SIZE];
	char path[PATH_MAX];
	int r = journal_segment_path(journal->folder, first_seq, path);

	if (r < 0)
		return r;
	journal_segment_finish(journal);
	memcpy(header.node, journal->node, sizeof(header.node));
	random_bytes(&header.salt, sizeof(header.salt));
	if (journal->options.key) {
		journal_key_segment(&journal->key, &header, &journal->segment_key);
		journal_key_check(&journal->segment_key, header.key_check);
	}
	journal_preface_encode(&header, preface);
	journal->segment_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (journal->segment_fd < 0) {
		r = -errno;
		/* Only a file that we started for these numbers and could not remove: none of them is
		 * durable. */
		if (r == -EEXIST)
			unlink(path);
		return r;
	}
	cache_leave(journal);
	journal->segment_used = false;
	journal->segment_name = first_seq;
	journal->segment_end = JOURNAL_PREFACE_SIZE;
	journal->segment_salt = header.salt;
	journal->segment_since = clock_monotonic();
	r = write_all(journal, (const char *)preface, sizeof(preface), 0);
	if (r == 0 && fsync(journal->folder_fd) < 0)
		r = -errno;
	if (r < 0)
		segment_abandon(journal);
	return r;
}

/* Encrypts the records behind the room for the header to out; the header without checksums and tag is what it
   vouches for. */
static void frame_encrypt(const struct journal *journal, struct journal_frame *frame, const uint8_t *bytes,
			  uint8_t *out)
{
	uint8_t aad[JOURNAL_FRAME_AAD_SIZE];

	random_bytes(frame->nonce, sizeof(frame->nonce));
	journal_frame_encode(frame, journal->segment_salt, out);
	journal_frame_aad(out, aad);
	journal_crypt_seal(&journal->segment_key, frame->nonce, str_of((const char *)aad, sizeof(aad)),
			   bytes + JOURNAL_FRAME_HEADER_SIZE, frame->stored, out + JOURNAL_FRAME_HEADER_SIZE,
			   frame->tag);
}

/* The whole frame as it goes into the segment being written. The batch's own bytes: its header is filled in,
   whose room is in front of the records, and the trailer put behind them. Or, encrypted, a copy. */
static struct str frame_make(struct journal *journal, struct journal_batch *batch)
{
	struct journal_frame frame = {
		.count = batch->count,
		.first_seq = batch->first_seq,
		.follows = journal->promised,
		.stored = (uint32_t)journal_batch_len(batch),
		.time = clock_now(),
		.leaf = journal->range.end,
	};
	size_t len = batch->bytes.len, trailer;
	uint8_t *bytes = (uint8_t *)buf_reserve(&batch->bytes, JOURNAL_TRAILER_MAX) - len, *out = bytes;

	if (journal->options.key) {
		buf_clear(&journal->cipher);
		out = (uint8_t *)buf_reserve(&journal->cipher, len + JOURNAL_TRAILER_MAX);
		frame_encrypt(journal, &frame, bytes, out);
	}
	trailer = journal_trailer_encode(&journal->after, out + len);
	frame.payload_checksum = journal_payload_checksum(out + JOURNAL_FRAME_HEADER_SIZE, frame.stored,
							  journal->segment_salt);
	frame.trailer_checksum = journal_payload_checksum(out + len, trailer, journal->segment_salt);
	journal_frame_encode(&frame, journal->segment_salt, out);
	return str_of((const char *)out, len + trailer);
}

static int frame_write(struct journal *journal, struct journal_batch *batch)
{
	const struct journal_ops *ops = journal->ops;
	struct str frame = frame_make(journal, batch);
	int r = write_all(journal, frame.ptr, frame.len, journal->segment_end);

	if (r < 0) {
		if (ops->truncate(ops->context, journal->segment_fd, (off_t)journal->segment_end) < 0)
			segment_abandon(journal);
		return r;
	}
	r = ops->sync(ops->context, journal->segment_fd);
	if (r < 0) {
		segment_abandon(journal);
		return r;
	}
	journal->segment_end += frame.len;
	journal->segment_used = true;
	cache_trim(journal);
	return 0;
}

/* What must stay free for others, and for who may use the reserve. */
static uint64_t reserve_of(struct journal *journal)
{
	bool wanted;

	pthread_mutex_lock(&journal->lock);
	wanted = journal_wants_reserve(journal);
	pthread_mutex_unlock(&journal->lock);
	return wanted ? journal->options.reserve_bytes / RESERVE_PART : journal->options.reserve_bytes;
}

static int space_check(struct journal *journal, size_t need)
{
	uint64_t bytes, reserve = reserve_of(journal);
	int r = journal->ops->space(journal->ops->context, journal->folder_fd, &bytes);

	if (r < 0)
		return r;
	journal->low = bytes < journal->options.reserve_bytes + need;
	return bytes < reserve + need ? -ENOSPC : 0;
}

static bool segment_is_full(const struct journal *journal)
{
	int64_t age = journal->options.segment_age;

	return journal->segment_fd < 0 || journal->segment_end >= journal->options.segment_bytes ||
	       (age && clock_monotonic() - journal->segment_since >= age);
}

static int batch_commit(struct journal *journal, struct journal_batch *batch)
{
	int r = space_check(journal, batch->bytes.len);

	if (r == 0 && segment_is_full(journal))
		r = segment_start(journal, batch->first_seq);
	return r < 0 ? r : frame_write(journal, batch);
}

/* Tells everyone: readers by the head, writers by the condition, the owner by its callback. */
static void publish(struct journal *journal, struct journal_batch *batch)
{
	uint64_t last = batch->first_seq + batch->count - 1;
	const struct journal_mark mark = {last, journal->segment_name, journal->segment_end};
	int status = journal->low ? -ENOSPC : 0; /* who may not use the reserve is kept out */

	journal->promised = last;
	journal->range = journal->after;
	journal_head_publish(journal->head, &mark, &journal->range);
	pthread_mutex_lock(&journal->lock);
	journal_batch_clear(batch);
	journal->status = status;
	atomic_store(&journal->durable, last);
	pthread_cond_broadcast(&journal->done);
	pthread_mutex_unlock(&journal->lock);
	if (journal->notify)
		journal->notify(journal->context, last, status);
}

/* Notes a failed commit and waits for the next try; false when there shall be none. */
static bool wait_to_retry(struct journal *journal, int status, int64_t *give_up)
{
	int64_t now = clock_monotonic(), until = now + RETRY_DELAY;
	bool changed, again, wanted;

	pthread_mutex_lock(&journal->lock);
	wanted = journal_wants_reserve(journal);
	changed = journal->status != status;
	journal->status = status;
	pthread_cond_broadcast(&journal->done);
	pthread_mutex_unlock(&journal->lock);
	if (changed && journal->notify)
		journal->notify(journal->context, atomic_load(&journal->durable), status);
	pthread_mutex_lock(&journal->lock);
	while (wanted == journal_wants_reserve(journal) &&
	       journal_cond_wait_until(&journal->work, &journal->lock, until))
		;
	if (journal->closing && !*give_up)
		*give_up = now + CLOSE_PATIENCE;
	again = !*give_up || now < *give_up;
	pthread_mutex_unlock(&journal->lock);
	return again;
}

/* Until it has succeeded. False where the journal was closed meanwhile and patience is at its end. */
static bool commit(struct journal *journal, struct journal_batch *batch)
{
	int64_t give_up = 0;

	journal->after = journal->range;
	must(journal_leaves_append((uint8_t *)batch->bytes.ptr + JOURNAL_FRAME_HEADER_SIZE,
				   journal_batch_len(batch), batch->first_seq, batch->count, &journal->after,
				   NULL) == 0);
	for (;;) {
		int r = batch_commit(journal, batch);

		if (r == 0) {
			publish(journal, batch);
			return true;
		}
		if (!wait_to_retry(journal, r, &give_up))
			return false;
	}
}

/* Under the lock, which it lets go of meanwhile: looks whether there is room again for everybody. */
static void look_for_space(struct journal *journal)
{
	int r;

	pthread_mutex_unlock(&journal->lock);
	r = space_check(journal, journal->options.commit_bytes); /* so that it does not shut again at once */
	pthread_mutex_lock(&journal->lock);
	if (r < 0 || journal->low)
		return;
	journal->status = 0;
	pthread_cond_broadcast(&journal->done);
	pthread_mutex_unlock(&journal->lock);
	if (journal->notify)
		journal->notify(journal->context, atomic_load(&journal->durable), 0);
	pthread_mutex_lock(&journal->lock);
}

/* Under the lock: waits for the first record of a batch. While the disk is full nobody may append who could
   find out that it no longer is. */
static void await_record(struct journal *journal)
{
	while (!journal->filling->count && !journal->closing) {
		if (journal->status == 0)
			pthread_cond_wait(&journal->work, &journal->lock);
		else if (!journal_cond_wait_until(&journal->work, &journal->lock,
						  clock_monotonic() + RETRY_DELAY))
			look_for_space(journal);
	}
}

/* Under the lock: the next batch to commit, when it is large or old enough; NULL at the end. */
static struct journal_batch *next_batch(struct journal *journal)
{
	struct journal_batch *batch = journal->filling;

	await_record(journal);
	if (!batch->count)
		return NULL;
	while (!journal->closing && journal_batch_len(batch) < journal->options.commit_bytes)
		if (!journal_cond_wait_until(&journal->work, &journal->lock,
					     journal->oldest + journal->options.commit_delay))
			break;
	journal->filling = batch == &journal->batches[0] ? &journal->batches[1] : &journal->batches[0];
	pthread_cond_broadcast(&journal->done); /* there is room again */
	return batch;
}

void *journal_commit_thread(void *argument)
{
	struct journal *journal = argument;
	struct journal_batch *batch;
	bool going = true;

	while (going) {
		pthread_mutex_lock(&journal->lock);
		batch = next_batch(journal);
		pthread_mutex_unlock(&journal->lock);
		going = batch && commit(journal, batch);
	}
	return NULL;
}
