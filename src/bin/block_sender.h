/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_BLOCK_SENDER_H
#define BIN_BLOCK_SENDER_H
/*
 * Blocks on their way to our own store while it still inserts the one before. All
 * but the last byte of a block is sent as soon as its batch is worked on; that byte
 * follows when the committer says so, and without it the store has no request that
 * it could begin with. So what is inserted, in which order and behind which intent
 * is as if nothing were sent ahead, only sooner.
 *
 * Two threads, for odd and even numbers of batches; each with a connection.
 */
#include "bin/worker.h"
#include "store/client.h"

#define BLOCK_TOKEN_MAX 96

/* How a batch's block is inserted, plainly or with a gate; token gets what the store knows its range by. */
struct store_insertion block_insertion(const struct batch *batch, char token[BLOCK_TOKEN_MAX],
				       const struct store_gate *gate);

/* Where batches come from. */
struct block_source {
	void *context;
	/* Waits until the batch of that number is worked on; it stays as it is until it is finished here.
	   NULL where there will be none. */
	const struct batch *(*await)(void *context, uint64_t number);
};

struct block_sender;

struct block_sender *block_sender_start(const struct store_options *store, const struct block_source *source);

/* The batch, one after the other and none left out, may be inserted: waits for that. False where it could not
   be sent, or it is not known whether it is stored: then it is to be inserted in another way, by its token.
   True, too, of what has nothing to store. */
bool block_sender_finish(struct block_sender *sender, uint64_t number);

/* When the source gives no more; NULL is fine. */
void block_sender_stop(struct block_sender *sender);

#endif
