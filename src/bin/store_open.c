/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/store_open.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int store_open(const struct command *command, const struct arguments *arguments,
	       struct store_client **ret_client)
{
	const char *environment = getenv("WANGLOU_DATA");
	const char *data =
		argument_value(arguments, "data", environment && environment[0] ? environment : "data");
	struct store_options options = {
		.url = argument_value(arguments, "store", NULL),
		.user = argument_value(arguments, "user", NULL),
		.password = getenv("STORE_PASSWORD"),
	};
	struct buf url = {0};
	struct err err = {0};
	int r;

	if (!options.url) {
		buf_printf(&url, "unix:%s/run/store.sock", data);
		options.url = buf_cstr(&url);
	}
	r = store_client_open(&options, ret_client, &err);
	buf_done(&url);
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
