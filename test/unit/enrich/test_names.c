/* SPDX-License-Identifier: Apache-2.0 */
/* Directions, registered domains and user agents. */
#include "enrich/enrich.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define CAMPUS "10.0.0.0/8, 203.0.113.0/24,2001:db8::/32,"

static struct enricher *enricher;
static struct inside *inside;
static struct agents *agents;
static struct arena *arena;

static int setup(void **state)
{
	struct err err = {0};

	(void)state;
	arena = arena_new(0);
	if (inside_new(CAMPUS, &inside, &err) < 0 || agents_load(USER_AGENTS, &agents, &err) < 0)
		fail_msg("%s:%u: %s", err.file, err.line, err.message);
	enricher = enricher_new(&(struct enrich_tables){.inside = inside, .agents = agents});
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	enricher_free(enricher);
	inside_free(inside);
	agents_free(agents);
	arena_free(arena);
	return 0;
}

static void is(const struct event *event, enum field_id id, const char *wanted)
{
	struct str text = event_text(event, id);

	if (!str_eq(text, str_from(wanted)) || (event_get(event, id) != NULL) != (*wanted != 0))
		fail_msg("field %u is '%.*s', not '%s'", (unsigned)id, (int)text.len,
			 text.len ? text.ptr : "", wanted);
}

static void test_direction(void **state)
{
	static const char *const cases[][3] = {
		{"10.1.2.3", "198.51.100.1", "outbound"},  {"198.51.100.1", "203.0.113.7", "inbound"},
		{"10.1.2.3", "2001:db8::1", "internal"},   {"198.51.100.1", "2001:db9::1", "external"},
		{"10.1.2.3", "224.0.0.251", "internal"},   {"fe80::1", "ff02::1", "internal"},
		{"9.255.255.255", "11.0.0.0", "external"}, {"10.0.0.0", "10.255.255.255", "internal"},
		{"192.168.0.1", "10.0.0.1", "inbound"},
	};
	struct event event;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		event_init(&event, arena);
		event_set_text(&event, FIELD_ID_SOURCE_IP, str_from(cases[i][0]));
		event_set_text(&event, FIELD_ID_DESTINATION_IP, str_from(cases[i][1]));
		enricher_run(enricher, &event);
		is(&event, FIELD_ID_NETWORK_DIRECTION, cases[i][2]);
	}
	event_init(&event, arena);
	event_set_text(&event, FIELD_ID_SOURCE_IP, STR("10.1.2.3"));
	enricher_run(enricher, &event);
	is(&event, FIELD_ID_NETWORK_DIRECTION, "");
	event_set_text(&event, FIELD_ID_DESTINATION_IP, STR("10.1.2.4"));
	event_set_text(&event, FIELD_ID_NETWORK_DIRECTION, STR("ingress"));
	enricher_run(enricher, &event);
	is(&event, FIELD_ID_NETWORK_DIRECTION, "ingress");
}

static void test_lists_of_networks(void **state)
{
	struct inside *other = NULL;
	struct err err = {0};

	(void)state;
	assert_int_equal(inside_new("10.0.0.0/33", &other, &err), ERR_SYNTAX);
	assert_int_equal(inside_new("campus", &other, &err), ERR_SYNTAX);
	assert_null(other);
	assert_int_equal(inside_new("", &other, &err), 0);
	inside_free(other);
	assert_int_equal(inside_new("::/0,0.0.0.0/0", &other, &err), 0);
	inside_free(other);
}

static void test_registered_domains(void **state)
{
	static const char *const cases[][2] = {
		{"www.cs.example.edu.cn", "example.edu.cn"},
		{"WWW.Example.COM", "example.com"},
		{"example.com.", "example.com"},
		{"a.b.example.co.uk", "example.co.uk"},
		{"edu.cn", ""},
		{"cn", ""},
		{"localhost", ""},
		{"192.0.2.7", ""},
		{"2001:db8::7", ""},
		{"xn--fiq228c.xn--55qx5d.cn", "xn--fiq228c.xn--55qx5d.cn"},
		{"..", ""},
		{"a-very-long-label-that-goes-on-and-on.and-another-one-of-the-same.example.com.cn",
		 "example.com.cn"},
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) { /* looked up, remembered */
		struct event event;

		event_init(&event, arena);
		event_set_text(&event, FIELD_ID_URL_DOMAIN, str_from(cases[i / 2][0]));
		event_set_text(&event, FIELD_ID_DNS_QUESTION_NAME, str_from(cases[i / 2][0]));
		enricher_run(enricher, &event);
		is(&event, FIELD_ID_URL_REGISTERED_DOMAIN, cases[i / 2][1]);
		is(&event, FIELD_ID_DNS_REGISTERED_DOMAIN, cases[i / 2][1]);
	}
}

static void report(void *context, const struct err *err)
{
	(void)context;
	fail_msg("%u:%u: %s", err->line, err->column, err->message);
}

static void test_the_files_own_tests(void **state)
{
	(void)state;
	assert_true(agents_test(agents, report, NULL) > 30);
}

static void test_agents_of_events(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct event event;

		event_init(&event, arena);
		event_set_text(&event, FIELD_ID_USER_AGENT_ORIGINAL, i < 2 ? STR("SQLMAP/1.8") : STR("x"));
		if (i == 1)
			event_set_text(&event, FIELD_ID_USER_AGENT_NAME, STR("said"));
		enricher_run(enricher, &event);
		is(&event, FIELD_ID_USER_AGENT_NAME, i == 0 ? "sqlmap" : i == 1 ? "said" : "");
		is(&event, FIELD_ID_USER_AGENT_DEVICE, i < 2 ? "tool" : "");
		is(&event, FIELD_ID_USER_AGENT_OS, "");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_direction),          cmocka_unit_test(test_lists_of_networks),
		cmocka_unit_test(test_registered_domains), cmocka_unit_test(test_the_files_own_tests),
		cmocka_unit_test(test_agents_of_events),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
