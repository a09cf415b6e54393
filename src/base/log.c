/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define LINE_MAX_BYTES 2048

/* The one piece of process-wide state: set before threads start, read-only afterwards. */
static struct {
	const char *name;
	enum log_level level;
	bool terminal;
} logger = {"wanglou", LOG_INFO, false};

void log_init(const char *name, enum log_level level)
{
	logger.name = name;
	logger.level = level;
	logger.terminal = isatty(STDERR_FILENO);
}

void log_write(enum log_level level, const char *fmt, ...)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};
	char line[LINE_MAX_BYTES], time[CLOCK_TEXT_SIZE];
	size_t len;
	int n;
	va_list args;

	if (level > logger.level)
		return;
	clock_format(clock_now(), time);
	n = logger.terminal ? snprintf(line, sizeof(line), "%.8s %-8s ", time + 11, logger.name)
			    : snprintf(line, sizeof(line), "%s %s %s: ", time, logger.name, names[level]);
	len = (size_t)n;
	va_start(args, fmt);
	n = vsnprintf(line + len, sizeof(line) - len - 1, fmt, args);
	va_end(args);
	len += (size_t)n < sizeof(line) - len - 1 ? (size_t)n : sizeof(line) - len - 2;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[len++] = '\n';
	(void)!write(STDERR_FILENO, line, len);
}
