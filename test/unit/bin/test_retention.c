/* SPDX-License-Identifier: Apache-2.0 */
/* What of the sealed journal goes: a table of archives, policies and disks. And where policies come from. */
#include "bin/retention_config.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "event/listener.h"

#define NOW (INT64_C(1800000000) * CLOCK_SECOND)
#define ALL UINT32_MAX
#define SEGMENTS_MAX 5

/* --- the decision -------------------------------------------------------------------------------------- */

struct segment {
	long days; /* old is its newest record; 0: no more segments */
	enum journal_segment_state state;
	uint64_t bytes, class_bytes[3]; /* classes: other, audit, web */
};

struct expected {
	uint64_t segment; /* 1 is the oldest */
	uint32_t classes;
	enum retention_cause cause;
	bool by_override;
};

struct decision {
	const char *name;
	struct {
		long days; /* of class other */
		uint64_t size;
		unsigned web_share;
		uint64_t used; /* of a disk of 1000 */
	} given;
	struct retention_override override;
	struct segment segments[SEGMENTS_MAX];
	struct expected expected[SEGMENTS_MAX];
};

/* clang-format off */
#define SEALED(age, size) {age, JOURNAL_SEALED, size, {size}}
#define NO_OVERRIDE {.days = RETENTION_LEAST_DAYS}
/* clang-format on */

static const struct decision decisions[] = {
	{"nothing is due", {190, 0, 0, 100}, NO_OVERRIDE, {SEALED(190, 10), SEALED(1, 10)}, {{0}}},
	{"by age",
	 {190, 0, 0, 100},
	 NO_OVERRIDE,
	 {SEALED(191, 10), SEALED(189, 10)},
	 {{1, ALL, RETENTION_AGE}}},
	{"a setting below the law's minimum deletes nothing before it",
	 {30, 0, 0, 100},
	 NO_OVERRIDE,
	 {SEALED(181, 10), SEALED(179, 10), SEALED(31, 10)},
	 {{1, ALL, RETENTION_AGE}}},
	{"with an override it does, and says so",
	 {30, 0, 0, 100},
	 {.active = true, .days = 30},
	 {SEALED(181, 10), SEALED(179, 10), SEALED(29, 10)},
	 {{1, ALL, RETENTION_AGE, false}, {2, ALL, RETENTION_AGE, true}}},
	{"an override alone does not shorten what the settings keep",
	 {190, 0, 0, 100},
	 {.active = true, .days = 30},
	 {SEALED(179, 10), SEALED(100, 10)},
	 {{0}}},
	{"classes go one by one: what is left stays in the segment",
	 {190, 0, 0, 100},
	 NO_OVERRIDE,
	 {{200, JOURNAL_SEALED, 20, {10, 10, 0}}, {1100, JOURNAL_SEALED, 10, {0, 10, 0}}},
	 {{1, 1, RETENTION_AGE}, {2, ALL, RETENTION_AGE}}},
	{"live, deleted and damaged segments are left alone",
	 {190, 0, 0, 990},
	 NO_OVERRIDE,
	 {{400, JOURNAL_LIVE, 10, {10}}, {400, JOURNAL_DELETED, 10, {0}}, {400, JOURNAL_DAMAGED, 10, {10}}},
	 {{0}}},
	{"over the size the oldest go, as many as needed",
	 {400, 25, 0, 100},
	 NO_OVERRIDE,
	 {SEALED(300, 10), SEALED(250, 10), SEALED(200, 10), SEALED(190, 10)},
	 {{1, ALL, RETENTION_SIZE}, {2, ALL, RETENTION_SIZE}}},
	{"the size gives way to the law",
	 {400, 5, 0, 100},
	 NO_OVERRIDE,
	 {SEALED(181, 10), SEALED(179, 10), SEALED(20, 10)},
	 {{1, ALL, RETENTION_SIZE}}},
	{"an override by size does not",
	 {400, 0, 0, 100},
	 {.active = true, .days = RETENTION_LEAST_DAYS, .size = 15},
	 {SEALED(181, 10), SEALED(179, 10), SEALED(20, 10)},
	 {{1, ALL, RETENTION_SIZE, false}, {2, ALL, RETENTION_SIZE, true}}},
	{"not even that touches a class that is kept on purpose, or the last day",
	 {400, 0, 0, 100},
	 {.active = true, .days = RETENTION_LEAST_DAYS, .size = 1},
	 {{300, JOURNAL_SEALED, 20, {0, 20, 0}}, {1, JOURNAL_SEALED, 10, {10}}},
	 {{0}}},
	{"a critical disk takes the oldest until it is no more",
	 {400, 0, 0, 905},
	 NO_OVERRIDE,
	 {SEALED(300, 10), SEALED(250, 20), SEALED(200, 10)},
	 {{1, ALL, RETENTION_DISK}, {2, ALL, RETENTION_DISK}}},
	{"at 90 percent it is not critical yet", {400, 0, 0, 900}, NO_OVERRIDE, {SEALED(300, 10)}, {{0}}},
	{"a full disk does not take what must be kept",
	 {400, 0, 0, 1000},
	 NO_OVERRIDE,
	 {{350, JOURNAL_SEALED, 20, {10, 10, 0}}, SEALED(179, 10)},
	 {{1, 1, RETENTION_DISK}}},
	{"no class goes before the law's minimum, whatever it asks for",
	 {400, 0, 0, 1000},
	 NO_OVERRIDE,
	 {{179, JOURNAL_SEALED, 20, {0, 0, 20}}},
	 {{0}}},
	{"a class has its share",
	 {400, 100, 20, 100},
	 NO_OVERRIDE,
	 {{300, JOURNAL_SEALED, 20, {10, 0, 10}},
	  {250, JOURNAL_SEALED, 20, {10, 0, 10}},
	  {179, JOURNAL_SEALED, 20, {0, 0, 20}}},
	 {{1, 1 << 2, RETENTION_SHARE}, {2, 1 << 2, RETENTION_SHARE}}},
	{"what age frees counts for the size",
	 {190, 25, 0, 100},
	 NO_OVERRIDE,
	 {SEALED(300, 10), SEALED(185, 10), SEALED(182, 10)},
	 {{1, ALL, RETENTION_AGE}}},
	{"a record from the future is young",
	 {190, 0, 0, 100},
	 NO_OVERRIDE,
	 {SEALED(-1000, 10), SEALED(300, 10)},
	 {{2, ALL, RETENTION_AGE}}},
};

static void fill(const struct segment *segment, uint64_t name, struct journal_segment_info *info)
{
	*info = (struct journal_segment_info){
		.first_seq = name,
		.last_seq = name,
		.received_min = NOW - (segment->days + 1) * CLOCK_DAY,
		.received_max = NOW - segment->days * CLOCK_DAY,
		.bytes = segment->bytes,
		.state = segment->state,
	};
	for (size_t i = 0; i < 3; i++) {
		info->class_bytes[i] = segment->class_bytes[i];
		info->class_records[i] = segment->class_bytes[i] ? 1 : 0;
	}
}

static void check_decision(const struct decision *decision)
{
	const struct retention_policy policy = {
		.classes = {{.name = "other", .days = decision->given.days, .least = RETENTION_LEAST_DAYS},
			    {.name = "audit", .days = 1095, .least = 1095},
			    {.name = "web", .days = 400, .share = decision->given.web_share}},
		.size = decision->given.size,
		.disk_critical = 90,
	};
	const struct retention_state state = {NOW, 1000, decision->given.used};
	struct journal_segment_info segments[SEGMENTS_MAX];
	struct retention_step steps[SEGMENTS_MAX];
	size_t count = 0, wanted = 0, got;

	while (count < SEGMENTS_MAX && decision->segments[count].days) {
		fill(&decision->segments[count], count + 1, &segments[count]);
		count++;
	}
	while (wanted < SEGMENTS_MAX && decision->expected[wanted].segment)
		wanted++;
	got = retention_decide(&policy, &decision->override, &state, segments, count, steps);
	if (got != wanted)
		fail_msg("%s: %zu steps, wanted %zu", decision->name, got, wanted);
	for (size_t i = 0; i < got; i++) {
		const struct expected *expected = &decision->expected[i];

		if (steps[i].segment != expected->segment || steps[i].classes != expected->classes ||
		    steps[i].cause != expected->cause || steps[i].by_override != expected->by_override)
			fail_msg("%s: step %zu is segment %d, classes %x, cause %d, override %d",
				 decision->name, i, (int)steps[i].segment, steps[i].classes,
				 (int)steps[i].cause, steps[i].by_override);
	}
}

static void test_decisions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(decisions) / sizeof(decisions[0]); i++)
		check_decision(&decisions[i]);
}

/* Up at once, down with two percent between, each change once. */
static void test_alarm(void **state)
{
	static const unsigned percents[] = {10, 79, 80, 79, 78, 77, 85, 90, 89, 88, 87, 95, 20};
	static const enum retention_alarm wanted[] = {
		ALARM_NORMAL, ALARM_NORMAL,   ALARM_HIGH,     ALARM_HIGH,     ALARM_HIGH,
		ALARM_NORMAL, ALARM_HIGH,     ALARM_CRITICAL, ALARM_CRITICAL, ALARM_CRITICAL,
		ALARM_HIGH,   ALARM_CRITICAL, ALARM_NORMAL,
	};
	enum retention_alarm alarm = ALARM_NORMAL;

	(void)state;
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		alarm = retention_alarm(alarm, percents[i], 80, 90);
		if (alarm != wanted[i])
			fail_msg("at %u percent: %d, not %d", percents[i], (int)alarm, (int)wanted[i]);
	}
}

/* --- classes ------------------------------------------------------------------------------------------- */

static const char classes_text[] =
	"classes:\n"
	"  - {id: 2, name: audit, match: {listener: [audit, platform]}, days: 1095, least: 365}\n"
	"  - {id: 1, name: dorms, match: {network: [10.1.0.0/16, 2001:db8::/32], hint: dhcp}}\n";

static unsigned class_of(struct retention_policy *policy, uint16_t listener, const char *hint,
			 const char *peer)
{
	struct journal_record record = {.listener = listener, .hint = str_from(hint)};

	assert_int_equal(ip_parse(str_from(peer), record.peer), 0);
	return retention_class_of(policy, &record);
}

static void test_classes(void **state)
{
	struct retention_policy policy = {.classes[0] = {.name = "other", .days = 190, .least = 180}};
	struct arena *arena = arena_new(0);
	struct err err = {0};

	(void)state;
	assert_int_equal(retention_classes_parse(str_from(classes_text), arena, &policy, &err), 0);
	assert_int_equal(policy.order_count, 2);
	assert_int_equal(policy.classes[2].least, 365);
	assert_int_equal(policy.classes[1].days, 190);
	assert_int_equal(class_of(&policy, LISTENER_AUDIT, "", "::"), 2);
	assert_int_equal(class_of(&policy, LISTENER_PLATFORM, "dhcp", "10.1.2.3"), 2);
	assert_int_equal(class_of(&policy, LISTENER_SYSLOG_UDP, "dhcp", "10.1.2.3"), 1);
	assert_int_equal(class_of(&policy, LISTENER_SYSLOG_UDP, "dhcp", "2001:db8::1"), 1);
	assert_int_equal(class_of(&policy, LISTENER_SYSLOG_UDP, "dhcp", "10.2.2.3"), 0);
	assert_int_equal(class_of(&policy, LISTENER_SYSLOG_UDP, "other", "10.1.2.3"), 0);
	arena_free(arena);
}

static void test_bad_classes(void **state)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
		{"classes: 3\n", "classes is a list"},
		{"klasses: []\n", "expected 'classes:'"},
		{"classes:\n  - {name: a, match: {hint: b}}\n", "needs id, name and match"},
		{"classes:\n  - {id: 0, name: a, match: {hint: b}}\n", "from 1 to 15"},
		{"classes:\n  - {id: 16, name: a, match: {hint: b}}\n", "from 1 to 15"},
		{"classes:\n  - {id: 1, name: a, match: {hint: b}, least: 179}\n", "from 180"},
		{"classes:\n  - {id: 1, name: a, match: {hint: b}, share: 101}\n", "from 1 to 100"},
		{"classes:\n  - {id: 1, name: a, match: {colour: b}}\n", "not 'colour'"},
		{"classes:\n  - {id: 1, name: a, match: {listener: pigeon}}\n", "no listener 'pigeon'"},
		{"classes:\n  - {id: 1, name: a, match: {network: 10.1}}\n", "is no network"},
		{"classes:\n  - {id: 1, name: a, match: {hint: b}}\n  - {id: 1, name: c, match: {hint: d}}\n",
		 "two classes have the id 1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct retention_policy policy = {.classes[0] = {.name = "other"}};
		struct arena *arena = arena_new(0);
		struct err err = {0};

		assert_int_equal(retention_classes_parse(str_from(bad[i].text), arena, &policy, &err),
				 ERR_SYNTAX);
		if (!strstr(err.message, bad[i].message))
			fail_msg("'%s' for: %s", err.message, bad[i].text);
		arena_free(arena);
	}
}

/* The file that comes with the program loads, and keeps what the platform says for three years. */
static void test_shipped(void **state)
{
	struct config config = {.content = "", .retention_classes = "", .retention_days = 190};
	struct arena *arena = arena_new(0);
	struct retention_policy policy;
	struct err err = {0};

	(void)state;
	config.content = arena_printf(arena, "%s/content", getenv("WANGLOU_SOURCE_ROOT")).ptr;
	assert_int_equal(retention_policy_load(&config, arena, &policy, &err), 0);
	assert_int_equal(policy.classes[class_of(&policy, LISTENER_AUDIT, "", "::")].least, 1095);
	assert_int_equal(policy.classes[class_of(&policy, LISTENER_PLATFORM, "", "::")].least, 1095);
	assert_int_equal(class_of(&policy, LISTENER_SYSLOG_TCP, "wanglou-audit", "10.0.0.1"), 0);
	arena_free(arena);
}

/* --- overrides ----------------------------------------------------------------------------------------- */

#define LATER "\"until\":\"2100-01-01T00:00:00Z\""

static void test_overrides(void **state)
{
	static const struct {
		const char *text;
		bool active, ever;
		long days;
		uint64_t size_gib;
	} rows[] = {
		{"", false, false, 180, 0},
		{"{" LATER ",\"days\":90,\"user\":\"li\",\"reason\":\"full\"}\n", true, true, 90, 0},
		{"{" LATER ",\"days\":90}\n{" LATER ",\"days\":120,\"size_gib\":7}\n", true, true, 90, 7},
		{"{\"until\":\"2001-01-01T00:00:00Z\",\"days\":90}\n", false, true, 180, 0},
		{"{" LATER ",\"days\":90}\n{\"end\":true,\"reason\":\"done\"}\n", false, true, 180, 0},
		{"{" LATER ",\"days\":90}\n{\"end\":true}\n\n{" LATER ",\"days\":150}", true, true, 150, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct retention_override override;
		bool ever;

		assert_int_equal(
			retention_overrides_parse(str_from(rows[i].text), NOW, &override, &ever, NULL), 0);
		assert_int_equal(override.active, rows[i].active);
		assert_int_equal(ever, rows[i].ever);
		assert_int_equal(override.days, rows[i].days);
		assert_int_equal(override.size, rows[i].size_gib << 30);
	}
}

static void test_bad_overrides(void **state)
{
	static const char *const bad[] = {
		"nonsense\n",
		"[]\n",
		"{" LATER "}\n",
		"{\"days\":90}\n",
		"{" LATER ",\"days\":-1}\n",
		"{" LATER ",\"days\":\"90\"}\n",
		"{" LATER ",\"days\":181}\n",
		"{\"until\":\"soon\",\"days\":90}\n",
		"{" LATER ",\"days\":90}\n{\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct retention_override override = {.days = 7};
		struct err err = {0};

		if (retention_overrides_parse(str_from(bad[i]), NOW, &override, NULL, &err) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(override.days, 7);
		assert_non_null(strstr(err.message, "nothing is overridden"));
	}
}

/* What is written is read; what others could have written is not. */
static void test_override_file(void **state)
{
	struct retention_order order = {.made = NOW,
					.until = NOW + CLOCK_DAY,
					.days = 60,
					.user = STR("li"),
					.reason = STR("a \"quoted\" reason")};
	struct retention_override override;
	char folder[] = "/tmp/test_retention.XXXXXX", path[64], other[64];
	struct err err = {0};

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/overrides", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	assert_int_equal(retention_overrides_read(path, NOW, &override, NULL, &err), 0);
	assert_false(override.active);
	assert_int_equal(retention_overrides_add(path, &order, &err), 0);
	order.days = 30;
	assert_int_equal(retention_overrides_add(path, &order, &err), 0);
	assert_int_equal(retention_overrides_read(path, NOW, &override, NULL, &err), 0);
	assert_int_equal(override.days, 30);
	assert_string_equal(override.text, "by li: a \"quoted\" reason");
	assert_int_equal(chmod(path, 0664), 0);
	assert_int_equal(retention_overrides_read(path, NOW, &override, NULL, &err), ERR_DENIED);
	assert_false(override.active);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_true(retention_overrides_read(path, NOW, &override, NULL, &err) < 0);
	assert_false(override.active);
	unlink(path);
	unlink(other);
	rmdir(folder);
}

/* Less than 180 days is refused at the start, unless somebody once said why. */
static void test_check(void **state)
{
	char data[] = "/tmp/test_retention.XXXXXX", folder[64], path[96];
	struct config config = {.content = "/nonexistent",
				.retention_classes = "",
				.retention_days = 90,
				.retention_disk_high = 80,
				.retention_disk_critical = 90};
	struct retention_order order = {.made = NOW, .until = 1, .days = 60, .reason = STR("why")};
	struct arena *arena = arena_new(0);
	struct err err = {0};

	(void)state;
	assert_non_null(mkdtemp(data));
	config.data = data;
	snprintf(folder, sizeof(folder), "%s/journal", data);
	snprintf(path, sizeof(path), "%s/overrides", folder);
	mkdir(folder, 0755);
	assert_int_equal(retention_check(&config, arena, &err), ERR_DENIED);
	assert_non_null(strstr(err.message, "wanglou audit override"));
	assert_int_equal(retention_overrides_add(path, &order, &err), 0);
	assert_int_equal(retention_check(&config, arena, &err), 0);
	config.retention_disk_high = 90;
	assert_int_equal(retention_check(&config, arena, &err), ERR_RANGE);
	unlink(path);
	rmdir(folder);
	rmdir(data);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decisions),     cmocka_unit_test(test_alarm),
		cmocka_unit_test(test_classes),       cmocka_unit_test(test_bad_classes),
		cmocka_unit_test(test_shipped),       cmocka_unit_test(test_overrides),
		cmocka_unit_test(test_bad_overrides), cmocka_unit_test(test_override_file),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
