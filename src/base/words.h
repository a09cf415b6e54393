/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H
/*
 * What the program says to people, in their language. As with gettext, the English sentence in the code is
 * the key, and the tables of words/ (one file an area, for who looks after the language) hold the Chinese
 * one. libc's own gettext would need generated locales, which a bare Debian has not, and one language for the
 * whole process.
 *
 * The language belongs to the thread: web/ sets it while a handler runs. Everywhere else it is English, which
 * the command line, the log and background work speak. What is stored must not depend on who asked:
 * words_speak(WORDS_ENGLISH) around it.
 *
 * err_set() does this by itself; other sentences go through words_of() where they are used. Literals that
 * get there by a table or a parameter stand in WORDS("…"), so that tools/check-words sees them.
 */
#include <stdarg.h>
#include <stddef.h>

enum words_language { WORDS_ENGLISH, WORDS_CHINESE, WORDS_LANGUAGES };

#define WORDS(english) english

/* The sentence in this thread's language; english itself where there is none. A format keeps its conversions
   (test_words). Never freed. Looks in a table that is sorted at first use. */
const char *words_of(const char *english) __attribute__((format_arg(1)));

/* vsnprintf() of words_of(english), and no character is cut in half. */
void words_print(char *out, size_t out_size, const char *english, va_list args)
	__attribute__((format(printf, 3, 0)));

/* Sets this thread's language and returns the one before. */
enum words_language words_speak(enum words_language language);

/* What an Accept-Language (RFC 9110, 12.5.4) asks for: of Chinese and English the one with the higher weight,
   the first of two alike. NULL or neither of them: English. */
enum words_language words_accepted(const char *accept_language);

enum words_language words_spoken(void);

/* "en", "zh-CN": as in Content-Language. */
const char *words_tag(enum words_language language);

/* All of them, for the test. */
struct words_pair {
	const char *english, *chinese;
};
size_t words_table(const struct words_pair **ret_pairs);

#endif
