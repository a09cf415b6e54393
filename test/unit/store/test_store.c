/* SPDX-License-Identifier: Apache-2.0 */
/* The client and the tables against the real engine in a child process. */
#include <errno.h>

#include "serve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "event/block.h"
#include "store/schema.h"

#define DAY0 (INT64_C(20000) * CLOCK_DAY)
#define THICK_PARTS 60

struct fixture {
	struct served served;
	struct store_client *client;
	struct arena *arena;
	struct block *block;
	struct buf out, names;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	must(f);
	serve_make_folder(&f->served);
	serve_start(&f->served);
	f->client = serve_client(&f->served);
	f->arena = arena_new(0);
	f->block = block_new();
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	serve_end(&f->served, SIGTERM);
	serve_remove_folder(&f->served);
	store_client_close(f->client);
	block_free(f->block);
	arena_free(f->arena);
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

/* count events from seq on; received spreads over the given number of days. */
static void make_block(struct fixture *f, uint64_t seq, unsigned count, unsigned days)
{
	block_clear(f->block);
	buf_clear(&f->out);
	buf_clear(&f->names);
	for (unsigned i = 0; i < count; i++) {
		struct event event;

		event_init(&event, f->arena);
		event.seq = seq + i;
		event.received = DAY0 + i % days * CLOCK_DAY;
		event_set_text(&event, FIELD_ID_EVENT_DATASET, STR("test"));
		event_set_text(&event, FIELD_ID_USER_NAME, STR("it's\t\\ \xff"));
		event_set_text(&event, FIELD_ID_SOURCE_IP, i % 2 ? STR("192.0.2.7") : STR("2001:db8::7"));
		event_set_text(&event, FIELD_ID_MESSAGE, arena_printf(f->arena, "line\n%u", i));
		event_add_attr(&event, STR("LogonId"), 1, value_string(arena_printf(f->arena, "0x%x", i)), 0);
		block_add(f->block, &event);
	}
	block_encode(f->block, &f->out);
	block_names(f->block, &f->names);
}

static int insert(struct fixture *f, const char *token, struct err *err)
{
	return store_insert(f->client, STR(SCHEMA_EVENTS), buf_str(&f->names), str_from(token),
			    buf_str(&f->out), err);
}

static void must_insert(struct fixture *f, const char *token)
{
	struct err err = {0};

	if (insert(f, token, &err) < 0)
		fail_msg("%s", err.message);
}

static char *ask(struct fixture *f, const char *sql)
{
	return serve_ask(f->client, sql);
}

static void test_block_is_read_by_the_engine(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	make_block(f, 100, 5, 1);
	must_insert(f, "a");
	assert_string_equal(
		ask(f, "SELECT seq, time, timestamp, user_name, hex(source_ip), source_ip_text, message, "
		       "attr_keys, attr_values, host_name, process_pid FROM events WHERE seq = 103"),
		"103\t1728000000000000\t2024-10-04 00:00:00.000000\tit\\'s\\t\\\\ \xff\t"
		"00000000000000000000FFFFC0000207\t192.0.2.7\tline\\n3\t['LogonId']\t['0x3']\t\t0\n");
	assert_string_equal(ask(f, "SELECT source_ip_text, destination_ip_text FROM events WHERE seq = 102"),
			    "2001:db8::7\t\n");
}

static void test_token_counts_once(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	make_block(f, 1, 10, 1);
	must_insert(f, "one");
	must_insert(f, "one");
	assert_string_equal(ask(f, "SELECT count(), uniqExact(seq) FROM events"), "10\t10\n");
	make_block(f, 11, 10, 3); /* three partitions in one block */
	must_insert(f, "two");
	must_insert(f, "two");
	assert_string_equal(ask(f, "SELECT count(), uniqExact(seq) FROM events"), "20\t20\n");
	serve_end(&f->served, SIGTERM);
	serve_start(&f->served);
	must_insert(f, "two");
	assert_string_equal(ask(f, "SELECT count(), uniqExact(seq) FROM events"), "20\t20\n");
	must_insert(f, "three"); /* the same rows under another token are another batch */
	assert_string_equal(ask(f, "SELECT count(), uniqExact(seq) FROM events"), "30\t20\n");
	assert_string_equal(ask(f, "SELECT sum(events) FROM events_minute"), "30\n");
}

struct gate {
	struct fixture *f;
	bool open;
	unsigned asked;
};

/* Nothing is there yet while the block waits; what else is asked is answered meanwhile. */
static bool may_insert(void *context)
{
	struct gate *gate = context;

	gate->asked++;
	assert_string_equal(ask(gate->f, "SELECT count() FROM events"), "0\n");
	return gate->open;
}

/* In pieces, one of them empty. */
static int insert_ahead(struct fixture *f, struct store_client *client, const char *token, struct gate *gate)
{
	const struct store_gate asked = {gate, may_insert};
	struct str block = buf_str(&f->out);
	const struct str pieces[] = {str_head(block, 1),
				     {0},
				     str_head(str_from_offset(block, 1), block.len - 2),
				     str_from_offset(block, block.len - 1)};
	const struct store_insertion insertion = {
		.table = STR(SCHEMA_EVENTS),
		.columns = buf_str(&f->names),
		.token = str_from(token),
		.pieces = pieces,
		.piece_count = sizeof(pieces) / sizeof(pieces[0]),
		.gate = &asked,
	};

	return store_insert_pieces(client, &insertion, NULL);
}

static void test_block_ahead_waits_for_its_gate(void **state)
{
	struct fixture *f = *state;
	struct store_client *client = serve_client(&f->served);
	struct gate shut = {f, false, 0}, open = {f, true, 0};

	prepare(f);
	make_block(f, 1, 30000, 1); /* more than a socket takes at once */
	assert_int_equal(insert_ahead(f, client, "one", &shut), -ECANCELED);
	assert_int_equal(shut.asked, 1);
	assert_string_equal(ask(f, "SELECT count() FROM events"), "0\n");
	assert_int_equal(insert_ahead(f, client, "one", &open), 0);
	assert_int_equal(open.asked, 1);
	assert_string_equal(ask(f, "SELECT count(), uniqExact(seq) FROM events"), "30000\t30000\n");
	must_insert(f, "one"); /* the same batch in the plain way, and with a client that has sent ahead */
	assert_int_equal(store_insert(client, STR(SCHEMA_EVENTS), buf_str(&f->names), STR("one"),
				      buf_str(&f->out), NULL),
			 0);
	assert_string_equal(ask(f, "SELECT count() FROM events"), "30000\n");
	store_client_close(client);
}

static void test_rollups_follow(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	make_block(f, 1, 10, 2);
	must_insert(f, "one");
	assert_string_equal(
		ask(f,
		    "SELECT day, dataset, sum(events) FROM events_minute GROUP BY day, dataset ORDER BY day"),
		"20000\ttest\t5\n20001\ttest\t5\n");
	assert_string_equal(ask(f, "SELECT count(), sum(events) FROM addresses_hour"), "2\t10\n");
}

/* As after a death between the events' part and the roll-up's: the retry adds what is missing, no more. */
static void test_retry_completes_rollups(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	assert_int_equal(store_execute(f->client, STR("DROP TABLE hosts_hour_view"), NULL), 0);
	make_block(f, 1, 10, 2);
	must_insert(f, "one");
	assert_string_equal(ask(f, "SELECT sum(events) FROM hosts_hour"), "0\n");
	prepare(f);
	must_insert(f, "one");
	must_insert(f, "one");
	assert_string_equal(ask(f, "SELECT sum(events) FROM hosts_hour"), "10\n");
	assert_string_equal(ask(f, "SELECT sum(events) FROM events_minute"), "10\n");
	assert_string_equal(ask(f, "SELECT count() FROM events"), "10\n");
}

static void test_retention_drops_days(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};

	prepare(f);
	make_block(f, 1, 30, 3);
	must_insert(f, "one");
	assert_int_equal(store_retain(f->client, 1, DAY0 + 2 * CLOCK_DAY + 5, &err), 0);
	assert_string_equal(ask(f, "SELECT count(), min(received) FROM events"), "20\t1728086400000000\n");
	assert_string_equal(ask(f, "SELECT sum(events) FROM events_minute"), "20\n");
}

static void test_upgrade_adds_columns(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};

	prepare(f);
	make_block(f, 1, 5, 1);
	must_insert(f, "one");
	assert_int_equal(store_execute(f->client,
				       STR("ALTER TABLE events DROP COLUMN email_subject, "
					   "DROP COLUMN host_ip_text, DROP COLUMN host_ip"),
				       &err),
			 0);
	prepare(f);
	prepare(f);
	assert_string_equal(
		ask(f, "SELECT count() FROM events WHERE email_subject = '' AND host_ip_text = ''"), "5\n");
}

/* Text of a part just inserted is packed quickly, and well once it has been merged; the same in a store from
   before, whose columns named their codecs and whose rows stay as they are. */
static void test_upgrade_leaves_packing_to_merges(void **state)
{
	static const char codecs[] =
		"SELECT name, compression_codec FROM system.columns WHERE table = 'events' "
		"AND name IN ('seq', 'message', 'host_name') ORDER BY name";
	static const char parts[] = "SELECT default_compression_codec, sum(rows) FROM system.parts "
				    "WHERE active AND table = 'events' GROUP BY 1";
	struct fixture *f = *state;
	struct err err = {0};

	prepare(f);
	assert_int_equal(store_execute(f->client,
				       STR("ALTER TABLE events MODIFY COLUMN message CODEC(ZSTD(3)), "
					   "MODIFY COLUMN seq CODEC(Delta, ZSTD), "
					   "MODIFY COLUMN host_name REMOVE CODEC"),
				       &err),
			 0);
	make_block(f, 1, 5, 1);
	must_insert(f, "one");
	prepare(f);
	prepare(f);
	assert_string_equal(ask(f, codecs), "host_name\tCODEC(LZ4)\nmessage\tCODEC(Default)\n"
					    "seq\tCODEC(Delta(8), Default)\n");
	must_insert(f, "one");
	make_block(f, 6, 5, 1);
	must_insert(f, "two");
	assert_string_equal(ask(f, parts), "LZ4\t10\n");
	assert_int_equal(store_execute(f->client, STR("OPTIMIZE TABLE events FINAL"), &err), 0);
	assert_string_equal(ask(f, parts), "ZSTD(3)\t10\n");
	assert_string_equal(ask(f, "SELECT count() FROM events WHERE message LIKE 'line\\n%'"), "10\n");
}

static void test_bound_values(void **state)
{
	struct fixture *f = *state;
	struct sql_query query = {0};
	struct buf out = {0};
	struct err err = {0};
	struct str hostile = STR("'; DROP TABLE events; -- \\ \t\n\r\b\f %_ 望楼 +&=#");

	buf_add_str(&query.sql, STR("SELECT "));
	sql_bind_text(&query, hostile);
	buf_add_str(&query.sql, STR(" AS a, hex("));
	sql_bind_ip(&query, (const uint8_t *)"\0\n\t'\\\xff\0\0\0\0\0\0\0\0\0\1");
	buf_add_str(&query.sql, STR("), "));
	sql_bind_integer(&query, INT64_MIN);
	buf_add_str(&query.sql, STR(", "));
	sql_bind_double(&query, 0.1);
	buf_add_str(&query.sql, STR(", length("));
	sql_bind_text(&query, STR(""));
	buf_add_str(&query.sql, STR(")"));
	if (store_query(f->client, &query, "TabSeparatedRaw", &out, NULL, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(strncmp(buf_cstr(&out), hostile.ptr, hostile.len), 0);
	assert_string_equal(out.ptr + hostile.len,
			    "\t000A09275CFF00000000000000000001\t-9223372036854775808\t0.1\t0\n");
	buf_done(&out);
	sql_query_done(&query);
}

/* More than an URL takes. */
static void test_many_bound_values(void **state)
{
	struct fixture *f = *state;
	struct sql_query query = {0};
	struct buf out = {0};
	struct err err = {0};
	const struct str hostile = STR("'; DROP TABLE events; -- \\ \t\n {p1:String} 望楼 +&=#");

	buf_add_str(&query.sql, STR("SELECT count(), any(x) FROM (SELECT arrayJoin(["));
	for (int i = 0; i < 600; i++) {
		buf_add_str(&query.sql, i ? STR(", ") : STR(""));
		sql_bind_text(&query, hostile);
	}
	buf_add_str(&query.sql, STR("]) AS x) WHERE x = "));
	sql_bind_text(&query, hostile);
	if (store_query(f->client, &query, "TabSeparatedRaw", &out, NULL, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(out.len, 4 + hostile.len + 1);
	assert_int_equal(memcmp(out.ptr, "600\t", 4), 0);
	assert_int_equal(memcmp(out.ptr + 4, hostile.ptr, hostile.len), 0);
	buf_done(&out);
	sql_query_done(&query);
}

static void assert_query_refused(struct fixture *f, const char *sql, const char *part)
{
	struct sql_query query = {0};
	struct buf out = {0};
	struct err err = {0};

	buf_add_str(&query.sql, str_from(sql));
	assert_int_equal(store_query(f->client, &query, "TabSeparated", &out, NULL, &err), ERR_REFUSED);
	if (!strstr(err.message, part))
		fail_msg("%s: %s", sql, err.message);
	assert_int_equal(out.len, 0);
	buf_done(&out);
	sql_query_done(&query);
}

static void test_queries_are_read_only(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	assert_query_refused(f, "DROP TABLE events", "Code: 164");
	assert_query_refused(f, "SELECT * FROM file('/etc/passwd', 'LineAsString')", "Code: 497");
	assert_query_refused(f, "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString', 'a String')",
			     "Code: 164");
	assert_query_refused(f, "SELECT * FROM remote('127.0.0.1', 'system', 'one')", "Code: 164");
	assert_query_refused(f, "SELECT * FROM sqlite('/tmp/x', 't')", "Code: 164");
	assert_query_refused(f, "SELECT * FROM `/etc/passwd`", "Code: 164");
	assert_query_refused(f, "SELECT nonsense FROM events", "Code: 47");
	assert_query_refused(f, "SELEKT 1", "Code: ");
	assert_string_equal(ask(f, "SELECT count() FROM events"), "0\n");
}

static int take_piece(void *context, struct str piece)
{
	buf_add_str(context, piece);
	return 0;
}

/* The engine forgets a stream whose answer has no rows; the header must still come, and no error. */
static void test_streams_without_rows_end_well(void **state)
{
	static const char *const expected[][2] = {
		{"TSVWithNames", "seq\n"}, {"JSONEachRow", ""}, {"CSV", ""}};
	struct fixture *f = *state;

	prepare(f);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct sql_query query = {0};
		struct buf out = {0};
		struct err err = {0};

		buf_add_str(&query.sql, STR("SELECT seq FROM events WHERE seq = 0"));
		if (store_query_stream(f->client, &query, expected[i][0], take_piece, &out, NULL, &err) < 0)
			fail_msg("%s: %s", expected[i][0], err.message);
		assert_string_equal(buf_cstr(&out), expected[i][1]);
		buf_done(&out);
		sql_query_done(&query);
	}
}

static int count_parts(struct fixture *f)
{
	return atoi(ask(f, "SELECT count() FROM system.parts WHERE active AND table = '" SCHEMA_EVENTS "'"));
}

/* A part for each block, which merges would make a few of at once; when it is over they do. */
static void test_merges_wait_while_inserts_come_thick(void **state)
{
	const int64_t limit = clock_monotonic() + 60 * CLOCK_SECOND;
	struct fixture *f = *state;
	char token[32];

	prepare(f);
	for (unsigned i = 0; count_parts(f) < THICK_PARTS; i++) {
		assert_true(clock_monotonic() < limit);
		make_block(f, 1 + i * 100, 100, 1);
		snprintf(token, sizeof(token), "%u", i);
		must_insert(f, token);
	}
	while (count_parts(f) > THICK_PARTS / 4) {
		assert_true(clock_monotonic() < limit);
		usleep(100000);
	}
}

static void test_folder_has_one_holder(void **state)
{
	struct fixture *f = *state;
	char command[256];
	FILE *said;
	char line[256] = {0};

	snprintf(command, sizeof(command), "%s %s/data unix:%s/other 2>&1", getenv("STORE_SERVE"),
		 f->served.folder, f->served.folder);
	said = popen(command, "r");
	assert_non_null(fgets(line, sizeof(line), said));
	assert_non_null(strstr(line, "another process holds the store"));
	assert_int_not_equal(pclose(said), 0);
}

static void test_absent_store_is_said(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};

	serve_end(&f->served, SIGTERM);
	assert_int_equal(store_execute(f->client, STR("SELECT 1"), &err), -ECONNREFUSED);
	serve_start(&f->served);
	assert_int_equal(store_execute(f->client, STR("SELECT 1"), &err), 0);
}

#define KILL_ROUNDS 6
#define KILL_BLOCKS 4

/* The store dies at any moment; whoever sends tries again under the same token until it is acknowledged. */
static void test_kill_loses_and_doubles_nothing(void **state)
{
	struct fixture *f = *state;
	uint64_t seq = 1;
	char expected[64], token[32];

	prepare(f);
	for (int round = 0; round < KILL_ROUNDS; round++) {
		pid_t killer = fork();

		if (killer == 0) {
			usleep((useconds_t)(20000 + round * 35000));
			kill(f->served.pid, SIGKILL);
			_exit(0);
		}
		for (int i = 0; i < KILL_BLOCKS; i++, seq += 500) {
			make_block(f, seq, 500, 2);
			snprintf(token, sizeof(token), "%llu", (unsigned long long)seq);
			while (insert(f, token, NULL) < 0)
				if (waitpid(f->served.pid, NULL, WNOHANG) == f->served.pid)
					serve_start(&f->served);
		}
		waitpid(killer, NULL, 0);
		if (waitpid(f->served.pid, NULL, WNOHANG) == f->served.pid || kill(f->served.pid, 0) < 0)
			serve_start(&f->served);
	}
	snprintf(expected, sizeof(expected), "%llu\t%llu\n", (unsigned long long)(seq - 1),
		 (unsigned long long)(seq - 1));
	assert_string_equal(ask(f, "SELECT count(), uniqExact(seq) FROM events"), expected);
	snprintf(expected, sizeof(expected), "%llu\n", (unsigned long long)(seq - 1));
	assert_string_equal(ask(f, "SELECT sum(events) FROM events_minute"), expected);
}

int main(void)
{
	if (!getenv("STORE_SERVE")) {
		puts("skipped: built without the embedded engine");
		return SERVE_SKIP;
	}
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_block_is_read_by_the_engine),
		TEST(test_token_counts_once),
		TEST(test_block_ahead_waits_for_its_gate),
		TEST(test_rollups_follow),
		TEST(test_retry_completes_rollups),
		TEST(test_retention_drops_days),
		TEST(test_upgrade_adds_columns),
		TEST(test_upgrade_leaves_packing_to_merges),
		TEST(test_bound_values),
		TEST(test_many_bound_values),
		TEST(test_queries_are_read_only),
		TEST(test_streams_without_rows_end_well),
		TEST(test_merges_wait_while_inserts_come_thick),
		TEST(test_folder_has_one_holder),
		TEST(test_absent_store_is_said),
		TEST(test_kill_loses_and_doubles_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
