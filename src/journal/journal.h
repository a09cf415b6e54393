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
 * to its sender when that number is durable. Sequence numbers start at 1, rise by
 * one and are never used again. After a crash of the writer the numbering goes on
 * with a gap, so that not even a number that was handed out and lost comes back:
 * to count records, count them.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define JOURNAL_RECORD_MAX (1024 * 1024)      /* bytes of one record */
#define JOURNAL_HINT_MAX 64                   /* bytes of its hint */
#define JOURNAL_APPEND_MAX (16 * 1024 * 1024) /* of all records of one call, as they lie in the file */
#define JOURNAL_NODE_SIZE 16                  /* of the journal's identity */

struct journal_record {
	uint64_t seq;      /* given by the journal */
	int64_t received;  /* µs */
	uint8_t peer[16];  /* IPv4 mapped; all zero: local */
	uint16_t listener; /* enum or configured number of the way it came in */
	uint16_t flags;    /* JOURNAL_… */
	struct str hint;   /* the sender's own word for the source; may be empty */
	struct str bytes;
};

enum { JOURNAL_DRILL = 1, JOURNAL_TRUNCATED = 2 };

/* --- writing ------------------------------------------------------------------------------------- */

struct journal;

struct journal_key; /* crypt.h */

struct journal_options {
	const struct journal_key *key; /* NULL: not encrypted; copied */
	uint64_t segment_bytes;        /* start a new file past this; 0: 256 MiB; at most 1 GiB */
	int64_t segment_age;           /* µs; start a new file for what comes later; 0: however old */
	int64_t commit_delay;          /* µs a record waits at most for company; 0: 5 ms */
	uint64_t commit_bytes;         /* commit at once past this; 0: 1 MiB */
	uint64_t reserve_bytes;        /* stop while the file system has less free; 0: 64 MiB */
	uint64_t cached_bytes; /* of this file and the one before, kept in memory for readers; 0: 384 MiB */
	uint64_t seen;         /* a number that somebody else knows to be used, such as a reader's cursor */
};

/* Called on the commit thread after each commit: everything up to durable is safe; and when committing
   begins to fail or fails in another way. A status below 0 says that it fails for now (-ENOSPC: it is tried
   again by itself, every 250 ms); 0 that it works. Must not append, wait or close. */
typedef void journal_notify(void *context, uint64_t durable, int status);

/* Opens or makes the journal in folder (its parent must be there), repairs a torn tail, starts the commit
   thread. ERR_BUSY where another process writes it, ERR_VERSION where a later version wrote it: then nothing
   is touched. notify may be NULL. Where it returns 0 with a message in *ret_err, that tells of a repair. */
int journal_open(const char *folder, const struct journal_options *options, journal_notify *notify,
		 void *context, struct journal **ret_journal, struct err *ret_err);

/* Commits what was appended, waits for it, and closes. While commits fail it tries for two seconds more and
   then gives up what nobody was told is safe. */
void journal_close(struct journal *journal);

/* Appends count records under one lock, any thread; they get consecutive numbers, written to records[i].seq.
   Waits while the buffer is full because the disk is slow, at most a second: -EAGAIN. -ENOSPC from when the
   disk was found full until it has room again; another error where the buffer is full and the journal cannot
   commit. ERR_LIMIT: a record, its hint or the call is too large. With any error nothing of this call was
   taken. */
int journal_append(struct journal *journal, struct journal_record *records, size_t count);

/* For what must be written down on a full disk too, audit records and the platform's notices: is taken until
   only a quarter of reserve_bytes is free (doc/formats/journal.md, "The reserve"). */
int journal_append_reserved(struct journal *journal, struct journal_record *records, size_t count);

uint64_t journal_durable(const struct journal *journal);

/* Waits until seq is durable. 0; or when timeout (µs) has passed the commit error, -ETIMEDOUT if there is
 * none. */
int journal_wait(struct journal *journal, uint64_t seq, int64_t timeout);

/* 0 while commits succeed, else the last error. */
int journal_status(const struct journal *journal);

/* --- reading ------------------------------------------------------------------------------------- */

struct journal_reader;

/* A reader positioned so that the next record is the first with a number >= seq. Neither the folder nor a
   writer need be there yet; it finds them when they come. One thread at a time. Where there is no head file
   (a copy of segments) all that is whole counts as durable. key: NULL where the journal is not encrypted;
   copied. Without the right one the first record gives ERR_DENIED. */
int journal_reader_open(const char *folder, const struct journal_key *key, uint64_t seq,
			struct journal_reader **ret_reader, struct err *ret_err);
void journal_reader_close(struct journal_reader *reader); /* NULL is fine */

/* The next durable record. Its hint and bytes stay valid until journal_reader_release() or the close. ERR_END
   where there is no more yet. ERR_CORRUPT names a damaged or missing span of numbers in *ret_err, and the
   next call goes on behind it; ERR_VERSION stays. */
int journal_reader_next(struct journal_reader *reader, struct journal_record *ret_record,
			struct err *ret_err);

/* Which leaf of the tree the record is that was returned last, as the journal says. */
uint64_t journal_reader_leaf(const struct journal_reader *reader);

/* Invalidates everything returned so far and lets go of its memory; call it after each batch. */
void journal_reader_release(struct journal_reader *reader);

/* Waits until journal_reader_next() has something to say or timeout (µs) has passed. True where it has. */
bool journal_reader_wait(struct journal_reader *reader, int64_t timeout);

/* One record by number; bytes go to buf's arena. ERR_END where it is not there. */
struct arena;
int journal_get(const char *folder, const struct journal_key *key, uint64_t seq, struct arena *arena,
		struct journal_record *ret_record, struct err *ret_err);

/* What a status page wants. All zero for an empty or absent journal. */
struct journal_stat {
	uint64_t first_seq, durable_seq, segments, bytes;
};
int journal_stat(const char *folder, struct journal_stat *ret_stat);

/* True while a process has the journal open for writing. */
bool journal_is_written(const char *folder);

/* The journal's identity, made once; with the sequence number it names a record everywhere. -ENOENT. */
int journal_node(const char *folder, uint8_t ret_node[JOURNAL_NODE_SIZE]);

/* --- cursors: a reader's durable place ------------------------------------------------------------ */

/* A cursor is a small file that survives crashes, and that a full disk does not stop. One process at a time.
   [next, …) is still to do. Where intent_end > next the range [next, intent_end) was being handed over when
   the file was written, and must be handed over again as exactly that range. */
struct journal_cursor {
	uint64_t next, intent_end;
};

/* {1, 0} where there is no file; ERR_CORRUPT where neither copy in it is whole, ERR_VERSION. */
int journal_cursor_load(const char *path, struct journal_cursor *ret_cursor);

/* Durable when it returns 0. Replaces a damaged file. */
int journal_cursor_save(const char *path, const struct journal_cursor *cursor);

#endif
