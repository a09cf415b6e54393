/* SPDX-License-Identifier: Apache-2.0 */
/* The table of who had an address, against the real engine in a child process. */
#include "serve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "event/block.h"
#include "store/assignments.h"
#include "store/schema.h"

#define DAY0 (INT64_C(20000) * CLOCK_DAY)
#define SET(id, text)               \
	{                           \
		FIELD_ID_##id, text \
	}

/* Events, each with its fields. */
static const struct {
	int day;
	struct {
		enum field_id id;
		const char *text;
	} fields[8];
} events[] = {
	{0,
	 {SET(EVENT_ACTION, "address-assigned"), SET(SOURCE_IP, "10.1.2.3"),
	  SET(SOURCE_MAC, "02-00-5E-00-53-01"), SET(USER_NAME, "EXAMPLE\\Li.Na@example.edu.cn"),
	  SET(SOURCE_DOMAIN, "Laptop-7.example.edu.cn")}},
	{0, {SET(EVENT_ACTION, "login"), SET(SOURCE_IP, "10.1.2.3"), SET(USER_NAME, "li.na")}},
	{1, {SET(EVENT_ACTION, "address-released"), SET(SOURCE_IP, "2001:db8::7"), SET(SOURCE_MAC, "none")}},
	{1,
	 {SET(EVENT_ACTION, "nat-created"), SET(SOURCE_IP, "10.1.2.3"), SET(SOURCE_PORT, "5000"),
	  SET(SOURCE_NAT_IP, "203.0.113.9"), SET(SOURCE_NAT_PORT, "1024"),
	  SET(SOURCE_NAT_PORT_LAST, "1151")}},
	{1,
	 {SET(EVENT_ACTION, "nat-deleted"), SET(SOURCE_IP, "10.1.2.3"), SET(SOURCE_NAT_IP, "203.0.113.10"),
	  SET(USER_NAME, "nobody")}},
	{25,
	 {SET(EVENT_ACTION, "address-assigned"), SET(SOURCE_IP, "10.1.2.4"),
	  SET(USER_NAME, "@example.edu.cn")}},
	{25,
	 {SET(EVENT_ACTION, "address-assigned"), SET(SOURCE_IP, "10.1.2.5"),
	  SET(LABELS_ENVIRONMENT, "drill")}},
};

#define EVENTS (sizeof(events) / sizeof(events[0]))

static const char all_keys[] =
	"host:laptop-7\t1\nip:00000000000000000000FFFF0A010203\t1\n"
	"ip:00000000000000000000FFFF0A010204\t6\nip:20010DB8000000000000000000000007\t3\n"
	"mac:02005e005301\t1\nnat:00000000000000000000FFFFCB007109:16\t4\n"
	"nat:00000000000000000000FFFFCB007109:17\t4\n"
	"nat:00000000000000000000FFFFCB00710A:-\t5\nuser:li.na\t1\n";

struct fixture {
	struct served served;
	struct store_client *client;
	struct buf out, names;
};

static void make_block(struct fixture *f)
{
	struct arena *arena = arena_new(0);
	struct block *block = block_new();

	for (size_t i = 0; i < EVENTS; i++) {
		struct event event;

		event_init(&event, arena);
		event.seq = i + 1;
		event.received = DAY0 + events[i].day * CLOCK_DAY;
		for (size_t k = 0; k < 8 && events[i].fields[k].text; k++)
			must(event_set_text(&event, events[i].fields[k].id,
					    str_from(events[i].fields[k].text)) == 0);
		block_add(block, &event);
	}
	block_encode(block, &f->out);
	block_names(block, &f->names);
	block_free(block);
	arena_free(arena);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	must(f);
	f->client = serve_open(&f->served);
	make_block(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	static const char *const tables[] = {ASSIGNMENTS_VIEW,  ASSIGNMENTS,           "events_minute_view",
					     "hosts_hour_view", "addresses_hour_view", "events"};
	struct fixture *f = *state;
	char sql[128];

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		snprintf(sql, sizeof(sql), "DROP TABLE IF EXISTS %s", tables[i]);
		store_execute(f->client, str_from(sql), NULL);
	}
	if (f->served.pid) {
		serve_end(&f->served, SIGTERM);
		serve_remove_folder(&f->served);
	}
	store_client_close(f->client);
	buf_done(&f->out);
	buf_done(&f->names);
	free(f);
	return 0;
}

static void prepare(struct fixture *f)
{
	struct err err = {0};

	if (store_prepare(f->client, &err) < 0)
		fail_msg("%s", err.message);
}

static void insert(struct fixture *f, const char *token)
{
	struct err err = {0};

	if (store_insert(f->client, STR(SCHEMA_EVENTS), buf_str(&f->names), str_from(token), buf_str(&f->out),
			 &err) < 0)
		fail_msg("%s", err.message);
}

static char *ask(struct fixture *f, const char *sql)
{
	return serve_ask(f->client, sql);
}

static void test_each_event_under_its_keys(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	insert(f, "one");
	assert_string_equal(ask(f, "SELECT key, seq FROM address_assignments ORDER BY key, seq"), all_keys);
	assert_string_equal(
		ask(f,
		    "SELECT action, mac, user, host, nat_port, nat_port_last, port FROM address_assignments "
		    "WHERE key IN ('ip:00000000000000000000FFFF0A010203', "
		    "'nat:00000000000000000000FFFFCB007109:17') ORDER BY key"),
		"address-assigned\t02005e005301\tEXAMPLE\\\\Li.Na@example.edu.cn\tLaptop-7.example.edu."
		"cn\t0\t0\t0\n"
		"nat-created\t\t\t\t1024\t1151\t5000\n");
}

/* The second time everything is recognised by its token, also where the view was not there the first time;
   what a store without tokens holds twice is gone with the next merge. */
static void test_a_repeated_insert_counts_once(void **state)
{
	struct fixture *f = *state;
	unsigned version;

	prepare(f);
	insert(f, "one");
	insert(f, "one");
	must(store_version(f->client, &version, NULL) == 0);
	if (version >= VERSION_TOKENS)
		assert_string_equal(ask(f, "SELECT count() FROM address_assignments"), "9\n");
	insert(f, "two");
	assert_string_equal(ask(f, "SELECT count() FROM address_assignments FINAL"), "9\n");
}

static void test_a_store_from_before_is_filled(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	store_execute(f->client, STR("DROP TABLE " ASSIGNMENTS_VIEW), NULL);
	insert(f, "one"); /* before the table was known */
	assert_string_equal(ask(f, "SELECT count() FROM address_assignments"), "0\n");
	prepare(f);
	assert_string_equal(ask(f, "SELECT key, seq FROM address_assignments ORDER BY key, seq"), all_keys);
	prepare(f); /* not once more */
	assert_string_equal(ask(f, "SELECT count() FROM address_assignments"), "9\n");
	insert(f, "one"); /* the batch that was cut short by the upgrade */
	assert_string_equal(ask(f, "SELECT count() FROM address_assignments FINAL"), "9\n");
}

/* Of ten days at once, when all ten are over. */
static void test_retention(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};

	prepare(f);
	insert(f, "one");
	assert_int_equal(store_retain(f->client, 1, DAY0 + 10 * CLOCK_DAY, &err), 0);
	assert_string_equal(ask(f, "SELECT count() FROM address_assignments"), "9\n");
	assert_int_equal(store_retain(f->client, 1, DAY0 + 11 * CLOCK_DAY, &err), 0);
	assert_string_equal(ask(f, "SELECT count() FROM address_assignments"), "1\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_event_under_its_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_repeated_insert_counts_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_store_from_before_is_filled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_retention, setup, teardown),
	};

	if (!getenv("STORE_SERVE") && !getenv("STORE_URL"))
		return SERVE_SKIP;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
