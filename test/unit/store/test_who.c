/* SPDX-License-Identifier: Apache-2.0 */
/* Who had an address, asked of the real engine over a day that is known by heart. */
#include "serve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "event/block.h"
#include "query/who.h"
#include "store/schema.h"

#define DAY0 (INT64_C(20000) * CLOCK_DAY)

/* Minutes of that day; "" is absent. Row n has seq n + 1. */
static const struct line {
	int at;
	const char *action, *ip, *mac, *user, *host;
	int end;             /* of the lease, 0: none */
	const char *outside; /* NAT */
	int port, first, last;
	int start; /* event.start, 0: none */
} lines[] = {
	/* 1-5: a lease, renewed, with a portal's user; given back; then somebody else's, never renewed */
	{60, "address-assigned", "10.1.2.3", "02:00:5E:00:53:01", "", "laptop-7", 120, "", 0, 0, 0, 0},
	{70, "address-assigned", "10.1.2.3", "", "li.na@example.edu.cn", "", 0, "", 0, 0, 0, 0},
	{115, "address-assigned", "10.1.2.3", "0200.5e00.5301", "", "laptop-7", 180, "", 0, 0, 0, 0},
	{150, "address-released", "10.1.2.3", "02-00-5e-00-53-01", "", "", 0, "", 0, 0, 0, 0},
	{200, "address-assigned", "10.1.2.3", "02:00:5e:00:53:02", "", "pc-1", 260, "", 0, 0, 0, 0},
	/* 6-8: RADIUS without a lease, interim, then another user at the same machine */
	{300, "address-assigned", "2001:db8::7", "02:00:5e:00:53:03", "EXAMPLE\\zhang.san", "", 0, "", 0, 0,
	 0, 290},
	{360, "address-assigned", "2001:db8::7", "02:00:5e:00:53:03", "zhang.san", "", 0, "", 0, 0, 0, 290},
	{400, "address-assigned", "2001:db8::7", "02:00:5e:00:53:03", "wang.wu", "", 0, "", 0, 0, 0, 0},
	/* 9-12: a block of ports, and a port of its own */
	{65, "nat-created", "10.1.2.3", "", "", "", 0, "203.0.113.9", 0, 1024, 1151, 0},
	{155, "nat-deleted", "10.1.2.3", "", "", "", 0, "203.0.113.9", 0, 1024, 1151, 0},
	{210, "nat-created", "10.1.2.3", "", "", "", 0, "203.0.113.9", 5000, 1100, 0, 0},
	{211, "nat-created", "10.1.2.9", "", "", "", 0, "203.0.113.9", 5000, 1100, 0, 0},
	/* 13: was told of when it was over */
	{500, "address-released", "10.1.2.4", "", "li.na", "", 0, "", 0, 0, 0, 480},
	/* 14: one to one */
	{65, "nat-created", "10.1.2.3", "", "", "", 0, "203.0.113.10", 0, 0, 0, 0},
	/* 15: another address of li.na */
	{600, "address-assigned", "10.1.2.5", "", "Li.Na", "", 610, "", 0, 0, 0, 0},
	/* 16, 17: another machine before the lease was over */
	{700, "address-assigned", "10.1.2.6", "02:00:5e:00:53:06", "", "", 900, "", 0, 0, 0, 0},
	{710, "address-assigned", "10.1.2.6", "02:00:5e:00:53:07", "", "", 900, "", 0, 0, 0, 0},
};

#define LINES (sizeof(lines) / sizeof(lines[0]))

static struct served served;
static struct store_client *client;

static void set(struct event *event, enum field_id id, const char *text)
{
	if (text[0])
		must(event_set_text(event, id, str_from(text)) == 0);
}

static void set_number(struct event *event, enum field_id id, int64_t number)
{
	if (number)
		event_set_integer(event, id, number);
}

static void add_line(struct block *block, struct arena *arena, size_t n)
{
	const struct line *line = &lines[n];
	struct event event;

	event_init(&event, arena);
	event.seq = n + 1;
	event.received = DAY0 + line->at * CLOCK_MINUTE + CLOCK_SECOND;
	event_set_integer(&event, FIELD_ID_TIMESTAMP, DAY0 + line->at * CLOCK_MINUTE);
	set(&event, FIELD_ID_EVENT_ACTION, line->action);
	set(&event, FIELD_ID_EVENT_DATASET, line->first ? "nat" : line->user[0] ? "radius" : "dhcp");
	set(&event, FIELD_ID_HOST_NAME, "gate1");
	set(&event, FIELD_ID_OBSERVER_IP, "10.0.0.2");
	set(&event, FIELD_ID_SOURCE_IP, line->ip);
	set(&event, FIELD_ID_SOURCE_MAC, line->mac);
	set(&event, FIELD_ID_USER_NAME, line->user);
	set(&event, FIELD_ID_SOURCE_DOMAIN, line->host);
	set(&event, FIELD_ID_SOURCE_NAT_IP, line->outside);
	set_number(&event, FIELD_ID_SOURCE_PORT, line->port);
	set_number(&event, FIELD_ID_SOURCE_NAT_PORT, line->first);
	set_number(&event, FIELD_ID_SOURCE_NAT_PORT_LAST, line->last);
	set_number(&event, FIELD_ID_EVENT_END, line->end ? DAY0 + line->end * CLOCK_MINUTE : 0);
	set_number(&event, FIELD_ID_EVENT_START, line->start ? DAY0 + line->start * CLOCK_MINUTE : 0);
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
	for (size_t n = 0; n < LINES; n++)
		add_line(block, arena, n);
	block_encode(block, &out);
	block_names(block, &names);
	must(store_insert(client, STR("events"), buf_str(&names), STR("t"), buf_str(&out), NULL) == 0);
	/* As a store without tokens would hold it: twice. */
	must(store_insert(client, STR("events"), buf_str(&names), STR("u"), buf_str(&out), NULL) == 0);
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

static int ask(void *context, const struct sql_query *query, struct buf *ret_rows, struct err *ret_err)
{
	(void)context;
	return store_query(client, query, "TabSeparated", ret_rows, NULL, ret_err);
}

static void add_spans(struct buf *out, const char *mark, const struct who_spans *spans)
{
	for (size_t i = 0; i < spans->len; i++) {
		const struct who_span *span = &spans->items[i];

		buf_printf(out, "%s%.*s/%.*s/%.*s %d-%d %s", mark, STR_FMT(span->mac), STR_FMT(span->user),
			   STR_FMT(span->host), span->from ? (int)((span->from - DAY0) / CLOCK_MINUTE) : 0,
			   span->until ? (int)((span->until - DAY0) / CLOCK_MINUTE) : 0,
			   who_end_name(span->end));
		for (size_t k = 0; k < span->evidence_count; k++)
			buf_printf(out, " %d", (int)span->evidence[k]);
		buf_add_char(out, ';');
	}
}

/* "mac/user/host from-until how-it-ended evidence;" of each: mappings begin with >, near ones with ~. */
static void assert_who(const char *what, int port, int from, int to, const char *expected)
{
	struct who_question question;
	struct who_answer answer;
	struct buf out = {0}, json = {0};
	struct err err = {0};

	assert_int_equal(who_parse(str_from(what), &question, &err), 0);
	question.port = port;
	question.from = DAY0 + from * CLOCK_MINUTE;
	question.to = DAY0 + to * CLOCK_MINUTE;
	question.now = DAY0 + CLOCK_DAY;
	if (who_run(&question, ask, NULL, &answer, &err) < 0)
		fail_msg("%s", err.message);
	add_spans(&out, ">", &answer.mappings);
	add_spans(&out, "", &answer.holders);
	add_spans(&out, "~", &answer.near);
	if (!answer.holders.len)
		buf_printf(&out, "%s%zu heard", answer.shared ? "shared, " : "", answer.heard.len);
	if (strcmp(buf_cstr(&out), expected) != 0)
		fail_msg("%s at %d: '%s'", what, from, buf_cstr(&out));
	who_write(&question, &answer, &json);
	assert_int_equal(json.ptr[json.len - 1], '}');
	who_answer_done(&answer);
	buf_done(&out);
	buf_done(&json);
}

static void test_one_moment(void **state)
{
	static const char first[] = "02005e005301/li.na@example.edu.cn/laptop-7 60-150 released 1 2 3 4;";

	(void)state;
	assert_who("10.1.2.3", 0, 60, 60, first);
	assert_who("10.1.2.3", 0, 149, 149, first);
	assert_who("::ffff:10.1.2.3", 0, 149, 149, first);
	assert_who("10.1.2.3", 0, 150, 150,
		   "~02005e005301/li.na@example.edu.cn/laptop-7 60-150 released 1 2 3 4;"
		   "~02005e005302//pc-1 200-260 lease 5;3 heard");
	assert_who("10.1.2.3", 0, 59, 59,
		   "~02005e005301/li.na@example.edu.cn/laptop-7 60-150 released 1 2 3 4;3 heard");
	assert_who("10.1.2.3", 0, 259, 259, "02005e005302//pc-1 200-260 lease 5;");
	assert_who("2001:DB8:0::7", 0, 295, 295, "02005e005303/zhang.san/ 290-400 reassigned 6 7;");
	assert_who("2001:db8::7", 0, 1000, 1000, "02005e005303/wang.wu/ 400-0 no 8;");
	assert_who("10.1.2.4", 0, 490, 490, "/li.na/ 480-500 released 13;");
	assert_who("10.1.2.6", 0, 705, 705, "02005e005306// 700-710 reassigned 16;");
	assert_who("10.1.2.6", 0, 710, 710, "02005e005307// 710-900 lease 17;");
	assert_who("10.9.9.9", 0, 490, 490, "3 heard");
	assert_who("10.9.9.9", 0, -5000, -5000, "0 heard");
}

static void test_a_span(void **state)
{
	(void)state;
	assert_who("10.1.2.3", 0, 100, 220,
		   "02005e005301/li.na@example.edu.cn/laptop-7 60-150 released 1 2 3 4;"
		   "02005e005302//pc-1 200-260 lease 5;");
	assert_who("10.1.2.3", 0, 160, 190, "3 heard");
}

static void test_translated(void **state)
{
	static const char block[] = ">// 65-155 released 9 10;"
				    "02005e005301/li.na@example.edu.cn/laptop-7 60-150 released 1 2 3 4;";

	(void)state;
	assert_who("203.0.113.9", 1024, 100, 100, block);
	assert_who("203.0.113.9", 1100, 100, 100, block);
	assert_who("203.0.113.9", 1151, 100, 100, block);
	assert_who("203.0.113.9", 1152, 100, 100, "3 heard");
	assert_who("203.0.113.9", 0, 100, 100, "shared, 3 heard");
	assert_who("203.0.113.9", 1100, 210, 210,
		   ">// 210-211 reassigned 11;02005e005302//pc-1 200-260 lease 5;");
	assert_who("203.0.113.9", 1100, 215, 215, ">// 211-0 no 12;3 heard");
	assert_who("203.0.113.10", 0, 100, 100,
		   ">// 65-0 no 14;02005e005301/li.na@example.edu.cn/laptop-7 60-150 released 1 2 3 4;");
}

static void test_by_name(void **state)
{
	static const char laptop[] = "02005e005301/li.na@example.edu.cn/laptop-7 60-150 released 1 2 3 4;";

	(void)state;
	assert_who("02-00-5E-00-53-01", 0, 100, 100, laptop);
	assert_who("0200.5e00.5301", 0, 100, 100, laptop);
	assert_who("li.na", 0, 100, 100, laptop);
	assert_who("LI.NA@example.edu.cn", 0, 100, 100, laptop);
	assert_who("EXAMPLE\\li.na", 0, 100, 100, laptop);
	assert_who("Laptop-7.example.edu.cn", 0, 100, 100, laptop);
	assert_who("li.na", 0, 0, 1000,
		   "/Li.Na/ 600-610 lease 15;/li.na/ 480-500 released 13;"
		   "02005e005301/li.na@example.edu.cn/laptop-7 60-150 released 1 2 3 4;");
	assert_who("nobody", 0, 100, 100, "3 heard");
	assert_who("li.na@example.org", 0, 100, 100, "3 heard");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_moment),
		cmocka_unit_test(test_a_span),
		cmocka_unit_test(test_translated),
		cmocka_unit_test(test_by_name),
	};

	if (!getenv("STORE_SERVE") && !getenv("STORE_URL"))
		return SERVE_SKIP;
	return cmocka_run_group_tests(tests, setup, teardown);
}
