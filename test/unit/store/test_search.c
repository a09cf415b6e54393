/* SPDX-License-Identifier: Apache-2.0 */
/* Searches compiled from the query language, run by the engine over a table small enough to know by heart. */
#include "serve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/hash.h"
#include "event/block.h"
#include "query/search.h"

#define NOW INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z */

/* Row n has seq n, @timestamp NOW - n minutes. */
static const struct {
	const char *user, *source, *message, *path, *category;
	int port, status;
	const char *attr;
} rows[] = {
	{"root", "10.0.0.1", "Failed password for root from 10.0.0.1", "", "authentication", 22, 0, NULL},
	{"Administrator", "10.1.2.3", "Accepted password", "", "authentication", 3389, 0, "0x3e7"},
	{"zhang.san", "192.0.2.7", "GET /wp-login.php", "/wp-login.php", "web", 443, 404, NULL},
	{"li_si", "2001:db8::7", "GET /100%_done", "/100%_done", "web", 443, 200, NULL},
	{"", "", "kernel: 望楼 it's \"quoted\" \\ end", "", "host", 0, 0, "17"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct served served;
static struct store_client *client;

static void set(struct event *event, enum field_id id, const char *text)
{
	if (text[0])
		must(event_set_text(event, id, str_from(text)) == 0);
}

static void add_row(struct block *block, struct arena *arena, size_t n)
{
	struct event event;

	event_init(&event, arena);
	event.seq = n;
	event.received = NOW;
	event_set_integer(&event, FIELD_ID_TIMESTAMP, NOW - (int64_t)n * CLOCK_MINUTE);
	set(&event, FIELD_ID_USER_NAME, rows[n].user);
	set(&event, FIELD_ID_SOURCE_IP, rows[n].source);
	set(&event, FIELD_ID_MESSAGE, rows[n].message);
	set(&event, FIELD_ID_URL_PATH, rows[n].path);
	set(&event, FIELD_ID_EVENT_CATEGORY, rows[n].category);
	if (rows[n].port)
		event_set_integer(&event, FIELD_ID_SOURCE_PORT, rows[n].port);
	if (rows[n].status)
		event_set_integer(&event, FIELD_ID_HTTP_RESPONSE_STATUS, rows[n].status);
	if (rows[n].attr)
		event_add_attr(&event, STR("LogonId"), hash_str(STR("LogonId")),
			       value_string(str_from(rows[n].attr)), 0);
	block_add(block, &event);
}

static int setup(void **state)
{
	struct block *block = block_new();
	struct arena *arena = arena_new(0);
	struct buf out = {0}, names = {0};

	(void)state;
	client = serve_open(&served);
	must(store_prepare(client, NULL) == 0);
	for (size_t n = 0; n < ROWS; n++)
		add_row(block, arena, n);
	block_encode(block, &out);
	block_names(block, &names);
	must(store_insert(client, STR("events"), buf_str(&names), STR("t"), buf_str(&out), NULL) == 0);
	buf_done(&out);
	buf_done(&names);
	block_free(block);
	arena_free(arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	store_client_close(client);
	if (served.pid) {
		serve_end(&served, SIGTERM);
		serve_remove_folder(&served);
	}
	return 0;
}

static char *run(struct sql_query *query)
{
	static char answer[8192];
	struct buf out = {0};
	struct err err = {0};

	if (store_query(client, query, "TabSeparated", &out, NULL, &err) < 0)
		fail_msg("%s: %s", buf_cstr(&query->sql), err.message);
	snprintf(answer, sizeof(answer), "%s", buf_cstr(&out));
	buf_done(&out);
	sql_query_done(query);
	return answer;
}

static struct search search_of(const char *kql)
{
	return (struct search){
		.from = NOW - CLOCK_DAY, .to = NOW + 1, .kql = str_from(kql), .now = NOW, .limit = 100};
}

/* The numbers of the rows found, "0 2 3". */
static void assert_finds(const char *kql, const char *expected)
{
	static const struct str columns[] = {{"@timestamp", 10}};
	struct search search = search_of(kql);
	struct sql_query query = {0};
	struct err err = {0};
	char found[64] = "", *line;

	search.columns = columns;
	search.column_count = 1;
	if (search_events(&search, &query, &err) < 0)
		fail_msg("%s: %s", kql, err.message);
	for (line = strtok(run(&query), "\n"); line; line = strtok(NULL, "\n"))
		snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s%c", found[0] ? " " : "",
			 line[0]);
	if (strcmp(found, expected) != 0)
		fail_msg("%s finds %s, not %s", kql, found, expected);
}

static void test_language_finds_what_it_says(void **state)
{
	static const struct {
		const char *kql, *found;
	} cases[] = {
		{"", "0 1 2 3 4"},
		{"user.name: ROOT", "0"},
		{"user.name: admin*", "1"},
		{"user.name: l*_si", "3"},
		{"user.name: l__si", ""},
		{"user.name: *", "0 1 2 3"},
		{"not user.name: *", "4"},
		{"user.name: (root or administrator)", "0 1"},
		{"event.category: authentication and not user.name: root", "1"},
		{"event.category: web or user.name: root", "0 2 3"},
		{"source.ip: 10.0.0.0/8", "0 1"},
		{"source.ip: 10.1.*", "1"},
		{"source.ip: \"2001:db8::/32\"", "3"},
		{"not source.ip: 10.0.0.0/8", "2 3 4"},
		{"source.ip >= 192.0.2.0 and source.ip <= 192.0.2.255", "2"},
		{"source.port > 22 and source.port < 3389", "2 3"},
		{"http.response.status_code >= 400", "2"},
		{"url.path: *wp-login.php", "2"},
		{"url.path: *%_*", "3"},
		{"url.path: wp-login.php", ""},
		{"message: password failed", "0"},
		{"message: \"failed PASSWORD\"", "0"},
		{"message: \"password failed\"", ""},
		{"message: pass*root", "0"},
		{"message: \"it's \\\"quoted\\\" \\\\ end\"", "4"},
		{"望楼", "4"},
		{"wp-login", "2"},
		{"10.1.2.3", "1"},
		{"LogonId: 0X3E7", "1"},
		{"LogonId: *", "1 4"},
		{"LogonId > 16", "4"},
		{"Logon*: 17", "4"},
		{"user.*: root", "0"},
		{"@timestamp > now-2m", "0 1"},
		{"@timestamp >= now-2m", "0 1 2"},
		{"seq: 3", "3"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_finds(cases[i].kql, cases[i].found);
}

static void test_pages_follow_each_other(void **state)
{
	struct search search = search_of("");
	struct sql_query query = {0};

	(void)state;
	search.limit = 2;
	assert_int_equal(search_events(&search, &query, NULL), 0);
	assert_int_equal(run(&query)[0], '0');
	search.after = true;
	search.after_time = NOW - CLOCK_MINUTE;
	search.after_seq = 1;
	assert_int_equal(search_events(&search, &query, NULL), 0);
	assert_int_equal(run(&query)[0], '2');
}

static void test_columns_and_event(void **state)
{
	static const struct str columns[] = {{"source.ip", 9}, {"LogonId", 7}}, bad[] = {{"a`b", 3}};
	struct search search = search_of("user.name: administrator");
	struct sql_query query = {0};

	(void)state;
	search.columns = columns;
	search.column_count = 2;
	assert_int_equal(search_events(&search, &query, NULL), 0);
	assert_string_equal(run(&query), "1\t1767225540000000\t10.1.2.3\t0x3e7\n");
	search.columns = bad;
	search.column_count = 1;
	assert_int_equal(search_events(&search, &query, NULL), ERR_SYNTAX);
	sql_query_done(&query);
	search_event(1, &query);
	assert_non_null(strstr(run(&query), "\tAdministrator\t"));
}

static void test_aggregations(void **state)
{
	struct search search = search_of("");
	struct sql_query query = {0};

	(void)state;
	assert_int_equal(search_count(&search, &query, NULL), 0);
	assert_string_equal(run(&query), "5\n");
	assert_int_equal(search_histogram(&search, CLOCK_DAY, &query, NULL), 0);
	assert_string_equal(run(&query), "0\t4\n1\t1\n");
	assert_int_equal(search_statistics(&search, STR("source.port"), &query, NULL), 0);
	assert_string_equal(run(&query), "5\t4\t3\t22\t3389\n");
	assert_int_equal(search_histogram(&search, 1, &query, NULL), ERR_LIMIT);
	sql_query_done(&query);
}

static void test_look(void **state)
{
	static const struct str values[] = {{"web", 3}};
	struct search search = search_of("");
	struct sql_query query = {0};

	(void)state;
	search.limit = 10;
	assert_int_equal(look_values(&search, STR("event.category"), STR(""), &query, NULL), 0);
	assert_string_equal(run(&query), "authentication\t2\nweb\t2\nhost\t1\n");
	assert_int_equal(look_values(&search, STR("event.category"), STR("WE"), &query, NULL), 0);
	assert_string_equal(run(&query), "web\t2\n");
	assert_int_equal(look_values(&search, STR("LogonId"), STR("0X"), &query, NULL), 0);
	assert_string_equal(run(&query), "0x3e7\t1\n");
	assert_int_equal(look_values(&search, STR("a`b"), STR(""), &query, NULL), ERR_SYNTAX);
	sql_query_done(&query);
	query = (struct sql_query){0};
	assert_int_equal(look_statistics(&search, STR("source.port"), &query, NULL), 0);
	assert_string_equal(run(&query), "5\t4\t3\t22\t3389\n");
	assert_int_equal(look_fields(&search, &query, NULL), 0);
	assert_non_null(strstr(run(&query), "source.port\t4\n"));
	assert_int_equal(look_attributes(&search, &query, NULL), 0);
	assert_string_equal(run(&query), "LogonId\t2\n");
	assert_int_equal(
		search_histogram_by(&search, CLOCK_DAY, STR("event.category"), values, 1, &query, NULL), 0);
	assert_non_null(strstr(run(&query), "\tweb\t"));
	sql_query_done(&query);
}

static void test_overview(void **state)
{
	struct sql_query query = {0};

	(void)state;
	assert_int_equal(search_overview(STR("category"), NOW - CLOCK_HOUR, NOW + 1, 0, 10, &query, NULL), 0);
	assert_string_equal(run(&query), "authentication\t2\nweb\t2\nhost\t1\n");
	assert_int_equal(search_overview(STR("address"), NOW - CLOCK_HOUR, NOW + 1, 0, 2, &query, NULL), 0);
	assert_string_equal(run(&query), "\t1\n10.0.0.1\t1\n");
	assert_int_equal(
		search_overview(STR("category"), NOW - CLOCK_HOUR, NOW + 1, CLOCK_HOUR, 10, &query, NULL), 0);
	assert_string_equal(run(&query),
			    "0\tweb\t2\n0\tauthentication\t1\n0\thost\t1\n1\tauthentication\t1\n");
	assert_int_equal(search_overview(STR("nonsense"), 0, 1, 0, 10, &query, NULL), ERR_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_language_finds_what_it_says),
		cmocka_unit_test(test_pages_follow_each_other),
		cmocka_unit_test(test_columns_and_event),
		cmocka_unit_test(test_aggregations),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_overview),
	};

	if (!getenv("STORE_SERVE") && !getenv("STORE_URL")) {
		puts("skipped: built without the embedded engine");
		return SERVE_SKIP;
	}
	return cmocka_run_group_tests(tests, setup, teardown);
}
