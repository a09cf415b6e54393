/* SPDX-License-Identifier: Apache-2.0 */
#include "test/bench/json_peer.h"

#include <simdjson.h>

void *json_peer_new()
{
	return new simdjson::dom::parser;
}

void json_peer_free(void *peer)
{
	delete static_cast<simdjson::dom::parser *>(peer);
}

bool json_peer_parse(void *peer, const char *bytes, size_t len)
{
	return static_cast<simdjson::dom::parser *>(peer)->parse(bytes, len, false).error() ==
	       simdjson::SUCCESS;
}
