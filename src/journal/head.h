/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_HEAD_H
#define JOURNAL_HEAD_H
/*
 * The head: a small file that the writer and all readers map, through which
 * readers in other processes learn what is durable. The writer changes it after
 * each fdatasync of a segment; it is itself synced only when a journal is opened
 * and closed. After a loss of power it may therefore be behind the segments, but
 * never ahead of them.
 *
 * A reader maps it read-only and sleeps on its futex, which needs no right to
 * write.
 */
#include <stdbool.h>
#include <stdint.h>

#include "journal/format.h"

struct journal_head;

/* Up to where a reader may look. Bytes of any segment but this one, below its successor, are final. */
struct journal_mark {
	uint64_t durable; /* the last durable number */
	uint64_t segment; /* name of the segment being written; 0: none yet */
	uint64_t end;     /* durable bytes of it */
};

/* Maps the head of folder; -ENOENT where there is none, ERR_VERSION, ERR_CORRUPT where it is no head. */
int journal_head_open(const char *folder, bool write, struct journal_head **ret_head);

/* Makes a head with durable 0 and generation 0, durably. */
int journal_head_create(const char *folder);

/* The same over a damaged head, which is kept as head.torn: in place, for readers may have it mapped. */
int journal_head_remake(const char *folder);
void journal_head_close(struct journal_head *head); /* NULL is fine */

void journal_head_load(const struct journal_head *head, struct journal_mark *ret_mark);
bool journal_head_is_clean(const struct journal_head *head);
uint64_t journal_head_generation(const struct journal_head *head);

/* The first number that the writer of this generation may give out. */
uint64_t journal_head_floor(const struct journal_head *head);

/* The writer's side. begin: a new generation, not clean any more; end: closed cleanly. Both are durable when
   they return 0. */
int journal_head_begin(struct journal_head *head, const struct journal_mark *mark,
		       const struct tlog_range *range, uint64_t floor);
int journal_head_end(struct journal_head *head);
void journal_head_publish(struct journal_head *head, const struct journal_mark *mark,
			  const struct tlog_range *range);

/* The range of all durable leaves, for the next writer where the end of the segments is damaged. ERR_END
   where there are none, ERR_CORRUPT where the last writer was killed while it stored it. Only while nobody
   writes. */
int journal_head_tree(const struct journal_head *head, struct tlog_range *ret_range);

/* Sleeps until the head has changed since ticket was taken, or timeout (µs). */
uint32_t journal_head_ticket(const struct journal_head *head);
void journal_head_wait(const struct journal_head *head, uint32_t ticket, int64_t timeout);

#endif
