/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "sheet/sheet.h"
#include "workbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct str bytes)
{
	struct arena *arena = arena_new(0);
	struct sheet sheet;
	struct err err = {0};

	if (sheet_read(bytes, arena, &sheet, &err) < 0)
		must(err.code != 0 && err.message[0]);
	else
		for (size_t i = 0; i < sheet.rows * sheet.columns; i++)
			must(!sheet.cells[i].len || !memchr(sheet.cells[i].ptr, 0, sheet.cells[i].len));
	arena_free(arena);
}

/* A CSV or XLSX file, or, from '<' on, a sheet, styles and strings with a zero byte between them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_of((const char *)data, size), part[3] = {0};
	struct buf book = {0};

	if (!str_starts(rest, STR("<"))) {
		read_all(rest);
		return 0;
	}
	for (size_t i = 0; i < 3 && str_split(&rest, 0, &part[i]); i++)
		;
	workbook_make((const struct workbook_part[]){WORKBOOK_PARTS(part[0], part[1], part[2])}, 6, &book);
	read_all(buf_str(&book));
	buf_done(&book);
	return 0;
}
