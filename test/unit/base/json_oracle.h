/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_BASE_JSON_ORACLE_H
#define TEST_BASE_JSON_ORACLE_H
/*
 * What simdjson makes of a document, written as plain text by a callback, for the
 * differential test: n t f, # and a double as %.17g, " and the decoded length, a
 * colon and the bytes, and the brackets of containers. Keys are strings.
 */
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum oracle_verdict {
	ORACLE_ACCEPTS,
	ORACLE_REFUSES,
	ORACLE_REFUSES_NUMBER, /* a number: out of simdjson's range, or malformed */
};

typedef void oracle_write(void *context, const char *bytes, size_t len);

enum oracle_verdict oracle_parse(const char *bytes, size_t len, oracle_write *write, void *context);

/* The shared notation of scalars, which the other side uses as well. */
void oracle_write_number(double value, oracle_write *write, void *context);
void oracle_write_string(const char *bytes, size_t len, oracle_write *write, void *context);

#ifdef __cplusplus
}
#endif
#endif
