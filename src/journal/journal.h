/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H
/*
 * The journal: an append-only, checksummed log of every record received, the
 * source of truth of the whole product (doc/formats/journal.md). One process
 * writes it; any number read it, only up to what is durable. The writer's lock
 * file keeps a second writer out.
 *
 * A record gets its sequence number when it is appended and may be acknowledged
 * to its sender when that number is durable. Sequence numbers start at 1, rise
 * by one and are never used again, not even after a torn tail was cut off.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define JOURNAL_RECORD_MAX (1024 * 1024) /* bytes of one record */

struct journal_record {
	uint64_t seq;      /* given by the journal */
	int64_t received;  /* µs */
	uint8_t peer[16];  /* IPv4 mapped; all zero: local */
	uint16_t listener; /* enum or configured number of the way it came in */
	uint16_t flags;    /* JOURNAL_… */
	struct str hint;   /* the sender's own word for the source, at most 64 bytes; may be empty */
	struct str bytes;
};

enum { JOURNAL_DRILL = 1, JOURNAL_TRUNCATED = 2 };
#define JOURNAL_HINT_MAX 64

/* --- writing ------------------------------------------------------------------------------------- */

struct journal;

struct journal_options {
	uint64_t segment_bytes; /* start a new file past this; 0: 256 MiB */
	int64_t commit_delay;   /* µs a record waits at most for company; 0: 5 ms */
	uint64_t commit_bytes;  /* commit at once past this; 0: 1 MiB */
	uint64_t reserve_bytes; /* stop while the file system has less free; 0: 64 MiB */
};

/* Called on the commit thread after each commit: everything up to durable is safe. A status below 0 says
   that committing fails for now (-ENOSPC: it is tried again by itself); 0 that it works. */
typedef void journal_notify(void *context, uint64_t durable, int status);

/* Opens or makes the journal in folder, repairs a torn tail, starts the commit thread.
   ERR_BUSY where another process writes it. */
int journal_open(const char *folder, const struct journal_options *options, journal_notify *notify,
		 void *context, struct journal **ret_journal, struct err *ret_err);

/* Commits what was appended, waits for it, and closes. */
void journal_close(struct journal *journal);

/* Appends count records under one lock, any thread; they get consecutive numbers, written to records[i].seq.
   -ENOSPC or another error while the journal cannot commit and its buffer is full: nothing of this call was
   taken. ERR_LIMIT: a record is too large, nothing was taken. */
int journal_append(struct journal *journal, struct journal_record *records, size_t count);

uint64_t journal_durable(const struct journal *journal);

/* Waits until seq is durable. 0, or the commit error when timeout (µs) has passed without success. */
int journal_wait(struct journal *journal, uint64_t seq, int64_t timeout);

/* 0 while commits succeed, else the last error. */
int journal_status(const struct journal *journal);

/* --- reading ------------------------------------------------------------------------------------- */

struct journal_reader;

/* A reader positioned so that the next record is the first with a number >= seq. The folder may not exist
 * yet. */
int journal_reader_open(const char *folder, uint64_t seq, struct journal_reader **ret_reader,
			struct err *ret_err);
void journal_reader_close(struct journal_reader *reader);

/* The next durable record. Its bytes stay valid until the reader has moved on by more than hold_bytes
   (see journal_reader_hold) or is closed. ERR_END where there is no more yet; ERR_CORRUPT names a damaged
   span in *ret_err and the next call goes on behind it. */
int journal_reader_next(struct journal_reader *reader, struct journal_record *ret_record,
			struct err *ret_err);

/* Keeps everything returned since the last journal_reader_release() valid (mapped) until the next one. */
void journal_reader_release(struct journal_reader *reader);

/* Waits until a record is there or timeout (µs) has passed. True where one is there. */
bool journal_reader_wait(struct journal_reader *reader, int64_t timeout);

/* One record by number; bytes go to buf's arena. ERR_END where it is not there. */
struct arena;
int journal_get(const char *folder, uint64_t seq, struct arena *arena, struct journal_record *ret_record,
		struct err *ret_err);

/* What a status page wants. All zero for an empty or absent journal. */
struct journal_stat {
	uint64_t first_seq, durable_seq, segments, bytes;
};
int journal_stat(const char *folder, struct journal_stat *ret_stat);

/* --- cursors: a reader's durable place ------------------------------------------------------------ */

/* A cursor is a small file that survives crashes. [next, …) is still to do. Where intent_end > next the range
   [next, intent_end) was being handed over when the file was written, and must be handed over again as
   exactly that range. */
struct journal_cursor {
	uint64_t next, intent_end;
};
int journal_cursor_load(const char *path, struct journal_cursor *ret_cursor); /* absent: {1, 0} */
int journal_cursor_save(const char *path, const struct journal_cursor *cursor);

#endif
