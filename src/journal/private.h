/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_PRIVATE_H
#define JOURNAL_PRIVATE_H
/*
 * The writer's inside: writer.c takes records in (any thread), commit.c makes them
 * durable (its own thread), recover.c puts a folder in order before either.
 *
 * There are two batches. Appenders fill one under the lock while the commit thread,
 * without the lock, writes and syncs the other; then they change places. So a
 * record is copied once, and nobody who appends waits for the disk.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "base/buf.h"
#include "journal/head.h"
#include "journal/segment.h"

/* The system calls that can fail under load, so that tests can make them fail. All return like the call but
   with -errno instead of -1. */
struct journal_ops {
	ssize_t (*write)(void *context, int fd, const void *bytes, size_t len, off_t offset);
	int (*sync)(void *context, int fd);
	int (*truncate)(void *context, int fd, off_t len);
	int (*space)(void *context, int fd, uint64_t *ret_bytes); /* free for us on the file system */
	void *context;
};
extern const struct journal_ops journal_system_ops;

/* journal_open() with other system calls. */
int journal_open_with(const char *folder, const struct journal_options *options,
		      const struct journal_ops *ops, journal_notify *notify, void *context,
		      struct journal **ret_journal, struct err *ret_err);

/* What recovery found: the numbers up to promised may have been acknowledged, next is the first to give out.
 */
struct journal_recovery {
	uint64_t promised, next;
	struct journal_mark mark;
	struct tlog_range range; /* of all leaves */
};

/* Puts the folder in order: see doc/formats/journal.md, "Recovery". The head is open for writing when this
   returns 0, but not begun. key: NULL where frames will not be encrypted; ERR_DENIED, and nothing is touched,
   where the last segment wants another. */
int journal_recover(const char *folder, const struct journal_key *key, struct journal_recovery *ret_recovery,
		    uint8_t ret_node[JOURNAL_NODE_SIZE], struct journal_head **ret_head, struct err *ret_err);

/* How a segment ends: behind its last whole frame. last 0: it has none. */
struct journal_tail {
	uint64_t end, last;
	struct tlog_range after; /* of all leaves; without a frame those before the segment */
};

/* Goes through the frames. Numbers up to acknowledged were durable: where such a frame is damaged but for its
   header and its records or its trailer, it stays, for the tree goes on behind it. ERR_CORRUPT where frames
   do not belong together, ERR_VERSION, ERR_DENIED where key is not the segment's. */
int journal_tail_find(const char *folder, const struct journal_segment *segment,
		      const struct journal_key *key, uint64_t acknowledged, struct journal_tail *ret_tail,
		      struct err *ret_err);

struct journal_batch {
	struct buf bytes; /* room for the frame's header, then the records; behind len room for the trailer */
	uint64_t first_seq;
	uint32_t count;
	bool reserved; /* a record of journal_append_reserved() is in it */
};

struct journal {
	char *folder;
	int folder_fd, lock_fd;
	struct journal_options options;
	const struct journal_ops *ops;
	journal_notify *notify;
	void *context;
	uint8_t node[JOURNAL_NODE_SIZE];
	struct journal_head *head;
	pthread_t thread;

	/* under the lock */
	pthread_mutex_t lock;
	pthread_cond_t work; /* for the commit thread: there is something to commit, or the end */
	pthread_cond_t done; /* for everyone else: durable or status changed, a batch is empty */
	struct journal_batch batches[2], *filling;
	uint64_t next_seq;
	int64_t oldest;            /* monotonic time of the first append to filling */
	unsigned reserved_waiting; /* calls of journal_append_reserved() that wait for room */
	bool closing;
	int status; /* -ENOSPC also while only the reserve is left and nothing waits */

	_Atomic uint64_t durable; /* changed under the lock, read without */

	/* the commit thread's own */
	int segment_fd;    /* -1: the next frame starts a new one */
	bool segment_used; /* a frame in it is durable */
	uint64_t segment_name, segment_end, segment_salt;
	uint64_t behind_name, behind_end; /* of the segment before; 0: none */
	uint64_t cache_trimmed;           /* where the segment ended when that was done last */
	int64_t segment_since;            /* monotonic */
	uint64_t promised;                /* what the next frame follows */
	struct tlog_range range, after;   /* of all durable leaves; of them and the batch being committed */
	struct journal_key key;           /* where options.key is set */
	struct journal_key segment_key;
	struct buf cipher; /* an encrypted frame */
	bool low;          /* the last commit used the reserve */
};

/* The commit thread's function. */
void *journal_commit_thread(void *journal);

/* Closes the segment being written; all in it is durable. */
void journal_segment_finish(struct journal *journal);

static inline size_t journal_batch_len(const struct journal_batch *batch)
{
	return batch->bytes.len - JOURNAL_FRAME_HEADER_SIZE;
}
void journal_batch_clear(struct journal_batch *batch);

/* Under the lock: true where a record that may use the reserve is in a batch, or wants to be. */
static inline bool journal_wants_reserve(const struct journal *journal)
{
	return journal->batches[0].reserved || journal->batches[1].reserved || journal->reserved_waiting;
}

/* Waits on a condition made for the monotonic clock until a time of it; false when that has come. */
bool journal_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline);

#endif
