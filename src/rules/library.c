/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/library.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define REFUSALS_MAX 1000 /* kept; more are counted nowhere, since nobody reads on */

struct shelf {
	struct rule_shelf open; /* what callers see */
	atomic_uint users;
	uint64_t stamp;
	struct arena *arena;
	struct {
		VEC_OF(struct rule_refusal)
	} refusals;
	size_t told; /* of them, in Chinese */
	struct {
		VEC_OF(struct str)
	} replaced;
};

struct rule_library {
	struct rules_paths paths;
	struct arena *arena;
	struct attack attack;
	struct taxonomy taxonomy;
	bool has_attack, has_taxonomy;
	pthread_mutex_t lock; /* guards what follows */
	struct shelf *shelf;  /* NULL: nobody asked yet */
};

/* Each table is one that rules can do without. */
static void load_tables(struct rule_library *library, const char *content, rule_report *report, void *context)
{
	const char *attack = arena_printf(library->arena, "%s/attack", content).ptr;
	const char *taxonomy = arena_printf(library->arena, "%s/taxonomy.yaml", content).ptr;
	struct err err = {0};

	library->has_attack = attack_load(&library->attack, attack, library->arena, &err) == 0;
	if (library->has_attack)
		attack_load_chinese(&library->attack, attack, library->arena, &err);
	if (err.code && report)
		report(context, &err);
	err = (struct err){0};
	library->has_taxonomy = taxonomy_load(&library->taxonomy, taxonomy, library->arena, &err) == 0;
	if (err.code && report)
		report(context, &err);
}

struct rule_library *rule_library_new(const struct rules_paths *paths, const char *content,
				      rule_report *report, void *context)
{
	struct rule_library *library = calloc(1, sizeof(*library));

	must(library);
	library->paths = *paths;
	library->arena = arena_new(0);
	must(library->arena);
	load_tables(library, content, report, context);
	pthread_mutex_init(&library->lock, NULL);
	return library;
}

static void release(struct shelf *shelf)
{
	if (!shelf || atomic_fetch_sub(&shelf->users, 1) > 1)
		return;
	settings_done(&shelf->open.settings);
	ruleset_free(shelf->open.set);
	vec_done(&shelf->refusals);
	vec_done(&shelf->replaced);
	arena_free(shelf->arena);
	free(shelf);
}

void rule_library_free(struct rule_library *library)
{
	if (!library)
		return;
	release(library->shelf);
	if (library->has_attack)
		attack_done(&library->attack);
	if (library->has_taxonomy)
		taxonomy_done(&library->taxonomy);
	pthread_mutex_destroy(&library->lock);
	arena_free(library->arena);
	free(library);
}

static void keep_refusal(void *context, const struct err *err)
{
	struct shelf *shelf = context;

	struct str message = arena_copy(shelf->arena, str_from(err->message));

	if (shelf->refusals.len < REFUSALS_MAX)
		vec_push(&shelf->refusals,
			 ((struct rule_refusal){.file = arena_copy(shelf->arena, str_from(err->file)),
						.message = {message, message},
						.line = err->line,
						.column = err->column}));
}

/* The same refusals once more, in the same order. */
static void keep_chinese(void *context, const struct err *err)
{
	struct shelf *shelf = context;
	struct rule_refusal *refusal = &shelf->refusals.items[shelf->told];

	if (shelf->told == shelf->refusals.len)
		return;
	shelf->told++;
	if (refusal->line == err->line && str_eq(refusal->file, str_from(err->file)))
		refusal->message[WORDS_CHINESE] = arena_copy(shelf->arena, str_from(err->message));
}

/* A second load, where something is refused at all. */
static void tell_in_chinese(const struct rules_paths *paths, struct shelf *shelf)
{
	struct settings settings;
	struct ruleset *set;

	words_speak(WORDS_CHINESE);
	if (rules_load_telling(paths, keep_chinese, NULL, shelf, &set, &settings) < 0)
		return;
	settings_done(&settings);
	ruleset_free(set);
}

static void keep_replaced(void *context, struct str id)
{
	struct shelf *shelf = context;

	vec_push(&shelf->replaced, arena_copy(shelf->arena, id));
}

static int load(struct rule_library *library, uint64_t stamp, struct err *ret_err)
{
	struct shelf *shelf = calloc(1, sizeof(*shelf));
	enum words_language asked;
	int r;

	must(shelf);
	shelf->arena = arena_new(0);
	must(shelf->arena);
	asked = words_speak(WORDS_ENGLISH);
	r = rules_load_telling(&library->paths, keep_refusal, keep_replaced, shelf, &shelf->open.set,
			       &shelf->open.settings);
	if (r >= 0 && shelf->refusals.len)
		tell_in_chinese(&library->paths, shelf);
	words_speak(asked);
	if (r < 0) {
		vec_done(&shelf->refusals);
		vec_done(&shelf->replaced);
		arena_free(shelf->arena);
		free(shelf);
		return err_set(ret_err, r, 0, 0, "%s: %s", library->paths.own, err_text(r));
	}
	shelf->users = 1;
	shelf->stamp = stamp;
	shelf->open.refusals = shelf->refusals.items;
	shelf->open.refusal_count = shelf->refusals.len;
	shelf->open.replaced = shelf->replaced.items;
	shelf->open.replaced_count = shelf->replaced.len;
	release(library->shelf);
	library->shelf = shelf;
	return 0;
}

int rule_library_use(struct rule_library *library, const struct rule_shelf **ret_shelf, struct err *ret_err)
{
	uint64_t stamp = rules_stamp(&library->paths);
	int r = 0;

	pthread_mutex_lock(&library->lock);
	if (!library->shelf || library->shelf->stamp != stamp)
		r = load(library, stamp, ret_err);
	if (r == 0) {
		atomic_fetch_add(&library->shelf->users, 1);
		*ret_shelf = &library->shelf->open;
	}
	pthread_mutex_unlock(&library->lock);
	return r;
}

void rule_library_release(const struct rule_shelf *shelf)
{
	release((struct shelf *)shelf); /* the first member */
}

const struct rules_paths *rule_library_paths(const struct rule_library *library)
{
	return &library->paths;
}

const struct attack *rule_library_attack(const struct rule_library *library)
{
	return library->has_attack ? &library->attack : NULL;
}

const struct taxonomy *rule_library_taxonomy(const struct rule_library *library)
{
	return library->has_taxonomy ? &library->taxonomy : NULL;
}
