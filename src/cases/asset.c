/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/asset.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "cases/private.h"
#include "people/owner.h"

#define REMEMBERED_MAX 20000 /* answers; then all are forgotten */

/* The answer for a name in a minute is kept, and is that of the minute's beginning, so that it depends on
   nothing that was asked before: an attack asks a thousand times. */
struct assets {
	struct arena *arena;
	struct map *known; /* time and name → struct asset *, or NO_ASSET */
	struct buf key;
};

#define NO_ASSET 1

struct assets *assets_new(void)
{
	struct assets *assets = calloc(1, sizeof(*assets));

	must(assets);
	assets->arena = arena_new(16 * 1024);
	assets->known = map_new();
	must(assets->arena && assets->known);
	return assets;
}

void assets_free(struct assets *assets)
{
	if (!assets)
		return;
	arena_free(assets->arena);
	map_free(assets->known);
	buf_done(&assets->key);
	free(assets);
}

struct finding {
	struct arena *arena;
	struct asset *asset; /* NULL until found */
	struct str what;
	int64_t at;
};

static struct str write_people(struct arena *arena, const struct owner *owner)
{
	struct buf out = {0};
	struct str copy;

	buf_add_char(&out, '[');
	for (size_t i = 0; i < owner->count; i++) {
		const struct responsible *person = &owner->responsibles[i];

		buf_printf(&out, "%s{\"person\":%lld,\"duty\":\"%s\",\"distance\":%u,\"name\":", i ? "," : "",
			   (long long)person->person, duty_name(person->duty), person->distance);
		buf_add_json_string(&out, person->name);
		buf_add_str(&out, STR(",\"phone\":"));
		buf_add_json_string(&out, person->phone);
		buf_add_str(&out, STR(",\"mail\":"));
		buf_add_json_string(&out, person->mail);
		buf_add_str(&out, STR(",\"unit\":"));
		buf_add_json_string(&out, person->unit_name);
		buf_add_char(&out, '}');
	}
	buf_add_char(&out, ']');
	copy = arena_copy(arena, buf_str(&out));
	buf_done(&out);
	return copy;
}

static int take_owner(void *context, const struct owner *owner)
{
	struct finding *finding = context;
	struct arena *arena = finding->arena;
	struct asset *asset;

	if (!owner->asset && !owner->unit)
		return 0;
	asset = arena_struct(arena, struct asset);
	*asset = (struct asset){
		.id = owner->asset,
		.unit = owner->unit,
		.at = finding->at,
		.what = arena_copy(arena, finding->what),
		.name = arena_copy(arena, owner->asset_name),
		.kind = arena_copy(arena, owner->asset_kind),
		.unit_name = arena_copy(arena, owner->unit_name),
		.criticality = arena_copy(arena, owner->criticality),
		.people = write_people(arena, owner),
		.mlps_level = owner->mlps_level,
	};
	if (owner->count)
		asset->responsible = arena_copy(arena, owner->responsibles[0].name);
	finding->asset = asset;
	return 0;
}

static uint64_t *remembered(struct assets *assets, struct str what, int64_t time, bool *ret_new)
{
	if (map_len(assets->known) >= REMEMBERED_MAX) {
		map_free(assets->known);
		assets->known = map_new();
		must(assets->known);
	}
	buf_clear(&assets->key);
	buf_add(&assets->key, &time, sizeof(time));
	buf_add_str(&assets->key, what);
	return map_put(assets->known, buf_str(&assets->key), ret_new);
}

static int find_one(struct assets *assets, struct db_tx *tx, struct str what, int64_t time,
		    struct asset **ret_asset)
{
	struct finding finding = {.arena = assets->arena, .what = what, .at = time};
	uint64_t *place;
	bool added;
	int r;

	if (!what.len)
		return 0;
	place = remembered(assets, what, time, &added);
	if (!added) {
		*ret_asset = *place == NO_ASSET ? NULL : (struct asset *)(uintptr_t)*place;
		return 0;
	}
	*place = NO_ASSET;
	r = owner_find(tx, what, time, 0, take_owner, &finding);
	if (r < 0 && r != ERR_END && r != ERR_SYNTAX)
		return r;
	if (finding.asset)
		*place = (uintptr_t)finding.asset;
	*ret_asset = finding.asset;
	return 0;
}

int assets_find(struct assets *assets, struct db_tx *tx, const struct str *names, size_t count, int64_t time,
		struct asset **ret_asset)
{
	struct asset *asset = NULL, *unit_only = NULL;
	int r = 0;

	for (size_t i = 0; i < count && r == 0 && !(asset && asset->id); i++) {
		r = find_one(assets, tx, names[i], floor_to(time, MINUTE), &asset);
		if (asset && !asset->id && !unit_only)
			unit_only = asset;
	}
	if (r == 0)
		*ret_asset = asset && asset->id ? asset : unit_only;
	return r;
}

int incident_take_asset(struct db_tx *tx, int64_t id, const struct asset *asset)
{
	static const char keep[] = "INSERT OR IGNORE INTO incident_assets VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
				   " ?8, ?9, ?10, ?11, ?12)";
	static const char show[] =
		"UPDATE incidents SET asset = ?2, unit = ?3, asset_name = ?4, unit_name = ?5,"
		" responsible = ?6 WHERE id = ?1 AND asset = 0 AND (unit = 0 OR ?2 > 0)";
	int r;

	if (!asset)
		return 0;
	r = db_run(tx, keep,
		   DB_ARGS(db_integer(id), db_integer(asset->id), db_integer(asset->unit),
			   db_integer(asset->at), db_text(asset->what), db_text(asset->name),
			   db_text(asset->kind), db_text(asset->unit_name), db_text(asset->responsible),
			   db_text(asset->criticality), db_integer(asset->mlps_level),
			   db_text(asset->people)));
	if (r <= 0)
		return r;
	r = db_run(tx, show,
		   DB_ARGS(db_integer(id), db_integer(asset->id), db_integer(asset->unit),
			   db_text(asset->name), db_text(asset->unit_name), db_text(asset->responsible)));
	return r < 0 ? r : 1;
}
