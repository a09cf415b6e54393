/* SPDX-License-Identifier: Apache-2.0 */
/* The searches that an asset's profile comes from, and that each question asks no more than its search finds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "query/profile.h"

static const struct profile profile = {
	.from = 1000,
	.to = 1000 + CLOCK_DAY,
	.now = 1000 + CLOCK_DAY,
	.sent = {"source.ip: 10.1.2.3", 19},
	.received = {"destination.ip: 10.1.2.3", 24},
	.named = {"host.name: web01", 16},
	.inside = {"source.ip: 10.0.0.0/8", 21},
};

static void kql_is_at(void (*write_kql)(const struct profile *, struct buf *), const struct profile *of,
		      const char *wanted, int line)
{
	struct buf out = {0};

	write_kql(of, &out);
	if (strcmp(buf_cstr(&out), wanted) != 0)
		fail_msg("line %d: '%s', not '%s'", line, buf_cstr(&out), wanted);
	buf_done(&out);
}
#define kql_is(write_kql, of, wanted) kql_is_at(write_kql, of, wanted, __LINE__)

static void test_searches(void **state)
{
	struct profile none = {.named = profile.named}, unbounded = profile;

	(void)state;
	kql_is(profile_peers_kql, &profile,
	       "(source.ip: 10.1.2.3 or destination.ip: 10.1.2.3) and source.ip: *");
	kql_is(profile_ports_kql, &profile, "(destination.ip: 10.1.2.3) and source.ip: *");
	kql_is(profile_exposure_kql, &profile,
	       "(destination.ip: 10.1.2.3) and source.ip: * and not (source.ip: 10.0.0.0/8)");
	kql_is(profile_sources_kql, &profile,
	       "source.ip: 10.1.2.3 or destination.ip: 10.1.2.3 or host.name: web01");

	/* What is inside is not known: everybody who asked is listed, and the answer says so. */
	unbounded.inside = (struct str){0};
	kql_is(profile_exposure_kql, &unbounded, "(destination.ip: 10.1.2.3) and source.ip: *");

	/* Nothing to be found by: no search, which would find everything. */
	kql_is(profile_peers_kql, &none, "");
	kql_is(profile_traffic_kql, &none, "");
	kql_is(profile_ports_kql, &none, "");
	kql_is(profile_exposure_kql, &none, "");
	kql_is(profile_sources_kql, &none, "host.name: web01");
}

/* The condition on the events is the same as that of the search, and the rows are bounded. */
static void test_questions(void **state)
{
	static int (*const asks[])(const struct profile *, struct sql_query *, struct err *) = {
		profile_peers, profile_ports, profile_exposure, profile_sources};

	(void)state;
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		struct sql_query query = {0};
		struct err err = {0};

		assert_int_equal(asks[i](&profile, &query, &err), 0);
		assert_non_null(strstr(buf_cstr(&query.sql), " FROM events WHERE time >= {p"));
		assert_non_null(strstr(buf_cstr(&query.sql), "destination_ip"));
		assert_non_null(strstr(buf_cstr(&query.sql), " LIMIT "));
		sql_query_done(&query);
	}
}

static void test_traffic(void **state)
{
	struct sql_query query = {0};
	struct err err = {0};

	(void)state;
	assert_int_equal(profile_traffic(&profile, CLOCK_HOUR, &query, &err), 0);
	assert_non_null(strstr(buf_cstr(&query.sql), "GROUP BY bucket, dataset"));
	sql_query_done(&query);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_searches),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_traffic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
