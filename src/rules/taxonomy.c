/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/taxonomy.h"

#include "base/yaml.h"
#include "event/field.h"

#define NEAR_MAX 2 /* letters that differ */
#define NAME_MAX_LEN 64

static struct str text_at(const struct yaml_node *node, const char *key, struct arena *arena)
{
	return arena_copy(arena, yaml_text(yaml_get(node, key), (struct str){0}));
}

static int read_sources(struct taxonomy *taxonomy, const struct yaml_node *node, struct arena *arena,
			struct err *ret_err)
{
	for (uint32_t i = 0; node && i < node->count; i++) {
		const struct yaml_node *item = node->type == YAML_SEQUENCE ? node->items[i] : node;
		struct taxonomy_source source = {
			.source = {text_at(item, "product", arena), text_at(item, "category", arena),
				   text_at(item, "service", arena)},
			.fields = text_at(item, "fields", arena),
		};

		if (node->type != YAML_SEQUENCE || item->type != YAML_MAPPING || source.fields.len == 0 ||
		    taxonomy->sources.len == TAXONOMY_SOURCES_MAX)
			return yaml_error(ret_err, item,
					  "a source has product, category or service, and fields: names "
					  "with spaces between");
		vec_push(&taxonomy->sources, source);
	}
	return 0;
}

int taxonomy_load(struct taxonomy *taxonomy, const char *file, struct arena *arena, struct err *ret_err)
{
	struct arena *scratch = arena_new(0);
	const struct yaml_node *several;
	struct yaml_node **docs;
	size_t count = 0;
	int r;

	must(scratch);
	*taxonomy = (struct taxonomy){.several = map_new()};
	r = yaml_read_file(file, scratch, &docs, &count, ret_err);
	if (r == 0 && count != 1)
		r = err_set(ret_err, ERR_SYNTAX, 1, 1, "one document is expected");
	if (r == 0)
		r = read_sources(taxonomy, yaml_get(docs[0], "sources"), arena, ret_err);
	several = r == 0 ? yaml_get(docs[0], "several") : NULL;
	for (uint32_t i = 0; several && several->type == YAML_SEQUENCE && i < several->count; i++)
		map_put(taxonomy->several, yaml_text(several->items[i], STR("?")), NULL);
	arena_free(scratch);
	if (r < 0)
		taxonomy_done(taxonomy);
	return r;
}

void taxonomy_done(struct taxonomy *taxonomy)
{
	vec_done(&taxonomy->sources);
	map_free(taxonomy->several);
	taxonomy->several = NULL;
}

static bool part_fits(struct str entry, struct str rule)
{
	return entry.len == 0 || str_ieq(entry, rule);
}

static bool fits(const struct taxonomy_source *entry, const struct logsource *source)
{
	return part_fits(entry->source.product, source->product) &&
	       part_fits(entry->source.category, source->category) &&
	       part_fits(entry->source.service, source->service);
}

bool taxonomy_knows(const struct taxonomy *taxonomy, const struct logsource *source)
{
	for (size_t i = 0; i < taxonomy->sources.len; i++) {
		const struct taxonomy_source *entry = &taxonomy->sources.items[i];

		if (fits(entry, source) && (entry->source.category.len || entry->source.service.len))
			return true;
	}
	return false;
}

/* Case counts: a matcher compares names as they are. */
static bool lists(struct str fields, struct str field)
{
	struct str name;

	while (str_split(&fields, ' ', &name)) {
		if (str_eq(name, field))
			return true;
		if (str_ends(name, STR(".*")) && str_starts(field, str_head(name, name.len - 1)))
			return true;
	}
	return false;
}

bool taxonomy_has(const struct taxonomy *taxonomy, const struct logsource *source, struct str field)
{
	if (field_by_name(field) != FIELD_NONE)
		return true;
	for (size_t i = 0; i < taxonomy->sources.len; i++)
		if (fits(&taxonomy->sources.items[i], source) &&
		    lists(taxonomy->sources.items[i].fields, field))
			return true;
	return false;
}

bool taxonomy_several(const struct taxonomy *taxonomy, struct str field)
{
	return map_get(taxonomy->several, field) != NULL;
}

/* Levenshtein's distance, case aside, but counting it as one. */
static unsigned distance(struct str a, struct str b)
{
	unsigned rows[2][NAME_MAX_LEN + 1];

	if (a.len > NAME_MAX_LEN || b.len > NAME_MAX_LEN)
		return UINT32_MAX;
	for (size_t k = 0; k <= b.len; k++)
		rows[0][k] = (unsigned)k;
	for (size_t i = 1; i <= a.len; i++) {
		unsigned *before = rows[(i - 1) & 1], *now = rows[i & 1];

		now[0] = (unsigned)i;
		for (size_t k = 1; k <= b.len; k++) {
			unsigned best =
				before[k - 1] + (char_lower(a.ptr[i - 1]) != char_lower(b.ptr[k - 1]));

			best = before[k] + 1 < best ? before[k] + 1 : best;
			now[k] = now[k - 1] + 1 < best ? now[k - 1] + 1 : best;
		}
	}
	return rows[a.len & 1][b.len];
}

struct str taxonomy_nearest(const struct taxonomy *taxonomy, const struct logsource *source, struct str field)
{
	struct str best = {0}, name;
	unsigned least = NEAR_MAX + 1;

	for (size_t i = 0; i < taxonomy->sources.len; i++) {
		struct str fields = taxonomy->sources.items[i].fields;

		if (!fits(&taxonomy->sources.items[i], source))
			continue;
		while (str_split(&fields, ' ', &name)) {
			unsigned d = name.len ? distance(name, field) : least;

			if (d < least && d < name.len / 2) {
				least = d;
				best = name;
			}
		}
	}
	return best;
}
