/* SPDX-License-Identifier: Apache-2.0 */
/* What people do, written into the audit trail before it is done: for every route in one place. */
#include <stdlib.h>
#include <string.h>

#include "event/ip.h"
#include "web/route.h"

/* The name of the token as the first member of an object, which may be absent. */
static void add_token(const char *name, struct str detail, struct buf *out)
{
	buf_add_str(out, STR("{\"token\":"));
	buf_add_json_string(out, str_from(name));
	if (detail.len > 2)
		buf_add_char(out, ',');
	buf_add_str(out, detail.len ? str_from_offset(detail, 1) : STR("}"));
}

/* 0, or why it is not durable. */
static int record(struct call *call, const char *action, struct str user, struct str object,
		  const char *outcome, struct str detail)
{
	const struct web_options *options = &call->web->options;
	const struct user *account = call->session.user.id ? &call->session.user : NULL;
	char address[IP_TEXT_SIZE];
	struct buf with_token = {0};
	int r;
	struct web_notice notice = {
		.action = str_from(action),
		.user = user,
		.role = str_from(account ? role_name(account->role) : ""),
		.object = object,
		.outcome = outcome,
		.detail = detail,
		.via = call->api_token.id ? "token" : "console",
	};

	ip_format(call->request->peer, address);
	notice.address = str_from(address);
	if (call->api_token.id) {
		add_token(call->api_token.name, detail, &with_token);
		notice.detail = buf_str(&with_token);
	}
	r = options->audit ? options->audit(options->audit_context, &notice) : 0;
	buf_done(&with_token);
	return r;
}

static bool must_be_recorded(struct call *call, int r)
{
	if (r < 0)
		call_fail(call, 503, "audit_unavailable",
			  "this could not be written into the audit trail (%s), so it was not done; "
			  "try again, and see whether the collector runs",
			  err_text(r));
	return r >= 0;
}

/* --- the arguments and the body as detail ------------------------------------------------------------- */

struct arguments {
	const char *object; /* is no detail */
	struct buf out;
};

static void add_argument(void *context, const char *name, const char *value)
{
	struct arguments *arguments = context;

	if (arguments->object && strcmp(name, arguments->object) == 0)
		return;
	if (arguments->out.len > 1)
		buf_add_char(&arguments->out, ',');
	buf_add_json_string(&arguments->out, str_from(name));
	buf_add_char(&arguments->out, ':');
	buf_add_json_string(&arguments->out, str_from(value));
}

/* {"from":"-24h","limit":"100"}; a name that comes twice stands there twice. */
static void add_arguments(struct call *call, const char *object, struct buf *out)
{
	struct arguments arguments = {.object = object};

	buf_add_char(&arguments.out, '{');
	http_arguments(call->request, add_argument, &arguments);
	buf_add_str(out, buf_str(&arguments.out));
	buf_add_char(out, '}');
	buf_done(&arguments.out);
}

/* The body where it is an object; what is none is refused by the handler. */
static struct str take_body(struct call *call, const char *object, struct buf *out)
{
	struct str body = call->request->body, found = {0};
	json_t *root = json_loadb(body.len ? body.ptr : "", body.len, JSON_ALLOW_NUL, NULL);
	const json_t *member = object ? json_object_get(root, object) : NULL;
	char *text;

	if (json_is_string(member)) {
		found = arena_copy(call->request->arena,
				   str_of(json_string_value(member), json_string_length(member)));
		json_object_del(root, object);
	}
	text = json_is_object(root) ? json_dumps(root, JSON_COMPACT) : NULL;
	buf_add_str(out, text ? str_from(text) : STR("{}"));
	free(text);
	json_decref(root);
	return found;
}

/* --- what routes ask for ------------------------------------------------------------------------------ */

static int record_route(struct call *call, const struct route *route, const char *outcome)
{
	struct str object = call->path_values[0], taken;
	struct buf detail = {0};
	int r;

	if (call->path_values[1].len)
		object = arena_printf(call->request->arena, "%.*s/%.*s", STR_FMT(object),
				      STR_FMT(call->path_values[1]));
	if (route->object && route->audit != AUDIT_WITH_BODY)
		object = call_text(call, route->object);
	if (route->audit == AUDIT_WITH_BODY) {
		taken = take_body(call, route->object, &detail);
		object = route->object ? taken : object;
	} else {
		add_arguments(call, route->object, &detail);
	}
	r = record(call, route->action, str_from(call->session.user.name), object, outcome, buf_str(&detail));
	buf_done(&detail);
	return r;
}

bool audit_route(struct call *call, const struct route *route)
{
	int r;

	if (route->audit == AUDIT_NONE || route->audit == AUDIT_BY_HANDLER)
		return true;
	r = record_route(call, route, "allowed");
	return route->audit == AUDIT_IF_POSSIBLE || must_be_recorded(call, r);
}

void audit_refusal(struct call *call, const struct route *route)
{
	if (route->audit == AUDIT_BEFORE || route->audit == AUDIT_WITH_BODY)
		record_route(call, route, "refused");
}

bool audit_outcome(struct call *call, const char *action, struct str user, struct str object,
		   const char *reason)
{
	char detail[128];

	snprintf(detail, sizeof(detail), "{\"reason\":\"%s\"}", reason ? reason : "");
	return must_be_recorded(call, record(call, action, user, object, reason ? "refused" : "allowed",
					     reason ? str_from(detail) : (struct str){0}));
}

bool audit_done(struct call *call, const char *action, struct str user, struct str object, struct str detail)
{
	return must_be_recorded(call, record(call, action, user, object, "allowed", detail));
}
