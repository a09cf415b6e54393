/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a syslog header and its structured data. */
#include "parse/syslog.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct date_context context = {INT64_C(1795341600000000), 8 * CLOCK_HOUR};
	struct syslog_header header;
	struct str id = {0}, name, value;
	bool escaped;

	if (syslog_parse(str_of((const char *)data, size), &context, &header) < 0)
		return 0;
	while (syslog_next_param(&header.structured, &id, &name, &value, &escaped))
		;
	return 0;
}
