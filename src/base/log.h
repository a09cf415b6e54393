/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOG_H
#define BASE_LOG_H
/*
 * Diagnostics on standard error, one line each: time, process name, level,
 * message. Only bin/ and the top file of a stage log; everything below returns
 * an error. Never log a secret, and text from outside only through %s with a
 * width: control characters are replaced before the line is written.
 */
#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Called once at start, before threads. name is kept, not copied. Colours and short times on a terminal. */
void log_init(const char *name, enum log_level level);

void log_write(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

#endif
