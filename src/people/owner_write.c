/* SPDX-License-Identifier: Apache-2.0 */
/* The answer as JSON, for the API and the command alike. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "people/private.h"

struct writing {
	struct db_tx *tx;
	struct buf *out;
	int64_t scope, time;
	bool found, people;
};

static void put_text(struct buf *out, const char *key, struct str text)
{
	char last = out->ptr[out->len - 1];

	buf_printf(out, "%s\"%s\":", last == '{' ? "" : ",", key);
	buf_add_json_string(out, text);
}

/* Nothing where it is empty. */
static void put_some(struct buf *out, const char *key, struct str text)
{
	if (text.len)
		put_text(out, key, text);
}

static void put_integer(struct buf *out, const char *key, int64_t integer)
{
	char last = out->ptr[out->len - 1];

	buf_printf(out, "%s\"%s\":%" PRId64, last == '{' ? "" : ",", key, integer);
}

static void put_time(struct buf *out, const char *key, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	put_text(out, key, str_from(text));
}

static void put_responsible(struct buf *out, const struct responsible *one)
{
	buf_add_char(out, '{');
	put_integer(out, "person", one->person);
	put_text(out, "name", one->name);
	put_text(out, "duty", str_from(duty_name(one->duty)));
	put_some(out, "phone", one->phone);
	put_some(out, "mail", one->mail);
	if (one->unit)
		put_integer(out, "unit", one->unit);
	put_some(out, "unit_name", one->unit_name);
	put_integer(out, "distance", one->distance);
	buf_printf(out, ",\"of_asset\":%s", one->of_asset ? "true" : "false");
	put_time(out, "since", one->since);
	buf_add_char(out, '}');
}

void owner_write_responsibles(const struct owner *owner, struct buf *out)
{
	for (size_t i = 0; i < owner->count; i++) {
		if (i)
			buf_add_char(out, ',');
		put_responsible(out, &owner->responsibles[i]);
	}
}

/* The members of api.yaml's OwnerAnswer. */
static void put_owner(struct buf *out, const struct owner *owner)
{
	bool comma = out->ptr[out->len - 1] != '{';

	if (owner->asset) {
		buf_add_str(out, comma ? STR(",\"asset\":{") : STR("\"asset\":{"));
		put_integer(out, "id", owner->asset);
		put_text(out, "name", owner->asset_name);
		put_text(out, "kind", owner->asset_kind);
		put_text(out, "life", owner->life);
		put_some(out, "criticality", owner->criticality);
		put_some(out, "exposure", owner->exposure);
		put_integer(out, "mlps_level", owner->mlps_level);
		put_some(out, "mlps_number", owner->mlps_number);
		put_some(out, "purpose", owner->purpose);
		put_time(out, "since", owner->since);
		buf_add_char(out, '}');
	} else {
		buf_add_str(out, comma ? STR(",\"asset\":null") : STR("\"asset\":null"));
	}
	if (owner->unit) {
		buf_add_str(out, STR(",\"unit\":{"));
		put_integer(out, "id", owner->unit);
		put_text(out, "name", owner->unit_name);
		buf_add_char(out, '}');
	} else {
		buf_add_str(out, STR(",\"unit\":null"));
	}
	buf_add_str(out, STR(",\"responsibles\":["));
	owner_write_responsibles(owner, out);
	buf_add_char(out, ']');
}

static bool may_see(const struct writing *writing, const struct owner *owner)
{
	return !writing->scope || unit_within(writing->tx, owner->unit, writing->scope, writing->time);
}

static int write_owner(void *context, const struct owner *owner)
{
	struct writing *writing = context;

	writing->found = may_see(writing, owner);
	writing->people = writing->found && owner->count;
	if (writing->found)
		put_owner(writing->out, owner);
	return 0;
}

static int write_correction(void *context, const struct owner_correction *correction)
{
	struct writing *writing = context;
	struct buf *out = writing->out;

	if (!may_see(writing, correction->before) && correction->before->asset)
		return 0;
	buf_add_str(out, STR(",\"corrected\":{"));
	put_time(out, "at", correction->at);
	put_text(out, "by", correction->by);
	put_text(out, "reason", correction->reason);
	buf_add_str(out, STR(",\"before\":{"));
	put_owner(out, correction->before);
	buf_add_str(out, STR("}}"));
	return 0;
}

int owner_write(struct db_tx *tx, struct str what, int64_t time, int64_t known, int64_t scope,
		struct buf *out)
{
	static const struct owner nobody;
	struct writing writing = {.tx = tx, .out = out, .scope = scope};
	int r;

	writing.time = view_time(&(struct register_view){.time = time});
	buf_add_char(out, '{');
	put_text(out, "what", what);
	put_time(out, "time", writing.time);
	if (known)
		put_time(out, "known", known);
	r = owner_find(tx, what, writing.time, known, write_owner, &writing);
	if (r < 0 && r != ERR_END)
		return r;
	if (!writing.found)
		put_owner(out, &nobody);
	/* What was known of others is told to them alone; so is that it was. */
	if (writing.found || !scope)
		r = owner_corrected(tx, what, writing.time, known, write_correction, &writing);
	buf_add_char(out, '}');
	return r < 0 && r != ERR_END ? r : writing.people;
}
