/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <string.h>

#include "base/words.h"

const char *err_text(int code)
{
	switch (code) {
#define X(name, n, text) \
	case name:       \
		return words_of(text);
		ERR_TABLE(X)
#undef X
	default:
		return code < 0 ? words_of(strerror(-code)) : "no error";
	}
}

int err_set(struct err *ret_err, int code, unsigned line, unsigned column, const char *fmt, ...)
{
	va_list args;

	if (!ret_err)
		return code;
	ret_err->code = code;
	ret_err->line = line;
	ret_err->column = column;
	va_start(args, fmt);
	words_print(ret_err->message, sizeof(ret_err->message), fmt, args);
	va_end(args);
	return code;
}

void err_set_file(struct err *err, const char *file)
{
	if (err)
		snprintf(err->file, sizeof(err->file), "%s", file);
}

void err_format(const struct err *err, char *out, size_t out_size)
{
	const char *message = err->message[0] ? err->message : err_text(err->code);
	const char *file = err->file;

	if (file[0] && err->line && err->column)
		snprintf(out, out_size, "%s:%u:%u: %s", file, err->line, err->column, message);
	else if (file[0] && err->line)
		snprintf(out, out_size, "%s:%u: %s", file, err->line, message);
	else if (file[0])
		snprintf(out, out_size, "%s: %s", file, message);
	else if (err->line && err->column)
		snprintf(out, out_size, "line %u, column %u: %s", err->line, err->column, message);
	else if (err->line)
		snprintf(out, out_size, "line %u: %s", err->line, message);
	else if (err->column)
		snprintf(out, out_size, "column %u: %s", err->column, message);
	else
		snprintf(out, out_size, "%s", message);
}

_Noreturn void must_failed(const char *expression, const char *file, int line)
{
	fprintf(stderr, "wanglou: %s:%d: this must hold and does not: %s\n", file, line, expression);
	abort();
}
