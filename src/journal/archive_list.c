/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/archive_list.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "journal/folder.h"
#include "journal/segment.h"

/* Calls add for each segment in a folder. */
static int read_folder(const char *path, const char *suffix, bool sealed,
		       void (*add)(void *context, const struct archive_entry *entry), void *context)
{
	DIR *dir = opendir(path);

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	for (struct dirent *each; (each = readdir(dir));) {
		struct archive_entry entry = {journal_segment_number(each->d_name, suffix), !sealed, sealed};

		if (entry.name)
			add(context, &entry);
	}
	closedir(dir);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct archive_entry *x = a, *y = b;

	return x->name < y->name ? -1 : x->name > y->name;
}

static int read_both(const char *folder, void (*add)(void *context, const struct archive_entry *entry),
		     void *context)
{
	char path[PATH_MAX];
	int r = journal_path(folder, "", path);

	if (r == 0)
		r = read_folder(path, JOURNAL_SUFFIX, false, add, context);
	if (r == 0)
		r = sealed_path(folder, 0, path);
	return r < 0 ? r : read_folder(path, SEALED_SUFFIX, true, add, context);
}

struct around {
	uint64_t seq;
	struct archive_around *found;
};

static void merge(struct archive_entry *into, const struct archive_entry *entry, bool better)
{
	if (into->name == entry->name) {
		into->live |= entry->live;
		into->sealed |= entry->sealed;
	} else if (!into->name || better) {
		*into = *entry;
	}
}

static void add_around(void *context, const struct archive_entry *entry)
{
	const struct around *around = context;
	struct archive_around *found = around->found;

	merge(&found->first, entry, entry->name < found->first.name);
	if (entry->name <= around->seq)
		merge(&found->below, entry, entry->name > found->below.name);
	else
		merge(&found->above, entry, entry->name < found->above.name);
}

int archive_list_around(const char *folder, uint64_t seq, struct archive_around *ret_around)
{
	struct archive_around found = {0};
	struct around around = {seq, &found};
	int r = read_both(folder, add_around, &around);

	if (r == 0)
		*ret_around = found;
	return r;
}

static void add_to_list(void *context, const struct archive_entry *entry)
{
	struct archive_list *list = context;

	vec_push(list, *entry);
}

int archive_list_read(const char *folder, struct archive_list *ret_list)
{
	struct archive_list list = {0};
	size_t kept = 0;
	int r = read_both(folder, add_to_list, &list);

	if (r < 0) {
		vec_done(&list);
		return r;
	}
	if (list.len)
		qsort(list.items, list.len, sizeof(list.items[0]), by_name);
	for (size_t i = 0; i < list.len; i++) {
		if (kept && list.items[kept - 1].name == list.items[i].name) {
			list.items[kept - 1].live = list.items[kept - 1].sealed = true;
			continue;
		}
		list.items[kept++] = list.items[i];
	}
	list.len = kept;
	*ret_list = list;
	return 0;
}

void archive_list_done(struct archive_list *list)
{
	vec_done(list);
}

long archive_list_find(const struct archive_list *list, uint64_t seq)
{
	size_t low = 0, high = list->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->items[middle].name <= seq)
			low = middle + 1;
		else
			high = middle;
	}
	return (long)low - 1;
}

static int live_border(const char *folder, uint64_t name, struct archive_border *ret_border,
		       struct err *ret_err)
{
	struct journal_segment *segment;
	struct journal_frame frame = {0};
	int r = journal_segment_open(folder, name, &segment, ret_err);

	if (r < 0)
		return r;
	ret_border->before = segment->header.before;
	ret_border->follows = 0;
	if (journal_segment_frame(segment, JOURNAL_PREFACE_SIZE, &frame) == 0 && frame.first_seq == name)
		ret_border->follows = frame.follows;
	journal_segment_close(segment);
	return 0;
}

int archive_border_of(const char *folder, const struct archive_entry *entry,
		      struct archive_border *ret_border, struct err *ret_err)
{
	struct sealed *sealed = NULL;
	int r = ERR_CORRUPT;

	if (entry->sealed) {
		r = sealed_open(folder, entry->name, NULL, &sealed, ret_err);
		if (r == 0) {
			ret_border->before = sealed->header.before;
			ret_border->follows = sealed->header.follows;
			sealed_close(sealed);
			return 0;
		}
	}
	return entry->live ? live_border(folder, entry->name, ret_border, ret_err) : r;
}
