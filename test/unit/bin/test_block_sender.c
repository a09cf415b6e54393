/* SPDX-License-Identifier: Apache-2.0 */
/* The sender between a source of batches and a store that only notes what it was asked to insert. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "bin/block_sender.h"
#include "http/server.h"

#define BATCHES 5

struct fixture {
	char folder[64], url[96];
	struct http_server *http;
	struct block_sender *sender;
	struct batch batches[BATCHES];

	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t ready; /* batches the source gives */
	bool over;
	struct buf inserted; /* tokens, each with a space */
	const char *refused; /* token */
};

/* --- the store --- */

static void serve(void *context, struct http_request *request, struct http_response *response)
{
	struct fixture *f = context;
	const char *token = http_argument(request, "insert_deduplication_token");

	if (!token) {
		http_reply_text(response, 200, "26.5.1.1\n");
		return;
	}
	pthread_mutex_lock(&f->lock);
	if (f->refused && strcmp(f->refused, token) == 0)
		http_reply_text(response, 500, "no\n");
	else
		buf_printf(&f->inserted, "%s ", token);
	pthread_mutex_unlock(&f->lock);
}

static void expect_inserted(struct fixture *f, const char *expected)
{
	pthread_mutex_lock(&f->lock);
	assert_string_equal(buf_cstr(&f->inserted), expected);
	pthread_mutex_unlock(&f->lock);
}

/* --- the source --- */

static const struct batch *await(void *context, uint64_t number)
{
	struct fixture *f = context;
	bool there;

	pthread_mutex_lock(&f->lock);
	while (number >= f->ready && !f->over)
		pthread_cond_wait(&f->changed, &f->lock);
	there = number < f->ready;
	pthread_mutex_unlock(&f->lock);
	return there ? &f->batches[number] : NULL;
}

static void make_batch(struct batch *batch, uint64_t seq, bool replay)
{
	struct journal_record record = {.seq = seq, .received = 7, .bytes = STR("a line")};
	struct arena *arena = arena_new(0);
	struct event event;

	batch_init(batch, 1);
	batch_add(batch, &record);
	batch->replay = replay;
	event_init(&event, arena);
	event.seq = seq;
	block_add(batch->block, &event);
	block_finish(batch->block, &batch->pieces);
	block_names(batch->block, &batch->columns);
	arena_free(arena);
}

static void let(struct fixture *f, uint64_t ready, bool over)
{
	pthread_mutex_lock(&f->lock);
	f->ready = ready;
	f->over = over;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

/* --- tests --- */

/* Batch 2 is a replay, 3 holds no event. */
static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct http_options options = {.threads = 2};

	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	strcpy(f->folder, "/tmp/test_block_sender.XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->url, sizeof(f->url), "unix:%s/socket", f->folder);
	options.listen_fd = http_listen(f->url, NULL);
	assert_true(options.listen_fd >= 0);
	assert_int_equal(http_server_start(&options, serve, f, &f->http, NULL), 0);
	for (uint64_t i = 0; i < BATCHES; i++)
		make_batch(&f->batches[i], i + 1, i == 2);
	block_clear(f->batches[3].block);
	f->sender =
		block_sender_start(&(struct store_options){.url = f->url}, &(struct block_source){f, await});
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	let(f, f->ready, true);
	block_sender_stop(f->sender);
	http_server_stop(f->http);
	for (uint64_t i = 0; i < BATCHES; i++)
		batch_done(&f->batches[i]);
	unlink(f->url + strlen("unix:"));
	rmdir(f->folder);
	buf_done(&f->inserted);
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	free(f);
	return 0;
}

static void test_one_after_the_other(void **state)
{
	struct fixture *f = *state;

	let(f, BATCHES, false);
	assert_true(block_sender_finish(f->sender, 0));
	expect_inserted(f, "1-2-7 ");
	assert_true(block_sender_finish(f->sender, 1));
	expect_inserted(f, "1-2-7 2-3-7 ");
	assert_true(block_sender_finish(f->sender, 2));
	assert_true(block_sender_finish(f->sender, 3));
	assert_true(block_sender_finish(f->sender, 4));
	expect_inserted(f, "1-2-7 2-3-7 5-6-7 ");
}

static void test_refused(void **state)
{
	struct fixture *f = *state;

	f->refused = "2-3-7";
	let(f, BATCHES, false);
	assert_true(block_sender_finish(f->sender, 0));
	assert_false(block_sender_finish(f->sender, 1));
	assert_true(block_sender_finish(f->sender, 2));
	assert_true(block_sender_finish(f->sender, 3));
	assert_true(block_sender_finish(f->sender, 4));
	expect_inserted(f, "1-2-7 5-6-7 ");
}

/* The committer asks before the batch is there, and then there is none. */
static void *end(void *context)
{
	let(context, 1, true);
	return NULL;
}

static void test_source_ends(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;

	let(f, 1, false);
	assert_true(block_sender_finish(f->sender, 0));
	pthread_create(&thread, NULL, end, f);
	assert_false(block_sender_finish(f->sender, 1));
	pthread_join(thread, NULL);
}

/* Nobody ever says that they may: teardown() ends it, and nothing was inserted. */
static void test_stopped_on_the_way(void **state)
{
	struct fixture *f = *state;

	let(f, 2, true);
	block_sender_stop(f->sender);
	f->sender = NULL;
	expect_inserted(f, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_after_the_other),
		TEST(test_refused),
		TEST(test_source_ends),
		TEST(test_stopped_on_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
