/* SPDX-License-Identifier: Apache-2.0 */
/* Saved views. A page is known here with what it takes to read it: its shared views are seen by the same. */
#include "views/views.h"
#include "web/route.h"

static const struct {
	const char *page;
	enum permission permission;
} pages[] = {
	{"overview", PERMIT_SITUATION_READ},
	{"alerts", PERMIT_ALERT_READ},
	{"incidents", PERMIT_INCIDENT_READ},
	{"tasks", PERMIT_INCIDENT_READ},
	{"risk", PERMIT_INCIDENT_READ},
	{"rectifications", PERMIT_INCIDENT_READ},
	{"reports", PERMIT_INCIDENT_READ},
	{"events", PERMIT_EVENT_READ},
	{"entity", PERMIT_EVENT_READ},
	{"assets", PERMIT_REGISTER_READ},
	{"unregistered", PERMIT_REGISTER_READ},
	{"zombies", PERMIT_REGISTER_READ},
	{"people", PERMIT_REGISTER_READ},
	{"units", PERMIT_REGISTER_READ},
	{"sources", PERMIT_SITUATION_READ},
	{"coverage", PERMIT_SITUATION_READ},
	{"rules", PERMIT_SITUATION_READ},
	{"outbox", PERMIT_SITUATION_READ},
	{"duty", PERMIT_DUTY_READ},
	{"trail", PERMIT_TRAIL_READ},
	{"accounts", PERMIT_ACCOUNT_MANAGE},
};

static bool may_read(struct call *call, struct str page)
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (str_eq(page, str_from(pages[i].page)))
			return role_may(call->session.user.role, pages[i].permission);
	return false;
}

/* A query may name what is another unit's: who is bound to a unit has views of his own alone. */
static bool sees_shared(struct call *call)
{
	return call->session.user.role != ROLE_UNIT_RESPONSIBLE;
}

static bool may_change(struct call *call, struct str owner)
{
	return str_eq(owner, str_from(call->session.user.name)) ||
	       call->session.user.role == ROLE_SECURITY_ADMINISTRATOR;
}

static void write_view(struct call *call, const struct view *view)
{
	out_open(call->out, NULL, '{');
	out_integer(call->out, "id", view->id);
	out_integer(call->out, "version", view->version);
	out_text(call->out, "page", view->page);
	out_text(call->out, "name", view->name);
	out_text(call->out, "query", view->query);
	out_text(call->out, "owner", view->owner);
	out_bool(call->out, "shared", view->shared);
	out_bool(call->out, "default", view->is_default);
	out_bool(call->out, "may_change", may_change(call, view->owner));
	out_time(call->out, "changed", view->changed);
	out_close(call->out, '}');
}

static int write_row(void *context, const struct view *view)
{
	write_view(context, view);
	return 0;
}

static int write_whole(void *context, const struct view *view)
{
	call_etag(context, view->version);
	write_view(context, view);
	return 0;
}

static const struct refusal refusals[] = {
	{ERR_END, 404, "not_found", WORDS("there is no such view")},
	{ERR_DENIED, 403, "forbidden", WORDS("the view belongs to somebody else")},
	{ERR_DUPLICATE, 409, "duplicate", WORDS("you have a view of this name on this page")},
	{ERR_LIMIT, 409, "too_many", WORDS("you have 200 views; remove some")},
};

/* Ends the transaction; true where all was well, else has answered. */
static bool finish(struct call *call, struct db_tx *tx, int r)
{
	r = db_end(tx, r);
	if (r >= 0)
		return true;
	buf_clear(call->out);
	call_explain(call, r, NULL, refusals, sizeof(refusals) / sizeof(refusals[0]));
	return false;
}

void api_list_views(struct call *call)
{
	struct str page = call_text(call, "page");
	struct db_tx *tx;

	if (!may_read(call, page)) {
		call_fail(call, 400, "bad_page", "page is one that has views, and that you may read");
		return;
	}
	tx = call_begin(call, DB_READ);
	if (!tx)
		return;
	page_open(call);
	if (finish(call, tx,
		   views_list(tx, page, str_from(call->session.user.name), sees_shared(call), write_row,
			      call)))
		page_close(call, false, 0, (struct str){0});
}

/* A member that is true or false; *ret_there is whether it is there. */
static bool read_flag(struct call *call, json_t *body, const char *key, bool *ret_flag, bool *ret_there)
{
	const json_t *value = json_object_get(body, key);

	if (value && !json_is_boolean(value)) {
		call_fail(call, 400, "bad_body", "%s is true or false", key);
		return false;
	}
	*ret_there = value != NULL;
	*ret_flag = json_is_true(value);
	return true;
}

struct input {
	struct str name, query;
	bool shared, first;
	bool has_name, has_query, has_shared, has_first;
};

static bool read_input(struct call *call, json_t *body, bool is_new, struct input *input)
{
	if (!body_text(call, body, "name", VIEW_NAME_MAX, is_new, &input->name, &input->has_name) ||
	    !body_text(call, body, "query", VIEW_QUERY_MAX, is_new, &input->query, &input->has_query) ||
	    !read_flag(call, body, "shared", &input->shared, &input->has_shared) ||
	    !read_flag(call, body, "default", &input->first, &input->has_first))
		return false;
	input->name = str_trim(input->name);
	if (input->has_name && !input->name.len)
		call_fail(call, 400, "bad_body", "name is empty");
	else if (input->query.len > VIEW_QUERY_MAX)
		call_fail(call, 400, "too_long", "query has more than %d bytes", VIEW_QUERY_MAX);
	else if (input->shared && !sees_shared(call))
		call_fail(call, 403, "forbidden", "accounts of one unit share no views");
	else
		return true;
	return false;
}

static int add_view(struct call *call, struct db_tx *tx, const struct view *view, bool first)
{
	int64_t id = 0;
	int r = view_add(tx, view, call->now, &id);

	if (r == 0 && first)
		r = view_set_default(tx, id, view->page, view->owner, true);
	return r < 0 ? r : view_get(tx, id, view->owner, false, write_whole, call);
}

void api_add_view(struct call *call)
{
	json_t *body = call_body(call);
	struct view view = {.owner = str_from(call->session.user.name)};
	struct input input = {0};
	struct db_tx *tx;

	if (body && body_text(call, body, "page", 40, true, &view.page, NULL) &&
	    read_input(call, body, true, &input)) {
		view.name = input.name;
		view.query = input.query;
		view.shared = input.shared;
		if (!may_read(call, view.page)) {
			call_fail(call, 400, "bad_page", "page is one that has views, and that you may read");
		} else if ((tx = call_begin(call, DB_WRITE))) {
			call->response->status = 201;
			finish(call, tx, add_view(call, tx, &view, input.first));
		}
	}
	json_decref(body);
}

/* What must be known of a view before it is changed. */
struct known {
	struct call *call;
	char page[41];
	bool mine;
};

static int learn(void *context, const struct view *view)
{
	struct known *known = context;

	snprintf(known->page, sizeof(known->page), "%.*s", STR_FMT(view->page));
	known->mine = may_change(known->call, view->owner);
	return may_read(known->call, view->page) ? 0 : ERR_END;
}

/* Whoever sees a view may begin the page with it; only who may change it changes the rest. */
static int update_view(struct call *call, struct db_tx *tx, int64_t id, int64_t version,
		       const struct input *input)
{
	struct str who = str_from(call->session.user.name);
	const struct view_change change = {.name = input->has_name ? &input->name : NULL,
					   .query = input->has_query ? &input->query : NULL,
					   .shared = input->has_shared ? &input->shared : NULL};
	struct known known = {.call = call};
	int r = view_get(tx, id, who, sees_shared(call), learn, &known);

	if (r == 0 && (change.name || change.query || change.shared))
		r = known.mine ? view_update(tx, id, version, &change, call->now) : ERR_DENIED;
	if (r == 0 && input->has_first)
		r = view_set_default(tx, id, str_from(known.page), who, input->first);
	return r < 0 ? r : view_get(tx, id, who, sees_shared(call), write_whole, call);
}

void api_update_view(struct call *call)
{
	json_t *body = call_body(call);
	struct input input = {0};
	int64_t id, version;
	struct db_tx *tx;

	if (body && call_id(call, 0, &id) && call_match_version(call, &version) &&
	    read_input(call, body, false, &input) && (tx = call_begin(call, DB_WRITE)))
		finish(call, tx, update_view(call, tx, id, version, &input));
	json_decref(body);
}

void api_remove_view(struct call *call)
{
	struct known known = {.call = call};
	int64_t id, version;
	struct db_tx *tx;
	int r;

	if (!call_id(call, 0, &id) || !call_match_version(call, &version) ||
	    !(tx = call_begin(call, DB_WRITE)))
		return;
	r = view_get(tx, id, str_from(call->session.user.name), sees_shared(call), learn, &known);
	if (r == 0)
		r = known.mine ? view_remove(tx, id, version) : ERR_DENIED;
	if (finish(call, tx, r))
		call_no_content(call);
}
