/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/store_open.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "bin/config.h"
#include "bin/store_options.h"

/* The store that --store names, else the one of the settings; --user and STORE_PASSWORD go before those. */
static int find_store(const struct arguments *arguments, struct arena *arena,
		      struct store_options *ret_options, struct err *ret_err)
{
	const char *url = argument_value(arguments, "store", NULL);
	const char *user = argument_value(arguments, "user", NULL), *password = getenv("STORE_PASSWORD");
	struct store_options options = {.url = url};
	struct config config;
	int r = url ? 0 : config_load(arguments, arena, &config, ret_err);

	if (r == 0 && !url)
		r = store_options_make(&config, arena, &options, ret_err);
	if (user)
		options.user = user;
	if (password)
		options.password = password;
	if (r == 0)
		*ret_options = options;
	return r;
}

int store_open(const struct command *command, const struct arguments *arguments,
	       struct store_client **ret_client)
{
	struct arena *arena = arena_new(0);
	struct store_options options;
	struct err err = {0};
	int r = find_store(arguments, arena, &options, &err);

	if (r == 0)
		r = store_client_open(&options, ret_client, &err);
	arena_free(arena);
	return r < 0 ? command_failed_err(command, &err) : EXIT_OK;
}

int store_print(struct str text)
{
	bool terminal = isatty(STDOUT_FILENO);

	for (size_t i = 0; terminal && i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (putchar_unlocked((c < ' ' && c != '\n' && c != '\t') || c == 0x7f ? '?' : c) == EOF)
			return -errno;
	}
	if (!terminal && fwrite(text.ptr, 1, text.len, stdout) != text.len)
		return -errno;
	return 0;
}

int store_failed(const struct command *command, int code, const struct err *err)
{
	if (code == -ECONNREFUSED)
		return command_failed(command, "%s; is 'wanglou run' running with this data folder?",
				      err->message);
	return command_failed_err(command, err);
}
