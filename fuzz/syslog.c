/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a syslog header and its structured data; what is remembered of days changes nothing. */
#include "base/err.h"
#include "parse/day.h"
#include "parse/syslog.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct day_memos days;
	const struct str text = str_of((const char *)data, size);
	struct date_context context = {INT64_C(1795341600000000), 8 * CLOCK_HOUR, NULL};
	struct date_context with = {context.received, context.zone, &days};
	struct syslog_header header, again;
	struct str id = {0}, name, value;
	bool escaped;

	if (syslog_parse(text, &context, &header) < 0)
		return 0;
	for (int i = 0; i < 3; i++) {
		must(syslog_parse(text, &with, &again) == 0);
		must(again.has_time == header.has_time && again.message.ptr == header.message.ptr);
		must(!header.has_time || again.time == header.time);
	}
	while (syslog_next_param(&header.structured, &id, &name, &value, &escaped))
		;
	return 0;
}
