/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/store_open.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "bin/command_audit.h"
#include "bin/store_options.h"

/* The store that --store names, else the one of the settings; --user and STORE_PASSWORD go before those. */
static int find_store(const struct arguments *arguments, const struct config *config, struct arena *arena,
		      struct store_options *ret_options, struct err *ret_err)
{
	const char *url = argument_value(arguments, "store", NULL);
	const char *user = argument_value(arguments, "user", NULL), *password = getenv("STORE_PASSWORD");
	struct store_options options = {.url = url};
	int r = url ? 0 : store_options_make(config, arena, &options, ret_err);

	if (user)
		options.user = user;
	if (password)
		options.password = password;
	if (r == 0)
		*ret_options = options;
	return r;
}

/* The options given are the detail. */
static int record(const struct command *command, const struct arguments *arguments,
		  const struct config *config, const char *action, struct str question)
{
	struct buf detail = {0};
	int status;

	buf_add_char(&detail, '{');
	for (size_t i = 0; i < arguments->count; i++) {
		if (!arguments->items[i].option)
			continue;
		buf_printf(&detail, "%s\"%s\":", detail.len > 1 ? "," : "", arguments->items[i].option->name);
		buf_add_json_string(&detail, str_from(arguments->items[i].value));
	}
	buf_add_char(&detail, '}');
	status = command_audit(command, config, AUDIT_READING, action, question, buf_str(&detail));
	buf_done(&detail);
	return status;
}

/* With --store the data folder is not needed; a store that belongs to none is asked without a trail. */
static bool has_trail(const struct arguments *arguments, const struct config *config)
{
	return !argument_value(arguments, "store", NULL) || access(config->data, F_OK) == 0;
}

int store_open(const struct command *command, const struct arguments *arguments, const char *action,
	       struct str question, struct store_client **ret_client)
{
	struct arena *arena = arena_new(0);
	struct store_options options;
	struct config config;
	struct err err = {0};
	int status = EXIT_OK, r = config_load(arguments, arena, &config, &err);

	if (r == 0)
		r = find_store(arguments, &config, arena, &options, &err);
	if (r == 0 && has_trail(arguments, &config))
		status = record(command, arguments, &config, action, question);
	if (r == 0 && status == EXIT_OK && ret_client)
		r = store_client_open(&options, ret_client, &err);
	arena_free(arena);
	return r < 0 ? command_failed_err(command, &err) : status;
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
