/* SPDX-License-Identifier: Apache-2.0 */
#include "query/who.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct str text;
};

/* Every query is answered with the same rows. */
static int answer(void *context, const struct sql_query *query, struct buf *ret_rows, struct err *ret_err)
{
	const struct input *input = context;

	(void)query;
	(void)ret_err;
	buf_add_str(ret_rows, input->text);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const asked[] = {"10.0.0.1", "li.na", "02:00:5e:00:53:01"};
	struct input input = {str_of((const char *)data, size)};

	for (size_t i = 0; i < 3; i++) {
		struct who_question question;
		struct who_answer result;
		struct err err = {0};
		struct buf out = {0};

		must(who_parse(str_from(asked[i]), &question, &err) == 0);
		question.port = i == 0 ? 7 : 0;
		question.from = question.to = 1000000;
		question.now = 2000000;
		if (who_run(&question, answer, &input, &result, &err) == 0)
			who_write(&question, &result, &out);
		who_answer_done(&result);
		buf_done(&out);
	}
	return 0;
}
