/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"
#include "base/err.h"

/* RFC 4648, section 10 */
static const struct {
	const char *bytes, *text;
} vectors[] = {
	{"", ""},
	{"f", "Zg=="},
	{"fo", "Zm8="},
	{"foo", "Zm9v"},
	{"foob", "Zm9vYg=="},
	{"fooba", "Zm9vYmE="},
	{"foobar", "Zm9vYmFy"},
	{"\xfb\xff\xbe", "+/++"},
};

static void test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct str bytes = str_from(vectors[i].bytes), text = str_from(vectors[i].text);
		struct buf out = {0};
		char back[16];
		size_t len;

		buf_add_base64(&out, bytes.ptr, bytes.len);
		assert_true(str_eq(buf_str(&out), text));
		assert_int_equal(base64_decode(text, bytes.len, back, &len), 0);
		assert_true(str_eq(str_of(back, len), bytes));
		if (bytes.len)
			assert_int_equal(base64_decode(text, bytes.len - 1, back, &len), ERR_LIMIT);
		buf_done(&out);
	}
}

static void test_refused(void **state)
{
	static const char *const texts[] = {"Z",        "Zg",   "Zg=",  "Zh==",   "Zm9=", "Z===", "====",
					    "Zg==Zg==", "Zm 9", "Zm-_", "Zm9v\n", "=Zm9", "Zm9v="};
	char back[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(base64_decode(str_from(texts[i]), sizeof(back), back, &len), ERR_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
