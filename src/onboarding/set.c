/* SPDX-License-Identifier: Apache-2.0 */
/* All files of the folder, sorted, each id once. */
#include <stdlib.h>

#include "base/io.h"
#include "onboarding/onboarding.h"

struct loading {
	struct arena *arena;
	onboarding_report *report;
	void *context;
	struct onboarding_set *set;
};

static void complain(const struct loading *loading, struct err *err, const char *file)
{
	err_set_file(err, file);
	if (loading->report)
		loading->report(loading->context, err);
}

static int load_file(const char *file, void *context)
{
	struct loading *loading = context;
	struct onboarding *item = NULL;
	struct buf text = {0};
	struct err err = {0};
	int r = io_read_file(file, ONBOARDING_FILE_MAX, &text);

	if (r < 0)
		err_set(&err, r, 0, 0, "%s", err_text(r));
	else if (loading->set->count == ONBOARDING_FILES_MAX)
		r = err_set(&err, ERR_LIMIT, 0, 0, "there are more than %d files", ONBOARDING_FILES_MAX);
	else
		r = onboarding_parse(arena_copy(loading->arena, buf_str(&text)), loading->arena, &item, &err);
	if (r == 0 && item && onboarding_find(loading->set, item->id))
		r = err_set(&err, ERR_DUPLICATE, 0, 0, "the id '%.*s' is there twice", STR_FMT(item->id));
	if (r < 0)
		complain(loading, &err, file);
	else
		loading->set->items[loading->set->count++] = item;
	buf_done(&text);
	return 0;
}

static int by_kind(const void *a, const void *b)
{
	const struct onboarding *left = *(const struct onboarding *const *)a;
	const struct onboarding *right = *(const struct onboarding *const *)b;

	return left->kind != right->kind ? (int)left->kind - (int)right->kind : str_cmp(left->id, right->id);
}

int onboarding_load(const char *folder, struct arena *arena, onboarding_report *report, void *context,
		    struct onboarding_set *ret_set)
{
	struct onboarding_set set = {
		.items = arena_array(arena, const struct onboarding *, ONBOARDING_FILES_MAX)};
	struct loading loading = {arena, report, context, &set};
	int r = io_walk(folder, ".yaml", load_file, &loading);

	if (r < 0)
		return r;
	qsort(set.items, set.count, sizeof(*set.items), by_kind);
	*ret_set = set;
	return 0;
}

const struct onboarding *onboarding_find(const struct onboarding_set *set, struct str id)
{
	for (size_t i = 0; i < set->count; i++)
		if (str_eq(set->items[i]->id, id))
			return set->items[i];
	return NULL;
}

size_t onboarding_check(const struct onboarding_set *set, onboarding_knows *knows, onboarding_report *report,
			void *context)
{
	size_t wrong = 0;

	for (size_t i = 0; i < set->count; i++)
		for (size_t k = 0; k < set->items[i]->expect_count; k++) {
			const struct onboarding *item = set->items[i];
			struct err err = {0};

			if (knows(context, item->expect[k]))
				continue;
			wrong++;
			err_set(&err, ERR_UNKNOWN, 0, 0, "%.*s expects the source '%.*s', which is not there",
				STR_FMT(item->id), STR_FMT(item->expect[k]));
			err_set_file(&err, ONBOARDING_FOLDER);
			report(context, &err);
		}
	return wrong;
}
