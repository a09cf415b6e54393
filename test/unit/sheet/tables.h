/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SHEET_TABLES_H
#define TEST_SHEET_TABLES_H
/* What the tests of sheet/ share: a table as one text, and what went wrong as "line:column message". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sheet/sheet.h"

/* Cells apart by '|', rows by line ends, each behind its line. */
static inline void read_text(struct str bytes, struct buf *out)
{
	struct arena *arena = arena_new(0);
	struct sheet sheet;
	struct err err = {0};

	buf_clear(out);
	if (sheet_read(bytes, arena, &sheet, &err) < 0) {
		buf_printf(out, "%u:%u %s", err.line, err.column, err.message);
		arena_free(arena);
		return;
	}
	for (size_t row = 0; row < sheet.rows; row++) {
		buf_printf(out, "%u ", sheet.lines[row]);
		for (size_t i = 0; i < sheet.columns; i++)
			buf_printf(out, "%s%.*s", i ? "|" : "",
				   STR_FMT(sheet.cells[row * sheet.columns + i]));
		buf_add_char(out, '\n');
	}
	arena_free(arena);
}

static inline void expect_read(struct str bytes, const char *expected)
{
	struct buf out = {0};

	read_text(bytes, &out);
	assert_string_equal(buf_cstr(&out), expected);
	buf_done(&out);
}

#endif
