/* SPDX-License-Identifier: Apache-2.0 */
/* What the client sends to servers of different age. */
#include "store/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/client_params.h"

static void assert_events(unsigned version, const char *part, bool there)
{
	struct buf sql = {0};

	schema_events(&(struct schema_server){.version = version}, &sql);
	if ((strstr(buf_cstr(&sql), part) != NULL) != there)
		fail_msg("%u: '%s' is %s", version, part, there ? "missing" : "there");
	buf_done(&sql);
}

static void test_old_servers_get_what_they_know(void **state)
{
	static const struct {
		const char *part;
		unsigned since;
	} parts[] = {{"CODEC(", 1914},
		     {"INDEX ", 2001},
		     {"DateTime64", 2006},
		     {"fsync_after_insert", 2011},
		     {"deduplication_window", 2202}};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		assert_events(parts[i].since, parts[i].part, true);
		assert_events(parts[i].since - 1, parts[i].part, false);
	}
	assert_events(1816, "source_ip FixedString(16)", true);
	assert_events(1816, "ORDER BY (time, seq)", true);
}

/* Other servers have no configuration of ours that would pack text when it is merged. */
static void test_codecs_by_server(void **state)
{
	static const struct {
		struct schema_server server;
		const char *seq, *message, *host_name;
	} servers[] = {
		{{1816, false}, "", "", ""},
		{{2605, false}, "CODEC(Delta, ZSTD)", "CODEC(ZSTD(3))", ""},
		{{2605, true}, "CODEC(Delta(8), Default)", "CODEC(Default)", "CODEC(LZ4)"},
	};
	const char *codec;
	struct str name;

	(void)state;
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		unsigned seen = 0;

		for (size_t j = 0; schema_codec(&servers[i].server, j, &name, &codec); j++) {
			const char *expected = str_eq(name, STR("seq"))         ? servers[i].seq
					       : str_eq(name, STR("message"))   ? servers[i].message
					       : str_eq(name, STR("host_name")) ? servers[i].host_name
										: NULL;

			seen += expected != NULL;
			if (expected)
				assert_string_equal(codec, expected);
		}
		assert_int_equal(seen, 3);
	}
}

static void assert_substituted(struct sql_query *query, const char *expected)
{
	struct buf out = {0};

	assert_int_equal(params_substitute(query, &out), 0);
	assert_string_equal(buf_cstr(&out), expected);
	buf_done(&out);
	sql_query_done(query);
}

static void test_values_become_literals(void **state)
{
	struct sql_query query = {0};

	(void)state;
	buf_add_str(&query.sql, STR("SELECT '{p0:String}', '\\'{p1:Int64}', "));
	sql_bind_text(&query, STR("a'; --\\\n{p1:Int64}"));
	buf_add_str(&query.sql, STR(", "));
	sql_bind_integer(&query, -5);
	assert_substituted(&query, "SELECT '{p0:String}', '\\'{p1:Int64}', 'a\\'; --\\\\\\n{p1:Int64}', "
				   "CAST('-5' AS Int64)");
}

static void test_braces_that_are_no_placeholder(void **state)
{
	struct sql_query query = {0};
	struct buf out = {0};

	(void)state;
	buf_add_str(&query.sql, STR("SELECT {}, {x}, {1:2}, {"));
	assert_substituted(&query, "SELECT {}, {x}, {1:2}, {");
	buf_add_str(&query.sql, STR("SELECT {absent:String}"));
	assert_int_equal(params_substitute(&query, &out), ERR_UNKNOWN);
	buf_done(&out);
	sql_query_done(&query);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_servers_get_what_they_know),
		cmocka_unit_test(test_codecs_by_server),
		cmocka_unit_test(test_values_become_literals),
		cmocka_unit_test(test_braces_that_are_no_placeholder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
