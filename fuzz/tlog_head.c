/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted has one text: the one that signing it gives. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tlog_key *key;
	struct str text = str_of((const char *)data, size), signed_text, note;
	struct tlog_head head;
	struct buf again = {0};
	int r;

	if (!key)
		must(tlog_key_generate(TLOG_ED25519, &key) == 0);
	while ((r = tlog_head_next(&text, &head, &signed_text, &note)) != ERR_END) {
		if (r < 0)
			continue;
		buf_clear(&again);
		must(tlog_head_sign(&head, key, &again) == 0);
		must(str_eq(str_head(buf_str(&again), signed_text.len), signed_text));
		must(tlog_head_verify(note, key) == ERR_UNKNOWN &&
		     tlog_head_verify(buf_str(&again), key) == 0);
	}
	buf_done(&again);
	return 0;
}
