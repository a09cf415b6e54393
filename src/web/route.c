/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "web/incident.h"

#define API_PREFIX "/api/v1"

const struct route web_routes[] = {
#define ROUTE(...) {__VA_ARGS__},
#include "web/routes.def"
#undef ROUTE
};
const size_t web_route_count = sizeof(web_routes) / sizeof(web_routes[0]);

/* A literal path goes before one with {…}, so the earlier line of the table wins. */
static bool matches(struct str pattern, struct str path, struct str values[2])
{
	struct str want, have;
	size_t count = 0;

	while (str_split(&pattern, '/', &want)) {
		if (!str_split(&path, '/', &have))
			return false;
		if (want.len && want.ptr[0] == '{' && have.len)
			values[count++ % 2] = have;
		else if (!str_eq(want, have))
			return false;
	}
	return path.len == 0;
}

const struct route *route_find(const char *method, const char *path, struct str ret_values[2],
			       char ret_allowed[64])
{
	size_t prefix = strlen(API_PREFIX), used = 0;

	ret_allowed[0] = 0;
	if (strncmp(path, API_PREFIX, prefix) != 0 || path[strlen(path) - 1] == '/')
		return NULL;
	for (size_t i = 0; i < web_route_count; i++) {
		const struct route *route = &web_routes[i];
		struct str values[2] = {0};

		if (!matches(str_from(route->path), str_from(path + prefix), values))
			continue;
		if (strcmp(route->method, method) == 0) {
			memcpy(ret_values, values, sizeof(values));
			return route;
		}
		used += (size_t)snprintf(ret_allowed + used, 64 - used, "%s%s", used ? ", " : "",
					 route->method);
		must(used < 64);
	}
	return NULL;
}

static bool is_allowed(struct call *call, const struct route *route)
{
	bool changes = strcmp(route->method, "GET") != 0;

	if (changes && (!guard_origin(call) || !guard_content_type(call, route)))
		return false;
	if (route->permission == PERMIT_NONE)
		return true;
	if (route->permission == PERMIT_LINK)
		return guard_link(call);
	if (!guard_session(call, !(route->flags & ROUTE_PASSIVE)) || (changes && !guard_csrf(call)))
		return false;
	if (!guard_permission(call, route) || !guard_scope(call, route)) {
		audit_refusal(call, route);
		return false;
	}
	return guard_account(call, route);
}

static void add_headers(struct call *call)
{
	guard_headers(call->response, NULL);
	http_set_header(call->response, "Cache-Control", "no-store");
	http_set_header(call->response, "Content-Language", words_tag(words_spoken()));
}

/* From here on the thread speaks the language of who asks. */
static void speak(const struct http_request *request)
{
	words_speak(words_accepted(http_header(request, "Accept-Language")));
}

static bool may_send(struct call *call, const struct route *route)
{
	if (route->permission == PERMIT_LINK)
		return guard_link(call);
	return guard_session(call, false);
}

bool api_admit(struct call *call)
{
	struct http_request *request = call->request;
	char allowed[64];
	const struct route *route = route_find(request->method, request->path, call->path_values, allowed);
	bool admitted;

	if (!route || !(route->flags & ROUTE_LARGE))
		return true;
	request->body_max = WEB_LARGE_BODY_MAX;
	call->now = clock_now();
	call->out = &call->response->body;
	speak(request);
	admitted = may_send(call, route);
	if (!admitted)
		add_headers(call);
	words_speak(WORDS_ENGLISH);
	return admitted;
}

void api_handle(struct call *call)
{
	char allowed[64];
	const struct route *route;

	call->now = clock_now();
	call->out = &call->response->body;
	call->response->content_type = "application/json; charset=utf-8";
	speak(call->request);
	add_headers(call);
	route = route_find(call->request->method, call->request->path, call->path_values, allowed);
	if (!route && allowed[0]) {
		http_set_header(call->response, "Allow", allowed);
		call_fail(call, 405, "method_not_allowed", "use %s here", allowed);
	} else if (!route) {
		call_fail(call, 404, "not_found", "there is nothing at this address");
	} else if (is_allowed(call, route) && audit_route(call, route)) {
		route->handle(call);
	}
	words_speak(WORDS_ENGLISH);
}
