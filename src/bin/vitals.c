/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/vitals.h"

#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/io.h"

#define STAT_MAX 2048

/* Behind the name, which may hold anything, a closing bracket included: state is field 3 of the manual. */
enum { FIELD_STATE = 3, FIELD_UTIME = 14, FIELD_STIME = 15, FIELD_RSS = 24 };

static struct str next_field(struct str *rest)
{
	size_t end = str_find_char(*rest, ' ');
	struct str field = str_head(*rest, end == STR_NOT_FOUND ? rest->len : end);

	*rest = end == STR_NOT_FOUND ? (struct str){0} : str_from_offset(*rest, end + 1);
	return field;
}

static size_t behind_name(struct str text)
{
	size_t at = text.len;

	while (at > 0 && text.ptr[at - 1] != ')')
		at--;
	return at;
}

int vitals_parse(struct str text, struct vitals *ret_vitals)
{
	struct vitals vitals = {0};
	size_t at = behind_name(text);
	struct str rest = str_from_offset(text, at + 1), field;
	uint64_t numbers[FIELD_RSS + 1] = {0};

	if (at == 0 || at + 1 >= text.len)
		return ERR_SYNTAX;
	for (int i = FIELD_STATE; i <= FIELD_RSS; i++) {
		field = next_field(&rest);
		if (i == FIELD_STATE)
			vitals.halted = str_eq(field, STR("T"));
		else if ((i == FIELD_UTIME || i == FIELD_STIME || i == FIELD_RSS) &&
			 str_to_u64(field, &numbers[i]) < 0)
			return ERR_SYNTAX;
	}
	vitals.cpu =
		(int64_t)(numbers[FIELD_UTIME] + numbers[FIELD_STIME]) * CLOCK_SECOND / sysconf(_SC_CLK_TCK);
	vitals.memory = numbers[FIELD_RSS] * (uint64_t)sysconf(_SC_PAGESIZE);
	*ret_vitals = vitals;
	return 0;
}

int vitals_read(pid_t pid, struct vitals *ret_vitals)
{
	struct buf text = {0};
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	r = io_read_file(path, STAT_MAX, &text);
	if (r == 0)
		r = vitals_parse(buf_str(&text), ret_vitals);
	buf_done(&text);
	return r;
}
