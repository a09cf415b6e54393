/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_ASSET_H
#define CASES_ASSET_H
/* Inside cases/: the asset behind an alert as the register had it at that time, remembered for a batch. */
#include "base/arena.h"
#include "cases/alert.h"

struct asset {
	int64_t id, unit; /* 0: none */
	int64_t at;
	struct str what; /* by which it was found */
	struct str name, kind, unit_name, criticality;
	struct str responsible; /* the nearest: "张三 13800000000" */
	struct str people;      /* a JSON array of all, as they were */
	unsigned mlps_level;
};

struct assets;
struct assets *assets_new(void);
void assets_free(struct assets *assets); /* NULL is fine */

/* The first of names (empty ones are fine) behind which the register knows an asset at that time; else a unit
   alone. *ret_asset is NULL where it knows none. Lives as long as assets. */
int assets_find(struct assets *assets, struct db_tx *tx, const struct str *names, size_t count, int64_t time,
		struct asset **ret_asset);

static inline struct str asset_name(const struct asset *asset)
{
	return asset ? asset->name : (struct str){0};
}
static inline struct str asset_criticality(const struct asset *asset)
{
	return asset ? asset->criticality : (struct str){0};
}
static inline int64_t asset_unit(const struct asset *asset)
{
	return asset ? asset->unit : 0;
}
static inline struct str asset_unit_name(const struct asset *asset)
{
	return asset ? asset->unit_name : (struct str){0};
}

/* Keeps a copy of the asset with the incident; the first is the one that the incident shows. 1 where it was
   not there. */
int incident_take_asset(struct db_tx *tx, int64_t id, const struct asset *asset);

#endif
