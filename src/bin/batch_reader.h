/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_BATCH_READER_H
#define BIN_BATCH_READER_H
/*
 * The journal cut into batches (worker.h). Where they end depends on when records
 * come, but for two borders that the cursor sets: numbers before its next are a
 * replay and never share a batch with others, and the range it names as its intent
 * was handed over before and is one batch again, exactly. One thread.
 */
#include "base/err.h"
#include "bin/worker.h"

/* A batch's limits where a backlog fills it: the store takes a large block for far less than the same rows in
   small ones, but several times its bytes of memory stand behind each slot of the pipeline, and some twenty
   times in the store. There is one record to BATCH_RECORD_BYTES at most. What was handed over before is one
   batch whatever its bytes, so BATCH_RECORDS must never become less. */
#define BATCH_RECORD_BYTES 512
#define BATCH_RECORDS 131072
#define BATCH_BYTES_MOST ((size_t)BATCH_RECORDS * BATCH_RECORD_BYTES) /* 64 MiB */
#define BATCH_BYTES_LEAST (BATCH_BYTES_MOST / 4)
#define BATCH_BYTES_ALL (4 * BATCH_BYTES_MOST) /* of all slots together, where they are few enough */
#define BATCH_STORE_SHARE 64                   /* of the store's memory */

struct batch_reader;

/* How many bytes of records end a batch where there are so many slots for them, and the store may take so
   much memory; 0: unknown. */
size_t batch_bytes(unsigned slots, uint64_t store_memory);

/* from: where to begin, at most cursor->next. bytes: as batch_bytes() says. folder is kept, the key copied.
 */
int batch_reader_open(const char *folder, const struct journal_key *key, const struct journal_cursor *cursor,
		      uint64_t from, size_t bytes, struct batch_reader **ret_reader, struct err *ret_err);
void batch_reader_close(struct batch_reader *reader); /* NULL is fine */

/* Whoever wants the batch. Where it is hungry(), having nothing else to do, BATCH_BYTES_LEAST or a
   quarter of BATCH_RECORDS end a batch: the first ones of a burst are small, so that all
   begin to work. */
struct batch_taker {
	void *context;
	bool (*stopping)(void *context);
	bool (*hungry)(void *context);
};

/* Fills an empty batch and sets its replay; waits for records. False where the taker is stopping. */
bool batch_reader_fill(struct batch_reader *reader, struct batch *batch, const struct batch_taker *taker);

#endif
