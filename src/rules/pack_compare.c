/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/pack_compare.h"

#include "base/map.h"
#include "detect/filter.h"

/* Rules of one version by id (or title where they have none) and by title, to 1 + index. */
struct version {
	struct ruleset *set;
	struct map *places, *titles;
};

struct comparison {
	const struct pack_sides *sides;
	struct version before, now;
	pack_difference_visit *visit;
	void *context;
};

const char *pack_news_name(enum pack_news news)
{
	static const char *const names[PACK_NEWS_COUNT] = {"added", "changed", "gone", "same_id",
							   "same_title"};

	return names[news];
}

static void ignore(void *context, const struct err *err)
{
	(void)context, (void)err; /* named in the manifest, or when everything is loaded */
}

static struct str key_of(const struct rule_info *info)
{
	return info->id.len ? info->id : info->title;
}

static void version_load(struct version *version, const char *folder)
{
	struct ruleset_builder *builder = ruleset_builder_new();

	if (folder)
		ruleset_add(builder, folder, ignore, NULL);
	version->set = ruleset_build(builder, false);
	version->places = map_new();
	version->titles = map_new();
	must(version->places && version->titles);
	for (size_t i = 0; i < ruleset_count(version->set); i++) {
		const struct rule_info *info = ruleset_info(version->set, i);

		*map_put(version->places, key_of(info), NULL) = i + 1;
		*map_put(version->titles, info->title, NULL) = i + 1;
	}
}

static void version_done(struct version *version)
{
	map_free(version->places);
	map_free(version->titles);
	ruleset_free(version->set);
}

static const struct rule_info *find_in(const struct version *version, const struct map *map, struct str key)
{
	const uint64_t *place = map_get(map, key);

	return place ? ruleset_info(version->set, *place - 1) : NULL;
}

static const struct rule_info *find(const struct version *version, const struct rule_info *info)
{
	return find_in(version, version->places, key_of(info));
}

static void tell(const struct comparison *comparison, enum pack_news news, const struct rule_info *info)
{
	comparison->visit(comparison->context, &(struct pack_difference){.news = news, .info = info});
}

/* A rule that goes, with what people decided about it. */
static void tell_gone(const struct comparison *comparison, const struct rule_info *info)
{
	const struct pack_sides *sides = comparison->sides;
	struct pack_difference difference = {
		.news = PACK_GONE,
		.info = info,
		.set = info->id.len && settings_rule(sides->settings, info->id),
		.heir = find_in(&comparison->now, comparison->now.titles, info->title),
	};

	for (size_t i = 0; !difference.excepted && i < ruleset_filter_count(sides->all); i++) {
		const struct filter_info *filter = ruleset_filter(sides->all, i);

		difference.excepted = !filter->any && filter_names(filter, info);
	}
	comparison->visit(comparison->context, &difference);
}

static void compare_versions(const struct comparison *comparison)
{
	const struct ruleset *now = comparison->now.set, *before = comparison->before.set;

	for (size_t i = 0; i < ruleset_count(now); i++) {
		const struct rule_info *info = ruleset_info(now, i);
		const struct rule_info *old = find(&comparison->before, info);

		if (!old)
			tell(comparison, PACK_ADDED, info);
		else if (!str_eq(old->yaml, info->yaml))
			tell(comparison, PACK_CHANGED, info);
	}
	for (size_t i = 0; i < ruleset_count(before); i++)
		if (!find(&comparison->now, ruleset_info(before, i)))
			tell_gone(comparison, ruleset_info(before, i));
}

static void compare_others(const struct comparison *comparison)
{
	const struct pack_sides *sides = comparison->sides;
	const struct version *now = &comparison->now;

	for (size_t i = 0; i < ruleset_count(sides->all); i++) {
		const struct rule_info *info = ruleset_info(sides->all, i);

		if (str_eq(rules_pack_of(sides->paths, info), sides->name))
			continue;
		if (find(now, info))
			tell(comparison, PACK_SAME_ID, info);
		else if (find_in(now, now->titles, info->title))
			tell(comparison, PACK_SAME_TITLE, info);
	}
}

void pack_compare(const struct pack_sides *sides, pack_difference_visit *visit, void *context)
{
	struct comparison comparison = {.sides = sides, .visit = visit, .context = context};

	version_load(&comparison.before, sides->before);
	version_load(&comparison.now, sides->now);
	if (sides->before)
		compare_versions(&comparison);
	compare_others(&comparison);
	version_done(&comparison.before);
	version_done(&comparison.now);
}
