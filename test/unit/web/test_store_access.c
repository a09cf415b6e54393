/* SPDX-License-Identifier: Apache-2.0 */
/* What a question that takes too long says of the store: it is left alone where nobody else had an answer
 * meanwhile. */
#include "web/store_access.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/server.h"
#include "web/turns.h"

struct fixture {
	char folder[64], url[96];
	struct http_server *http;
	struct web web;
	pthread_mutex_t lock;
	struct http_request *kept[2]; /* unanswered */
	unsigned kept_count;
};

/* "SELECT 'slow'" is answered when all is over. */
static void serve(void *context, struct http_request *request, struct http_response *response)
{
	struct fixture *f = context;

	if (str_find(request->body, STR("slow")) == STR_NOT_FOUND || request->state) {
		http_reply_text(response, 200,
				str_eq(request->body, STR("SELECT version()")) ? "26.5.1.1\n"
									       : "{\"n\":1}\n");
		return;
	}
	request->state = f;
	http_suspend(request);
	pthread_mutex_lock(&f->lock);
	must(f->kept_count < 2);
	f->kept[f->kept_count++] = request;
	pthread_mutex_unlock(&f->lock);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct http_options options = {.threads = 2};

	must(f);
	pthread_mutex_init(&f->lock, NULL);
	strcpy(f->folder, "/tmp/test_store_access.XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->url, sizeof(f->url), "unix:%s/socket", f->folder);
	options.listen_fd = http_listen(f->url, NULL);
	assert_int_equal(http_server_start(&options, serve, f, &f->http, NULL), 0);
	f->web.options.store_url = f->url;
	f->web.store_turns = turns_new(STORE_CALLS_MAX, STORE_WAITING_MAX);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < f->kept_count; i++)
		http_resume(f->kept[i]);
	http_server_stop(f->http);
	turns_free(f->web.store_turns);
	unlink(f->url + strlen("unix:"));
	assert_int_equal(rmdir(f->folder), 0);
	free(f);
	return 0;
}

/* As a worker asks: with clients of its own. */
static int ask(struct fixture *f, enum patience patience, const char *text)
{
	struct store_access access = {0};
	struct call call = {.web = &f->web, .store = &access};
	struct sql_query query = {0};
	struct err err = {0};
	json_t *rows = NULL;
	int r;

	buf_add_str(&query.sql, str_from(text));
	r = store_ask(&call, patience, &query, &rows, &err);
	json_decref(rows);
	sql_query_done(&query);
	store_access_done(&access);
	return r;
}

static void *ask_slowly(void *context)
{
	assert_int_equal(ask(context, QUICK, "SELECT 'slow'"), -ETIMEDOUT);
	return NULL;
}

static void test_a_slow_answer_is_not_a_store_that_is_away(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, ask_slowly, f), 0);
	usleep(500000);
	assert_int_equal(ask(f, QUICK, "SELECT 1"), 0);
	pthread_join(thread, NULL);
	assert_int_equal(ask(f, QUICK, "SELECT 1"), 0);
}

static void test_a_store_that_answers_nobody_is_left_alone(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, QUICK, "SELECT 1"), 0); /* before that */
	assert_int_equal(ask(f, LOOK, "SELECT 'slow'"), -ETIMEDOUT);
	assert_int_equal(ask(f, QUICK, "SELECT 1"), 0); /* a look says nothing of it */
	assert_int_equal(ask(f, QUICK, "SELECT 'slow'"), -ETIMEDOUT);
	assert_int_equal(ask(f, QUICK, "SELECT 1"), -ETIMEDOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_slow_answer_is_not_a_store_that_is_away, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_store_that_answers_nobody_is_left_alone, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
