/* SPDX-License-Identifier: Apache-2.0 */
/* What was seen and is in no register, and need not be until a time (people/ignored.h). */
#include "event/ip.h"
#include "people/ignored.h"
#include "web/route.h"
#include "web/unregistered.h"
#include "web/until.h"

static const struct {
	const char *name;
	enum identifier_kind kind;
} kinds[] = {{"addresses", IDENTIFIER_ADDRESS}, {"hosts", IDENTIFIER_HOST}, {"names", IDENTIFIER_DOMAIN}};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

bool unregistered_read_kind(struct call *call, struct str name, enum identifier_kind *ret_kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (str_eq(name, str_from(kinds[i].name)) || (i == 0 && !name.len)) {
			*ret_kind = kinds[i].kind;
			return true;
		}
	call_fail(call, 400, "bad_filter", "kind is addresses, hosts or names");
	return false;
}

/* --- the list ------------------------------------------------------------------------------------------- */

static int write_thing(void *context, const struct ignored *thing)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_integer(call->out, "id", thing->id);
	out_text(call->out, "value", thing->value);
	until_write(call->out, &(struct until){thing->said, thing->until, thing->by, thing->reason});
	out_close(call->out, '}');
	return 0;
}

void api_list_ignored(struct call *call)
{
	enum identifier_kind kind;
	struct db_tx *tx;
	int r;

	if (!unregistered_read_kind(call, call_text(call, "kind"), &kind) ||
	    !(tx = call_begin(call, DB_READ)))
		return;
	page_open(call);
	r = db_end(tx, ignored_list(tx, kind, call->now, write_thing, call));
	if (r < 0)
		call_fail_code(call, r);
	else
		page_close(call, false, 0, (struct str){0});
}

/* --- saying so, and taking it back ---------------------------------------------------------------------- */

/* One address and no network, as it is written in the list. */
static bool read_value(struct call *call, enum identifier_kind kind, struct str text, struct buf *value)
{
	char address[IP_TEXT_SIZE];
	struct err err = {0};
	uint8_t ip[16];
	int r;

	if (kind == IDENTIFIER_ADDRESS) {
		r = ip_parse(text, ip);
		if (r == 0) {
			ip_format(ip, address);
			buf_add_str(value, str_from(address));
		}
	} else {
		r = identifier_write(kind, text, value, &err);
	}
	if (r < 0)
		call_fail(call, 422, "bad_value", "value: %s",
			  err.message[0] ? err.message : words_of("this is no single address"));
	return r == 0;
}

static void add(struct call *call, struct ignored *thing)
{
	struct db_tx *tx = call_begin(call, DB_WRITE);
	int r;

	if (!tx)
		return;
	r = db_end(tx, ignored_add(tx, thing, &thing->id));
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	call->response->status = 201;
	write_thing(call, thing);
}

void api_ignore_unregistered(struct call *call)
{
	struct str kind = {0}, text = {0};
	struct ignored thing = {0};
	struct buf value = {0};
	struct until until;
	json_t *body = call_body(call);

	if (body && body_text(call, body, "kind", 16, true, &kind, NULL) &&
	    unregistered_read_kind(call, kind, &thing.kind) &&
	    body_text(call, body, "value", IDENTIFIER_MAX / 4, true, &text, NULL) &&
	    read_value(call, thing.kind, text, &value) && until_read(call, body, &until)) {
		thing.value = buf_str(&value);
		thing.said = until.said;
		thing.until = until.until;
		thing.by = until.by;
		thing.reason = until.reason;
		add(call, &thing);
	}
	buf_done(&value);
	json_decref(body);
}

void api_end_ignored(struct call *call)
{
	struct db_tx *tx;
	int64_t id;
	int r;

	if (!call_id(call, 0, &id) || !(tx = call_begin(call, DB_WRITE)))
		return;
	r = db_end(tx, ignored_end(tx, id, call->now));
	if (r == ERR_END)
		call_fail(call, 404, "not_found", "it is not ignored, or no longer");
	else if (r < 0)
		call_fail_code(call, r);
	else
		call_no_content(call);
}
