/* SPDX-License-Identifier: Apache-2.0 */
/* Versions, pages, files to save and problems, as a client sees them: over a server of nothing else. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "web/resource.h"

#define FILE_NAME "整改 \"报告\"/../2.pdf"

static struct http_server *server;
static int port;

/* Seven items, 1 to 7, sorted by a key that needs care. */
static void list(struct call *call)
{
	struct list_page page;
	int64_t at, end;
	char key[32];

	if (!call_page(call, &page))
		return;
	at = page.first ? 1 : page.after_id + 1;
	if (!page.first) {
		snprintf(key, sizeof(key), "甲 \"%d\"", (int)page.after_id);
		if (!str_eq(page.after, str_from(key)))
			at = 100;
	}
	end = at + page.limit < 8 ? at + page.limit : 8;
	page_open(call);
	for (; at < end; at++)
		out_integer(call->out, NULL, at);
	snprintf(key, sizeof(key), "甲 \"%d\"", (int)at - 1);
	page_close(call, at < 8, at - 1, str_from(key));
}

static void handle(void *context, struct http_request *request, struct http_response *response)
{
	struct call call = {.request = request, .response = response, .out = &response->body};
	int64_t version;

	(void)context;
	if (strcmp(request->path, "/match") == 0 && call_match(&call, 7))
		call_etag(&call, 8);
	else if (strcmp(request->path, "/version") == 0 && call_match_version(&call, &version))
		out_integer(call.out, NULL, version);
	else if (strcmp(request->path, "/file") == 0) {
		call_attachment(&call, "application/pdf", STR(FILE_NAME));
		buf_add_str(call.out, STR("\0\xff"));
	} else if (strcmp(request->path, "/list") == 0)
		list(&call);
	else if (strcmp(request->path, "/problem") == 0) {
		call_fail(&call, 418, "teapot", "a \"%s\"", "pot");
		call_fail_more(&call, "column", 3);
	}
}

static int set_up(void **state)
{
	struct http_options options = {.listen_fd = http_listen("127.0.0.1:0", NULL)};
	struct sockaddr_in address;
	socklen_t len = sizeof(address);

	(void)state;
	getsockname(options.listen_fd, (struct sockaddr *)&address, &len);
	port = ntohs(address.sin_port);
	return http_server_start(&options, handle, NULL, &server, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	http_server_stop(server);
	return 0;
}

struct answer {
	long status;
	struct buf head, body;
};

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
	buf_add(context, bytes, size * count);
	return size * count;
}

static void ask(const char *path, const char *header, struct answer *answer)
{
	struct curl_slist *list = header ? curl_slist_append(NULL, header) : NULL;
	CURL *curl = curl_easy_init();
	char url[2400];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", port, path);
	buf_clear(&answer->head);
	buf_clear(&answer->body);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer->head);
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
	buf_cstr(&answer->head);
	buf_cstr(&answer->body);
	curl_slist_free_all(list);
	curl_easy_cleanup(curl);
}

static void done(struct answer *answer)
{
	buf_done(&answer->head);
	buf_done(&answer->body);
}

static void test_versions(void **state)
{
	static const struct {
		const char *header;
		long status;
	} cases[] = {
		{NULL, 428},
		{"If-Match: \"v7\"", 200},
		{"If-Match: W/\"v7\"", 200}, /* a proxy compressed the answer */
		{"If-Match: *", 200},
		{"If-Match: \"v6\"", 412},
		{"If-Match: \"v-1\"", 412},
		{"If-Match: \"v0\"", 412},
		{"If-Match: \"7\"", 412},
		{"If-Match: \"v7", 412},
		{"If-Match: \"v\"", 412},
		{"If-Match: \"v99999999999999999999\"", 412},
	};
	struct answer answer = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ask("/match", cases[i].header, &answer);
		if (answer.status != cases[i].status)
			fail_msg("%s: %ld", cases[i].header, answer.status);
		assert_int_equal(strstr(answer.head.ptr, "ETag: \"v8\"\r\n") != NULL, answer.status == 200);
	}
	ask("/version", "If-Match: *", &answer);
	assert_string_equal(answer.body.ptr, "0");
	ask("/version", "If-Match: \"v12\"", &answer);
	assert_string_equal(answer.body.ptr, "12");
	done(&answer);
}

static void test_pages(void **state)
{
	static const char *const wanted[] = {"[1,2,3]", "[4,5,6]", "[7]"};
	char path[2000] = "/list?limit=3";
	struct answer answer = {0};

	(void)state;
	for (int i = 0; i < 3; i++) {
		json_t *root;

		ask(path, NULL, &answer);
		assert_int_equal(answer.status, 200);
		assert_non_null(strstr(answer.body.ptr, wanted[i]));
		root = json_loads(answer.body.ptr, 0, NULL);
		assert_int_equal(json_object_get(root, "next_cursor") != NULL, i < 2);
		if (i < 2)
			snprintf(path, sizeof(path), "/list?limit=3&cursor=%s",
				 json_string_value(json_object_get(root, "next_cursor")));
		json_decref(root);
	}
	done(&answer);
}

static void test_hostile_pages(void **state)
{
	static const char *const bad[] = {"limit=0",
					  "limit=1001",
					  "limit=x",
					  "cursor=x",
					  "cursor=3",
					  "cursor=3133",
					  "cursor=20",
					  "cursor=3120ff" /* no UTF-8 */,
					  "cursor=39393939393939393939393939393939393939393920"};
	struct answer answer = {0};
	char path[2300] = "/list?cursor=312";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(path, sizeof(path), "/list?%s", bad[i]);
		ask(path, NULL, &answer);
		if (answer.status != 400)
			fail_msg("%s was taken", bad[i]);
	}
	memset(path + 13, '3', 2200);
	path[2213] = 0;
	ask(path, NULL, &answer);
	assert_int_equal(answer.status, 400);
	done(&answer);
}

static void test_a_file_to_save(void **state)
{
	struct answer answer = {0};

	(void)state;
	ask("/file", NULL, &answer);
	assert_non_null(strstr(answer.head.ptr, "Content-Type: application/pdf\r\n"));
	assert_non_null(strstr(answer.head.ptr, "Content-Disposition: attachment; filename=\"______"));
	assert_non_null(strstr(answer.head.ptr,
			       "; filename*=UTF-8''%E6%95%B4%E6%94%B9%20%22%E6%8A%A5%E5%91%8A"
			       "%22%2F..%2F2.pdf\r\n"));
	assert_int_equal(answer.body.len, 2);
	done(&answer);
}

static void test_problem(void **state)
{
	struct answer answer = {0};

	(void)state;
	ask("/problem", NULL, &answer);
	assert_int_equal(answer.status, 418);
	assert_non_null(strstr(answer.head.ptr, "Content-Type: application/problem+json\r\n"));
	assert_string_equal(answer.body.ptr,
			    "{\"type\":\"about:blank\",\"title\":\"Error\",\"status\":418,"
			    "\"detail\":\"a \\\"pot\\\"\",\"code\":\"teapot\",\"column\":3}");
	ask("/list?limit=x", NULL, &answer);
	assert_non_null(strstr(answer.body.ptr, "\"title\":\"Bad Request\",\"status\":400,"));
	done(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),      cmocka_unit_test(test_pages),
		cmocka_unit_test(test_hostile_pages), cmocka_unit_test(test_a_file_to_save),
		cmocka_unit_test(test_problem),
	};

	curl_global_init(CURL_GLOBAL_ALL);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
