/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ERR_H
#define BASE_ERR_H
/*
 * One table of error codes for the whole program. A function that can fail
 * returns int: 0, or a negative code from this table, or -errno. The two ranges
 * do not meet: our codes start below -4095, the last errno of the kernel.
 *
 * Parsers of what people write (configuration, rules, sources, queries) also
 * fill a struct err, which says where and what to do about it.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define ERR_TABLE(X)                                         \
	X(ERR_SYNTAX, 1, "the text is malformed")            \
	X(ERR_RANGE, 2, "a value is out of range")           \
	X(ERR_LIMIT, 3, "a size limit was exceeded")         \
	X(ERR_UNKNOWN, 4, "an unknown name was used")        \
	X(ERR_CORRUPT, 5, "stored data is damaged")          \
	X(ERR_VERSION, 6, "made by an incompatible version") \
	X(ERR_END, 7, "there is no more data")               \
	X(ERR_BUSY, 8, "someone else is using it")           \
	X(ERR_REFUSED, 9, "the peer refused the request")    \
	X(ERR_PROTOCOL, 10, "the peer broke the protocol")   \
	X(ERR_DENIED, 11, "not allowed")                     \
	X(ERR_DUPLICATE, 12, "it exists already")

#define ERR_BASE 4096

enum {
#define X(name, n, text) name = -(ERR_BASE + (n)),
	ERR_TABLE(X)
#undef X
};

#define ERR_MESSAGE_MAX 512
#define ERR_FILE_MAX 256

/* Where something went wrong. Zero-initialise; line and column count from 1, 0 is unknown. */
struct err {
	int code;
	unsigned line, column;
	char file[ERR_FILE_MAX];
	char message[ERR_MESSAGE_MAX];
};

/* A static sentence for a code or -errno, in the thread's language (base/words.h); never NULL. */
const char *err_text(int code);

/* Fills ret_err, which may be NULL, and returns code; fmt is said in the thread's language (base/words.h).
   Keeps the file name already in it. */
int err_set(struct err *ret_err, int code, unsigned line, unsigned column, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Names the file an error belongs to. */
void err_set_file(struct err *err, const char *file);

/* Writes "file:line:column: message" to out, always terminated; leaves out what is unknown. */
void err_format(const struct err *err, char *out, size_t out_size);

/* For the programmer's mistakes only: no input can reach it. Stays on in release builds. */
#define must(x) ((x) ? (void)0 : must_failed(#x, __FILE__, __LINE__))
_Noreturn void must_failed(const char *expression, const char *file, int line);

#endif
