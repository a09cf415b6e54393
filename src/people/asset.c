/* SPDX-License-Identifier: Apache-2.0 */
#include "people/asset.h"

#include <inttypes.h>

#include "people/private.h"

enum {
	NAME,
	KIND,
	IDENTIFIERS,
	UNIT,
	PURPOSE,
	EXPOSURE,
	MLPS_LEVEL,
	MLPS_NUMBER,
	CRITICALITY,
	LIFE,
	NOTE,
	COLUMNS
};

#define X(id, n, name, chinese) {n, name, chinese},
const struct asset_word asset_kinds[] = {ASSET_KINDS(X){0}};
const struct asset_word asset_exposures[] = {ASSET_EXPOSURES(X){0}};
const struct asset_word asset_criticalities[] = {ASSET_CRITICALITIES(X){0}};
const struct asset_word asset_lives[] = {ASSET_LIVES(X){0}};
#undef X

const char *asset_word_name(const struct asset_word *words, int number)
{
	for (; words->number; words++)
		if (words->number == number)
			return words->name;
	return "";
}

int asset_word_parse(const struct asset_word *words, struct str name, int *ret_number)
{
	for (; words->number; words++)
		if (str_eq(name, str_from(words->name)) || str_eq(name, str_from(words->chinese))) {
			*ret_number = words->number;
			return 0;
		}
	return ERR_UNKNOWN;
}

bool asset_word_is(const struct asset_word *words, int number)
{
	return number == 0 || asset_word_name(words, number)[0];
}

static void put_values(const struct asset *asset, struct db_value values[COLUMNS_MAX])
{
	values[NAME] = db_text(asset->name);
	values[KIND] = db_integer(asset->kind);
	values[IDENTIFIERS] = db_text(asset->identifiers);
	values[UNIT] = db_integer(asset->unit);
	values[PURPOSE] = db_text(asset->purpose);
	values[EXPOSURE] = db_integer(asset->exposure);
	values[MLPS_LEVEL] = db_integer(asset->mlps_level);
	values[MLPS_NUMBER] = db_text(asset->mlps_number);
	values[CRITICALITY] = db_integer(asset->criticality);
	values[LIFE] = db_integer(asset->life);
	values[NOTE] = db_text(asset->note);
}

/* --- what may be said of an asset
 * --------------------------------------------------------------------------- */

static int check_texts(const struct db_value *values, struct err *ret_err)
{
	int r = check_text("name", values[NAME].text, REGISTER_TEXT_MAX, true, ret_err);

	if (r == 0)
		r = check_text("mlps_number", values[MLPS_NUMBER].text, REGISTER_TEXT_MAX, true, ret_err);
	if (r == 0)
		r = check_text("purpose", values[PURPOSE].text, REGISTER_NOTE_MAX, false, ret_err);
	if (r == 0)
		r = check_text("note", values[NOTE].text, REGISTER_NOTE_MAX, false, ret_err);
	if (r == 0 && !str_trim(values[NAME].text).len)
		r = err_set(ret_err, ERR_RANGE, 0, 0, "name: it is empty");
	return r;
}

static int check_words(const struct db_value *values, struct err *ret_err)
{
	static const struct {
		int column;
		bool needed;
		const struct asset_word *words;
		const char *complaint;
	} members[] = {
		{KIND, true, asset_kinds, WORDS("kind: host, range, domain, web_site and so on")},
		{LIFE, true, asset_lives, WORDS("life: planned, in_service, zombie, unowned or closed")},
		{EXPOSURE, false, asset_exposures, WORDS("exposure: internet, campus or internal")},
		{CRITICALITY, false, asset_criticalities,
		 WORDS("criticality: low, medium, high or critical")},
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		int64_t number = values[members[i].column].integer;

		if ((members[i].needed && !number) || !asset_word_is(members[i].words, (int)number))
			return err_set(ret_err, ERR_RANGE, 0, 0, "%s", words_of(members[i].complaint));
	}
	if (values[MLPS_LEVEL].integer < 0 || values[MLPS_LEVEL].integer > ASSET_MLPS_MAX)
		return err_set(ret_err, ERR_RANGE, 0, 0, "mlps_level: 0 to %d", ASSET_MLPS_MAX);
	return 0;
}

/* Two may be right for a while, as when a host moves; so they are told and kept. */
static int warn_of_others(struct db_tx *tx, int64_t thing, const struct db_value *values,
			  const struct statement *statement)
{
	struct str rest = values[IDENTIFIERS].text, text;
	enum identifier_kind kind;
	int r = 0;

	while (r >= 0 && statement->warnings && identifiers_next(&rest, &kind, &text)) {
		int64_t other = 0;

		r = db_get_integer(
			tx,
			"SELECT r.thing FROM register_names n CROSS JOIN register_rows r ON r.kind = 4 AND "
			"r.content = n.content AND r.superseded = " LIVE
			" WHERE n.kind = ?1 AND n.text = ?2 AND "
			"n.superseded = " LIVE " AND r.thing <> ?3 AND r.valid_from < ?5 AND r.valid_to > ?4",
			DB_ARGS(db_integer(kind), db_text(text), db_integer(thing),
				db_integer(statement->from), db_integer(statement->to)),
			&other);
		if (r > 0)
			statement_warn(statement, "the asset %" PRId64 " has %.*s at that time, too", other,
				       STR_FMT(str_head(text, 100)));
	}
	return r < 0 ? r : 0;
}

static int check(struct db_tx *tx, int64_t thing, const struct db_value *values,
		 const struct statement *statement, struct err *ret_err)
{
	int r = check_texts(values, ret_err);

	if (r == 0)
		r = check_words(values, ret_err);
	if (r == 0 && values[UNIT].integer)
		r = check_reference(tx, REGISTER_UNIT, values[UNIT].integer, statement, ret_err);
	return r == 0 ? warn_of_others(tx, thing, values, statement) : r;
}

/* --- what finds it
 * -------------------------------------------------------------------------------------------- */

static int index_name(struct db_tx *tx, int64_t content, int kind, struct str text)
{
	struct buf lower = {0};
	int r;

	for (size_t i = 0; i < text.len; i++)
		buf_add_char(&lower, kind == IDENTIFIER_URL ? text.ptr[i] : char_lower(text.ptr[i]));
	r = db_run(
		tx,
		"INSERT OR IGNORE INTO register_names (kind, text, superseded, content) VALUES (?1, ?2, " LIVE
		", ?3)",
		DB_ARGS(db_integer(kind), db_text(buf_str(&lower)), db_integer(content)));
	buf_done(&lower);
	return r < 0 ? r : 0;
}

static int index_range(struct db_tx *tx, int64_t content, struct str text)
{
	struct identifier_prefix prefixes[IDENTIFIER_PREFIXES_MAX];
	uint8_t first[16], last[16], width[16];
	int borrow = 0, r = identifier_range(text, first, last);
	size_t count;

	if (r < 0)
		return r;
	for (int i = 15; i >= 0; i--) {
		int digit = last[i] - first[i] - borrow;

		borrow = digit < 0;
		width[i] = (uint8_t)digit;
	}
	count = identifier_prefixes(first, last, prefixes);
	for (size_t i = 0; i < count && r >= 0; i++) {
		r = db_run(
			tx,
			"INSERT OR IGNORE INTO register_networks (bits, prefix, superseded, content, width) "
			"VALUES (?1, ?2, " LIVE ", ?3, ?4)",
			DB_ARGS(db_integer(prefixes[i].bits), db_blob(prefixes[i].ip, 16),
				db_integer(content), db_blob(width, 16)));
		if (r >= 0)
			r = db_run(tx, "INSERT OR IGNORE INTO register_prefixes (bits) VALUES (?1)",
				   DB_ARGS(db_integer(prefixes[i].bits)));
	}
	return r < 0 ? r : 0;
}

static int index_content(struct db_tx *tx, int64_t content, const struct db_value *values)
{
	struct str rest = values[IDENTIFIERS].text, text;
	enum identifier_kind kind;
	int r = index_name(tx, content, IDENTIFIER_NAME, values[NAME].text);

	while (r == 0 && identifiers_next(&rest, &kind, &text)) {
		r = index_name(tx, content, kind, text);
		if (r == 0 && kind == IDENTIFIER_ADDRESS)
			r = index_range(tx, content, text);
	}
	return r;
}

static int unindex_content(struct db_tx *tx, int64_t content)
{
	static const char *const updates[] = {
#define UPDATE(table)                                                                                      \
	"UPDATE " table " SET superseded = (SELECT max(superseded) FROM register_rows WHERE kind = 4 AND " \
	"content = ?1) WHERE content = ?1"
		UPDATE("register_networks"), UPDATE("register_names")
#undef UPDATE
	};
	int r = 0;

	for (size_t i = 0; i < 2 && r >= 0; i++)
		r = db_run(tx, updates[i], DB_ARGS(db_integer(content)));
	return r < 0 ? r : 0;
}

static int end_of(struct db_tx *tx, int64_t thing, const struct statement *statement, struct err *ret_err)
{
	return duties_end(tx, "asset", thing, statement, ret_err);
}

#define COLUMN_NAMES \
	"name, kind, identifiers, unit, purpose, exposure, mlps_level, mlps_number, criticality, life, note"

const struct content_def asset_def = {
	.kind = REGISTER_ASSET,
	.noun = WORDS("asset"),
	.columns = COLUMNS,
	.is_text = 1u << NAME | 1u << IDENTIFIERS | 1u << PURPOSE | 1u << MLPS_NUMBER | 1u << NOTE,
	.insert = "INSERT INTO register_assets (" COLUMN_NAMES
		  ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
		  "?11)",
	.select = "SELECT " COLUMN_NAMES " FROM register_assets WHERE content = ?1",
	.check = check,
	.index = index_content,
	.unindex = unindex_content,
	.end = end_of,
};

int asset_add(struct db_tx *tx, const struct asset *asset, const struct statement *statement, int64_t *ret_id,
	      struct err *ret_err)
{
	struct db_value values[COLUMNS_MAX];

	put_values(asset, values);
	return record_add(tx, &asset_def, values, statement, ret_id, ret_err);
}

int asset_update(struct db_tx *tx, int64_t id, const struct asset *asset, unsigned members,
		 const struct statement *statement, struct err *ret_err)
{
	struct db_value values[COLUMNS_MAX];

	put_values(asset, values);
	return record_update(tx, &asset_def, id, values, members, statement, ret_err);
}

int asset_span(struct db_tx *tx, int64_t id, const struct register_span *span,
	       const struct statement *statement, struct err *ret_err)
{
	return record_span(tx, &asset_def, id, span, statement, ret_err);
}

int asset_close(struct db_tx *tx, int64_t id, const struct statement *statement, struct err *ret_err)
{
	return record_close(tx, &asset_def, id, statement, ret_err);
}
