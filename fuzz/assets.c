/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "enrich/assets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void report(void *context, const struct err *err)
{
	(void)context;
	must(err->line > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);
	struct assets *assets = NULL;
	struct err err = {0};

	must(copy);
	memcpy(copy, data, size);
	if (assets_parse(copy, size, "fuzz.csv", 0, report, NULL, &assets, &err) == 0) {
		assets_by_ip(assets, (const uint8_t *)"\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1", 0);
		assets_by_host(assets, STR("www.example.edu.cn"), true, 0);
		assets_by_mac(assets, STR("02:00:5e:00:53:01"), 0);
		assets_release(assets);
	} else {
		must(err.code != 0);
	}
	free(copy);
	return 0;
}
