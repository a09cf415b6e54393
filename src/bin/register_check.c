/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "bin/register_snapshot.h"
#include "enrich/assets.h"

static void ignore(void *context, const struct err *err)
{
	(void)context;
	(void)err;
}

int register_snapshot_check(struct str text, struct err *ret_err)
{
	struct assets *assets = NULL;
	char *copy;
	int r;

	if (text.len > ASSETS_FILE_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "it is larger than %u MiB", ASSETS_FILE_MAX >> 20);
	copy = malloc(text.len + 1);
	must(copy);
	memcpy(copy, text.ptr, text.len);
	r = assets_parse(copy, text.len, REGISTER_EXPORT, 0, ignore, NULL, &assets, ret_err);
	free(copy);
	if (r == 0)
		assets_release(assets);
	return r;
}
