/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's own maps (doc/formats/maps.md): which there are, and each as it lies there. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/io.h"
#include "web/route.h"

#define MAP_BYTES_MAX (8u * 1024 * 1024)
#define MAP_PATH_MAX 4096

/* The only names there are: a path from outside is never opened. */
static const char *const names[] = {"world", "china", "campus"};
#define NAMES (sizeof(names) / sizeof(names[0]))

static bool path_of(const struct call *call, const char *name, char path[MAP_PATH_MAX])
{
	const char *folder = call->web->options.maps;

	return folder && snprintf(path, MAP_PATH_MAX, "%s/%s.json", folder, name) < MAP_PATH_MAX;
}

void api_list_maps(struct call *call)
{
	char path[MAP_PATH_MAX];
	struct stat stat_;

	page_open(call);
	for (size_t i = 0; i < NAMES; i++) {
		if (!path_of(call, names[i], path) || stat(path, &stat_) < 0 || !S_ISREG(stat_.st_mode))
			continue;
		out_open(call->out, NULL, '{');
		out_text(call->out, "name", str_from(names[i]));
		out_integer(call->out, "bytes", stat_.st_size);
		out_time(call->out, "changed", stat_.st_mtime * CLOCK_SECOND);
		out_close(call->out, '}');
	}
	page_close(call, false, 0, (struct str){0});
}

void api_get_map(struct call *call)
{
	char path[MAP_PATH_MAX];
	size_t i = 0;
	int r;

	while (i < NAMES && !str_eq(call->path_values[0], str_from(names[i])))
		i++;
	r = i < NAMES && path_of(call, names[i], path) ? io_read_file(path, MAP_BYTES_MAX, call->out)
						       : -ENOENT;
	if (r == 0)
		return;
	buf_clear(call->out);
	if (r == ERR_LIMIT)
		call_fail(call, 503, "too_large", "the map is larger than %u bytes", MAP_BYTES_MAX);
	else if (r == -ENOENT)
		call_fail(call, 404, "not_found", "there is no such map");
	else
		call_fail(call, 503, "unreadable", "the map cannot be read: %s", err_text(r));
}
