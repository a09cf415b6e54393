/* SPDX-License-Identifier: Apache-2.0 */
/* A record is one JSON object and tells no community; an answer is SNMP again. The users are those of the
   seeds: without authentication, and with it and privacy. */
#include <stdint.h>

#include "base/json.h"
#include "collect/ber.h"
#include "collect/snmp.h"

#define NOW 1780000000000000 /* µs */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct snmp *snmp;
	static struct json_parser *json;
	static struct buf line, answer;
	const struct snmp_options options = {
		.communities = STR("public label\n"),
		.users = STR("open -\nfull SHA auth-password AES priv-password\n"),
		.engine = STR("fuzz"),
		.now = NOW,
	};
	const struct json_node *root;
	struct str rest, content;

	if (!snmp) {
		must(snmp_new(&options, &snmp, NULL) == 0);
		must((json = json_parser_new()));
	}
	if (size <= 65535 &&
	    snmp_read(snmp, str_of((const char *)data, size), NOW, &line, &answer) == SNMP_RECORD) {
		must(json_parse(json, buf_str(&line), &root, NULL) == 0 && root->type == JSON_OBJECT);
		must(json_get(json_get(root, STR("snmp")), STR("trapOid")) &&
		     json_get(root, STR("varbinds")));
	}
	rest = buf_str(&answer);
	must(!answer.len || ber_take(&rest, BER_SEQUENCE, &content));
	return 0;
}
