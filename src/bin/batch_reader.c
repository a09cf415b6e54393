/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/batch_reader.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

#define BATCH_LINGER (200 * CLOCK_MILLISECOND) /* a lone record waits so long for company */
#define WAIT_STEP (100 * CLOCK_MILLISECOND)    /* how soon a stop is noticed while waiting */
#define ASK_EVERY 1024                         /* records */
#define RETRY_PAUSE (250 * CLOCK_MILLISECOND)

struct batch_reader {
	struct journal_reader *journal;
	struct journal_cursor cursor; /* as it was at the start */
	uint64_t next;                /* behind the last batch */
	size_t bytes;                 /* end a batch */
	struct journal_record held;   /* belongs to the next batch */
	bool holds;
};

size_t batch_bytes(unsigned slots, uint64_t store_memory)
{
	size_t bytes = BATCH_BYTES_ALL / slots;

	if (bytes > BATCH_BYTES_MOST)
		bytes = BATCH_BYTES_MOST;
	if (store_memory && bytes > store_memory / BATCH_STORE_SHARE)
		bytes = store_memory / BATCH_STORE_SHARE;
	return bytes < BATCH_BYTES_LEAST ? BATCH_BYTES_LEAST : bytes;
}

int batch_reader_open(const char *folder, const struct journal_key *key, const struct journal_cursor *cursor,
		      uint64_t from, size_t bytes, struct batch_reader **ret_reader, struct err *ret_err)
{
	struct batch_reader *reader = calloc(1, sizeof(*reader));
	int r;

	must(reader && from <= cursor->next);
	reader->cursor = *cursor;
	reader->next = from;
	reader->bytes = bytes;
	r = journal_reader_open(folder, key, from, &reader->journal, ret_err);
	if (r < 0)
		free(reader);
	else
		*ret_reader = reader;
	return r;
}

void batch_reader_close(struct batch_reader *reader)
{
	if (!reader)
		return;
	journal_reader_close(reader->journal);
	free(reader);
}

/* Where a batch may have to end: before number end, where that is not 0; exactly there where it is a range
   that was handed over before. */
struct border {
	uint64_t end;
	bool exact;
};

/* Numbers before the cursor are a replay, those of its intent one batch. */
static struct border find_border(const struct journal_cursor *cursor, uint64_t next)
{
	if (next < cursor->next)
		return (struct border){cursor->next, false};
	if (next < cursor->intent_end)
		return (struct border){cursor->intent_end, true};
	return (struct border){0, false};
}

static int next_record(struct batch_reader *reader, struct journal_record *ret_record, struct err *ret_err)
{
	if (!reader->holds)
		return journal_reader_next(reader->journal, ret_record, ret_err);
	*ret_record = reader->held;
	reader->holds = false;
	return 0;
}

/* Whether so many bytes, or records where they are small, are in the batch. */
static bool holds(const struct batch *batch, size_t bytes)
{
	return batch->bytes >= bytes || batch->count >= bytes / BATCH_RECORD_BYTES;
}

static bool is_full(const struct batch_reader *reader, const struct batch *batch, const struct border *border,
		    const struct batch_taker *taker)
{
	if ((border->end && batch->end == border->end) || batch->count == BATCH_RECORDS)
		return true;
	if (border->exact)
		return false;
	return holds(batch, reader->bytes) ||
	       (holds(batch, BATCH_BYTES_LEAST) && batch->count % ASK_EVERY == 0 &&
		taker->hungry(taker->context));
}

/* Adds the record, or holds it where it lies behind the border. True where the batch is complete; one that is
   empty by then (its records were deleted) goes on behind the border. */
static bool take_record(struct batch_reader *reader, struct batch *batch, const struct journal_record *record,
			struct border *border, const struct batch_taker *taker)
{
	if (border->end && record->seq >= border->end) {
		if (batch->count) {
			reader->held = *record;
			reader->holds = true;
			batch->end = border->end;
			return true;
		}
		*border = find_border(&reader->cursor, record->seq);
	}
	batch_add(batch, record);
	return is_full(reader, batch, border, taker);
}

/* Fills a batch up to its border or its limits. False where the pipeline stops. */
bool batch_reader_fill(struct batch_reader *reader, struct batch *batch, const struct batch_taker *taker)
{
	struct border border = find_border(&reader->cursor, reader->next);
	int64_t first_at = 0;
	bool done = false;

	while (!done && !taker->stopping(taker->context)) {
		struct journal_record record;
		struct err err = {0};
		int r = next_record(reader, &record, &err);

		if (r == 0) {
			done = take_record(reader, batch, &record, &border, taker);
			if (!first_at)
				first_at = clock_monotonic();
		} else if (r == ERR_END) {
			done = !border.exact && first_at && clock_monotonic() - first_at >= BATCH_LINGER;
			if (done)
				break;
			journal_reader_wait(reader->journal, first_at ? BATCH_LINGER / 8 : WAIT_STEP);
		} else {
			log_error("journal: %s", err.message[0] ? err.message : err_text(r));
			if (r != ERR_CORRUPT)
				journal_reader_wait(reader->journal, RETRY_PAUSE);
		}
	}
	if (!done)
		return false;
	batch->replay = batch->first < reader->cursor.next;
	reader->next = batch->end;
	if (!reader->holds)
		journal_reader_release(reader->journal);
	return true;
}
