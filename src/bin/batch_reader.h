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

#define BATCH_RECORDS 32768
#define BATCH_BYTES (16u * 1024 * 1024)

struct batch_reader;

/* from: where to begin, at most cursor->next. folder is kept, the key copied. */
int batch_reader_open(const char *folder, const struct journal_key *key, const struct journal_cursor *cursor,
		      uint64_t from, struct batch_reader **ret_reader, struct err *ret_err);
void batch_reader_close(struct batch_reader *reader); /* NULL is fine */

/* Fills an empty batch and sets its replay; waits for records. False where stopping() says so. */
typedef bool batch_stopping(void *context);
bool batch_reader_fill(struct batch_reader *reader, struct batch *batch, batch_stopping *stopping,
		       void *context);

#endif
