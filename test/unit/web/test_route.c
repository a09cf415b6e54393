/* SPDX-License-Identifier: Apache-2.0 */
/* The route table and doc/formats/api.yaml (API_YAML) say the same; paths find their routes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/yaml.h"
#include "web/route.h"

static const char *const methods[] = {"get", "put", "post", "delete", "patch"};

static struct arena *arena;
static const struct yaml_node *document;

static int set_up(void **state)
{
	struct yaml_node **docs;
	struct err err = {0};
	size_t count;

	(void)state;
	arena = arena_new(0);
	if (yaml_read_file(API_YAML, arena, &docs, &count, &err) < 0 || count != 1) {
		print_error("%s:%u: %s\n", API_YAML, err.line, err.message);
		return -1;
	}
	document = docs[0];
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct yaml_node *operation(const char *method, const char *path)
{
	char lower[16] = "";

	for (size_t i = 0; method[i] && i < sizeof(lower) - 1; i++)
		lower[i] = char_lower(method[i]);
	return yaml_get(yaml_get(yaml_get(document, "paths"), path), lower);
}

static void test_every_route_is_documented(void **state)
{
	(void)state;
	for (size_t i = 0; i < web_route_count; i++) {
		const struct yaml_node *node = operation(web_routes[i].method, web_routes[i].path);
		const struct yaml_node *security = yaml_get(node, "security");

		if (!node)
			fail_msg("%s %s is not in api.yaml", web_routes[i].method, web_routes[i].path);
		assert_int_equal(security && security->count == 0, web_routes[i].permission == PERMIT_NONE);
	}
}

static bool is_routed(const char *method, struct str path)
{
	for (size_t i = 0; i < web_route_count; i++)
		if (str_ieq(str_from(web_routes[i].method), str_from(method)) &&
		    str_eq(str_from(web_routes[i].path), path))
			return true;
	return false;
}

static void test_everything_documented_is_routed(void **state)
{
	const struct yaml_node *paths = yaml_get(document, "paths");
	size_t operations = 0;

	(void)state;
	for (uint32_t i = 0; i < paths->count; i++)
		for (size_t m = 0; m < sizeof(methods) / sizeof(methods[0]); m++) {
			if (!yaml_get(paths->values[i], methods[m]))
				continue;
			operations++;
			if (!is_routed(methods[m], paths->keys[i]->text))
				fail_msg("%s %s has no route", methods[m], paths->keys[i]->text.ptr);
		}
	assert_int_equal(operations, web_route_count);
}

static void test_what_changes_needs_a_session(void **state)
{
	(void)state;
	for (size_t i = 0; i < web_route_count; i++)
		if (web_routes[i].permission == PERMIT_NONE)
			assert_int_equal(strncmp(web_routes[i].path, "/session", 8), 0);
}

/* A new route says whether it is recorded, and as what; what changes something always is. */
/* What asks with a body, again and again while somebody types, and changes nothing. */
static bool only_asks(const struct route *route)
{
	return strcmp(route->path, "/rules/check") == 0;
}

static void test_every_route_decides_about_the_trail(void **state)
{
	(void)state;
	for (size_t i = 0; i < web_route_count; i++) {
		const struct route *route = &web_routes[i];
		bool changes = strcmp(route->method, "GET") != 0 && !only_asks(route);

		if (route->audit == AUDIT_UNDECIDED || (changes && route->audit == AUDIT_NONE))
			fail_msg("%s %s: is it recorded?", route->method, route->path);
		if ((route->audit == AUDIT_NONE) != !route->action)
			fail_msg("%s %s: recorded as what?", route->method, route->path);
	}
}

static void test_every_action_is_documented(void **state)
{
	struct buf text = {0};
	char quoted[64];

	(void)state;
	assert_int_equal(io_read_file(NOTICES_MD, 1 << 20, &text), 0);
	for (size_t i = 0; i < web_route_count; i++) {
		if (!web_routes[i].action)
			continue;
		snprintf(quoted, sizeof(quoted), "`%s`", web_routes[i].action);
		if (str_find(buf_str(&text), str_from(quoted)) == STR_NOT_FOUND)
			fail_msg("%s is not in %s", quoted, NOTICES_MD);
	}
	buf_done(&text);
}

/* What stands in a body is written into the trail: so not one with passwords in it. */
static void test_no_password_is_recorded(void **state)
{
	static void (*const secretive[])(struct call *) = {api_sign_in,
							   api_sign_in_code,
							   api_change_password,
							   api_begin_second_factor,
							   api_confirm_second_factor,
							   api_renew_recovery_codes,
							   api_remove_second_factor,
							   api_add_token};

	(void)state;
	for (size_t i = 0; i < web_route_count; i++)
		for (size_t k = 0; k < sizeof(secretive) / sizeof(secretive[0]); k++)
			if (web_routes[i].handle == secretive[k])
				assert_int_equal(web_routes[i].audit, AUDIT_BY_HANDLER);
}

/* A file is no text for the trail. */
static void test_large_bodies_are_not_recorded(void **state)
{
	(void)state;
	for (size_t i = 0; i < web_route_count; i++)
		if (web_routes[i].flags & ROUTE_LARGE)
			assert_int_not_equal(web_routes[i].audit, AUDIT_WITH_BODY);
}

static void test_the_trail_is_for_auditors_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < web_route_count; i++)
		assert_int_equal(strncmp(web_routes[i].path, "/trail", 6) == 0,
				 web_routes[i].permission == PERMIT_TRAIL_READ);
}

static const struct route *find(const char *method, const char *path, struct str *value, char allowed[64])
{
	struct str values[2] = {0};
	const struct route *route = route_find(method, path, values, allowed);

	*value = values[0];
	return route;
}

static void test_find(void **state)
{
	static const char *const nowhere[] = {"/api/v1",
					      "/api/v1/",
					      "/api/v1/alertsx",
					      "/api/v2/alerts",
					      "/api/v1/alerts/a/b",
					      "/api/v1//alerts",
					      "/api/v1/alerts/",
					      "/api/v1/alerts//",
					      "/api/v1x/alerts",
					      ""};
	char allowed[64];
	struct str value;

	(void)state;
	assert_ptr_equal(find("GET", "/api/v1/alerts", &value, allowed)->handle, api_list_alerts);
	assert_ptr_equal(find("GET", "/api/v1/alerts/ab%20'c", &value, allowed)->handle, api_get_alert);
	assert_true(str_eq(value, STR("ab%20'c")));
	assert_ptr_equal(find("GET", "/api/v1/events/histogram", &value, allowed)->handle,
			 api_histogram_events);
	assert_ptr_equal(find("GET", "/api/v1/events/7", &value, allowed)->handle, api_get_event);
	assert_null(find("DELETE", "/api/v1/alerts/7", &value, allowed));
	assert_string_equal(allowed, "GET, PATCH");
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		assert_null(find("GET", nowhere[i], &value, allowed));
		assert_string_equal(allowed, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_route_is_documented),
		cmocka_unit_test(test_everything_documented_is_routed),
		cmocka_unit_test(test_what_changes_needs_a_session),
		cmocka_unit_test(test_every_route_decides_about_the_trail),
		cmocka_unit_test(test_every_action_is_documented),
		cmocka_unit_test(test_no_password_is_recorded),
		cmocka_unit_test(test_large_bodies_are_not_recorded),
		cmocka_unit_test(test_the_trail_is_for_auditors_alone),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
