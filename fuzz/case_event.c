/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the copy of an alert's event, and as a reason: each alert finds its incident. */
#include "base/hash.h"
#include "cases/alert_group.h"
#include "cases/entity.h"
#include "core_db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct case_rules *rules;
	struct str text = {(const char *)data, size};
	struct hash128 hash = hash_bytes_wide(data, size);
	struct alert alert = {.event = text, .host = str_head(text, 8), .source_ip = text, .detected = 1};
	struct buf out = {0};
	char id[33];

	must(rules || case_rules_load(CONTENT, 0, &rules, NULL) == 0);
	hex_encode(&hash, sizeof(hash), id);
	alert.id = str_of(id, 32);
	must(alerts_add_grouped(core_db(), rules, &alert, 1) >= 0);
	case_rules_words(rules, text, size & 1, &out);
	entity_refang(text, &out);
	buf_done(&out);
	return 0;
}
