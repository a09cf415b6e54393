/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox: each key once, tries with growing pauses until patience ends, secrets gone when it is over,
 * again by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "notify/outbox.h"

#define T0 INT64_C(1795000000000000)

static char folder[64], path[80];
static struct db *db;
static struct db_tx *tx;

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&notify_schema};

	(void)state;
	strcpy(folder, "/tmp/wl-outbox-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	assert_int_equal(db_open(path, schemas, 1, &db, NULL), 0);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return 0;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	assert_int_equal(db_end(tx, 0), 0);
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static struct outbox_message make(const char *key)
{
	return (struct outbox_message){.key = str_from(key),
				       .channel = STR("mail"),
				       .kind = STR("test"),
				       .to = STR("li@example.org"),
				       .subject = STR("主题"),
				       .text = STR("text"),
				       .link = STR("https://h/reply#secret"),
				       .file_name = STR("a.pdf"),
				       .file_type = STR("application/pdf"),
				       .file = STR("%PDF")};
}

static void add(const char *key, int64_t not_before)
{
	struct outbox_message message = make(key);

	message.not_before = not_before;
	assert_int_equal(outbox_add(tx, &message, T0), 1);
}

static int see(void *context, const struct outbox_row *row)
{
	snprintf(context, 200, "%.*s %s %u %.*s %.*s %zu", STR_FMT(row->message.key),
		 outbox_state_name(row->state), row->tries, STR_FMT(row->error), STR_FMT(row->message.link),
		 row->message.file.len);
	return 0;
}

static int see_id(void *context, const struct outbox_row *row)
{
	*(int64_t *)context = row->id;
	return 0;
}

static int64_t next(int64_t now)
{
	int64_t id = 0;
	int r = outbox_next(tx, now, see_id, &id);

	assert_int_equal(r, id != 0);
	return id;
}

static void test_key_is_taken_once(void **state)
{
	struct outbox_message message = make("a");

	(void)state;
	assert_int_equal(outbox_add(tx, &message, T0), 1);
	assert_int_equal(outbox_add(tx, &message, T0 + 1), 0);
	assert_int_equal(outbox_sent(tx, next(T0), T0), 0);
	assert_int_equal(outbox_add(tx, &message, T0 + 2), 0); /* sent is not forgotten */
	assert_int_equal(next(T0 + CLOCK_DAY), 0);
}

static void test_limits(void **state)
{
	struct outbox_message message = make("a");
	char *large = calloc(1, OUTBOX_FILE_MAX + 1);

	(void)state;
	assert_non_null(large);
	message.file = str_of(large, OUTBOX_FILE_MAX + 1);
	assert_int_equal(outbox_add(tx, &message, T0), ERR_LIMIT);
	message = make("");
	assert_int_equal(outbox_add(tx, &message, T0), ERR_LIMIT);
	message = make("b");
	message.text = str_of(large, OUTBOX_TEXT_MAX + 1);
	assert_int_equal(outbox_add(tx, &message, T0), ERR_LIMIT);
	free(large);
}

static void test_order_and_time(void **state)
{
	char text[200];

	(void)state;
	add("late", T0 + CLOCK_HOUR);
	add("now", 0);
	assert_int_equal(outbox_next(tx, T0, see, text), 1);
	assert_string_equal(text, "now waiting 0  https://h/reply#secret 4");
	assert_int_equal(outbox_sent(tx, next(T0), T0), 0);
	assert_int_equal(next(T0 + CLOCK_HOUR - 1), 0);
	assert_int_not_equal(next(T0 + CLOCK_HOUR), 0);
}

static void test_pauses(void **state)
{
	(void)state;
	assert_int_equal(outbox_pause(0), CLOCK_MINUTE);
	assert_int_equal(outbox_pause(3), 8 * CLOCK_MINUTE);
	assert_int_equal(outbox_pause(8), 256 * CLOCK_MINUTE);
	assert_int_equal(outbox_pause(9), 6 * CLOCK_HOUR);
	assert_int_equal(outbox_pause(4000000000u), 6 * CLOCK_HOUR);
}

/* A peer that is dead for good: so many tries, and none behind three days. */
static void test_gives_up(void **state)
{
	int64_t now = T0, id, last = T0;
	unsigned tries = 0;
	char text[200];

	(void)state;
	add("dead", 0);
	for (; now < T0 + 10 * CLOCK_DAY; now += CLOCK_MINUTE) {
		id = next(now);
		if (!id)
			continue;
		tries++;
		last = now;
		assert_int_equal(outbox_failed(tx, id, false, STR("no answer"), now), 0);
	}
	assert_in_range(tries, 18, 22);
	assert_in_range(last, T0 + 2 * CLOCK_DAY, T0 + OUTBOX_PATIENCE);
	assert_int_equal(outbox_get(tx, 1, see, text), 0);
	assert_true(strstr(text, "dead failed") && strstr(text, "no answer https://h/reply#secret 4"));
}

static void test_for_good(void **state)
{
	char text[200];

	(void)state;
	add("no", 0);
	assert_int_equal(outbox_failed(tx, next(T0), true, STR("550 no such user"), T0), 0);
	assert_int_equal(outbox_get(tx, 1, see, text), 0);
	assert_string_equal(text, "no failed 1 550 no such user https://h/reply#secret 4");
	assert_int_equal(outbox_failed(tx, 1, false, STR("again"), T0), 0); /* it is over */
	assert_int_equal(outbox_sent(tx, 1, T0), 0);
	assert_int_equal(outbox_get(tx, 1, see, text), 0);
	assert_string_equal(text, "no failed 1 550 no such user https://h/reply#secret 4");
}

static void test_rest_is_no_try(void **state)
{
	char text[200];

	(void)state;
	add("a", 0);
	assert_int_equal(outbox_rest(tx, STR("mail"), T0 + CLOCK_MINUTE), 0);
	assert_int_equal(next(T0), 0);
	assert_int_equal(outbox_next(tx, T0 + CLOCK_MINUTE, see, text), 1);
	assert_true(strstr(text, "waiting 0") != NULL);
	assert_int_equal(outbox_rest(tx, STR("robot"), T0 + CLOCK_DAY), 0);
	assert_int_not_equal(next(T0 + CLOCK_MINUTE), 0);
}

static int see_list(void *context, const struct outbox_row *row)
{
	strncat(context, row->message.key.ptr, row->message.key.len);
	strcat(context, " ");
	assert_int_equal(row->message.text.len + row->message.link.len + row->message.file.len, 0);
	return 0;
}

static void test_spread_and_list(void **state)
{
	struct outbox_message message = make("alert/1");
	const struct str channels[] = {STR("duty"), STR("it")};
	struct outbox_filter filter = {.limit = 2};
	char text[200] = "";
	int64_t cursor = -1;

	(void)state;
	message.channel = (struct str){0};
	assert_int_equal(outbox_add(tx, &message, T0), 1);
	assert_int_equal(outbox_spread(tx, next(T0), channels, 2, T0), 0);
	assert_int_equal(outbox_list(tx, &filter, see_list, text, &cursor), 0);
	assert_string_equal(text, "alert/1@it alert/1@duty ");
	filter.cursor = cursor;
	text[0] = 0;
	assert_int_equal(outbox_list(tx, &filter, see_list, text, &cursor), 0);
	assert_string_equal(text, "alert/1 ");
	assert_int_equal(cursor, 0);
	filter = (struct outbox_filter){.limit = 9, .states = 1u << OUTBOX_WAITING, .channel = STR("it")};
	text[0] = 0;
	assert_int_equal(outbox_list(tx, &filter, see_list, text, &cursor), 0);
	assert_string_equal(text, "alert/1@it ");
	assert_int_equal(outbox_add(tx, &message, T0), 0);
}

static void test_cancel_and_prune(void **state)
{
	char text[200];

	(void)state;
	add("case%/1", 0);
	add("case_/1", 0);
	assert_int_equal(outbox_cancel(tx, STR("case%"), STR("withdrawn"), T0), 1);
	assert_int_equal(outbox_get(tx, 1, see, text), 0);
	assert_string_equal(text, "case%/1 dropped 0 withdrawn  0");
	assert_int_equal(outbox_prune(tx, T0 + 1), 1);
	assert_int_equal(outbox_get(tx, 1, see, text), ERR_END);
	assert_int_equal(outbox_get(tx, 2, see, text), 0);
}

/* What failed goes out again with all that belonged to it, for a week; then it is forgotten. */
static void test_again(void **state)
{
	char text[200];

	(void)state;
	add("a", 0);
	assert_int_equal(outbox_failed(tx, next(T0), true, STR("no"), T0), 0);
	assert_int_equal(outbox_resend(tx, 1, T0 + CLOCK_DAY), 0);
	assert_int_equal(outbox_next(tx, T0 + CLOCK_DAY, see, text), 1);
	assert_string_equal(text, "a waiting 0 no https://h/reply#secret 4");
	/* Patience begins anew. */
	assert_int_equal(outbox_failed(tx, 1, false, STR("no"), T0 + CLOCK_DAY), 0);
	assert_int_equal(outbox_expire(tx, T0 + OUTBOX_PATIENCE + 1), 0);
	assert_int_equal(next(T0 + CLOCK_DAY), 0);
	/* What waits for another try goes sooner. */
	assert_int_equal(outbox_resend(tx, 1, T0 + CLOCK_DAY), 0);
	assert_int_equal(next(T0 + CLOCK_DAY), 1);
	assert_int_equal(outbox_failed(tx, 1, true, STR("no"), T0 + CLOCK_DAY), 0);
	assert_int_equal(outbox_forget(tx, T0 + CLOCK_DAY), 0);
	assert_int_equal(outbox_forget(tx, T0 + CLOCK_DAY + 1), 1);
	assert_int_equal(outbox_get(tx, 1, see, text), 0);
	assert_string_equal(text, "a failed 2 no  0");
	assert_int_equal(outbox_resend(tx, 1, T0 + 2 * CLOCK_DAY), ERR_RANGE);
	assert_int_equal(outbox_resend_all(tx, STR("mail"), T0 + 2 * CLOCK_DAY), 0);
	assert_int_equal(outbox_resend(tx, 2, T0), ERR_END);
	add("b", 0);
	assert_int_equal(outbox_sent(tx, 2, T0), 0);
	assert_int_equal(outbox_resend(tx, 2, T0), ERR_REFUSED);
	assert_int_equal(outbox_drop(tx, 2, T0), ERR_REFUSED);
}

static void test_all_and_drop(void **state)
{
	struct outbox_filter filter = {.limit = 9, .undelivered = true};
	char text[200] = "";
	int64_t cursor;

	(void)state;
	add("a/1", 0);
	add("a/2", 0);
	add("b/1", 0);
	add("new", 0);
	assert_int_equal(outbox_failed(tx, 1, true, STR("no"), T0), 0);
	assert_int_equal(outbox_failed(tx, 2, false, STR("later"), T0), 0);
	assert_int_equal(outbox_failed(tx, 3, true, STR("no"), T0), 0);
	assert_int_equal(outbox_list(tx, &filter, see_list, text, &cursor), 0);
	assert_string_equal(text, "b/1 a/2 a/1 ");
	assert_int_equal(outbox_drop(tx, 3, T0), 0);
	assert_int_equal(outbox_get(tx, 3, see, text), 0);
	assert_string_equal(text, "b/1 dropped 1 no  0");
	assert_int_equal(outbox_resend(tx, 3, T0), ERR_REFUSED);
	assert_int_equal(outbox_resend_all(tx, STR("robot"), T0), 0);
	assert_int_equal(outbox_resend_all(tx, STR("mail"), T0), 2);
	/* What is withdrawn does not come back, failed or not. */
	assert_int_equal(outbox_failed(tx, 1, true, STR("no"), T0), 0);
	assert_int_equal(outbox_cancel(tx, STR("a/"), STR("withdrawn"), T0), 2);
	assert_int_equal(outbox_resend_all(tx, (struct str){0}, T0), 0);
}

static void test_a_channel_tells_how_it_does(void **state)
{
	struct outbox_channel channel;
	int64_t id;

	(void)state;
	assert_int_equal(outbox_channel_read(tx, STR("mail"), &channel), 0);
	assert_true(!channel.sent && !channel.failed && !channel.waiting && !channel.error[0]);
	add("a", 0);
	add("b", 0);
	add("c", 0);
	assert_int_equal(db_get_integer(tx, "SELECT id FROM outbox WHERE key = 'a'", DB_NONE, &id), 1);
	assert_int_equal(outbox_sent(tx, id, T0 + 1), 0);
	assert_int_equal(outbox_failed(tx, id + 1, true, STR("no such robot"), T0 + 2), 0);
	assert_int_equal(outbox_channel_read(tx, STR("mail"), &channel), 0);
	assert_int_equal(channel.sent, T0 + 1);
	assert_int_equal(channel.failed, T0 + 2);
	assert_int_equal(channel.waiting, 1);
	assert_string_equal(channel.error, "no such robot");
	assert_int_equal(outbox_channel_read(tx, STR("other"), &channel), 0);
	assert_true(!channel.sent && !channel.waiting);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_key_is_taken_once),
		CASE(test_limits),
		CASE(test_order_and_time),
		CASE(test_pauses),
		CASE(test_gives_up),
		CASE(test_for_good),
		CASE(test_rest_is_no_try),
		CASE(test_spread_and_list),
		CASE(test_cancel_and_prune),
		CASE(test_a_channel_tells_how_it_does),
		CASE(test_again),
		CASE(test_all_and_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
