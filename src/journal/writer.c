/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "journal/folder.h"
#include "journal/private.h"

#define SEGMENT_BYTES_DEFAULT (256u * 1024 * 1024)
#define COMMIT_DELAY_DEFAULT (5 * CLOCK_MILLISECOND)
#define COMMIT_BYTES_DEFAULT (1024u * 1024)
#define CACHED_BYTES_DEFAULT (384u * 1024 * 1024) /* a segment that is being sealed, and half of the next */
#define RESERVE_BYTES_DEFAULT (64u * 1024 * 1024)
#define APPEND_PATIENCE CLOCK_SECOND

static int options_fill(struct journal_options *options, struct err *ret_err)
{
	if (!options->segment_bytes)
		options->segment_bytes = SEGMENT_BYTES_DEFAULT;
	if (!options->commit_delay)
		options->commit_delay = COMMIT_DELAY_DEFAULT;
	if (!options->commit_bytes)
		options->commit_bytes = COMMIT_BYTES_DEFAULT;
	if (!options->reserve_bytes)
		options->reserve_bytes = RESERVE_BYTES_DEFAULT;
	if (!options->cached_bytes)
		options->cached_bytes = CACHED_BYTES_DEFAULT;
	if (options->segment_bytes > JOURNAL_SEGMENT_BYTES_MAX)
		return err_set(ret_err, ERR_RANGE, 0, 0, "a journal segment may have at most %u bytes",
			       JOURNAL_SEGMENT_BYTES_MAX);
	if (options->commit_bytes > JOURNAL_PAYLOAD_MAX || options->commit_delay < 0)
		return err_set(ret_err, ERR_RANGE, 0, 0, "a journal commit may have at most %d bytes",
			       JOURNAL_PAYLOAD_MAX);
	return 0;
}

static void monotonic_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attributes);
	pthread_condattr_destroy(&attributes);
}

bool journal_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline)
{
	struct timespec until = {deadline / CLOCK_SECOND, deadline % CLOCK_SECOND * 1000};

	return pthread_cond_timedwait(cond, lock, &until) != ETIMEDOUT;
}

void journal_batch_clear(struct journal_batch *batch)
{
	buf_reserve(&batch->bytes, JOURNAL_FRAME_HEADER_SIZE);
	batch->bytes.len = JOURNAL_FRAME_HEADER_SIZE;
	batch->count = 0;
	batch->reserved = false;
}

static void journal_free(struct journal *journal)
{
	journal_head_close(journal->head);
	if (journal->lock_fd >= 0)
		close(journal->lock_fd);
	if (journal->folder_fd >= 0)
		close(journal->folder_fd);
	for (int i = 0; i < 2; i++)
		buf_done(&journal->batches[i].bytes);
	buf_done(&journal->cipher);
	OPENSSL_cleanse(&journal->key, sizeof(journal->key));
	OPENSSL_cleanse(&journal->segment_key, sizeof(journal->segment_key));
	pthread_cond_destroy(&journal->work);
	pthread_cond_destroy(&journal->done);
	pthread_mutex_destroy(&journal->lock);
	free(journal->folder);
	free(journal);
}

static struct journal *journal_new(const char *folder, const struct journal_ops *ops, journal_notify *notify,
				   void *context)
{
	struct journal *journal = calloc(1, sizeof(*journal));

	must(journal);
	journal->folder = strdup(folder);
	must(journal->folder);
	journal->folder_fd = journal->lock_fd = journal->segment_fd = -1;
	journal->ops = ops;
	journal->notify = notify;
	journal->context = context;
	pthread_mutex_init(&journal->lock, NULL);
	monotonic_cond_init(&journal->work);
	monotonic_cond_init(&journal->done);
	for (int i = 0; i < 2; i++)
		journal_batch_clear(&journal->batches[i]);
	journal->filling = &journal->batches[0];
	return journal;
}

static int open_folder(struct journal *journal, struct err *ret_err)
{
	char path[PATH_MAX];
	int r = journal_refuse_flat(journal->folder, ret_err);

	if (r < 0)
		return r;
	r = journal_path(journal->folder, "", path);
	if (r == 0)
		r = journal_make_folder(journal->folder);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: cannot be made: %s", journal->folder, err_text(r));
	journal->folder_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (journal->folder_fd < 0)
		return err_set(ret_err, -errno, 0, 0, "%s: %s", path, err_text(-errno));
	return journal_lock(journal->folder, &journal->lock_fd, ret_err);
}

/* Signals are for the thread that opened the journal, or whichever it leaves them to. */
static int start_thread(struct journal *journal)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&journal->thread, NULL, journal_commit_thread, journal);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

static int start(struct journal *journal, struct err *ret_err)
{
	struct journal_recovery recovery;
	int r = journal_recover(journal->folder, journal->options.key, &recovery, journal->node,
				&journal->head, ret_err);

	if (r < 0)
		return r;
	if (journal->options.seen >= recovery.next) /* an older copy was put in the journal's place */
		recovery.next = journal->options.seen + JOURNAL_SEQ_GAP;
	journal->next_seq = recovery.next;
	journal->promised = recovery.promised;
	journal->range = recovery.range;
	atomic_store(&journal->durable, recovery.promised);
	/* From here on numbers may be handed out, so the next recovery has to leave a gap. */
	r = journal_head_begin(journal->head, &recovery.mark, &recovery.range, recovery.next);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s/live/head: %s", journal->folder, err_text(r));
	r = start_thread(journal);
	return r < 0 ? err_set(ret_err, r, 0, 0, "no thread to commit with: %s", err_text(r)) : 0;
}

int journal_open_with(const char *folder, const struct journal_options *options,
		      const struct journal_ops *ops, journal_notify *notify, void *context,
		      struct journal **ret_journal, struct err *ret_err)
{
	struct journal *journal = journal_new(folder, ops, notify, context);
	int r;

	if (options)
		journal->options = *options;
	if (journal->options.key) {
		journal->key = *journal->options.key;
		journal->options.key = &journal->key;
	}
	r = options_fill(&journal->options, ret_err);
	if (r == 0)
		r = open_folder(journal, ret_err);
	if (r == 0)
		r = start(journal, ret_err);
	if (r < 0) {
		if (ret_err && !ret_err->code)
			err_set(ret_err, r, 0, 0, "%s: %s", folder, err_text(r));
		journal_free(journal);
		return r;
	}
	*ret_journal = journal;
	return 0;
}

int journal_open(const char *folder, const struct journal_options *options, journal_notify *notify,
		 void *context, struct journal **ret_journal, struct err *ret_err)
{
	return journal_open_with(folder, options, &journal_system_ops, notify, context, ret_journal, ret_err);
}

void journal_close(struct journal *journal)
{
	pthread_mutex_lock(&journal->lock);
	journal->closing = true;
	pthread_cond_signal(&journal->work);
	pthread_mutex_unlock(&journal->lock);
	pthread_join(journal->thread, NULL);
	journal_segment_finish(journal);
	/* What was given up had numbers; only with none given up may the next one follow without a gap. Where
	   the head cannot be synced the next start leaves a gap, which is safe. */
	if (journal->next_seq == atomic_load(&journal->durable) + 1 ||
	    journal->next_seq == journal_head_floor(journal->head))
		(void)journal_head_end(journal->head);
	journal_free(journal);
}

/* Under the lock: waits until need bytes fit into the batch being filled. A full disk is no reason to give up
   for who may use the reserve: the batches empty into it. */
static int make_room(struct journal *journal, size_t need, bool reserved)
{
	int64_t deadline = 0;

	if (!reserved && journal->status == -ENOSPC)
		return -ENOSPC;
	while (journal_batch_len(journal->filling) + need > JOURNAL_PAYLOAD_MAX) {
		if (journal->status < 0 && !(reserved && journal->status == -ENOSPC))
			return journal->status;
		if (!deadline)
			deadline = clock_monotonic() + APPEND_PATIENCE;
		if (!journal_cond_wait_until(&journal->done, &journal->lock, deadline))
			return journal->status < 0 ? journal->status : -EAGAIN;
	}
	return 0;
}

/* Under the lock, with room for all of it. */
static void take(struct journal *journal, struct journal_record *records, size_t count, size_t need)
{
	struct journal_batch *batch = journal->filling;
	size_t before = journal_batch_len(batch);
	uint8_t *out = (uint8_t *)buf_reserve(&batch->bytes, need);

	if (before == 0) {
		batch->first_seq = journal->next_seq;
		journal->oldest = clock_monotonic();
	}
	for (size_t i = 0; i < count; i++) {
		journal_record_encode(&records[i], out);
		out += journal_record_size(&records[i]);
		records[i].seq = journal->next_seq++;
	}
	batch->bytes.len += need;
	batch->count += (uint32_t)count;
	if (before == 0 ||
	    (before < journal->options.commit_bytes && before + need >= journal->options.commit_bytes))
		pthread_cond_signal(&journal->work);
}

static int append(struct journal *journal, struct journal_record *records, size_t count, bool reserved)
{
	size_t need = 0;
	int r;

	for (size_t i = 0; i < count; i++) {
		if (records[i].bytes.len > JOURNAL_RECORD_MAX || records[i].hint.len > JOURNAL_HINT_MAX)
			return ERR_LIMIT;
		need += journal_record_size(&records[i]);
		if (need > JOURNAL_PAYLOAD_MAX)
			return ERR_LIMIT;
	}
	if (!count)
		return 0;
	pthread_mutex_lock(&journal->lock);
	if (reserved) {
		journal->reserved_waiting++;
		pthread_cond_signal(&journal->work); /* a commit that found the disk full tries again */
	}
	r = make_room(journal, need, reserved);
	if (r == 0)
		take(journal, records, count, need);
	if (reserved) {
		journal->reserved_waiting--;
		journal->filling->reserved |= r == 0;
	}
	pthread_mutex_unlock(&journal->lock);
	return r;
}

int journal_append(struct journal *journal, struct journal_record *records, size_t count)
{
	return append(journal, records, count, false);
}

int journal_append_reserved(struct journal *journal, struct journal_record *records, size_t count)
{
	return append(journal, records, count, true);
}

uint64_t journal_durable(const struct journal *journal)
{
	return atomic_load(&journal->durable);
}

int journal_wait(struct journal *journal, uint64_t seq, int64_t timeout)
{
	int64_t deadline = clock_monotonic() + timeout;
	int r = 0;

	pthread_mutex_lock(&journal->lock);
	while (atomic_load(&journal->durable) < seq && r == 0)
		if (!journal_cond_wait_until(&journal->done, &journal->lock, deadline))
			r = journal->status < 0 ? journal->status : -ETIMEDOUT;
	if (atomic_load(&journal->durable) >= seq)
		r = 0;
	pthread_mutex_unlock(&journal->lock);
	return r;
}

int journal_status(const struct journal *journal)
{
	struct journal *writable = (struct journal *)journal; /* only its lock */
	int status;

	pthread_mutex_lock(&writable->lock);
	status = writable->status;
	pthread_mutex_unlock(&writable->lock);
	return status;
}
