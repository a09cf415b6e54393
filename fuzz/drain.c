/* SPDX-License-Identifier: Apache-2.0 */
/* Lines into templates, their state out and in again; and a state as somebody else may have written it. */
#include "drain/drain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void go_round(const struct drain *drain)
{
	struct drain *again = drain_new();
	struct buf one = {0}, two = {0};

	drain_save(drain, &one);
	must(drain_load(again, buf_str(&one)) == 0);
	drain_save(again, &two);
	must(drain_count(again) == drain_count(drain));
	drain_free(again);
	buf_done(&one);
	buf_done(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_of((const char *)data, size), text;
	struct drain *drain = drain_new(), *loaded = drain_new();
	struct drain_line line = {.form = DRAIN_TEXT};

	while (str_split(&rest, '\n', &text)) {
		line.form = text.len ? (uint8_t)text.ptr[0] % 3 : 0;
		line.text = line.raw = text;
		line.program = str_head(text, 4);
		line.received++;
		drain_add(drain, &line);
	}
	go_round(drain);
	if (drain_load(loaded, str_of((const char *)data, size)) == 0)
		go_round(loaded);
	drain_free(drain);
	drain_free(loaded);
	return 0;
}
