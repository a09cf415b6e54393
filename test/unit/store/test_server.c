/* SPDX-License-Identifier: Apache-2.0 */
/* The server's own work, over an engine that only pretends (fake_engine.c). */
#include "store/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <pthread.h>

#include "base/buf.h"
#include "http/server.h"

struct fixture {
	struct store_server *server;
	char folder[32], local[64], public[64];
};

struct answer {
	struct buf headers, body;
	long status;
	CURLcode code;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_server_options options = {.folder = "fake", .user = "reader", .password = "secret"};
	char address[80];

	must(f);
	strcpy(f->folder, "/tmp/server-test-XXXXXX");
	must(mkdtemp(f->folder));
	snprintf(f->local, sizeof(f->local), "%s/local", f->folder);
	snprintf(f->public, sizeof(f->public), "%s/public", f->folder);
	snprintf(address, sizeof(address), "unix:%s", f->local);
	options.listen_fd = http_listen(address, NULL);
	snprintf(address, sizeof(address), "unix:%s", f->public);
	options.public_fd = http_listen(address, NULL);
	must(store_server_start(&options, &f->server, NULL) == 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	store_server_stop(f->server);
	unlink(f->local);
	unlink(f->public);
	must(rmdir(f->folder) == 0);
	free(f);
	return 0;
}

static size_t keep(char *bytes, size_t size, size_t count, void *context)
{
	buf_add(context, bytes, size * count);
	return size * count;
}

/* POSTs body, or GETs where body is NULL. login is "name:password" or NULL. */
static struct answer ask(const char *socket, const char *url, const char *body, const char *login, bool gzip)
{
	struct answer answer = {0};
	struct buf whole = {0};
	CURL *curl = curl_easy_init();

	must(curl);
	buf_printf(&whole, "http://store%s", url);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket);
	curl_easy_setopt(curl, CURLOPT_URL, buf_cstr(&whole));
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	if (body)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	if (login)
		curl_easy_setopt(curl, CURLOPT_USERPWD, login);
	if (gzip)
		curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.headers);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep);
	answer.code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
	curl_easy_cleanup(curl);
	buf_done(&whole);
	buf_cstr(&answer.headers);
	buf_cstr(&answer.body);
	return answer;
}

static void answer_done(struct answer *answer)
{
	buf_done(&answer->headers);
	buf_done(&answer->body);
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text);
}

static void assert_answers(const char *socket, const char *url, const char *body, const char *login,
			   long status, const char *part)
{
	struct answer answer = ask(socket, url, body, login, false);

	assert_int_equal(answer.code, CURLE_OK);
	assert_int_equal(answer.status, status);
	assert_has(answer.body.ptr, part);
	answer_done(&answer);
}

static void test_fixed_paths(void **state)
{
	struct fixture *f = *state;

	assert_answers(f->local, "/ping", NULL, NULL, 200, "Ok.\n");
	assert_answers(f->public, "/replicas_status", NULL, NULL, 200, "Ok.\n");
	assert_answers(f->local, "/", NULL, NULL, 200, "Ok.\n");
	assert_answers(f->local, "/other", NULL, NULL, 404, "");
	assert_answers(f->local, "/", "", NULL, 400, "Empty query");
}

static void test_statement_reaches_the_engine(void **state)
{
	struct fixture *f = *state;

	assert_answers(f->local, "/?default_format=CSV", "SELECT 1;", NULL, 200, "SELECT 1|CSV|");
	assert_answers(f->local, "/?default_format=CSV", "SELECT 1 FORMAT XML", NULL, 200,
		       "SELECT 1 FORMAT XML|XML|");
	assert_answers(f->local, "/?query=SELECT%20a", "FROM t", NULL, 200, "SELECT a\nFROM t|TabSeparated|");
	assert_answers(f->local, "/?param_x=a%5Ctb&param_y=", "SELECT {x:String}", NULL, 200, "|x=a\\tb|y=|");
	assert_answers(f->local, "/?database=d%60b&max_threads=3%27", "DROP TABLE t", NULL, 200,
		       "USE `d\\`b`;SET max_threads='3\\'';");
	assert_answers(f->local, "/?query=INSERT+INTO+t+FORMAT+CSV", "1,2", NULL, 200,
		       "INSERT INTO t  SELECT * FROM file(");
}

static void test_settings_are_chosen(void **state)
{
	struct fixture *f = *state;

	assert_answers(f->local, "/?nonsense=1", "SELECT 1", NULL, 404, "Code: 115.");
	assert_answers(f->local, "/?format_schema=x", "SELECT 1", NULL, 404, "Code: 115.");
	assert_answers(f->local, "/?compress=1", "SELECT 1", NULL, 501, "Code: 48.");
	assert_answers(f->local, "/?compress=0&session_id=x", "SELECT 1", NULL, 200, "SELECT 1|");
}

static void test_readonly(void **state)
{
	struct fixture *f = *state;

	assert_answers(f->local, "/?readonly=2&max_threads=1", "SELECT 1", NULL, 200,
		       "SET max_threads='1';SET readonly=1;");
	assert_answers(f->local, "/?readonly=2&max_execution_time=5", "SELECT 1", NULL, 200,
		       "SET max_execution_time='5';");
	assert_answers(f->local, "/?readonly=2&max_execution_time=0", "SELECT 1", NULL, 200,
		       "SET max_execution_time='600';");
	assert_answers(f->local, "/?max_execution_time=0", "SELECT 1", NULL, 200,
		       "SET max_execution_time='0';");
	assert_answers(f->local, "/?readonly=1", "DROP TABLE t", NULL, 403, "Code: 164.");
	assert_answers(f->local, "/?query=DROP+TABLE+t", NULL, NULL, 403, "Code: 164."); /* GET only reads */
	assert_answers(f->local, "/?readonly=1", "SELECT file('x')", NULL, 403, "Code: 497.");
	assert_answers(f->local, "/?readonly=0", "DROP TABLE t", NULL, 200, "DROP TABLE t|");
}

static void test_public_listener_asks_and_only_reads(void **state)
{
	struct fixture *f = *state;

	assert_answers(f->public, "/", "SELECT 1", NULL, 401, "Code: 516.");
	assert_answers(f->public, "/", "SELECT 1", "reader:wrong", 401, "Code: 516.");
	assert_answers(f->public, "/", "SELECT 1", "reader:secret", 200, "SET readonly=1;");
	assert_answers(f->public, "/?user=reader&password=secret", "SELECT 1", NULL, 200, "SELECT 1|");
	assert_answers(f->public, "/?readonly=0", "DROP TABLE t", "reader:secret", 403, "Code: 164.");
	assert_answers(f->public, "/?query=INSERT+INTO+t+FORMAT+CSV", "1", "reader:secret", 403,
		       "Code: 164.");
}

static void test_errors_and_headers(void **state)
{
	struct fixture *f = *state;
	struct answer answer = ask(f->local, "/?query_id=me", "SELECT fail", NULL, false);

	assert_int_equal(answer.status, 404);
	assert_string_equal(answer.body.ptr, "Code: 60. DB::Exception: no such table (UNKNOWN_TABLE)\n");
	assert_has(answer.headers.ptr, "X-ClickHouse-Exception-Code: 60\r\n");
	assert_has(answer.headers.ptr, "X-ClickHouse-Query-Id: me\r\n");
	answer_done(&answer);
	answer = ask(f->local, "/", "SELECT 1 FORMAT JSON", NULL, false);
	assert_has(answer.headers.ptr, "X-ClickHouse-Format: JSON\r\n");
	assert_has(answer.headers.ptr, "Content-Type: application/json; charset=UTF-8\r\n");
	assert_has(answer.headers.ptr, "X-ClickHouse-Summary: {\"read_rows\":\"1\"");
	answer_done(&answer);
}

static void test_pieces_have_their_names_once(void **state)
{
	struct fixture *f = *state;

	for (int gzip = 0; gzip < 2; gzip++) {
		struct answer answer = ask(f->local, "/?enable_http_compression=1",
					   "SELECT pieces 50 FORMAT CSVWithNames", NULL, gzip);

		assert_int_equal(answer.code, CURLE_OK);
		assert_int_equal(answer.body.len, 6 + 50 * 100000);
		assert_memory_equal(answer.body.ptr, "\"a\nb\"\nxx", 8);
		assert_null(memchr(answer.body.ptr + 6, 'a', answer.body.len - 6));
		assert_int_equal(strstr(answer.headers.ptr, "Content-Encoding: gzip") != NULL, gzip);
		answer_done(&answer);
	}
}

static void test_a_broken_stream_is_seen(void **state)
{
	struct fixture *f = *state;
	struct answer answer = ask(f->local, "/", "SELECT break FORMAT CSV", NULL, false);

	assert_int_not_equal(answer.code, CURLE_OK);
	assert_has(answer.body.ptr + 100000, "Code: 241.");
	answer_done(&answer);
}

static void *ask_and_wait(void *context)
{
	struct fixture *f = context;
	struct answer answer = ask(f->local, "/", "SELECT wait", NULL, false);

	assert_int_equal(answer.code, CURLE_OK);
	assert_has(answer.body.ptr, answer.status == 503 ? "Code: 236." : "Code: 394.");
	answer_done(&answer);
	return NULL;
}

/* More callers than threads: the last ones are still waiting in the queue when the server stops. */
static void test_stop_answers_those_who_wait(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[STORE_QUERY_THREADS + 2];

	for (size_t i = 0; i < STORE_QUERY_THREADS + 2; i++)
		must(pthread_create(&threads[i], NULL, ask_and_wait, f) == 0);
	assert_answers(f->local, "/?query=INSERT+INTO+t+FORMAT+CSV", "1", NULL, 200,
		       "INSERT"); /* not held up */
	sleep(1);
	store_server_stop(f->server);
	f->server = NULL;
	for (size_t i = 0; i < STORE_QUERY_THREADS + 2; i++)
		pthread_join(threads[i], NULL);
}

static void test_start_needs_folder_and_password(void **state)
{
	struct store_server_options options = {.folder = "busy", .listen_fd = -1, .public_fd = -1};
	struct store_server *server = NULL;
	struct err err = {0};

	(void)state;
	assert_int_equal(store_server_start(&options, &server, &err), ERR_BUSY);
	options.folder = "fake";
	options.public_fd = dup(0);
	assert_int_equal(store_server_start(&options, &server, &err), ERR_DENIED);
	assert_null(server);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_fixed_paths),
		TEST(test_statement_reaches_the_engine),
		TEST(test_settings_are_chosen),
		TEST(test_readonly),
		TEST(test_public_listener_asks_and_only_reads),
		TEST(test_errors_and_headers),
		TEST(test_pieces_have_their_names_once),
		TEST(test_a_broken_stream_is_seen),
		TEST(test_stop_answers_those_who_wait),
		cmocka_unit_test(test_start_needs_folder_and_password),
	};

	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
