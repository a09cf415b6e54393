/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/block_sender.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#define SENDINGS 2

struct sending {
	struct block_sender *sender;
	pthread_t thread;
	struct store_client *client;
	/* Numbers of batches, and one more: 0 is none. */
	uint64_t at, allowed, done, taken;
	bool inserted; /* what is done */
	bool ended;
};

struct block_sender {
	struct block_source source;
	pthread_mutex_t lock; /* guards what they and the committer tell each other */
	pthread_cond_t changed;
	bool stopping;
	struct sending sendings[SENDINGS];
};

struct store_insertion block_insertion(const struct batch *batch, char token[BLOCK_TOKEN_MAX],
				       const struct store_gate *gate)
{
	snprintf(token, BLOCK_TOKEN_MAX, "%" PRIu64 "-%" PRIu64 "-%" PRId64, batch->first, batch->end,
		 batch->records[0].received);
	return (struct store_insertion){
		.table = STR("events"),
		.columns = buf_str(&batch->columns),
		.token = str_from(token),
		.pieces = batch->pieces.list.items,
		.piece_count = batch->pieces.list.len,
		.gate = gate,
	};
}

/* On its own thread, with all but the end of the block sent. */
static bool may_insert(void *context)
{
	struct sending *sending = context;
	struct block_sender *sender = sending->sender;
	bool allowed;

	pthread_mutex_lock(&sender->lock);
	while (sending->allowed != sending->at && !sender->stopping)
		pthread_cond_wait(&sender->changed, &sender->lock);
	allowed = sending->allowed == sending->at;
	pthread_mutex_unlock(&sender->lock);
	return allowed;
}

static bool send(struct sending *sending, const struct batch *batch)
{
	const struct store_gate gate = {sending, may_insert};
	struct store_insertion insertion;
	char token[BLOCK_TOKEN_MAX];
	struct err err = {0};

	if (batch->replay || !block_rows(batch->block))
		return true;
	insertion = block_insertion(batch, token, &gate);
	return store_insert_pieces(sending->client, &insertion, &err) == 0;
}

/* Leaves word of the batch and waits until the committer has it. */
static void tell(struct sending *sending, bool inserted)
{
	struct block_sender *sender = sending->sender;

	pthread_mutex_lock(&sender->lock);
	sending->inserted = inserted;
	sending->done = sending->at;
	pthread_cond_broadcast(&sender->changed);
	while (sending->taken != sending->at && !sender->stopping)
		pthread_cond_wait(&sender->changed, &sender->lock);
	pthread_mutex_unlock(&sender->lock);
}

static void *run(void *context)
{
	struct sending *sending = context;
	struct block_sender *sender = sending->sender;
	const struct batch *batch;

	for (; (batch = sender->source.await(sender->source.context, sending->at - 1)) != NULL;
	     sending->at += SENDINGS)
		tell(sending, send(sending, batch));
	pthread_mutex_lock(&sender->lock);
	sending->ended = true;
	pthread_cond_broadcast(&sender->changed);
	pthread_mutex_unlock(&sender->lock);
	return NULL;
}

struct block_sender *block_sender_start(const struct store_options *store, const struct block_source *source)
{
	struct block_sender *sender = calloc(1, sizeof(*sender));

	must(sender);
	sender->source = *source;
	pthread_mutex_init(&sender->lock, NULL);
	pthread_cond_init(&sender->changed, NULL);
	for (unsigned i = 0; i < SENDINGS; i++) {
		struct sending *sending = &sender->sendings[i];

		sending->sender = sender;
		sending->at = i + 1;
		must(store_client_open(store, &sending->client, NULL) == 0); /* as the committer's was */
		must(pthread_create(&sending->thread, NULL, run, sending) == 0);
	}
	return sender;
}

bool block_sender_finish(struct block_sender *sender, uint64_t number)
{
	struct sending *sending = &sender->sendings[number % SENDINGS];
	bool inserted;

	pthread_mutex_lock(&sender->lock);
	sending->allowed = number + 1;
	pthread_cond_broadcast(&sender->changed);
	while (sending->done != number + 1 && !sending->ended)
		pthread_cond_wait(&sender->changed, &sender->lock);
	inserted = sending->done == number + 1 && sending->inserted;
	sending->taken = number + 1;
	pthread_cond_broadcast(&sender->changed);
	pthread_mutex_unlock(&sender->lock);
	return inserted;
}

void block_sender_stop(struct block_sender *sender)
{
	if (!sender)
		return;
	pthread_mutex_lock(&sender->lock);
	sender->stopping = true;
	pthread_cond_broadcast(&sender->changed);
	pthread_mutex_unlock(&sender->lock);
	for (unsigned i = 0; i < SENDINGS; i++) {
		pthread_join(sender->sendings[i].thread, NULL);
		store_client_close(sender->sendings[i].client);
	}
	pthread_cond_destroy(&sender->changed);
	pthread_mutex_destroy(&sender->lock);
	free(sender);
}
