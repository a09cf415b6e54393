/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over the files of the folders named as arguments: the corpus as a regression test. */
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/io.h"

#define INPUT_MAX (4u * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path, void *context)
{
	struct buf input = {0};
	int r = io_read_file(path, INPUT_MAX, &input);

	if (r < 0) {
		fprintf(stderr, "%s: %s\n", path, err_text(r));
		return r;
	}
	LLVMFuzzerTestOneInput((const uint8_t *)buf_cstr(&input), input.len);
	buf_done(&input);
	++*(int *)context;
	return 0;
}

int main(int argc, char **argv)
{
	int count = 0, r = 0;

	for (int i = 1; i < argc && r == 0; i++) {
		r = io_walk(argv[i], "", run_file, &count);
		if (r == -2) /* ENOENT: no regressions yet */
			r = 0;
	}
	printf("%d inputs\n", count);
	return r < 0 || count == 0;
}
