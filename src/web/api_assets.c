/* SPDX-License-Identifier: Apache-2.0 */
#include "people/owner.h"
#include "web/register.h"

#define IDENTIFIERS_OF(kind) (1u << (16 + (kind)))
#define IDENTIFIERS_ALL                                                         \
	(IDENTIFIERS_OF(IDENTIFIER_ADDRESS) | IDENTIFIERS_OF(IDENTIFIER_HOST) | \
	 IDENTIFIERS_OF(IDENTIFIER_DOMAIN) | IDENTIFIERS_OF(IDENTIFIER_URL) |   \
	 IDENTIFIERS_OF(IDENTIFIER_MAC))

/* --- the body ------------------------------------------------------------------------------------------- */

static bool read_word(struct call *call, json_t *body, const char *key, const struct asset_word *words,
		      int *ret_number, bool *ret_there)
{
	struct str name;

	if (!body_text(call, body, key, 32, false, &name, ret_there))
		return false;
	if (!name.len || asset_word_parse(words, name, ret_number) == 0)
		return true;
	call_fail(call, 400, "bad_value", "%s cannot be '%.*s'", key, STR_FMT(str_head(name, 40)));
	return false;
}

static bool read_list(struct call *call, json_t *list, enum identifier_kind kind, struct buf *out)
{
	struct err err = {0};
	size_t index;
	json_t *item;

	if (!json_is_array(list) || json_array_size(list) > IDENTIFIERS_MAX) {
		call_fail(call, 400, "bad_body", "%s is a list of at most %d texts",
			  identifier_kind_plural(kind), IDENTIFIERS_MAX);
		return false;
	}
	json_array_foreach(list, index, item)
	{
		struct str text = str_of(json_string_value(item), json_string_length(item));

		if (!json_is_string(item) || identifiers_add(out, kind, text, &err) < 0) {
			call_fail(call, 400, "bad_value", "%s: %s", identifier_kind_plural(kind),
				  err.message[0] ? err.message : words_of("only texts"));
			return false;
		}
	}
	return true;
}

/* One list for each kind; those that are absent stay as they are. */
static bool read_identifiers(struct call *call, json_t *body, struct asset *asset, unsigned *members)
{
	struct buf list = {0};
	bool fine = true;
	struct err err = {0};

	for (enum identifier_kind kind = IDENTIFIER_ADDRESS; kind <= IDENTIFIER_MAC && fine; kind++) {
		json_t *value = json_object_get(body, identifier_kind_plural(kind));

		if (!value)
			continue;
		*members |= ASSET_IDENTIFIERS | IDENTIFIERS_OF(kind);
		fine = read_list(call, value, kind, &list);
	}
	if (fine && identifiers_finish(&list, &err) < 0) {
		call_fail(call, 400, "too_long", "%s", err.message);
		fine = false;
	}
	if (fine)
		asset->identifiers = arena_copy(call->request->arena, buf_str(&list));
	buf_done(&list);
	return fine;
}

static bool read_texts(struct call *call, json_t *body, bool adding, struct asset *asset, unsigned *members)
{
	bool name, purpose, number, note, unit, level;
	int64_t mlps_level = 0;

	if (!body_text(call, body, "name", REGISTER_TEXT_MAX, adding, &asset->name, &name) ||
	    !body_text(call, body, "purpose", REGISTER_NOTE_MAX, false, &asset->purpose, &purpose) ||
	    !body_text(call, body, "mlps_number", REGISTER_TEXT_MAX, false, &asset->mlps_number, &number) ||
	    !body_text(call, body, "note", REGISTER_NOTE_MAX, false, &asset->note, &note) ||
	    !register_number(call, body, "unit", &unit, &asset->unit) ||
	    !body_number(call, body, "mlps_level", 0, ASSET_MLPS_MAX, false, &mlps_level))
		return false;
	level = json_object_get(body, "mlps_level") != NULL;
	asset->mlps_level = (int)mlps_level;
	*members |= (name ? ASSET_NAME : 0) | (purpose ? ASSET_PURPOSE : 0) |
		    (number ? ASSET_MLPS_NUMBER : 0) | (note ? ASSET_NOTE : 0) | (unit ? ASSET_UNIT : 0) |
		    (level ? ASSET_MLPS_LEVEL : 0);
	return true;
}

static bool read(struct call *call, json_t *body, bool adding, union register_thing *ret_thing,
		 unsigned *ret_members)
{
	struct asset *asset = &ret_thing->asset;
	bool kind, life, exposure, criticality;

	*ret_members = 0;
	if (!read_texts(call, body, adding, asset, ret_members) ||
	    !read_word(call, body, "kind", asset_kinds, &asset->kind, &kind) ||
	    !read_word(call, body, "life", asset_lives, &asset->life, &life) ||
	    !read_word(call, body, "exposure", asset_exposures, &asset->exposure, &exposure) ||
	    !read_word(call, body, "criticality", asset_criticalities, &asset->criticality, &criticality) ||
	    !read_identifiers(call, body, asset, ret_members))
		return false;
	if (adding && !asset->life)
		asset->life = ASSET_IN_SERVICE;
	*ret_members |= (kind ? ASSET_KIND : 0) | (life ? ASSET_LIFE : 0) | (exposure ? ASSET_EXPOSURE : 0) |
			(criticality ? ASSET_CRITICALITY : 0);
	return true;
}

/* --- the answer
 * ---------------------------------------------------------------------------------------------- */

static void write_identifiers(struct call *call, struct str identifiers)
{
	for (enum identifier_kind kind = IDENTIFIER_ADDRESS; kind <= IDENTIFIER_MAC; kind++) {
		struct str rest = identifiers, text;
		enum identifier_kind one;

		out_open(call->out, identifier_kind_plural(kind), '[');
		while (identifiers_next(&rest, &one, &text))
			if (one == kind)
				out_text(call->out, NULL, text);
		out_close(call->out, ']');
	}
}

/* The members of api.yaml's Asset, without the braces. */
static void write_asset(struct call *call, const struct asset *asset)
{
	struct buf *out = call->out;

	out_integer(out, "id", asset->id);
	out_integer(out, "version", asset->version);
	out_text(out, "name", asset->name);
	out_text(out, "kind", str_from(asset_word_name(asset_kinds, asset->kind)));
	write_identifiers(call, asset->identifiers);
	if (asset->unit)
		out_integer(out, "unit", asset->unit);
	out_optional(out, "unit_name", asset->unit_name);
	out_optional(out, "purpose", asset->purpose);
	out_optional(out, "exposure", str_from(asset_word_name(asset_exposures, asset->exposure)));
	out_integer(out, "mlps_level", asset->mlps_level);
	out_optional(out, "mlps_number", asset->mlps_number);
	out_optional(out, "criticality", str_from(asset_word_name(asset_criticalities, asset->criticality)));
	out_text(out, "life", str_from(asset_word_name(asset_lives, asset->life)));
	out_optional(out, "note", asset->note);
	register_write_span(call, asset->from, asset->to);
}

void register_write_asset(struct call *call, const struct asset *asset)
{
	out_open(call->out, NULL, '{');
	write_asset(call, asset);
	out_close(call->out, '}');
}

static int write_row(void *context, const struct asset *asset)
{
	register_write_asset(context, asset);
	return 0;
}

struct getting {
	struct call *call;
	int64_t *version;
};

static int write_one(void *context, const struct asset *asset)
{
	struct getting *getting = context;

	*getting->version = asset->version;
	write_asset(getting->call, asset);
	return 0;
}

static int get(struct call *call, struct db_tx *tx, int64_t id, const struct register_view *view,
	       int64_t *ret_version)
{
	struct getting getting = {call, ret_version};

	return asset_get(tx, id, view, write_one, &getting);
}

static int keep_from(void *context, const struct asset *asset)
{
	*(int64_t *)context = asset->from;
	return 0;
}

static int last(struct db_tx *tx, int64_t id, int64_t *ret_from)
{
	int64_t from = 0;
	int r = asset_states(tx, id, keep_from, &from);

	*ret_from = from;
	return r == 0 && !from ? ERR_END : r;
}

static int write_responsibles(void *context, const struct owner *owner)
{
	struct call *call = context;

	owner_write_responsibles(owner, call->out);
	return 0;
}

/* Its states, the duties for it of all times, and who answers for it now. */
static int more(struct call *call, struct db_tx *tx, int64_t id)
{
	struct duty_filter filter = {.asset = id, .any_time = true};
	int r;

	out_open(call->out, "states", '[');
	r = asset_states(tx, id, write_row, call);
	out_close(call->out, ']');
	if (r == 0)
		r = register_write_duties(call, tx, &filter);
	if (r < 0)
		return r;
	out_open(call->out, "responsibles", '[');
	r = owner_of_asset(tx, id, call->now, write_responsibles, call);
	out_close(call->out, ']');
	return r == ERR_END ? 0 : r;
}

/* --- changes
 * ------------------------------------------------------------------------------------------------- */

static int add(struct db_tx *tx, const union register_thing *thing, const struct statement *statement,
	       int64_t *ret_id, struct err *ret_err)
{
	return asset_add(tx, &thing->asset, statement, ret_id, ret_err);
}

struct merging {
	struct buf list;
	unsigned members;
};

/* What the asset had of the kinds that are not spoken of. */
static int merge(void *context, const struct asset *asset)
{
	struct merging *merging = context;
	struct str rest = asset->identifiers, text;
	enum identifier_kind kind;
	int r = 0;

	while (r == 0 && identifiers_next(&rest, &kind, &text))
		if (!(merging->members & IDENTIFIERS_OF(kind)))
			r = identifiers_add(&merging->list, kind, text, NULL);
	return r;
}

static int update(struct call *call, struct db_tx *tx, int64_t id, const union register_thing *thing,
		  unsigned members, const struct statement *statement, struct err *ret_err)
{
	struct register_view view = {.time = statement->from ? statement->from : call->now};
	struct merging merging = {.members = members};
	struct asset asset = thing->asset;
	int r = 0;

	if (members & ASSET_IDENTIFIERS && (members & IDENTIFIERS_ALL) != IDENTIFIERS_ALL) {
		buf_add_str(&merging.list, asset.identifiers);
		r = asset_get(tx, id, &view, merge, &merging);
		if (r == 0)
			r = identifiers_finish(&merging.list, ret_err);
		asset.identifiers = buf_str(&merging.list);
	}
	if (r == 0 || r == ERR_END) /* what is not valid then is said by the update itself */
		r = asset_update(tx, id, &asset, members & 0xffff, statement, ret_err);
	buf_done(&merging.list);
	return r;
}

const struct register_resource register_assets = {
	.noun = WORDS("asset"),
	.read = read,
	.add = add,
	.update = update,
	.span = asset_span,
	.close = asset_close,
	.get = get,
	.last = last,
	.more = more,
};

/* --- the routes
 * ---------------------------------------------------------------------------------------------- */

/* "high,critical" as bits. */
static bool read_set(struct call *call, const char *name, const struct asset_word *words, unsigned *ret_bits)
{
	struct str rest = call_text(call, name), part;
	int number;

	while (str_split(&rest, ',', &part)) {
		if (asset_word_parse(words, part, &number) < 0) {
			call_fail(call, 400, "bad_filter", "%s knows no '%.*s'", name,
				  STR_FMT(str_head(part, 40)));
			return false;
		}
		*ret_bits |= 1u << number;
	}
	return true;
}

static bool read_levels(struct call *call, unsigned *ret_bits)
{
	struct str rest = call_text(call, "mlps"), part;

	while (str_split(&rest, ',', &part)) {
		if (part.len != 1 || part.ptr[0] < '0' || part.ptr[0] > '0' + ASSET_MLPS_MAX) {
			call_fail(call, 400, "bad_filter", "mlps is one or more of 0 to %d", ASSET_MLPS_MAX);
			return false;
		}
		*ret_bits |= 1u << (part.ptr[0] - '0');
	}
	return true;
}

static bool read_filter(struct call *call, struct asset_filter *filter)
{
	filter->words = call_text(call, "q");
	return register_view_read(call, &filter->view) &&
	       read_set(call, "kind", asset_kinds, &filter->kinds) &&
	       read_set(call, "life", asset_lives, &filter->lives) &&
	       read_set(call, "criticality", asset_criticalities, &filter->criticalities) &&
	       read_set(call, "exposure", asset_exposures, &filter->exposures) &&
	       read_levels(call, &filter->levels);
}

static bool read_unit(struct call *call, int64_t *ret_unit)
{
	if (str_eq(call_text(call, "unit"), STR("none"))) {
		*ret_unit = ASSET_UNIT_NONE;
		return true;
	}
	return call_number(call, "unit", 1, INT64_MAX, 0, ret_unit);
}

void api_list_assets(struct call *call)
{
	struct asset_filter filter = {0};
	int64_t next = 0;
	struct db_tx *tx;
	int r;

	if (!read_filter(call, &filter) || !read_unit(call, &filter.unit) ||
	    !register_page_read(call, &filter.cursor, &filter.limit) || !(tx = call_begin(call, DB_READ)))
		return;
	page_open(call);
	r = asset_list(tx, &filter, write_row, call, &next);
	register_page_close(call, db_end(tx, r), next);
}

struct counting {
	struct call *call;
	int64_t total;
};

static int write_count(void *context, int64_t unit, int64_t count)
{
	struct counting *counting = context;
	struct buf *out = counting->call->out;

	counting->total += count;
	out_open(out, NULL, '{');
	if (unit)
		out_integer(out, "unit", unit);
	out_integer(out, "count", count);
	out_close(out, '}');
	return 0;
}

void api_count_assets(struct call *call)
{
	struct counting counting = {.call = call};
	struct asset_filter filter = {0};
	struct db_tx *tx;
	int r;

	if (!read_filter(call, &filter) || !(tx = call_begin(call, DB_READ)))
		return;
	out_open(call->out, NULL, '{');
	out_open(call->out, "items", '[');
	r = db_end(tx, asset_counts(tx, &filter, write_count, &counting));
	out_close(call->out, ']');
	out_integer(call->out, "total", counting.total);
	out_close(call->out, '}');
	if (r < 0)
		call_fail_code(call, r);
}

void api_get_asset(struct call *call)
{
	register_get(call, &register_assets);
}

void api_add_asset(struct call *call)
{
	register_add(call, &register_assets);
}

void api_update_asset(struct call *call)
{
	register_update(call, &register_assets);
}

void api_close_asset(struct call *call)
{
	register_close(call, &register_assets);
}
