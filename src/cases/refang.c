/* SPDX-License-Identifier: Apache-2.0 */
/* Indicators as people write them so that nobody clicks on them, and as they were. */
#include "cases/entity.h"

/* Whichever stands first in the text, longer ones before their beginnings. */
static const struct {
	const char *safe, *plain;
} pairs[] = {
	{"hxxps", "https"}, {"hxxp", "http"}, {"fxp", "ftp"}, {"[://]", "://"}, {"[:]//", "://"},
	{"[.]", "."},       {"(.)", "."},     {"{.}", "."},   {"[dot]", "."},   {"(dot)", "."},
	{"{dot}", "."},     {"[:]", ":"},     {"[at]", "@"},  {"(at)", "@"},    {"[@]", "@"},
	{"。", "."},        {"\\.", "."},     {"[/]", "/"},
};

#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static bool begins(struct str text, struct str with)
{
	return str_ieq(str_head(text, with.len), with);
}

void entity_refang(struct str text, struct buf *out)
{
	text = str_trim(text);
	for (bool start = true; text.len; start = false) {
		size_t i = 0;

		/* The three names of schemes only where a scheme can stand. */
		while (i < PAIRS && !(begins(text, str_from(pairs[i].safe)) && (start || i > 2)))
			i++;
		if (i < PAIRS) {
			buf_add_str(out, str_from(pairs[i].plain));
			text = str_from_offset(text, strlen(pairs[i].safe));
		} else {
			buf_add_char(out, text.ptr[0]);
			text = str_from_offset(text, 1);
		}
	}
}
