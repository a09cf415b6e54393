/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/register_snapshot.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/vec.h"
#include "people/asset.h"
#include "people/register.h"

#define FILE_MODE 0640
#define STAMP_MAX 64
#define SPANS_MAX 4 /* of one asset, the latest: few of them may hold one address (enrich/ranges.h) */

/* A time in which nothing changed of what the file says. */
struct span {
	struct str name, unit, owner, criticality, identifiers;
	int64_t from, to;
};

struct export
{
	struct arena *arena; /* of the asset's spans */
	int64_t asset, now;
	bool present; /* only what holds now */
	struct {
		VEC_OF(struct span)
	} spans;
	struct buf out;
	size_t rows;
};

/* --- rows ----------------------------------------------------------------------------------------------- */

static void add_field(struct buf *out, struct str text)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, text.ptr[i]);
	}
	buf_add_char(out, '"');
}

static void add_time(struct buf *out, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	buf_add_char(out, ',');
	if (time == REGISTER_OPEN)
		return;
	clock_format(time, text);
	buf_add_str(out, str_from(text));
}

/* address,mac,host: one of them. */
static void add_row(struct export *export, int place, struct str text, const struct span *span)
{
	struct buf *out = &export->out;

	for (int i = 0; i < 3; i++) {
		if (i == place)
			add_field(out, text);
		buf_add_char(out, ',');
	}
	add_field(out, span->name);
	buf_add_char(out, ',');
	add_field(out, span->unit);
	buf_add_char(out, ',');
	add_field(out, span->owner);
	buf_add_char(out, ',');
	add_field(out, span->criticality);
	add_time(out, span->from);
	add_time(out, span->to);
	buf_add_char(out, '\n');
	export->rows++;
}

/* A site that has its host to itself is found by the host's name, too. */
static bool is_whole_host(struct str url)
{
	return str_find_char(url, '/') == STR_NOT_FOUND && str_find_char(url, ':') == STR_NOT_FOUND;
}

static void add_span(struct export *export, const struct span *span)
{
	struct str rest = span->identifiers, text;
	enum identifier_kind kind;

	while (identifiers_next(&rest, &kind, &text)) {
		if (kind == IDENTIFIER_ADDRESS)
			add_row(export, 0, text, span);
		else if (kind == IDENTIFIER_MAC)
			add_row(export, 1, text, span);
		else if (kind == IDENTIFIER_HOST || (kind == IDENTIFIER_URL && is_whole_host(text)))
			add_row(export, 2, text, span);
	}
}

/* --- states --------------------------------------------------------------------------------------------- */

static void finish_asset(struct export *export)
{
	size_t count = export->spans.len;

	for (size_t i = count > SPANS_MAX ? count - SPANS_MAX : 0; i < count; i++)
		add_span(export, &export->spans.items[i]);
	vec_clear(&export->spans);
	arena_reset(export->arena);
}

static bool continues(const struct span *span, const struct asset *asset, struct str owner)
{
	return span->to == asset->from && str_eq(span->name, asset->name) &&
	       str_eq(span->unit, asset->unit_name) && str_eq(span->owner, owner) &&
	       str_eq(span->criticality,
		      str_from(asset_word_name(asset_criticalities, asset->criticality))) &&
	       str_eq(span->identifiers, asset->identifiers);
}

static int take_state(void *context, const struct asset *asset, struct str owner)
{
	struct export *export = context;
	struct span *last;

	if (asset->id != export->asset)
		finish_asset(export);
	export->asset = asset->id;
	if (asset->life == ASSET_CLOSED ||
	    (export->present && (asset->from > export->now || asset->to <= export->now)))
		return 0;
	last = export->spans.len ? &export->spans.items[export->spans.len - 1] : NULL;
	if (last && continues(last, asset, owner)) {
		last->to = asset->to;
		return 0;
	}
	vec_push(&export->spans,
		 ((struct span){
			 .name = arena_copy(export->arena, asset->name),
			 .unit = arena_copy(export->arena, asset->unit_name),
			 .owner = arena_copy(export->arena, owner),
			 .criticality = str_from(asset_word_name(asset_criticalities, asset->criticality)),
			 .identifiers = arena_copy(export->arena, asset->identifiers),
			 .from = asset->from,
			 .to = asset->to,
		 }));
	return 0;
}

/* --- the file ------------------------------------------------------------------------------------------- */

static int make_file(struct db_tx *tx, struct export *export, int64_t since, struct err *ret_err)
{
	int r;

	buf_clear(&export->out);
	buf_add_str(&export->out, STR("address,mac,host,name,unit,owner,criticality,valid_from,valid_to\n"));
	export->asset = 0;
	export->rows = 0;
	r = asset_every_state(tx, since, export->now, take_state, export);
	finish_asset(export);
	return r < 0 ? err_set(ret_err, r, 0, 0, "the register cannot be read: %s", err_text(r))
		     : register_snapshot_check(buf_str(&export->out), ret_err);
}

static int write_file(struct db_tx *tx, const char *path, int64_t since, int64_t now, struct err *ret_err)
{
	struct export export = {.arena = arena_new(0), .now = now};
	int r = make_file(tx, &export, since, ret_err);

	if (r == ERR_LIMIT) { /* the past is what can be done without */
		log_warning("the register's copy for enrichment holds only what is so now: %s",
			    ret_err->message);
		export.present = true;
		*ret_err = (struct err){0};
		r = make_file(tx, &export, since, ret_err);
	}
	if (r == 0) {
		r = io_replace_file(path, export.out.ptr, export.out.len, FILE_MODE);
		if (r < 0)
			err_set(ret_err, r, 0, 0, "%s: %s", path, err_text(r));
	}
	vec_done(&export.spans);
	buf_done(&export.out);
	arena_free(export.arena);
	return r;
}

static bool is_stamp(const char *path, struct str stamp)
{
	struct buf found = {0};
	bool same = io_read_file(path, STAMP_MAX, &found) >= 0 && str_eq(buf_str(&found), stamp);

	buf_done(&found);
	return same;
}

void register_snapshot(struct db *db, const char *data, int64_t since, int64_t now)
{
	char path[PATH_MAX], stamp_path[PATH_MAX], stamp[STAMP_MAX];
	struct err err = {0};
	int64_t number = 0;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return; /* busy: the next time */
	snprintf(path, sizeof(path), "%s/" REGISTER_EXPORT, data);
	snprintf(stamp_path, sizeof(stamp_path), "%s/" REGISTER_STAMP, data);
	r = register_latest(tx, &number);
	snprintf(stamp, sizeof(stamp), "%" PRId64 " %" PRId64 "\n", number, now / CLOCK_DAY);
	if (r == 0 && number && !is_stamp(stamp_path, str_from(stamp))) {
		r = write_file(tx, path, since, now, &err);
		/* Also where it failed: the same would fail again, and say so every few seconds. */
		if (r < 0)
			log_warning("events keep the assets they were enriched with before: %s", err.message);
		io_replace_file(stamp_path, stamp, strlen(stamp), FILE_MODE);
	}
	db_end(tx, r);
}
