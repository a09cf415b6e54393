/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/store_options.h"

#include "base/arena.h"
#include "base/io.h"

#define PASSWORD_MAX 1024

int store_options_make(const struct config *config, struct arena *arena, struct store_options *ret_options,
		       struct err *ret_err)
{
	struct store_options options = {.url = config->store_url};
	struct buf password = {0};
	int r = 0;

	if (!config->store_url[0])
		options.url = arena_printf(arena, "unix:%s/run/store.sock", config->data).ptr;
	else if (config->store_user[0])
		options.user = config->store_user;
	if (config->store_url[0] && config->store_password_file[0]) {
		r = io_read_file(config->store_password_file, PASSWORD_MAX, &password);
		if (r < 0)
			err_set(ret_err, r, 0, 0, "cannot read %s: %s", config->store_password_file,
				err_text(r));
		else
			options.password = arena_copy(arena, str_trim(buf_str(&password))).ptr;
	}
	buf_done(&password);
	if (r == 0)
		*ret_options = options;
	return r;
}
